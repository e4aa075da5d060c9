"""`/api/v1/…` on the app's own server. Whatever is below `/api` answers JSON, unknown addresses included."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from data.api import (  # noqa: F401 - each registers its operations by being imported
    actions,
    contacts,
    customers,
    demands,
    opportunities,
    promises,
    signals,
)
from data.api.document import document
from data.api.faults import Refusal, fault
from data.api.operation import OPERATIONS, Operation
from data.api.serving import serve
from data.runtime import this_store
from data.text import language_of

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_KNOWN = {404: "no_address", 405: "no_method"}
Endpoint = Callable[[Request], Awaitable[Response]]


async def openapi(_: Request) -> Response:
    """GET /api/v1/openapi.json: the document; it says nothing about anybody's records."""
    return JSONResponse(document())


async def nothing(request: Request) -> Response:
    """`/api` itself."""
    return _wrong(request, HTTPException(404))


def _wrong(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = error.headers if isinstance(error, HTTPException) else None
    language = language_of(request.headers.get("accept-language"))
    known = Refusal(status, _KNOWN[status], headers) if status in _KNOWN else error
    return fault(known, language, "pointer")


def _by_method(operations: dict[str, Operation]) -> Endpoint:
    async def answer(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        return await serve(this_store(), operations[method], request)

    return answer


def _routes() -> list[Route]:
    by_path: dict[str, dict[str, Operation]] = {}
    for op in OPERATIONS:
        by_path.setdefault(op.path, {})[op.method] = op
    return [
        Route(f"/v1{path.replace('{id}', '{id:int}')}", _by_method(operations), methods=list(operations))
        for path, operations in by_path.items()
    ]


def _app() -> Starlette:
    handlers: Any = {HTTPException: _wrong}
    app = Starlette(routes=[Route("/v1/openapi.json", openapi), *_routes()], exception_handlers=handlers)
    app.router.redirect_slashes = False
    return app


API = (Route("/api", nothing, methods=_METHODS), Mount("/api", app=_app()))
