"""What makes a demand, an answer, a refusal, a plan and a promise valid (PRODUCT.md C1, C2)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from unicodedata import normalize

from core.messages import Problem
from core.promises.acceptance import Spread
from core.promises.sla import URGENCIES

PAINS = ("efficiency", "cost", "compliance")
DELIVERABLES = ("api", "screen")
DECLINES = ("exists", "direction", "effort", "technical", "one_customer", "other")
MAX_WORDS = 4_000
LARGEST = 10**12  # of an effect's values


@dataclass(frozen=True, slots=True)
class Effect:
    """The measurable effect that the customer wants: `metric` goes from one value to another."""

    metric: str
    before: Decimal | None
    after: Decimal | None
    unit: str


@dataclass(frozen=True, slots=True)
class DemandInput:
    """A demand; `words` are the customer's own and are kept unchanged."""

    words: str
    pain: str
    effect: Effect
    urgency: str
    opportunity_id: int | None = None
    contact_id: int | None = None
    opened_at: datetime | None = None  # now when None


@dataclass(frozen=True, slots=True)
class Answer:
    """Product's feasibility: how, with what, by when, and what will be handed over."""

    feature: str
    path: str
    resources: str
    deliverable: str
    reference: str
    planned_on: date | None


@dataclass(frozen=True, slots=True)
class Named:
    """What a feature is called, and what is handed over."""

    feature: str
    deliverable: str
    reference: str


@dataclass(frozen=True, slots=True)
class Decline:
    """Product's answer that it will not be done: one of `DECLINES`, and what the customer can be told."""

    reason: str
    reply: str


@dataclass(frozen=True, slots=True)
class Anew:
    """That an answer replaces the one that stands, and why.

    Attributes:
        after: how many answers stood before that one, as its writer saw it; None where nobody looked.
        corrects: whether its writer saw that it was declined, and puts right what was said of that.
    """

    reason: str
    after: int | None = None
    corrects: bool = False


@dataclass(frozen=True, slots=True)
class PromiseInput:
    """What somebody told a customer; `action_id` is the action, e.g. a quote, in which it was said."""

    words: str
    promised_on: date | None
    made_at: datetime | None = None  # now when None
    demand_id: int | None = None
    feature_id: int | None = None
    contact_id: int | None = None
    action_id: int | None = None


def check_demand(demand: DemandInput, now: datetime) -> tuple[Problem, ...]:
    """All problems of a demand; an effect that changes nothing is none."""
    problems = _text("words", demand.words) + _choice("pain", demand.pain, PAINS)
    problems += _choice("urgency", demand.urgency, URGENCIES) + check_effect(demand.effect)
    if demand.opened_at and demand.opened_at > now:
        problems.append(Problem("opened_at", "in_future"))
    return tuple(problems)


def check_answer(answer: Answer) -> tuple[Problem, ...]:
    """All problems of an answer: everything that C2 names is needed."""
    problems = [p for name in ("path", "resources") for p in _text(name, getattr(answer, name))]
    problems += check_named(Named(answer.feature, answer.deliverable, answer.reference))
    if answer.planned_on is None:
        problems.append(Problem("planned_on", "required"))
    return tuple(problems)


def check_named(named: Named) -> tuple[Problem, ...]:
    """All problems of what a feature is called.

    >>> [(p.field, p.code) for p in check_named(Named(" ", "api", ""))]
    [('feature', 'required'), ('reference', 'required')]
    """
    problems = _text("feature", named.feature) + _choice("deliverable", named.deliverable, DELIVERABLES)
    return (*problems, *_text("reference", named.reference))


def check_decline(decline: Decline) -> tuple[Problem, ...]:
    """All problems of a refusal: it says why, and what the customer can be told.

    >>> [(p.field, p.code) for p in check_decline(Decline("", " "))]
    [('reason', 'required'), ('reply', 'required')]
    """
    return (*_choice("reason", decline.reason, DECLINES), *_text("reply", decline.reply))


def same_measure(one: str, other: str) -> bool:
    """Whether two demands measure the same, however it is spaced and written large or small; nothing is none.

    >>> same_measure("Changeover  time", "changeover Time "), same_measure("", " ")
    (True, False)
    """
    a, b = ("".join(normalize("NFKC", text).casefold().split()) for text in (one, other))
    return bool(a) and a == b


def check_anew(anew: Anew | None) -> tuple[Problem, ...]:
    """All problems of why an answer is given anew; none of a first answer.

    >>> check_anew(None), [p.field for p in check_anew(Anew(" "))]
    ((), ['anew'])
    """
    return () if anew is None else tuple(_text("anew", anew.reason))


