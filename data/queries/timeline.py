"""What happened with one customer: actions, interactions, stage changes and changes of records.

Each source gives its newest few over an index, and the newest of all are shown: the cost follows how
much is shown, not how much there is.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import Permission, Who
from core.messages import NotFound
from data.once import recalled
from data.queries.scope import customers, room_history
from data.queries.timeline_events import (
    Event,
    action_events,
    change_events,
    interaction_events,
    signal_events,
    stage_events,
)
from data.schema import Customer, Room

PAGE = 20
REACH = 500  # how far back the timeline opens to jump to one record
KINDS = ("action", "interaction", "signal", "change")


@dataclass(frozen=True, slots=True)
class Timeline:
    """The newest events first, and whether there are earlier ones."""

    events: tuple[Event, ...]
    more: bool


@recalled
def timeline(
    session: Session,
    who: Who,
    customer_id: int,
    *,
    kind: str | None = None,
    opportunity: int | None = None,
    shown: int = PAGE,
    jump_to: int | None = None,
) -> Timeline:
    """The newest `shown` events of a customer; enough to include the action `jump_to` when given.

    Raises:
        NotFound: no such customer within reach.
    """
    allowed = customers(who, Permission.SEE_CUSTOMERS)
    if session.scalar(select(Customer.id).where(Customer.id == customer_id, allowed)) is None:
        raise NotFound(entity="customer")
    kinds = KINDS if kind is None else (kind,)
    return _newest(session, who, customer_id, kinds, opportunity, shown, jump_to)


def room_timeline(
    session: Session, who: Who, room_id: int, *, shown: int = PAGE, jump_to: int | None = None
) -> Timeline:
    """What happened with a room's customer, for those in the room: actions and other contact.

    Raises:
        NotFound: no such room, or it does not show its history to this person.
    """
    customer_id = session.scalar(select(Room.customer_id).where(Room.id == room_id, room_history(who)))
    if customer_id is None:
        raise NotFound(entity="room")
    return _newest(session, who, customer_id, ("action", "interaction"), None, shown, jump_to)


def _newest(
    session: Session,
    who: Who,
    customer_id: int,
    kinds: Collection[str],
    opportunity: int | None,
    shown: int,
    jump_to: int | None,
) -> Timeline:
    limit = max(shown, REACH if jump_to else 0) + 1
    found: list[Event] = []
    if "action" in kinds:
        found += action_events(session, customer_id, opportunity, limit)
    if "interaction" in kinds:
        found += interaction_events(session, customer_id, opportunity, limit)
    if "signal" in kinds:
        found += signal_events(session, customer_id, opportunity, limit)
    if "change" in kinds:
        found += stage_events(session, customer_id, opportunity, limit)
        found += change_events(session, who, customer_id, opportunity, limit)
    found.sort(key=lambda e: (e.at, e.recorded_at, e.id), reverse=True)
    target = next((i for i, e in enumerate(found) if e.kind == "action" and e.id == jump_to), -1)
    shown = max(shown, target + 1)
    return Timeline(tuple(found[:shown]), len(found) > shown)
