"""Drafts: what somebody typed and has not submitted. Scratch paper, so without audit rows.

Each field is saved on its own, so two devices on one draft undo nothing of each other: of one field the
later save wins.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from core.access import Who
from core.messages import AppError, Conflict, Invalid, NotAllowed, NotFound, Problem, Unavailable
from data.engine import Store
from data.jsontext import to_json
from data.queries.drafts import touched
from data.schema import Draft, Person

Concerns = Callable[[str, str], bool]
KEPT_DAYS = 30  # an untouched or sent draft is scratch paper of the past after these


def start_draft(
    store: Store, who: Who, kind: str, values: Mapping[str, Any], same: Callable[[dict[str, Any]], bool]
) -> int:
    """The person's open draft for which `same(its values)` holds, or a fresh one with `values`; its id.

    A draft that nobody has touched takes the fresh values over.

    Raises:
        NotAllowed: the operator has no drafts.
    """
    if who.person_id is None:
        raise NotAllowed()
    with store.writing() as session:
        # Two tabs opening one form at once: the second waits here and finds the first one's draft.
        session.execute(select(Person.id).where(Person.id == who.person_id).with_for_update())
        _sweep(session, who, store.clock())
        for row in session.scalars(_mine(who, kind)):
            if row.body.get("sent") is None and same(row.body["values"]):
                if not touched(row.body):
                    row.body, row.updated_at = _fresh(values), store.clock()
                return row.id
        row = Draft(person_id=who.person_id, kind=kind, key=uuid4().hex, body=_fresh(values))
        row.updated_at = store.clock()
        session.add(row)
        session.flush()
        return row.id


def save_fields(
    store: Store, who: Who, draft_id: int, values: Mapping[str, Any], concerns: Concerns | None = None
) -> None:
    """Save some fields of an open draft; problems that they concern are taken off it.

    Raises:
        NotFound: no such draft of this person.
        Conflict: it was submitted already.
    """
    with store.writing() as session:
        row = reached_draft(session, who, draft_id)
        if row.body["sent"] is not None:
            raise Conflict("draft_sent")
        clean = {k: _clean(v) for k, v in to_json(dict(values)).items()}
        left = (
            [p for p in row.body["problems"] if not any(concerns(p["field"], k) for k in clean)]
            if concerns
            else []
        )
        row.body = row.body | {"values": row.body["values"] | clean, "problems": left}
        row.updated_at = store.clock()


def refuse_draft(store: Store, who: Who, draft_id: int, problems: Sequence[Problem]) -> None:
    """Keep with a draft what its submit was refused for; `refusals` counts, so that a form reacts once."""
    with store.writing() as session:
        row = reached_draft(session, who, draft_id)
        packed = [_pack(p) for p in problems]
        row.body = row.body | {"problems": packed, "refusals": row.body["refusals"] + 1}


def submit_draft(
    store: Store, who: Who, draft_id: int, field: str, carry_out: Callable[[Draft], Mapping[str, Any]]
) -> None:
    """Carry a draft out, once; what it was refused for is kept with it.

    Args:
        field: where a refusal stands that names no field.
        carry_out: does the work and says what became of it.
    """
    try:
        with store.batch() as session:
            draft = reached_draft(session, who, draft_id)
            if draft.body["sent"] is None:
                draft.body = draft.body | {"sent": dict(carry_out(draft)), "problems": []}
                draft.updated_at = store.clock()
    except Unavailable:  # nothing was refused: the draft is sent again as it is
        raise
    except AppError as error:
        refuse_draft(store, who, draft_id, _said_by(error, field))


def _said_by(error: AppError, field: str) -> Sequence[Problem]:
    if isinstance(error, Invalid):
        return error.problems
    gone = field == "customer" and isinstance(error, NotFound)
    return [Problem(field, "customer_out_of_reach" if gone else error.code, error.params)]


def mark_field(store: Store, who: Who, draft_id: int, problem: Problem) -> None:
    """Keep one field's problem with a draft beside the others, e.g. of a file that was not kept."""
    with store.writing() as session:
        row = reached_draft(session, who, draft_id)
        others = [p for p in row.body["problems"] if p["field"] != problem.field]
        row.body = row.body | {"problems": [*others, _pack(problem)]}


def drop_draft(store: Store, who: Who, draft_id: int) -> None:
    """Throw a draft away; nothing happens when there is none."""
    with store.writing() as session:
        session.execute(delete(Draft).where(Draft.id == draft_id, Draft.person_id == who.person_id))


def reached_draft(session: Session, who: Who, draft_id: int) -> Draft:
    """A draft of this person, locked until the transaction ends.

    Raises:
        NotFound: there is none.
    """
    mine = select(Draft).where(Draft.id == draft_id, Draft.person_id == who.person_id).with_for_update()
    row = session.scalar(mine)
    if row is None:
        raise NotFound("draft_gone")
    return row


def _fresh(values: Mapping[str, Any]) -> dict[str, Any]:
    known = to_json(dict(values))
    return {"values": known, "initial": known, "problems": [], "refusals": 0, "sent": None}


def _mine(who: Who, kind: str) -> Select[Draft]:
    newest = Draft.updated_at.desc(), Draft.id.desc()
    return select(Draft).where(Draft.person_id == who.person_id, Draft.kind == kind).order_by(*newest)


def _sweep(session: Session, who: Who, now: datetime) -> None:
    old = select(Draft).where(
        Draft.person_id == who.person_id, Draft.updated_at < now - timedelta(days=KEPT_DAYS)
    )
    for row in session.scalars(old):
        if row.body["sent"] is not None or not touched(row.body):
            session.delete(row)


def _clean(value: Any) -> Any:
    """Text that PostgreSQL's JSON accepts: it knows no NUL and no lone surrogates."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "ignore").decode()
    return [_clean(v) for v in value] if isinstance(value, list) else value


def _pack(problem: Problem) -> dict[str, Any]:
    """A problem as JSON; an instant or a day among its values stays one (`data.queries.drafts` reads it
    back)."""
    params = {k: _packed(v) for k, v in problem.params.items()}
    return {"field": problem.field, "code": problem.code, "params": params}


def _packed(value: Any) -> Any:
    if isinstance(value, date):
        return {"instant" if isinstance(value, datetime) else "day": value.isoformat()}
    return to_json(value)
