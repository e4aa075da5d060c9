"""From a draft to the minutes of a meeting, the note of a talk or a store's request: what was typed is still
there after a look at something else, and is sent once (PRODUCT.md A2, C6, D4)."""

from typing import Any

from core.access import Who
from data.commands.drafts import save_fields, start_draft, submit_draft
from data.commands.morning import finish_meeting
from data.commands.store_requests import file_request
from data.commands.talks import record_talk
from data.engine import Store
from data.schema import Draft

MINUTES, TALK, STORE_REQUEST = "minutes", "talk", "store_request"
NORMAL = "P2"  # the urgency with which a store's request begins


def open_minutes(store: Store, who: Who, meeting: int) -> int:
    """One's draft of the note for the minutes of a meeting; its id."""
    return _open(store, who, MINUTES, {"meeting": meeting}, "meeting")


def open_talk(store: Store, who: Who, rep: int) -> int:
    """One's draft of the note of a talk with a rep; its id."""
    return _open(store, who, TALK, {"rep": rep}, "rep")


def open_request(store: Store, who: Who, team: int) -> int:
    """One's draft of what a store needs; its id.

    Args:
        team: one's store; 0 for none.
    """
    return _open(store, who, STORE_REQUEST, {"team": team, "urgency": NORMAL}, "team")


def _open(store: Store, who: Who, kind: str, values: dict[str, Any], about: str) -> int:
    return start_draft(store, who, kind, values, lambda kept: kept.get(about) == values[about])


def save_note(store: Store, who: Who, draft_id: int, values: dict[str, Any]) -> None:
    """Save fields of such a draft."""
    save_fields(store, who, draft_id, values, lambda problem, field: problem == field)


def submit_minutes(store: Store, who: Who, draft_id: int) -> None:
    """Finish the meeting with the draft's note, once; what it was refused for is kept with it."""

    def carry_out(draft: Draft) -> dict[str, int]:
        values = draft.body["values"]
        said = str(values.get("note") or "")
        return {"meeting": finish_meeting.once(store, who, draft.key, values["meeting"], said)}

    submit_draft(store, who, draft_id, "note", carry_out)


def submit_talk(store: Store, who: Who, draft_id: int) -> None:
    """Record the talk with the draft's note, once; what it was refused for is kept with it."""

    def carry_out(draft: Draft) -> dict[str, int]:
        values = draft.body["values"]
        return {"talk": record_talk.once(store, who, draft.key, values["rep"], str(values.get("note") or ""))}

    submit_draft(store, who, draft_id, "note", carry_out)


def submit_request(store: Store, who: Who, draft_id: int, join: int | None = None) -> None:
    """File the draft's request, once; what it was refused for is kept with it.

    Args:
        join: a request of the pool that asks for the same.
    """

    def carry_out(draft: Draft) -> dict[str, int]:
        values = draft.body["values"]
        photo = (values.get("photo") or [None])[0]
        said = str(values.get("words") or ""), str(values.get("urgency") or "")
        return {"store_request": file_request.once(store, who, draft.key, *said, join, photo)}

    submit_draft(store, who, draft_id, "words", carry_out)
