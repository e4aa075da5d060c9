"""From a draft to what its words are for, e.g. the note of a talk: what was typed is still there after a look
at something else, and is sent once (PRODUCT.md A2, C6, D4)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.access import Who
from core.messages import NotFound
from core.promises.store_requests import PLANNED, Verdict
from core.reports.commitments import Proof
from data.commands.alert_handling import resolve_alert
from data.commands.attribution import decide_finding
from data.commands.coaching import close_coaching, note_coaching
from data.commands.command import Command
from data.commands.drafts import save_fields, start_draft, submit_draft
from data.commands.milestone_results import appeal_result, decide_anew, decide_appeal
from data.commands.morning import finish_meeting
from data.commands.rooms import close_room
from data.commands.store_requests import answer_request, file_request
from data.commands.talks import StepInput, agree, record_talk
from data.engine import Store
from data.queries.drafts import draft
from data.queries.store_requests import within_store
from data.schema import Draft, StoreRequest

Values = Mapping[str, Any]
ALSO = "also-"  # with the number of a like that the answer takes in
NORMAL = "P2"  # the urgency of a store's request until another is chosen


@dataclass(frozen=True, slots=True)
class Kept:
    """A kind of draft about one record, of which one has one at a time.

    Attributes:
        kind: its name in the store.
        about: the value that names the record.
    """

    kind: str
    about: str

    def open(self, store: Store, who: Who, number: int | str, start: Values | None = None) -> int:
        """One's open draft about a record, begun now if there is none; its id.

        Args:
            start: what a draft holds in which nothing was typed.
        """
        values = {self.about: number, **(start or {})}
        return start_draft(store, who, self.kind, values, lambda kept: kept.get(self.about) == number)

    def keep(
        self, store: Store, who: Who, number: int | str, typed: dict[str, Any], start: Values | None = None
    ) -> None:
        """Save fields of one's draft about a record, begun now if there is none."""
        save_note(store, who, self.open(store, who, number, start), typed)


@dataclass(frozen=True, slots=True)
class Note(Kept):
    """A kind of draft that is sent as it is.

    Attributes:
        carry_out: `(store, who, key, values, **more)` does what the draft is for, once; returns an id.
        field: where a refusal stands that names no field; it holds what is typed.
        ends: the command after which nobody can send one about the record.
    """

    carry_out: Callable[..., int]
    field: str = "note"
    ends: str = ""

    def submit(self, store: Store, who: Who, draft_id: int, **more: Any) -> None:
        """Carry the draft out, once; what it was refused for is kept with it.

        Args:
            more: what it takes beside the draft's values.
        """

        def work(draft: Draft) -> dict[str, int]:
            return {self.kind: self.carry_out(store, who, draft.key, draft.body["values"], **more)}

        submit_draft(store, who, draft_id, self.field, work)


def begin_anew(store: Store, who: Who, request_id: int) -> bool:
    """Let one's draft say what a request said that one's store took back.

    Returns:
        Whether it does; False where the draft says something else already, which stays.

    Raises:
        NotFound: no such request of one's store, or it was not taken back.
    """
    number = STORE_REQUEST.open(store, who, who.team_id or 0)
    with store.reading(fresh=True) as session:
        row = session.get(StoreRequest, request_id)
        if row is None or row.taken_back_at is None or not within_store(who, row.team_id):
            raise NotFound(entity="store_request")
        begun = draft(session, who, number).values
    if (begun.get("words") or begun.get("photo")) and begun.get("words") != row.words:
        return False
    photo = [row.photo, ""] if row.photo else None
    save_note(store, who, number, {"words": row.words, "urgency": row.urgency, "photo": photo})
    return True


def save_note(store: Store, who: Who, draft_id: int, values: dict[str, Any]) -> None:
    """Save fields of such a draft."""
    save_fields(store, who, draft_id, values, lambda problem, field: problem == field)


def said_in(values: Values, field: str) -> str:
    """The text that a draft keeps for a field."""
    return str(values.get(field) or "")


