"""The side bar's page and the signature that it needs; neither knows anything of a customer."""

from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.messages import Unavailable
from data.runtime import this_store
from data.settings import settings
from data.sidebar.wecom import App, Tickets, app_of

PATH = "/sidebar/wecom"
_FOLDER = Path(__file__).parent / "page"
_SDK = "https://res.wx.qq.com https://open.work.weixin.qq.com"
_HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; script-src 'self' {_SDK}; style-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_TICKETS = Tickets()


async def page(_: Request) -> Response:
    """GET /sidebar/wecom: asks WeCom whose chat it is, and goes on to `/aside`."""
    if app_of(settings()) is None:
        return Response(status_code=303, headers={"Location": "../aside"})
    return Response(_file("wecom.html"), media_type="text/html", headers=_HEADERS)


async def script(_: Request) -> Response:
    """GET /sidebar/wecom.js: what the page does."""
    return Response(_file("wecom.js"), media_type="text/javascript", headers=_HEADERS)


async def config(request: Request) -> Response:
    """GET /sidebar/wecom/config?url=…: a signature for this page's own address and no other."""
    app, url = app_of(settings()), request.query_params.get("url", "")
    if app is None:
        return JSONResponse({"error": "not_configured"}, status_code=404)
    if not _ours(url, request):
        return JSONResponse({"error": "address"}, status_code=400)
    try:
        signed = await run_in_threadpool(_signed, app, url)
    except Unavailable:
        return JSONResponse({"error": "unavailable"}, status_code=503)
    return JSONResponse(signed, headers={"Cache-Control": "no-store"})


def _signed(app: App, url: str) -> dict[str, object]:
    return _TICKETS.config(app, url, this_store().clock())


def _ours(url: str, request: Request) -> bool:
    """Whether an address is this page's: nobody else gets signatures in the application's name."""
    hosts = {request.headers.get("host", ""), urlsplit(settings().public_url).netloc} - {""}
    try:
        there = urlsplit(url)
    except ValueError:
        return False
    return there.scheme in ("http", "https") and there.netloc in hosts and there.path == PATH


@lru_cache
def _file(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


SIDEBAR = (
    Route(PATH, page, methods=["GET"]),
    Route(f"{PATH}.js", script, methods=["GET"]),
    Route(f"{PATH}/config", config, methods=["GET"]),
)
