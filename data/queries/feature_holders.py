"""By feature, the customers that wait for it and those that have it (C2 to C4)."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from core.access import Permission, Who
from core.promises.acceptance import Stand, Standing, furthest
from core.promises.demands import was_there
from data.queries.acceptance import Wanted, serving
from data.queries.demands import day_in
from data.queries.policies import company_tz
from data.queries.promises import ANSWERED_LAST, latest
from data.queries.scope import customers
from data.schema import Customer, Demand, PlannedDate, Promise


@dataclass(frozen=True, slots=True)
class Holder:
    """A customer that asked for a feature or was promised it.

    Attributes:
        seen: how what was delivered for it stands; of several demands and promises of theirs, for the one
            that is furthest from being confirmed.
    """

    customer: str
    seen: Standing


def holders(
    session: Session, who: Who, now: datetime, features: Collection[int] | None = None
) -> dict[int, tuple[Holder, ...]]:
    """By feature, its customers within reach, by name; one that nobody waits for is left out.

    Who was answered with what was there already has no day to wait for, and counts once it is ready for them.

    Args:
        features: those that are wanted; all when None.
    """
    found, zone = _asked_or_promised(session, who, now, features), company_tz(session)
    names = {row.customer_id: row.name for row in found}
    wanted = [
        Wanted(key, row.customer_id, row.since, row.promise_id, row.demand_id, row.feature_id)
        for key, row in enumerate(found)
    ]
    seen = serving(session, wanted, now)
    theirs: dict[int, dict[int, list[Standing]]] = defaultdict(lambda: defaultdict(list))
    for one, row in zip(wanted, found, strict=True):
        there = was_there(row.planned_on, day_in(row.last, zone))
        if not there or seen[one.key].state is not Stand.NOT_READY:
            theirs[row.feature_id][one.customer_id].append(seen[one.key])
    return {
        feature: tuple(Holder(names[i], furthest(of[i])) for i in sorted(of, key=lambda i: (names[i], i)))
        for feature, of in theirs.items()
    }


def _asked_or_promised(
    session: Session, who: Who, now: datetime, features: Collection[int] | None
) -> list[Any]:
    """One row for each demand that a feature answers, and for each promise that it keeps."""
    planned = latest(PlannedDate.feature_id, PlannedDate.planned_on, PlannedDate.recorded_at, now)
    asked, kept = Demand.feature_id, func.coalesce(Promise.feature_id, Demand.feature_id)
    demands = (
        select(
            Customer.id.label("customer_id"), Customer.name, Demand.opened_at.label("since"),
            literal(None).label("promise_id"), Demand.id.label("demand_id"), asked.label("feature_id"),
            planned.c.day.label("planned_on"), ANSWERED_LAST.label("last"),
        )
        .join(Customer, Customer.id == Demand.customer_id)
        .outerjoin(planned, planned.c.owner == asked)
        .where(asked.is_not(None) if features is None else asked.in_(features))
    )  # fmt: skip
    promises = (
        select(
            Customer.id.label("customer_id"), Customer.name, Promise.made_at.label("since"),
            Promise.id.label("promise_id"), Promise.demand_id, kept.label("feature_id"),
            literal(None).label("planned_on"), literal(None).label("last"),
        )
        .join(Customer, Customer.id == Promise.customer_id)
        .outerjoin(Demand, Demand.id == Promise.demand_id)
        .where(
            kept.is_not(None) if features is None else kept.in_(features), Promise.taken_back_at.is_(None)
        )
    )  # fmt: skip
    within = customers(who, Permission.SEE_PROMISES)
    return [row for query in (demands, promises) for row in session.execute(query.where(within))]
