"""From a draft to a closed analysis: what was typed is still there after a look at a row, and is sent once
(PRODUCT.md C5)."""

from typing import Any

from core.access import Who
from data.commands.collaboration import close_cause
from data.commands.drafts import save_fields, start_draft, submit_draft
from data.engine import Store
from data.queries.collaboration import cause_file
from data.schema import Draft

CONCLUSION = "conclusion"


def open_conclusion(store: Store, who: Who, cause_id: int) -> int:
    """One's draft of what came of an analysis; its id.

    Raises:
        NotFound: no such analysis within reach.
    """
    with store.reading(fresh=True) as session:
        cause_file(session, who, cause_id, store.clock())
    about = {"root_cause": cause_id}
    return start_draft(store, who, CONCLUSION, about, lambda kept: kept.get("root_cause") == cause_id)


def save_conclusion(store: Store, who: Who, draft_id: int, values: dict[str, Any]) -> None:
    """Save fields of a conclusion's draft."""
    save_fields(store, who, draft_id, values, lambda problem, field: problem == field)


def submit_conclusion(store: Store, who: Who, draft_id: int) -> None:
    """Close the analysis with what the draft says, once; what it was refused for is kept with it."""

    def carry_out(draft: Draft) -> dict[str, int]:
        values = draft.body["values"]
        said = (str(values.get(name) or "") for name in ("cause", "outcome"))
        return {"root_cause": close_cause.once(store, who, draft.key, values["root_cause"], *said)}

    submit_draft(store, who, draft_id, "cause", carry_out)
