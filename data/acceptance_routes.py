"""`/confirm/{token}`: a customer confirms a delivery, or reports a problem, without an account (C4).

Opening, prefetching and scanning the address changes nothing: an answer is a POST that carries the nonce
of a view. Only what the token's own link shows can be reached from here.
"""

import secrets
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from core.messages import Conflict, Invalid, Problem, Unavailable, refuse
from core.promises.acceptance import PROBLEM, Door
from core.promises.handover import AnswerInput, check_answer
from data.acceptance_page import Form, closed_page, page, policy
from data.commands.acceptance import answer_link, count_miss
from data.commands.sessions import fingerprint
from data.commands.setup import cookie_secret
from data.engine import Store
from data.files import file_path
from data.media import film_type, keep_photo
from data.queries.policies import policy_in_force
from data.queries.public_links import Opened, opened, throttled
from data.runtime import this_store
from data.text import language_of, translate
from data.visitor import visitor

NONCE_SECONDS = 24 * 3600  # a page may lie open on a phone for a day
LONGEST_TOKEN = 200
_BEGINNING = 12  # bytes that tell a film
_OVERHEAD = 2**20  # bytes of a form around its picture
_STATUS = {Door.OPEN: 200, Door.ANSWERED: 200, Door.REVOKED: 410, Door.EXPIRED: 410}
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a request's token leads to, with the largest picture that is taken along."""

    token: str
    link: Opened | None
    photo_mb: int
    throttled: bool = False


async def confirm(request: Request) -> Response:
    """GET and HEAD /confirm/{token}: the page; nothing is written but the count of wrong tokens."""
    seen = await run_in_threadpool(_look, this_store(), request)
    return await run_in_threadpool(_shown, this_store(), seen, request)


async def take_answer(request: Request) -> Response:
    """POST /confirm/{token}: the answer; then the page that says what was answered."""
    store = this_store()
    seen = await run_in_threadpool(_look, store, request)
    if seen.link is None or seen.link.door is not Door.OPEN:
        return await run_in_threadpool(_shown, store, seen, request)
    _bounded(request, seen.photo_mb)
    async with request.form(max_files=1, max_fields=8) as form:
        said = {key: value for key, value in form.items() if isinstance(value, str)}
        upload = form.get("photo")
        photo = await upload.read() if isinstance(upload, UploadFile) and upload.size else b""
    answering = partial(_answered, store, seen, said, photo)
    problem = await run_in_threadpool(answering)
    if problem is not None:
        return await run_in_threadpool(_wrong, store, seen, said, problem)
    return RedirectResponse(seen.token, status_code=303, headers=_HEADERS)


async def video(request: Request) -> Response:
    """GET and HEAD /confirm/{token}/video: the kept walkthrough of an open link, whole or in ranges."""
    store = this_store()
    seen = await run_in_threadpool(_look, store, request)
    link = seen.link
    if link is None or link.door is not Door.OPEN or link.video is None:
        return await run_in_threadpool(_shown, store, replace(seen, link=None), request)
    path = file_path(store, link.video)
    kept = await run_in_threadpool(_film_type, path)
    if kept is None:
        return HTMLResponse("", status_code=404, headers=_HEADERS)
    alone = {"Content-Disposition": "inline", "Content-Security-Policy": "default-src 'none'; sandbox"}
    return FileResponse(path, media_type=kept, headers=_HEADERS | alone)


def _look(store: Store, request: Request) -> Seen:
    """Find the link: a good one opens whoever else guesses from the same address; wrong ones are counted."""
    token = request.path_params["token"][:LONGEST_TOKEN]
    address = _address(request)
    with store.reading(fresh=True) as session:
        limit = policy_in_force(session).max_photo_mb
        link = opened(session, fingerprint(token), store.clock())
        waits = link is None and throttled(session, address, store.clock())
    if link is not None or waits:
        return Seen(token, link, limit, throttled=waits)
    try:
        count_miss(store, address)
    except Unavailable:
        return Seen(token, None, limit, throttled=True)
    return Seen(token, None, limit)


