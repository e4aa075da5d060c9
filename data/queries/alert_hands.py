"""In whose hands alerts are: given to somebody, or agreed on in a morning meeting (PRODUCT.md A3, D4)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from core.process.alerts.next_step_overdue import NAME, step_of
from core.reports.commitments import Checked, Kept, Proof, Record
from data.queries.commitments import checked
from data.schema import Alert, Person
from data.schema import Commitment as Row


@dataclass(frozen=True, slots=True)
class Hands:
    """Who looks after an alert.

    Attributes:
        until: None where no time was set.
        agreed: how it stands with what a morning meeting agreed on; None where it was given to them.
        beside: what a meeting agreed on about it, where it was given to somebody too.
        done: the record that shows done what was agreed on; the alert stands for all that.
    """

    who: str
    until: datetime | None
    agreed: Kept | None = None
    beside: Hands | None = None
    done: Record | None = None


def hands_of(session: Session, alerts: Collection[int], now: datetime) -> dict[int, Hands]:
    """By alert who has it, nothing where nobody has; who was given it goes before what was agreed on."""
    if not alerts:
        return {}
    query = (
        select(Alert.id, Alert.rule, Alert.key, Alert.due_at, Person.name)
        .outerjoin(Person, Person.id == Alert.assigned_to_id)
        .where(Alert.id.in_(alerts))
    )
    found = session.execute(query).all()
    steps = {step_of(row.key): row.id for row in found if row.rule == NAME}
    agreed = _agreed(session, set(alerts), steps, now)
    return agreed | {r.id: Hands(r.name, r.due_at, beside=agreed.get(r.id)) for r in found if r.name}


def _agreed(
    session: Session, alerts: set[int], steps: dict[int | None, int], now: datetime
) -> dict[int, Hands]:
    """By alert the latest that was agreed on about it, or about the step that it is about, and stands.

    What was done before something was agreed on anew, and given up, is no longer how it stands.
    """
    about_it = and_(Row.expects.in_((Proof.ACTION, Proof.QUOTE)), Row.about.in_(alerts))
    about_step = and_(Row.expects == Proof.STEP, Row.about.in_([step for step in steps if step]))
    found: dict[int, Checked] = {}
    for _, one in checked(session, now, or_(about_it, about_step)):
        c = one.commitment
        of = steps[c.about] if c.expects is Proof.STEP else c.about
        if of is None:
            continue
        if one.state is not Kept.DROPPED:
            found[of] = one
        elif of in found and (shown := found[of].record) and shown.happened_at <= c.made_at:
            del found[of]
    return {
        of: Hands(one.commitment.owner, one.commitment.due_at, one.state, done=one.record)
        for of, one in found.items()
    }
