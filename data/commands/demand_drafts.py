"""From a draft to a demand: opened for a customer, submitted once, refused with all that was typed."""

from typing import Any

from core.access import Who
from core.messages import AppError, Invalid, NotFound, Problem
from core.promises.sheet import concerns, read_demand
from data.commands.demands import file_demand
from data.commands.drafts import reached_draft, refuse_draft, save_fields, start_draft
from data.engine import Store
from data.queries.demand_desk import KIND, demand_desk


def open_demand(store: Store, who: Who, customer_id: int) -> int:
    """The draft for a customer: the one begun before, or a fresh one; its id.

    Raises:
        NotFound: no such customer within reach.
    """
    with store.reading() as session:
        demand_desk(session, who, customer_id, store.clock())
    return start_draft(
        store, who, KIND, {"customer": customer_id}, lambda kept: kept.get("customer") == customer_id
    )


def save_demand_fields(store: Store, who: Who, draft_id: int, values: dict[str, Any]) -> None:
    """Save fields of a demand's draft."""
    save_fields(store, who, draft_id, values, concerns)


def submit_demand(store: Store, who: Who, draft_id: int) -> None:
    """File a draft's demand, once; what it was refused for is kept with it."""
    try:
        with store.batch() as session:
            draft = reached_draft(session, who, draft_id)
            if draft.body["sent"] is None:
                values = draft.body["values"]
                demand_id = file_demand.once(store, who, draft.key, values["customer"], read_demand(values))
                draft.body = draft.body | {"sent": {"demand": demand_id}, "problems": []}
                draft.updated_at = store.clock()
    except AppError as error:
        refuse_draft(store, who, draft_id, _problems(error))


def _problems(error: AppError) -> list[Problem]:
    if isinstance(error, Invalid):
        return list(error.problems)
    code = "customer_out_of_reach" if isinstance(error, NotFound) else error.code
    return [Problem("customer", code, error.params)]
