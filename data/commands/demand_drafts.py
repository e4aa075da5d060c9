"""From a draft to a demand: opened for a customer, submitted once, refused with all that was typed."""

from typing import Any

from core.access import Who
from core.promises.sheet import concerns, read_demand
from data.commands.demands import file_demand
from data.commands.drafts import save_fields, start_draft, submit_draft
from data.commands.room_work import Attachment
from data.engine import Store
from data.queries.demand_desk import KIND, demand_desk
from data.schema import Draft


def open_demand(store: Store, who: Who, customer_id: int) -> int:
    """The draft for a customer: the one begun before, or a fresh one; its id.

    Raises:
        NotFound: no such customer within reach.
    """
    with store.reading(fresh=True) as session:
        demand_desk(session, who, customer_id, store.clock())
    return start_draft(
        store, who, KIND, {"customer": customer_id}, lambda kept: kept.get("customer") == customer_id
    )


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
