"""Drafts of forms with more than a note, each with what carries it out (see `data.commands.note_drafts`)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from core.access import Who
from core.forecast.findings import TAKEN_UP, EventInput
from core.messages import Invalid, Problem
from core.reports.commitments import Proof, about_still
from core.signals import MEASURES, SignalInput
from data.commands.attribution import add_event, answer_factor, ask_for_factor
from data.commands.calibration import decide_suggestion
from data.commands.demand_questions import pass_on
from data.commands.demands import pause_demand
from data.commands.features import move_feature
from data.commands.milestone_results import sign_result, unsign_result
from data.commands.milestone_samples import check_item
from data.commands.milestones import set_launch
from data.commands.morning import CommitmentInput, assign, drop_commitment, finish_meeting
from data.commands.note_drafts import Kept, Note, Values, note_of, said_in
from data.commands.plausibility import review_sign
from data.commands.promises import escalate_promise, move_promise
from data.commands.room_files import Upload, say_with_file
from data.commands.room_work import add_task
from data.commands.rooms import close_room
from data.commands.signals import record_signal
from data.commands.store_requests import separate_request, take_back_request
from data.commands.taking_back import take_back_demand, take_back_promise
from data.commands.talks import drop_step
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


def _assign(
    store: Store, who: Who, key: str, values: Values,
    *, meeting: int, start: CommitmentInput, days: Mapping[str, date], usual: str, zone: str,
) -> int:  # fmt: skip
    """Agree on what a place of the morning meeting proposes; see `_agree`.

    Args:
        start: what the place proposes; its time of day is meant where the draft keeps none.
    """
    on = days.get(said_in(values, "due_at"), days[usual])
    at = time_said(values, "at", start.due_at.time())
    proposed = Proof(start.expects)
    expects = Proof(said_in(values, "expects") or proposed)
    given = replace(
        start,
        what=said_in(values, "what"),
        owner_id=values.get("owner") or 0,
        due_at=datetime.combine(on, at, ZoneInfo(zone)),
        customer_id=values.get("customer", start.customer_id),
        expects=expects,
        about=about_still(start.about, proposed, expects),
    )
    return assign.once(store, who, key, meeting, given)


def _review(store: Store, who: Who, key: str, values: Values) -> int:
    person, _, kind = said_in(values, "sign").partition("-")
    return review_sign.once(store, who, key, int(person), kind, said_in(values, "note"))


def _give(
    store: Store, who: Who, key: str, values: Values,
    *, evenings: Mapping[str, datetime], usual: datetime, first: int,
) -> int:  # fmt: skip
    """Give somebody in a room a task.

    Args:
        evenings: by the name of a day, of which the draft keeps one.
        usual: the evening meant where it keeps none.
        first: who is meant where it keeps nobody.
    """
    due_at, owner = evenings.get(said_in(values, "due_at"), usual), values.get("owner") or first
    return add_task.once(store, who, key, values["room"], said_in(values, "text"), owner, due_at)


def _launch(store: Store, who: Who, key: str, values: Values) -> int:
    on = day_said(values, "launched_on")
    return set_launch.once(store, who, key, values["team"] or None, on, said_in(values, "reason"))


def _check(store: Store, who: Who, key: str, values: Values) -> int:
    sample, _, of = said_in(values, "item").partition("-")
    said = said_in(values, "result"), said_in(values, "note")
    return check_item.once(store, who, key, int(sample), int(of), *said)


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


def _separate(store: Store, who: Who, key: str, values: Values, *, only: int | None) -> int:
    """Take a part out of a store's request; `only` is meant where it has no other part."""
    part = values.get("part") or only
    if part is None:
        raise Invalid([Problem("part", "required")])
    return separate_request.once(store, who, key, values["request"], part, said_in(values, "reason"))


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
UNSIGNING = note_of("unsigning", "result", unsign_result, "reason", unsign_result.name)
WEIGHTS_USE = Note("weights_use", "version", _use)  # about 0 for the shipped weights
EVENT = Note("event", "finding", _add_event, "name")  # about 0 where no finding asks for it
WISH = Note("wish", "finding", _ask, "name")  # the same
WISH_ANSWER = Note("wish_answer", "wish", _answer_wish, "answer", answer_factor.name)
ASSIGNMENT = Note("assignment", "place", _assign, "what")  # about `<meeting>-<place in it>`
GIVEN_UP = note_of("given_up", "commitment", drop_commitment, "reason")
STEP_DROPPED = note_of("step_dropped", "step", drop_step, "reason")
SIGN = Note("sign", "sign", _review)  # about `<person>-<kind of sign>`
DEMAND_BACK = note_of("demand_back", "demand", take_back_demand, "reason", take_back_demand.name)
PROMISE_BACK = note_of("promise_back", "promise", take_back_promise, "reason", take_back_promise.name)
REQUEST_BACK = note_of("request_back", "request", take_back_request, "reason", take_back_request.name)
SEPARATION = Note("separation", "request", _separate, "reason")
PAUSE = note_of("pause", "demand", pause_demand, "reason")
TOLD_BACK = note_of("told_back", "demand", pass_on, "answer", pass_on.name)
ROOM_TASK = Note("room_task", "room", _give, "text", close_room.name)
LAUNCH = Note("launch", "team", _launch, "launched_on")  # about 0 for the company
CHECK = Note("check", "item", _check)  # about `<sample>-<row>`
CUSTOMER_NOTE = Kept("customer_note", "customer")  # about 0 for a new one
WEIGHTS = Kept("weights", "industry")
REVISION = Kept("revision", "report")
READY = Kept("ready", "what")  # about `<promise>-<demand>`, 0 for neither
RENEWAL = Kept("renewal", "delivery")
REVOCATION = Kept("revocation", "delivery")