def note_of(kind: str, about: str, command: Command[..., int], field: str = "note", ends: str = "") -> Note:
    """A note whose command takes the record and the words."""

    def send(store: Store, who: Who, key: str, values: Values) -> int:
        return command.once(store, who, key, values[about], said_in(values, field))

    return Note(kind, about, send, field, ends)


def _file(store: Store, who: Who, key: str, values: Values, join: int | None = None) -> int:
    """File a request, alone or with one of the pool that asks for the same."""
    photo = (values.get("photo") or [None])[0]
    said = said_in(values, "words"), said_in(values, "urgency") or NORMAL
    return file_request.once(store, who, key, *said, join, photo)


def _answer(store: Store, who: Who, key: str, values: Values) -> int:
    also = [int(name.removeprefix(ALSO)) for name, said in values.items() if name.startswith(ALSO) and said]
    return answer_request.once(store, who, key, values["request"], _verdict(values), also=also)


def _answer_anew(store: Store, who: Who, key: str, values: Values) -> int:
    request, after = str(values["answer"]).split("-")
    return answer_request.once(store, who, key, int(request), _verdict(values), int(after))


def _verdict(values: Values) -> Verdict:
    day = said_in(values, "planned_on")
    outcome = said_in(values, "outcome") or PLANNED
    return Verdict(outcome, said_in(values, "reply"), date.fromisoformat(day) if day else None)


def _agree(
    store: Store, who: Who, key: str, values: Values, *, evenings: Mapping[str, datetime], usual: datetime
) -> int:
    """Agree on a next step.

    Args:
        evenings: by the name of a day, of which the draft keeps one.
        usual: the evening meant where it keeps none.
    """
    due_at = evenings.get(said_in(values, "due_at"), usual)
    expects = said_in(values, "expects") or Proof.ACTION
    given = StepInput(said_in(values, "what"), due_at, values.get("customer"), expects)
    return agree.once(store, who, key, values["talk"], given)


def _find(store: Store, who: Who, key: str, values: Values, *, run: int, opportunity: int, usual: str) -> int:
    """Decide on a deviation of a month's run; `usual` is the cause meant where the draft keeps none."""
    cause = said_in(values, "cause") or usual
    return decide_finding.once(store, who, key, run, opportunity, cause, said_in(values, "note"))


def _decide(store: Store, who: Who, key: str, values: Values, *, upheld: bool) -> int:
    return decide_appeal.once(store, who, key, values["appeal"], upheld, said_in(values, "answer"))


def _decide_anew(store: Store, who: Who, key: str, values: Values, *, upheld: bool) -> int:
    return decide_anew.once(store, who, key, values["appeal"], upheld, said_in(values, "answer"))


def _close(store: Store, who: Who, key: str, values: Values) -> int:
    said = said_in(values, "result"), said_in(values, "note")
    return close_room.once(store, who, key, values["room"], *said, bool(values.get("tasks")))


MINUTES = note_of("minutes", "meeting", finish_meeting, ends=finish_meeting.name)
TALK = note_of("talk", "rep", record_talk)
STEP = Note("talk_step", "talk", _agree, "what")
COACHING_NOTE = note_of("coaching_note", "task", note_coaching, ends=close_coaching.name)
COACHING_OUTCOME = note_of("coaching_outcome", "task", close_coaching, ends=close_coaching.name)
APPEAL = note_of("appeal", "result", appeal_result, "words")
APPEAL_ANSWER = Note("appeal_answer", "appeal", _decide, "answer", decide_appeal.name)
APPEAL_ANEW = Note("appeal_anew", "appeal", _decide_anew, "answer")
ALERT = note_of("alert", "alert", resolve_alert, ends=resolve_alert.name)
FINDING = Note("finding", "deviation", _find)  # about `<run>-<opportunity>`
CLOSING = Note("closing", "room", _close, ends=close_room.name)
STORE_REQUEST = Note("store_request", "team", _file, "words")  # about one's own store; 0 for none
STORE_ANSWER = Note("store_answer", "request", _answer, "reply", answer_request.name)
STORE_ANEW = Note("store_answer_anew", "answer", _answer_anew, "reply")  # about `<request>-<answers so far>`
