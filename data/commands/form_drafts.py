"""Drafts of forms with more than a note, each with what carries it out (see `data.commands.note_drafts`)."""

from collections.abc import Mapping
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from core.access import Who
from core.forecast.findings import TAKEN_UP, EventInput
from core.messages import Invalid, Problem
from core.reports.commitments import Proof
from core.signals import MEASURES, SignalInput
from data.commands.attribution import add_event, answer_factor, ask_for_factor
from data.commands.calibration import decide_suggestion
from data.commands.features import move_feature
from data.commands.milestone_results import sign_result
from data.commands.morning import CommitmentInput, assign, finish_meeting
from data.commands.note_drafts import Kept, Note, Values, note_of, said_in
from data.commands.promises import escalate_promise, move_promise
from data.commands.room_files import Upload, say_with_file
from data.commands.rooms import close_room
from data.commands.signals import record_signal
from data.commands.weights import apply_weights
from data.engine import Store


def day_said(values: Values, field: str) -> date | None:
    """The date that a draft keeps for a field."""
    said = said_in(values, field)
    return date.fromisoformat(said) if said else None


def time_said(values: Values, field: str, otherwise: time) -> time:
    """The time of day that a draft keeps for a field."""
    said = said_in(values, field)
    return time.fromisoformat(said) if said else otherwise


def _say(store: Store, who: Who, key: str, values: Values, *, file: Upload | None = None) -> int:
    return say_with_file(store, who, key, values["room"], said_in(values, "text"), file)


def _agree(
    store: Store, who: Who, key: str, values: Values,
    *, days: Mapping[str, date], usual: str, otherwise: time, zone: str,
) -> int:  # fmt: skip
    """Agree on something in the morning meeting.

    Args:
        days: by name, of which the draft keeps one.
        usual: the name of the day meant where it keeps none.
        otherwise: the time of day meant where it keeps none.
    """
    on = days.get(said_in(values, "due_at"), days[usual])
    due_at = datetime.combine(on, time_said(values, "at", otherwise), ZoneInfo(zone))
    expects = said_in(values, "expects") or Proof.ACTION
    owner, customer = values.get("owner") or 0, values.get("customer")
    given = CommitmentInput(said_in(values, "what"), owner, due_at, customer, None, expects)
    return assign.once(store, who, key, values["meeting"], given)


def _answer(
    store: Store, who: Who, key: str, values: Values, *, line: int, decision: str, reason: str
) -> int:
    return decide_suggestion.once(store, who, key, line, decision, reason, said_in(values, "note"))


def _tell(store: Store, who: Who, key: str, values: Values, *, opened: datetime, usual: int) -> int:
    """Tell a signal.

    Args:
        opened: by the teller's clock, when it happened unless the draft says otherwise.
        usual: the opportunity that it is about unless the draft says otherwise; 0 for none.
    """
    kind, value = said_in(values, "kind"), values.get("value")
    on = day_said(values, "day") or opened.date()
    clock = time_said(values, "time", opened.time().replace(second=0, microsecond=0))
    about = values.get("opportunity", usual) or None
    measured = float(value) if value is not None and kind in MEASURES else None
    at = datetime.combine(on, clock, opened.tzinfo)
    source, note = said_in(values, "source").strip(), said_in(values, "note").strip()
    signal = SignalInput(kind, at, about, measured, source, note)
    return record_signal.once(store, who, key, values["customer"], signal)


def _move(store: Store, who: Who, key: str, values: Values) -> int:
    on, reason = day_said(values, "promised_on"), said_in(values, "reason")
    return move_promise.once(store, who, key, values["promise"], on, reason)


def _plan(store: Store, who: Who, key: str, values: Values, *, feature: int) -> int:
    """Move a plan; an empty day takes nothing off the plan unless that was asked for."""
    on, off = day_said(values, "planned_on"), bool(values.get("off"))
    if on is None and not off:
        raise Invalid([Problem("planned_on", "required")])
    return move_feature.once(store, who, key, feature, None if off else on, said_in(values, "reason"))


def _use(store: Store, who: Who, key: str, values: Values) -> int:
    return apply_weights.once(store, who, key, values["version"] or None, said_in(values, "note"))


def _add_event(store: Store, who: Who, key: str, values: Values, *, today: date, finding: int | None) -> int:
    """Put an event into the calendar; it is of today unless the draft says otherwise."""
    first, last = (day_said(values, field) or today for field in ("starts_on", "ends_on"))
    industry, note = said_in(values, "industry") or None, said_in(values, "note")
    event = EventInput(said_in(values, "name"), first, last, industry, note)
    return add_event.once(store, who, key, event, finding)


def _ask(store: Store, who: Who, key: str, values: Values, *, finding: int | None) -> int:
    said = said_in(values, "name"), said_in(values, "why")
    return ask_for_factor.once(store, who, key, *said, finding)


def _answer_wish(store: Store, who: Who, key: str, values: Values) -> int:
    state = said_in(values, "state") or TAKEN_UP
    return answer_factor.once(store, who, key, values["wish"], state, said_in(values, "answer"))


ROOM_MESSAGE = Note("room_message", "room", _say, "text", close_room.name)
AGREEMENT = Note("agreement", "meeting", _agree, "what", finish_meeting.name)
SUGGESTION = Note("suggestion", "suggestion", _answer)  # about `<period>-<opportunity>`
SIGNAL = Note("signal", "customer", _tell, "kind")
PROMISE_MOVE = Note("promise_move", "promise", _move, "reason")
PROMISE_PLAN = Note("promise_plan", "promise", _plan, "reason")
PLAN = Note("plan", "feature", _plan, "reason")
ESCALATION = note_of("escalation", "promise", escalate_promise, "reason", escalate_promise.name)
SIGNING = note_of("signing", "result", sign_result, ends=sign_result.name)
WEIGHTS_USE = Note("weights_use", "version", _use)  # about 0 for the shipped weights
EVENT = Note("event", "finding", _add_event, "name")  # about 0 where no finding asks for it
WISH = Note("wish", "finding", _ask, "name")  # the same
WISH_ANSWER = Note("wish_answer", "wish", _answer_wish, "answer", answer_factor.name)
WEIGHTS = Kept("weights", "industry")
REVISION = Kept("revision", "report")
READY = Kept("ready", "what")  # about `<promise>-<demand>`, 0 for neither
RENEWAL = Kept("renewal", "delivery")
REVOCATION = Kept("revocation", "delivery")
