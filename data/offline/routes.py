"""The offline page's routes: its files, what a device takes along, and the visits that it sends.

The page itself knows nothing and is served to anybody. What is somebody's needs their session's cookie; a
visit needs our own origin, too, and a header that no form of another site can set.
"""

import json
from dataclasses import asdict
from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.messages import NotAllowed
from core.policies import Policy
from core.process.visits import Visit, read_visit
from core.vocabulary import offered
from data.commands.offline import Recording, sync_visit
from data.commands.sessions import fingerprint
from data.engine import Store
from data.jsontext import to_json
from data.offline.assets import PAGE, Asset, assets, worker
from data.offline.words import explained, form
from data.origin import COOKIE, same_origin
from data.own_terms import hear
from data.queries.offline import picks
from data.queries.policies import policy_in_force
from data.queries.record import records_to_name
from data.queries.sessions import Recognised, by_token
from data.runtime import this_store
from data.text import LANGUAGES, zone_words

HEADER = "x-firebreak-offline"
_OVERHEAD = 2**18  # bytes of a visit around its recording
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; media-src blob:; form-action 'none'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
}
_PRIVATE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


async def page(_: Request) -> Response:
    """GET /offline: the page."""
    return _file(assets()[PAGE])


async def asset(request: Request) -> Response:
    """GET /offline/{name}: one of its files."""
    found = assets().get(request.path_params["name"])
    return _file(found) if found else JSONResponse({"error": "unknown"}, status_code=404)


async def service_worker(_: Request) -> Response:
    """GET /sw.js: the service worker, which may own the offline page and nothing else of ours."""
    return _file(worker(), {"Service-Worker-Allowed": "/offline"})


async def take_along(request: Request) -> Response:
    """GET /offline/picks: who is signed in, customers and opportunities to choose, the form's fields."""
    return await run_in_threadpool(_picks, this_store(), request)


async def take_visit(request: Request) -> Response:
    """POST /offline/visits: one visit, recorded once; its problems where it may not be."""
    store = this_store()
    if not same_origin(request) or not request.headers.get(HEADER):
        return _no(403, "cross_site")
    found = await run_in_threadpool(_recognised, store, request)
    if found is None:
        return _no(401, "signed_out")
    policy = await run_in_threadpool(_policy, store)
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > policy.max_recording_mb * 2**20 + _OVERHEAD:
        return _no(413, "too_large")
    async with request.form(max_files=1, max_fields=2) as sent:
        visit = read_visit(_parsed(sent.get("visit")), policy.own_fields)
        file = sent.get("recording")
        sound = (
            Recording(await file.read(), file.content_type or "") if isinstance(file, UploadFile) else None
        )
    if visit is None:
        return _no(400, "unreadable")
    return await run_in_threadpool(partial(_synced, store, found, visit, sound))


def _picks(store: Store, request: Request) -> Response:
    found = _recognised(store, request)
    if found is None:
        return _no(401, "signed_out")
    hear(store)
    with store.reading(fresh=True) as session:
        try:
            chosen = picks(session, found.who)
            policy, named = policy_in_force(session), records_to_name(session, found.who)
        except NotAllowed:
            return _no(403, "not_allowed")
    who = found.who
    person = {
        "id": who.person_id,
        "name": who.name,
        "language": found.language,
        "timezone": who.timezone,
        "city": {language: zone_words(language, who.timezone) for language in LANGUAGES},
    }
    known = {
        "person": person,
        "as_of": store.clock(),
        "form": form(policy.own_fields, named, offered(policy.stages)),
        **asdict(chosen),
    }
    return JSONResponse(to_json(known), headers=_PRIVATE)


def _synced(store: Store, found: Recognised, visit: Visit, sound: Recording | None) -> Response:
    if visit.person_id != found.who.person_id:
        return _no(409, "other_person")
    try:
        done = sync_visit(store, found.who, visit, sound)
    except NotAllowed:
        return _no(403, "not_allowed")
    if done.action_id is None:
        told = {"problems": explained(done.problems, found.who.timezone)}
        return JSONResponse(told, status_code=422, headers=_PRIVATE)
    return JSONResponse({"action": done.action_id, "customer": done.customer_id}, headers=_PRIVATE)


def _recognised(store: Store, request: Request) -> Recognised | None:
    """The living session behind the cookie; asked anew each time, so a revoked one ends at once."""
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    with store.reading(fresh=True) as session:
        return by_token(session, fingerprint(token), store.clock())


def _policy(store: Store) -> Policy:
    with store.reading(fresh=True) as session:
        return policy_in_force(session)


def _parsed(said: Any) -> Any:
    try:
        return json.loads(said)
    except (TypeError, ValueError, RecursionError):
        return None


def _file(found: Asset, extra: dict[str, str] | None = None) -> Response:
    headers = _HEADERS | {"Cache-Control": "no-cache"} | (extra or {})
    return Response(found.content, media_type=found.media_type, headers=headers)


def _no(status: int, why: str) -> Response:
    return JSONResponse({"error": why}, status_code=status, headers=_PRIVATE)


OFFLINE = (
    Route("/offline", page, methods=["GET"]),
    Route("/sw.js", service_worker, methods=["GET"]),
    Route("/offline/picks", take_along, methods=["GET"]),
    Route("/offline/visits", take_visit, methods=["POST"]),
    Route("/offline/{name}", asset, methods=["GET"]),
)
