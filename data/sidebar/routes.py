"""The side bars' pages and the signatures that they need; neither knows anything of a customer."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.messages import Unavailable
from data.runtime import this_store
from data.settings import Settings, settings
from data.sidebar import dingtalk, feishu, wecom
from data.sidebar.tickets import App, Tickets

_FOLDER = Path(__file__).parent / "page"
_TICKETS = Tickets()
Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class _Bar:
    """One chat tool's side bar: its application as configured, its scripts, and who else they load from."""

    app: Callable[[Settings], App | None]
    loads: tuple[str, ...]
    also: str = ""

    @property
    def tags(self) -> str:
        """What loads its scripts."""
        return "\n".join(f'<script src="{url}" referrerpolicy="origin"></script>' for url in self.loads)

    @property
    def hosts(self) -> str:
        """Where scripts may come from."""
        return " ".join([*("https://" + urlsplit(url).netloc for url in self.loads), self.also]).strip()


_BARS: Mapping[str, _Bar] = {
    "wecom": _Bar(
        wecom.app_of,
        (
            "https://res.wx.qq.com/open/js/jweixin-1.2.0.js",
            "https://open.work.weixin.qq.com/wwopen/js/jwxwork-1.0.0.js",
        ),
    ),
    "dingtalk": _Bar(
        dingtalk.app_of, ("https://g.alicdn.com/dingding/dingtalk-jsapi/2.15.4/dingtalk.open.js",)
    ),
    "feishu": _Bar(
        feishu.app_of,
        ("https://lf-scm-cn.feishucdn.com/lark/op/h5-js-sdk-1.5.44.js",),
        "https://lf1-cdn-tos.bytegoofy.com",
    ),
}


def _path(kind: str) -> str:
    return f"/sidebar/{kind}"


def _page(kind: str) -> Handler:
    async def page(_: Request) -> Response:
        """GET /sidebar/…: asks the chat tool whose chat it is, and goes on to `/aside`."""
        if _BARS[kind].app(settings()) is None:
            return Response(status_code=303, headers={"Location": "../aside"})
        shown = Template(_file("page.html")).substitute(scripts=_BARS[kind].tags, own=f"{kind}.js")
        return Response(shown, media_type="text/html", headers=_headers(kind))

    return page


def _script(kind: str) -> Handler:
    async def script(_: Request) -> Response:
        """GET /sidebar/….js: what the page does."""
        return Response(_file(f"{kind}.js"), media_type="text/javascript", headers=_headers(kind))

    return script


def _config(kind: str) -> Handler:
    async def config(request: Request) -> Response:
        """GET /sidebar/…/config?url=…: a signature for this page's own address and no other."""
        app, url = _BARS[kind].app(settings()), request.query_params.get("url", "")
        if app is None:
            return JSONResponse({"error": "not_configured"}, status_code=404)
        if not _ours(url, request, _path(kind)):
            return JSONResponse({"error": "address"}, status_code=400)
        try:
            signed = await run_in_threadpool(lambda: dict(_TICKETS.config(app, url, this_store().clock())))
        except Unavailable:
            return JSONResponse({"error": "unavailable"}, status_code=503)
        return JSONResponse(signed, headers={"Cache-Control": "no-store"})

    return config


def _headers(kind: str) -> dict[str, str]:
    return {
        "Content-Security-Policy": f"default-src 'none'; script-src 'self' {_BARS[kind].hosts}; "
        "style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }


def _ours(url: str, request: Request, path: str) -> bool:
    """Whether an address is this page's: nobody else gets signatures in the application's name."""
    hosts = {request.headers.get("host", ""), urlsplit(settings().public_url).netloc} - {""}
    try:
        there = urlsplit(url)
    except ValueError:
        return False
    return there.scheme in ("http", "https") and there.netloc in hosts and there.path == path


@lru_cache
def _file(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


SIDEBAR = tuple(
    route
    for kind in _BARS
    for route in (
        Route(_path(kind), _page(kind), methods=["GET"]),
        Route(f"{_path(kind)}.js", _script(kind), methods=["GET"]),
        Route(f"{_path(kind)}/config", _config(kind), methods=["GET"]),
    )
)
