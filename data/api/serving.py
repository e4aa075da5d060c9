"""One request from its bytes to its answer: admitted, read, checked, carried out once, in one transaction."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from core.api import READ
from core.messages import Conflict, NotFound
from data.api.admission import admitted
from data.api.faults import HEADERS, Refusal, fault, problems_of
from data.api.operation import Call, Operation
from data.api.shapes import LARGEST_ID
from data.engine import Store
from data.queries.api_tokens import Bearer
from data.reading import read_as
from data.schema import Receipt
from data.text import language_of

MOST_BYTES = 2**20  # of a request's body
LONGEST_KEY = 200
KEY = re.compile(r"[\x21-\x7e]*")
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request says, before it is checked.

    Attributes:
        key: Idempotency-Key; "" without one.
        where: method and address, which belong to what a key stands for.
    """

    id: int
    raw: bytes
    query: Mapping[str, str]
    key: str
    where: str


@dataclass(frozen=True, slots=True)
class Done:
    """A good answer: its status and its JSON."""

    status: int
    body: Any


async def serve(store: Store, op: Operation, request: Request) -> Response:
    """Answer one request; whatever goes wrong is said as a problem."""
    language, zone = _language(request), "UTC"
    try:
        found = await run_in_threadpool(admitted, store, request, op)
        language, zone = _language(request, found.who.language), found.who.timezone
        asked = await _asked(op, request)
        done = await run_in_threadpool(_done, store, found, op, asked)
    except Exception as error:  # every error has its answer; what nobody foresaw is logged whole
        return fault(error, language, "parameter" if op.access == READ else "pointer", zone)
    return Response(json.dumps(done.body, ensure_ascii=False), done.status, HEADERS, JSON)


def _language(request: Request, own: str = "en") -> str:
    wished = request.headers.get("accept-language")
    return language_of(wished) if wished else own


async def _asked(op: Operation, request: Request) -> Asked:
    key = request.headers.get("idempotency-key", "") if op.access != READ else ""
    if len(key) > LONGEST_KEY or not KEY.fullmatch(key):
        raise Refusal(422, "bad_key", limit=LONGEST_KEY)
    record = int(request.path_params.get("id", 0))
    if record > LARGEST_ID:
        raise NotFound(entity=op.group)
    raw = await _body(request) if op.body else b""
    return Asked(record, raw, dict(request.query_params), key, f"{op.method} {request.url.path}")


async def _body(request: Request) -> bytes:
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != JSON:
        raise Refusal(415, "not_json")
    too_large = Refusal(413, "too_large", limit=MOST_BYTES // 2**20)
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > MOST_BYTES:
        raise too_large
    read = bytearray()
    async for part in request.stream():
        read += part
        if len(read) > MOST_BYTES:
            raise too_large
    return bytes(read)


def _done(store: Store, found: Bearer, op: Operation, asked: Asked) -> Done:
    try:
        body = op.body.model_validate_json(asked.raw) if op.body else None
        query = op.query.model_validate(dict(asked.query)) if op.query else None
    except ValidationError as error:
        raise problems_of(error) from error

    def work(session: Session) -> Done:
        call = Call(store, session, found.who, asked.id, body, query)
        return Done(op.status, op.run(call).model_dump(mode="json"))

    if op.access == READ:
        return read_as(store, found.who, work)
    if not asked.key:
        with store.batch() as session:
            return work(session)
    return _once(store, found, asked, work)


def _once(store: Store, found: Bearer, asked: Asked, work: Any) -> Done:
    """Carry a write out unless its key was used; then the first answer again, for the same request only."""
    key = f"{found.who.person_id}:api:{asked.key}"
    meant = hashlib.sha256(asked.where.encode() + b"\n" + asked.raw).hexdigest()
    try:
        with store.batch() as session:
            if receipt := session.get(Receipt, key):
                return _again(receipt, meant)
            claimed = Receipt(key=key, command="api", person_id=found.who.person_id, at=store.clock())
            session.add(claimed)
            session.flush()  # a second claimant fails here, or waits until the first is done
            done: Done = work(session)
            claimed.result = {"meant": meant, "status": done.status, "body": done.body}
            return done
    except IntegrityError as error:
        with store.reading(fresh=True) as session:
            receipt = session.get(Receipt, key)
            if receipt is None:
                raise Conflict from error
            return _again(receipt, meant)


def _again(receipt: Receipt, meant: str) -> Done:
    kept = receipt.result or {}
    if kept.get("meant") != meant:
        raise Refusal(422, "key_reused")
    return Done(kept["status"], kept["body"])
