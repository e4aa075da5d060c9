"""From a draft to a demand: opened for a customer, submitted once, refused with all that was typed."""

from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core.access import Who
from core.messages import NotFound
from core.promises.sheet import concerns, read_demand
from data.commands.demands import file_demand
from data.commands.drafts import save_fields, start_draft, submit_draft
from data.commands.room_work import Attachment
from data.engine import Store
from data.queries.demand_desk import KIND, demand_desk
from data.queries.demands import demands_within
from data.schema import Demand, Draft


def open_demand(
    store: Store, who: Who, customer_id: int, again: int | None = None, opportunity: int | None = None
) -> int:
    """The draft for a customer: the one begun before, or a fresh one; its id.

    Args:
        again: a demand of theirs that is asked anew: a fresh draft begins with what it says.
        opportunity: the one it came up with, while it is open: a fresh draft begins with it.

    Raises:
        NotFound: no such customer within reach, or no such demand of theirs.
    """
    values: dict[str, Any] = {"customer": customer_id, "again": again}
    with store.reading(fresh=True) as session:
        desk = demand_desk(session, who, customer_id, store.clock())
        if opportunity in desk.opportunities:
            values["opportunity"] = opportunity
        if again is not None:
            values |= _said_before(session, who, customer_id, again)

    def same(kept: dict[str, Any]) -> bool:
        return all(kept.get(name) == values[name] for name in ("customer", "again"))

    return start_draft(store, who, KIND, values, same)


def _said_before(session: Session, who: Who, customer_id: int, demand_id: int) -> dict[str, Any]:
    theirs = demands_within(who, Demand.id == demand_id, Demand.customer_id == customer_id, taken_back=None)
    row = session.scalar(theirs)
    if row is None:
        raise NotFound(entity="demand")
    return {
        "words": row.words,
        "contact": row.contact_id,
        "opportunity": row.opportunity_id,
        "pain": row.pain or None,
        "effect-metric": row.metric or None,
        "effect-before": _typed(row.effect_before),
        "effect-after": _typed(row.effect_after),
        "effect-unit": row.unit or None,
        "urgency": row.urgency,
    }


def _typed(value: Decimal | None) -> str | None:
    """A number as the form keeps it."""
    return None if value is None else str(value.normalize() + 0)


def save_demand_fields(store: Store, who: Who, draft_id: int, values: dict[str, Any]) -> None:
    """Save fields of a demand's draft."""
    save_fields(store, who, draft_id, values, concerns)


def submit_demand(store: Store, who: Who, draft_id: int) -> None:
    """File a draft's demand, once; what it was refused for is kept with it."""

    def carry_out(draft: Draft) -> dict[str, int]:
        values = draft.body["values"]
        files = [Attachment(sha256, name) for sha256, name in values.get("files") or ()]
        filed = file_demand.once(store, who, draft.key, values["customer"], read_demand(values), files)
        return {"demand": filed}

    submit_draft(store, who, draft_id, "customer", carry_out)