def _shown(store: Store, seen: Seen, request: Request) -> Response:
    if seen.link is None:
        language = language_of(request.headers.get("accept-language"))
        status, why = (429, "throttled") if seen.throttled else (404, "unknown")
        extra = {"Retry-After": "3600"} if seen.throttled else {}
        return _html(closed_page(language, why), status, None, extra)
    form = Form(_nonce(store, seen.link), seen.photo_mb)
    return _html(page(seen.link, form, _film(seen)), _STATUS[seen.link.door], seen.link)


def _wrong(store: Store, seen: Seen, said: dict[str, str], problem: Problem) -> Response:
    """The page again, with what was typed and what is wrong with it."""
    assert seen.link is not None  # only an open link takes answers
    words = translate(seen.link.language, f"acceptance.wrong.{problem.code}", **problem.params)
    form = Form(_nonce(store, seen.link), seen.photo_mb, said.get("text", ""), words)
    return _html(page(seen.link, form, _film(seen)), 400, seen.link)


def _answered(store: Store, seen: Seen, said: dict[str, str], photo: bytes) -> Problem | None:
    """Carry the answer out; a problem of the input, or None when it was taken (or had been before)."""
    assert seen.link is not None  # only an open link takes answers
    if not _good_nonce(store, seen.link, said.get("view", "")):
        return Problem("view", "view")
    given = AnswerInput(said.get("kind", ""), said.get("text", "").replace("\r\n", "\n"))
    try:
        refuse(check_answer(given))
        if photo and given.kind == PROBLEM:
            given = replace(given, photo=keep_photo(store, photo))
        answer_link(store, seen.token, given)
    except Invalid as error:
        return error.problems[0]
    except Conflict:
        return None  # called back or expired a moment ago: the page says so
    return None


def _bounded(request: Request, photo_mb: int) -> None:
    """Refuse a body before it is read: the server holds it to the length that it announces."""
    length = request.headers.get("content-length", "")
    if not length.isdigit():
        raise HTTPException(411, headers=_HEADERS)
    if int(length) > photo_mb * 2**20 + _OVERHEAD:
        raise HTTPException(413, headers=_HEADERS)


def _html(body: str, status: int, link: Opened | None, extra: dict[str, str] | None = None) -> Response:
    headers = _HEADERS | {"Content-Security-Policy": policy(link)} | (extra or {})
    return HTMLResponse(body, status_code=status, headers=headers)


def _film(seen: Seen) -> str:
    return f"{seen.token}/video" if seen.link and seen.link.video else ""


def _film_type(path: Path) -> str | None:
    """By its own first bytes: the same file may have been kept before as something else."""
    if not path.exists():
        return None
    with path.open("rb") as file:
        return film_type(file.read(_BEGINNING))


def _address(request: Request) -> str:
    peer = request.client.host if request.client else None
    return visitor(request.headers.get("x-forwarded-for", ""), peer)


def _signer(store: Store, link: Opened) -> Any:
    """Of one link: what another link's view was given is worth nothing here."""
    return URLSafeTimedSerializer(cookie_secret(store), salt=f"acceptance view {link.link_id}")


def _nonce(store: Store, link: Opened) -> str:
    """Signed, so that nothing has to be written when a page is looked at; another at every view."""
    return str(_signer(store, link).dumps(secrets.token_urlsafe(12)))


def _good_nonce(store: Store, link: Opened, nonce: str) -> bool:
    try:
        _signer(store, link).loads(nonce, max_age=NONCE_SECONDS)
    except BadData:
        return False
    return True


ACCEPTANCE = (
    Route("/confirm/{token}", confirm, methods=["GET", "HEAD"]),
    Route("/confirm/{token}", take_answer, methods=["POST"]),
    Route("/confirm/{token}/video", video, methods=["GET", "HEAD"]),
)
