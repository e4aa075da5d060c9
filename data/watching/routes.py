"""GET /readyz and /prometheus, for the operator's machines."""

import hmac

from prometheus_client import generate_latest
from prometheus_client.registry import CollectorRegistry
from sqlalchemy import text
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from data.engine import Store
from data.migrate import is_current
from data.runtime import this_store
from data.settings import settings
from data.watching.figures import PROCESS, OfTheStore
from data.watching.folder import takes_files

_TYPE = "text/plain; version=0.0.4; charset=utf-8"


async def ready(_: Request) -> Response:
    """GET /readyz: whether this process may get visitors: store, replica, schema, folder of files.

    Without the replica it may: the store itself is read then. The answer still tells that it is away.
    """
    found = await run_in_threadpool(_ready, this_store())
    able = all(answer for part, answer in found.items() if part != "reading")
    return JSONResponse(
        {"status": "ok" if able else "unavailable", "parts": found}, status_code=200 if able else 503
    )


def _ready(store: Store) -> dict[str, bool]:
    return {
        "store": _answers(store, fresh=True),
        "reading": _answers(store, fresh=False),
        "schema": _is_current(store),
        "files": takes_files(store),
    }


def _answers(store: Store, *, fresh: bool) -> bool:
    try:
        with store.reading(fresh=fresh) as session:
            session.execute(text("SELECT 1"))
    except Exception:  # whatever the database says, the answer is the same
        return False
    return True


def _is_current(store: Store) -> bool:
    try:
        return is_current(store)
    except Exception:  # as above
        return False


async def prometheus(request: Request) -> Response:
    """GET /prometheus for who says `Authorization: Bearer FIREBREAK_PROMETHEUS_TOKEN`."""
    wanted = settings().prometheus_token
    given = request.headers.get("authorization", "")
    if not wanted or not hmac.compare_digest(given.encode(), f"Bearer {wanted}".encode()):
        return PlainTextResponse("", status_code=404)
    return Response(await run_in_threadpool(_figures, this_store()), media_type=_TYPE)


def _figures(store: Store) -> bytes:
    shared = CollectorRegistry()
    shared.register(OfTheStore(store))
    return generate_latest(PROCESS) + generate_latest(shared)


WATCHING = (Route("/readyz", ready, methods=["GET"]), Route("/prometheus", prometheus, methods=["GET"]))
