"""Word of a moved plan to whoever was told the old date by product's answer (PRODUCT.md C2, C3)."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import select

from core.promises.acceptance import on_plan
from data.commands.command import Tx
from data.commands.demand_notices import tell_asked
from data.queries.acceptance import Wanted, serving
from data.schema import Demand, Feature, Message, PlannedDate, Promise


def tell_moved(
    tx: Tx, feature: Feature, planned: PlannedDate, heard: Mapping[int, Collection[int]] | None = None
) -> None:
    """Tell the new date, or that there is none, for every demand whose customer waits for the feature.

    Nobody is told twice about one customer: not for a second demand, nor beside the conflict with a promise
    that this very move has brought. So promises are swept first.

    Args:
        heard: by customer, who was told of the date otherwise.
    """
    told = _of_conflicts(tx, planned)
    for customer_id, people in (heard or {}).items():
        told[customer_id] |= set(people)
    kind = "demand_moved" if planned.planned_on else "demand_unplanned"
    said = {"feature": feature.name, "planned_on": planned.planned_on, "reason": planned.reason}
    for demand in _waiting(tx, feature.id):
        told[demand.customer_id] |= set(
            tell_asked(tx, demand, kind, planned.id, told[demand.customer_id], **said)
        )


def _waiting(tx: Tx, feature_id: int) -> list[Demand]:
    """Demands that the feature answers, and whose customer waits for its day."""
    asked = tx.session.scalars(
        select(Demand).where(Demand.feature_id == feature_id).order_by(Demand.id)
    ).all()
    wanted = [Wanted(d.id, d.customer_id, d.opened_at, None, d.id, feature_id) for d in asked]
    seen = serving(tx.session, wanted, tx.now)
    return [demand for demand in asked if on_plan(seen[demand.id])]


def _of_conflicts(tx: Tx, planned: PlannedDate) -> defaultdict[int, set[int]]:
    """By customer, who was told that a promise does not fit this date: it is the last of a conflict's key."""
    query = select(Message.person_id, Message.query).where(
        Message.posted_at == tx.now, Message.key.like(f"promise_red:%:{planned.id}")
    )
    told = [(person_id, about["promise"]) for person_id, about in tx.session.execute(query)]
    of = select(Promise.id, Promise.customer_id).where(Promise.id.in_({promise for _, promise in told}))
    customer = {i: c for i, c in tx.session.execute(of)}
    found: defaultdict[int, set[int]] = defaultdict(set)
    for person_id, promise in told:
        found[customer[promise]].add(person_id)
    return found
