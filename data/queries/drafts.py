"""Reading one's own drafts."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import Who
from core.messages import NotFound, Problem
from data.schema import Draft


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft as it is now.

    Attributes:
        key: idempotency key of the record that it becomes.
        problems: why its last submit was refused, as far as not mended since.
        refusals: submits that were refused so far.
        sent: what became of it, once submitted.
        touched: whether the person changed anything.
    """

    id: int
    kind: str
    key: str
    values: dict[str, Any]
    problems: tuple[Problem, ...]
    refusals: int
    sent: dict[str, Any] | None
    touched: bool
    updated_at: datetime


def draft(session: Session, who: Who, draft_id: int) -> DraftView:
    """One draft of this person, open or sent.

    Raises:
        NotFound: there is none.
    """
    row = session.scalar(select(Draft).where(Draft.id == draft_id, Draft.person_id == who.person_id))
    if row is None:
        raise NotFound("draft_gone")
    return view_of(row)


def begun(session: Session, who: Who, /, kind: str, **about: int | str | None) -> int | None:
    """The id of one's open draft of a kind about one record.

    Args:
        about: values of the draft that name the record; None for a value that it must not have.
    """
    query = select(Draft.id, Draft.body).where(Draft.person_id == who.person_id, Draft.kind == kind)
    for draft_id, body in session.execute(query):
        values = body["values"]
        if body["sent"] is None and all(values.get(name) == value for name, value in about.items()):
            return int(draft_id)
    return None


def noted(session: Session, who: Who, kind: str, about: str) -> dict[int | str, tuple[DraftView | None, int]]:
    """One's drafts of a kind by the record that each is about: the open one, and the last that was sent.

    Args:
        about: the value of a draft that names its record.

    Returns:
        By record the open draft, None where there is none, and the id of the last sent one, 0 for none.
    """
    found: dict[int | str, tuple[DraftView | None, int]] = {}
    query = select(Draft).where(Draft.person_id == who.person_id, Draft.kind == kind).order_by(Draft.id)
    for row in session.scalars(query):
        number = row.body["values"].get(about)
        begun, sent = found.get(number, (None, 0))
        found[number] = (begun, row.id) if row.body["sent"] is not None else (view_of(row), sent)
    return found


def view_of(row: Draft) -> DraftView:
    """A draft's row as pages read it."""
    body = row.body
    return DraftView(
        id=row.id,
        kind=row.kind,
        key=row.key,
        values=dict(body["values"]),
        problems=tuple(_unpack(p) for p in body["problems"]),
        refusals=body["refusals"],
        sent=body["sent"],
        touched=touched(body),
        updated_at=row.updated_at,
    )


def touched(body: dict[str, Any]) -> bool:
    """Whether a draft says anything that it did not say when it was opened."""
    said, initial = ({k: v for k, v in body[part].items() if v is not None} for part in ("values", "initial"))
    return said != initial


def _unpack(kept: dict[str, Any]) -> Problem:
    params = {k: _value(v) for k, v in kept["params"].items()}
    return Problem(kept["field"], kept["code"], params)


def _value(kept: Any) -> Any:
    match kept:
        case {"instant": str(said)}:
            return datetime.fromisoformat(said)
        case {"day": str(said)}:
            return date.fromisoformat(said)
    return kept
