"""How deliveries stand, from their links and the customers' answers, as known at an instant."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from core.promises.acceptance import NOT_READY, Answer, Link, Standing, standing
from data.schema import AcceptanceAnswer, AcceptanceLink, CustomerDelivery

_AT_ONCE = 5_000  # parameters of a statement: SQLite allows 32,766


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something that a customer waits for.

    Attributes:
        key: the asker's own.
        since: when the customer was told or asked; what was ready before is not what they wait for.
    """

    key: int
    customer_id: int
    since: datetime
    promise_id: int | None
    demand_id: int | None
    feature_id: int | None


def standings(session: Session, as_of: datetime, *narrowed: ColumnElement[bool]) -> dict[int, Standing]:
    """How each delivery stands, by its id; conditions on CustomerDelivery may narrow them."""
    links: dict[int, list[Link]] = defaultdict(list)
    answers: dict[int, list[Answer]] = defaultdict(list)
    ours = select(CustomerDelivery.id).where(*narrowed)
    k, a = AcceptanceLink, AcceptanceAnswer
    sent = select(k.delivery_id, k.round, k.turn, k.created_at, k.expires_at, k.revoked_at)
    for i, round_, turn, at, expires_at, revoked_at in session.execute(sent.where(k.delivery_id.in_(ours))):
        links[i].append(Link(round_, turn, at, expires_at, revoked_at))
    said = select(a.delivery_id, a.round, a.turn, a.kind, a.at)
    for i, round_, turn, kind, at in session.execute(said.where(a.delivery_id.in_(ours))):
        answers[i].append(Answer(round_, turn, kind, at))
    return {i: standing(links[i], answers[i], as_of) for i in session.scalars(ours)}


def serving(session: Session, wanted: Collection[Wanted], as_of: datetime) -> Mapping[int, Standing]:
    """By key, how what was delivered for it stands; NOT_READY where nothing was.

    A delivery serves what its promise or demand names, and what its feature answers for the same customer.
    Of several the one that counts most is taken: a delivered one, else the latest.
    """
    found: dict[int, Standing] = {}
    for some in _portions(wanted):
        theirs = CustomerDelivery.customer_id.in_({w.customer_id for w in some})
        rows = session.scalars(select(CustomerDelivery).where(theirs).order_by(CustomerDelivery.id)).all()
        seen = standings(session, as_of, theirs) if rows else {}
        of_customer: dict[int, list[CustomerDelivery]] = defaultdict(list)
        for row in rows:
            of_customer[row.customer_id].append(row)
        for w in some:
            mine = of_customer[w.customer_id]
            found[w.key] = _best([seen[r.id] for r in mine if _serves(r, seen[r.id], w)])
    return found


def _portions(wanted: Collection[Wanted]) -> Iterator[Sequence[Wanted]]:
    ordered = sorted(wanted, key=lambda w: w.customer_id)
    return (ordered[start : start + _AT_ONCE] for start in range(0, len(ordered), _AT_ONCE))


def day_of(at: datetime | None, zone: str) -> date | None:
    """The day of an instant in a time zone."""
    return at.astimezone(ZoneInfo(zone)).date() if at else None


def _serves(row: CustomerDelivery, seen: Standing, wanted: Wanted) -> bool:
    if row.promise_id is not None and row.promise_id == wanted.promise_id:
        return True
    pairs = ((row.demand_id, wanted.demand_id), (row.feature_id, wanted.feature_id))
    same = any(ours is not None and ours == theirs for ours, theirs in pairs)
    return same and seen.ready_at is not None and seen.ready_at >= wanted.since


def _best(seen: list[Standing]) -> Standing:
    """Of deliveries in their order: a delivered one, else the latest."""
    known = [s for s in seen if s != NOT_READY]
    return next((s for s in known if s.delivered), known[-1] if known else NOT_READY)