def stands(words: str) -> Problem:
    """That a customer was promised it, in `words`, forbids a decline as long as nobody above knows."""
    return Problem("promise", "promise_stands", {"words": words if len(words) <= 80 else f"{words[:80]}…"})


def goes_with_answer(feature_id: int | None, answered_with: int | None) -> bool:
    """Whether a promise goes with its demand's answer; one with a feature of its own may have another named.

    Args:
        feature_id: the feature that was named for the promise; None for whichever answers its demand.
        answered_with: the feature that answers its demand; None without one.
    """
    return answered_with is not None and feature_id in (None, answered_with)


def check_promise(promise: PromiseInput, now: datetime) -> tuple[Problem, ...]:
    """All problems of a promise; what was said lies in the past."""
    problems = _text("words", promise.words)
    if promise.made_at and promise.made_at > now:
        problems.append(Problem("made_at", "in_future"))
    if promise.promised_on is None:
        problems.append(Problem("promised_on", "required"))
    return tuple(problems)


def check_move(name: str, before: date | None, after: date | None, reason: str) -> tuple[Problem, ...]:
    """All problems of a new date for a promise or a plan: it is a new one, and says why.

    >>> [p.code for p in check_move("planned_on", date(2026, 3, 1), date(2026, 3, 1), " ")]
    ['same_date', 'reason_required']
    """
    problems = [Problem(name, "same_date")] if before == after else []
    if after is None and name == "promised_on":
        problems = [Problem(name, "required")]
    if not reason.strip():
        problems.append(Problem("reason", "reason_required"))
    return tuple(problems)


def check_said(promised_on: date | None, said_on: date) -> tuple[Problem, ...]:
    """That a promise is not for a day before the one on which it was made, as in a year mistyped.

    >>> [p.code for p in check_said(date(2026, 1, 15), said_on=date(2026, 11, 27))]
    ['before_said']
    """
    if promised_on is None or promised_on >= said_on:
        return ()
    return (Problem("promised_on", "before_said", {"on": said_on}),)


def check_ahead(name: str, on: date | None, today: date) -> list[Problem]:
    """That a plan, or what is agreed today, is for a day to come, or for today.

    >>> [p.code for p in check_ahead("planned_on", date(2026, 3, 1), today=date(2026, 3, 2))]
    ['day_over']
    """
    return [Problem(name, "day_over")] if on is not None and on < today else []


def check_kept_plan(planned_on: date | None, spread: Spread, today: date) -> list[Problem]:
    """That the plan which an answer keeps is for a day to come, unless all who wait for the feature have it.

    >>> [p.code for p in check_kept_plan(date(2026, 3, 1), Spread.NONE, today=date(2026, 3, 2))]
    ['plan_over']
    >>> check_kept_plan(date(2026, 3, 1), Spread.READY, today=date(2026, 3, 2))
    []
    """
    over = check_ahead("planned_on", planned_on, today) and spread not in (Spread.READY, Spread.CONFIRMED)
    return [Problem("planned_on", "plan_over")] if over else []


def was_there(planned_on: date | None, answered_on: date | None) -> bool:
    """Whether an answer named what was there already: its day had passed when it was given, which is taken of
    nothing else.

    >>> was_there(date(2026, 3, 1), date(2026, 3, 2)), was_there(date(2026, 3, 2), date(2026, 3, 2))
    (True, False)
    """
    return planned_on is not None and answered_on is not None and planned_on < answered_on


def check_effect(effect: Effect) -> list[Problem]:
    """All problems of an effect: measured, from one number to another."""
    problems = _text("effect.metric", effect.metric) + _text("effect.unit", effect.unit)
    ends = {"effect.before": effect.before, "effect.after": effect.after}
    problems += [Problem(name, "required") for name, value in ends.items() if value is None]
    problems += [Problem(n, "not_number") for n, v in ends.items() if v is not None and not v.is_finite()]
    problems += [Problem(n, "number_too_large") for n, v in ends.items() if v is not None and _huge(v)]
    if not problems and _kept(effect.before) == _kept(effect.after):
        problems.append(Problem("effect.after", "changes_nothing"))
    return problems


def _huge(value: Decimal) -> bool:
    return value.is_finite() and abs(value) >= LARGEST


def _kept(value: Decimal | None) -> Decimal | None:
    """As the store keeps it: to four places."""
    return value if value is None else round(value, 4)


def _text(name: str, value: str) -> list[Problem]:
    if not value.strip():
        return [Problem(name, "required")]
    return [Problem(name, "too_long", {"limit": MAX_WORDS})] if len(value) > MAX_WORDS else []


def _choice(name: str, value: str, choices: tuple[str, ...]) -> list[Problem]:
    wrong = Problem(name, "unknown_choice", {"value": value}) if value else Problem(name, "required")
    return [] if value in choices else [wrong]
