"""HTTP routes beside the pages: a session's cookie for its browser, health, figures, the customer's page, the
page that works without network, side bars, the API.
"""

from urllib.parse import urlsplit

from sqlalchemy import text
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from data.acceptance_routes import ACCEPTANCE
from data.api.routes import API
from data.commands.sessions import exchange_ticket
from data.commands.usage import count_beat
from data.offline.routes import OFFLINE
from data.origin import COOKIE, same_origin
from data.runtime import this_store
from data.sidebar.routes import SIDEBAR
from data.watching.routes import WATCHING

LONGEST_TICKET = 200
USAGE = "/usage/beat"
LONGEST_BEAT = 4


async def exchange(request: Request) -> Response:
    """POST /session/exchange: a one-time ticket as body, the session's cookie as answer."""
    if not same_origin(request):
        return JSONResponse({"error": "cross-site"}, status_code=403)
    body = await request.body()
    ticket = body[:LONGEST_TICKET].decode(errors="replace")
    given = await run_in_threadpool(exchange_ticket, this_store(), ticket)
    if given is None:
        return JSONResponse({"error": "ticket"}, status_code=401)
    token, expires_at = given
    response = JSONResponse({"status": "ok"})
    response.set_cookie(
        COOKIE, token, expires=expires_at, httponly=True, samesite="lax", secure=_is_tls(request), path="/"
    )
    return response


async def leave(request: Request) -> Response:
    """POST /session/end: takes the cookie out of the browser; the session itself was revoked before."""
    if not same_origin(request):
        return JSONResponse({"error": "cross-site"}, status_code=403)
    response = JSONResponse({"status": "ok"})
    response.delete_cookie(COOKIE, path="/")
    return response


async def usage(request: Request) -> Response:
    """POST /usage/beat: seconds at work on a reporting page, as body; told once a minute."""
    if not same_origin(request):
        return JSONResponse({"error": "cross-site"}, status_code=403)
    told, token = (await request.body())[:LONGEST_BEAT].decode(errors="replace"), request.cookies.get(COOKIE)
    if not told.isascii() or not told.isdigit():
        return JSONResponse({"error": "seconds"}, status_code=400)
    if not token or not await run_in_threadpool(count_beat, this_store(), token, int(told)):
        return JSONResponse({"error": "session"}, status_code=401)
    return Response(status_code=204)


async def health(_: Request) -> Response:
    """GET /healthz: whether this process and its store answer."""
    try:
        await run_in_threadpool(_ask_store)
    except Exception:  # whatever the database says, the answer is the same
        return JSONResponse({"status": "unavailable"}, status_code=503)
    return JSONResponse({"status": "ok"})


def _ask_store() -> None:
    with this_store().reading(fresh=True) as session:
        session.execute(text("SELECT 1"))


def _is_tls(request: Request) -> bool:
    """Whether the browser sees TLS, also when a proxy before us ends it."""
    return "https" in (request.url.scheme, urlsplit(request.headers.get("origin", "")).scheme)


ROUTES = (
    Route("/session/exchange", exchange, methods=["POST"]),
    Route("/session/end", leave, methods=["POST"]),
    Route(USAGE, usage, methods=["POST"]),
    Route("/healthz", health, methods=["GET"]),
    *WATCHING,
    *ACCEPTANCE,
    *API,
    *OFFLINE,
    *SIDEBAR,
)
