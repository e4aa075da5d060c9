"""A store's request: filed into the pool of headquarters, merged with its likes, answered for all of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from core.access import Permission
from core.messages import Conflict, NotFound, Problem, refuse
from core.notices import Notice
from core.promises.store_requests import Merging, Verdict, check_request, check_verdict, may_merge
from core.promises.taking_back import Entered, check_reason
from core.terms import Role
from data.commands.command import Tx, command
from data.commands.outbox import post
from data.commands.taking_back import mark
from data.jsontext import to_json
from data.queries.leads import active
from data.queries.policies import company_day
from data.queries.store_answers import times_answered
from data.queries.store_requests import within_store
from data.schema import StoredFile, StoreRequest, Team


@command("store_request.file", needs=Permission.FILE_STORE_REQUESTS)
def file_request(
    tx: Tx, words: str, urgency: str, join_id: int | None = None, photo: str | None = None
) -> int:
    """File a request for one's store; returns its id.

    Args:
        photo: SHA-256 of a picture that was kept (`data.media.keep_store_photo`).
        join_id: a request of the pool that asks for the same: this store is added to it.

    Raises:
        NotFound: no such request to join, or no such picture.
        Conflict: the one to join is answered by now.
        Invalid: no words, or no such urgency.
    """
    refuse(check_request(words, urgency))
    if photo is not None and tx.session.get(StoredFile, photo) is None:
        raise NotFound(entity="file")
    store = tx.session.get(Team, tx.who.team_id) if tx.who.team_id else None
    row = StoreRequest(
        team_id=store.id if store else None,
        region=store.region if store else None,
        person_id=tx.who.person_id,
        words=words.strip(),
        urgency=urgency,
        photo=photo,
        filed_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    if join_id is not None:
        _merge(tx, _locked(tx, join_id), [row])
    after = {"words": row.words, "urgency": urgency, "joined": join_id is not None, "photo": photo}
    tx.audit("store_request", row.id, after=after)
    about = {"store": store.name if store else "", "words": _brief(row.words)}
    post(
        tx.session,
        tx.now,
        [
            _notice(p, "store_request_filed", row.id, join_id or row.id, about)
            for p in active(tx.session, Role.PRODUCT)
        ],
    )
    return row.id


@command("store_request.merge", needs=Permission.ANSWER_STORE_REQUESTS)
def merge_requests(tx: Tx, into_id: int, other_ids: Sequence[int]) -> int:
    """Make requests part of another one; everybody who asked stays on it and is told.

    Raises:
        NotFound: no such request.
        Conflict: one of them is answered, or part of another already.
        Invalid: no other request is named.
    """
    refuse([] if other_ids else [Problem("others", "likes_required")])
    held = {
        i: _locked(tx, i) for i in sorted({into_id, *other_ids})
    }  # in one order: two who merge wait in turn
    into, others = held[into_id], [held[i] for i in sorted(set(other_ids))]
    _take_in(tx, into, others)
    tx.audit("store_request", into_id, after={"merged": len(others)})
    return into_id


@command("store_request.separate", needs=Permission.ANSWER_STORE_REQUESTS)
def separate_request(tx: Tx, of_id: int, request_id: int, reason: str) -> int:
    """Take a request out of the one that it was made part of by mistake; who asked for it is told.

    It waits in the pool again with its own words and urgency; an answer stays with the one it was part of.

    Raises:
        NotFound: no such request.
        Conflict: it is not part of that one, or no more.
        Invalid: no reason.
    """
    held = {i: _locked(tx, i) for i in sorted({of_id, request_id})}
    of, row = held[of_id], held[request_id]
    if row.merged_into_id != of_id:
        raise Conflict
    refuse(check_reason(reason))
    row.merged_into_id, row.merged_at = None, None
    said = {"words": _brief(of.words), "reason": reason.strip()}
    tx.audit("store_request", request_id, after=said)
    about, people = said | {"by": tx.who.name}, _requesters(tx, request_id)
    kind, cause = "store_request_separated", tx.now.isoformat()
    post(tx.session, tx.now, [_notice(p, kind, cause, request_id, about) for p in people])
    return request_id


@command("store_request.answer", needs=Permission.ANSWER_STORE_REQUESTS)
def answer_request(
    tx: Tx, request_id: int, verdict: Verdict, after: int = 0, also: Sequence[int] = ()
) -> int:
    """Answer a request of the pool, or answer it anew; everybody who asked for it is told.

    Args:
        after: how many answers it had, as the writer saw it; the newest of them is replaced.
        also: its likes that are merged into it first, as far as they wait for an answer by themselves.

    Raises:
        NotFound: no such request.
        Conflict: it was answered meanwhile, is taken back, or part of another.
        Invalid: something that an answer needs is missing, or its day has passed.
    """
    held = {i: _locked(tx, i) for i in sorted({request_id, *also})}
    row = held.pop(request_id)
    if row.taken_back_at is not None:
        raise Conflict("taken_back")
    if row.merged_into_id is not None or times_answered(tx.session, request_id) != after:
        raise Conflict
    before = _verdict(row) if after else None
    refuse(check_verdict(verdict, company_day(tx.session, tx.now)))
    waiting = [o for o in held.values() if may_merge(_merging(row), [_merging(o)])]
    if waiting:
        _take_in(tx, row, waiting)
    row.outcome, row.reply, row.planned_on = verdict.outcome, verdict.reply.strip(), verdict.day
    row.answered_at, row.answered_by = tx.now, tx.who.person_id
    merged = {"merged": len(waiting)} if waiting else {}
    tx.audit("store_request", request_id, before, _verdict(row) | merged)
    about = {"words": _brief(row.words), "reply": row.reply, "planned_on": verdict.day}
    kind = f"store_request_{verdict.outcome}{'_anew' if after else ''}"
    people, cause = _requesters(tx, request_id), after or request_id
    post(tx.session, tx.now, [_notice(p, kind, cause, request_id, about) for p in people])
    return request_id


@command("store_request.take_back", needs=Permission.FILE_STORE_REQUESTS)
def take_back_request(tx: Tx, request_id: int, reason: str) -> int:
    """Take back what one's store filed by mistake and has no answer; headquarters is told.

    Others that asked for the same stay: what was merged into it goes on as the first of them.

    Raises:
        NotFound: no such request of one's store.
        Conflict: it was answered or taken back before, or merged just now.
        Invalid: no reason.
    """
    known = tx.session.get(StoreRequest, request_id)
    if known is None or not within_store(tx.who, known.team_id):
        raise NotFound(entity="store_request")
    main_id = known.merged_into_id or request_id
    held = {i: _locked(tx, i) for i in sorted({request_id, main_id})}
    row, main = held[request_id], held[main_id]
    if (row.merged_into_id or request_id) != main_id:
        raise Conflict
    entered = Entered(row.person_id, row.taken_back_at is not None, settled=main.answered_at is not None)
    mark(tx, row, entered, Permission.FILE_STORE_REQUESTS, reason)
    row.merged_into_id = None
    _go_on(tx, request_id)
    tx.audit("store_request", request_id, after={"words": row.words, "reason": reason.strip()})
    store = tx.session.get(Team, row.team_id) if row.team_id else None
    said = {
        "store": store.name if store else tx.who.name,
        "words": _brief(row.words),
        "reason": reason.strip(),
    }
    people = [*active(tx.session, Role.PRODUCT), *([row.person_id] if row.person_id else [])]
    kind = "store_request_taken_back"
    told = [_notice(p, kind, request_id, request_id, said) for p in people if p != tx.who.person_id]
    post(tx.session, tx.now, told)
    return request_id


def _verdict(row: StoreRequest) -> Any:
    return to_json({"outcome": row.outcome, "reply": row.reply, "planned_on": row.planned_on})


def _go_on(tx: Tx, request_id: int) -> None:
    """What was merged into a request stands in the pool without it, the earliest first."""
    parts = select(StoreRequest).where(StoreRequest.merged_into_id == request_id).order_by(StoreRequest.id)
    waiting = tx.session.scalars(parts.with_for_update()).all()
    for first in waiting[:1]:
        first.merged_into_id, first.merged_at = None, None
    for other in waiting[1:]:
        other.merged_into_id = waiting[0].id


def _locked(tx: Tx, request_id: int) -> StoreRequest:
    row = tx.session.get(StoreRequest, request_id, with_for_update=True)
    if row is None:
        raise NotFound(entity="store_request")
    return row


def _merge(tx: Tx, into: StoreRequest, others: list[StoreRequest]) -> None:
    if not may_merge(_merging(into), [_merging(o) for o in others]):
        raise Conflict("cannot_merge")
    for other in others:
        other.merged_into_id, other.merged_at = into.id, tx.now


def _take_in(tx: Tx, into: StoreRequest, others: list[StoreRequest]) -> None:
    """Merge requests, with what was merged into them before, and tell whoever asked for them."""
    _merge(tx, into, others)
    about = {"words": _brief(into.words), "by": tx.who.name}
    for other in others:
        people = [p for p in _requesters(tx, other.id) if p != into.person_id]
        kind, cause = (
            "store_request_merged",
            f"{other.id}:{tx.now.isoformat()}",
        )  # told again when merged again
        post(tx.session, tx.now, [_notice(p, kind, cause, into.id, about) for p in people])
    for row in tx.session.scalars(
        select(StoreRequest).where(StoreRequest.merged_into_id.in_([o.id for o in others]))
    ):
        row.merged_into_id = into.id
    tx.session.flush()


def _merging(row: StoreRequest) -> Merging:
    settled = row.answered_at is not None or row.taken_back_at is not None
    return Merging(row.id, row.merged_into_id is not None, settled)


def _requesters(tx: Tx, request_id: int) -> list[int]:
    """Everybody who asked for it: whoever filed it, and whoever filed what was merged into it."""
    ours = (StoreRequest.id == request_id) | (StoreRequest.merged_into_id == request_id)
    asked = select(StoreRequest.person_id).where(ours).order_by(StoreRequest.id)
    return list(dict.fromkeys(p for p in tx.session.scalars(asked) if p is not None))


def _notice(person_id: int, kind: str, cause: object, request_id: int, about: Mapping[str, object]) -> Notice:
    key = f"{kind}:{cause}:{request_id}"
    return Notice(person_id, kind, key, about, "store_requests", {"request": request_id})


def _brief(words: str) -> str:
    return words if len(words) <= 80 else f"{words[:80]}…"
