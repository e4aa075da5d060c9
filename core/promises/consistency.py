"""Whether what was promised outside fits what is planned inside (PRODUCT.md C3)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

READY = "ready"  # the code of what waits for the customer's word alone
THERE = "there"  # of what was there already when it was named, and waits to be made ready alone


class Light(StrEnum):
    """How a promise stands."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"


@dataclass(frozen=True, slots=True)
class Consistency:
    """A promise held against the plan.

    Attributes:
        light: RED when the promise comes before the plan or nothing is planned, AMBER when the
            plan leaves fewer than `slack_days` or has passed with nothing ready, when the customer reported
            a problem, or so few days are left to make ready what is there already; GREEN otherwise, and when
            it was ready in time or the customer confirmed it.
        code: why, a key under `promises.why`.
        gap_days: days from the promise to the plan, or to the day on which it was ready in time;
            positive when promised too early, None without a plan.
    """

    light: Light
    code: str
    gap_days: int | None


def consistency(
    promised_on: date,
    planned_on: date | None,
    slack_days: int,
    delivered: bool = False,
    ready_on: date | None = None,
    problem: bool = False,
    today: date | None = None,
    there: bool = False,
) -> Consistency:
    """Hold one promised date against the planned one.

    Args:
        delivered: the customer confirmed it (`core.promises.acceptance`): no plan can contradict it any more.
        ready_on: since when it waits for the customer; in time, no plan can contradict it either.
        problem: the customer reported one with what was ready, and it is not mended: no plan says when.
        today: on which a plan for an earlier day has passed; without it none has.
        there: its answer named what was there already (`core.promises.demands.was_there`): the planned day,
            which had passed then, is none to wait for.

    >>> consistency(date(2026, 3, 1), date(2026, 3, 10), slack_days=3)
    Consistency(light=<Light.RED: 'red'>, code='before_plan', gap_days=9)
    >>> consistency(date(2026, 3, 12), date(2026, 3, 10), slack_days=3).light.value
    'amber'
    >>> consistency(date(2026, 3, 12), date(2026, 3, 1), slack_days=3, problem=True).light.value
    'amber'
    >>> consistency(date(2026, 3, 12), date(2026, 3, 1), slack_days=3, today=date(2026, 3, 2)).code
    'plan_over'
    >>> days = date(2026, 3, 12), date(2026, 3, 1)
    >>> [consistency(*days, slack_days=3, today=date(2026, 3, n), there=True).light.value for n in (9, 10)]
    ['green', 'amber']
    >>> consistency(date(2026, 3, 1), None, slack_days=3).code
    'nothing_planned'
    >>> consistency(date(2026, 3, 1), None, slack_days=3, ready_on=date(2026, 2, 27)).code
    'ready'
    """
    if delivered:
        return Consistency(Light.GREEN, "delivered", (planned_on - promised_on).days if planned_on else None)
    if ready_on is not None and ready_on <= promised_on:
        return Consistency(Light.GREEN, READY, (ready_on - promised_on).days)
    if planned_on is None:
        return Consistency(Light.RED, "nothing_planned", None)
    gap = (planned_on - promised_on).days
    if gap > 0:
        return Consistency(Light.RED, "before_plan", gap)
    if there and ready_on is None and not problem:
        left = slack_days if today is None else (promised_on - today).days
        return Consistency(Light.GREEN if left >= slack_days else Light.AMBER, THERE, gap)
    over = today is not None and ready_on is None and planned_on < today
    return _after_plan(gap, slack_days, problem, over)


def _after_plan(gap: int, slack_days: int, problem: bool, over: bool) -> Consistency:
    """What was promised for the planned day or a later one."""
    if -gap < slack_days:
        return Consistency(Light.AMBER, "little_slack", gap)
    if problem:
        return Consistency(Light.AMBER, "problem", gap)
    return Consistency(Light.AMBER, "plan_over", gap) if over else Consistency(Light.GREEN, "fits", gap)


def may_escalate(light: Light, asked: bool, answers: bool) -> bool:
    """Whether somebody can put a promise before the directors: a conflict, or what a decline waits for.

    Args:
        asked: it was made of a demand that may still be declined.
        answers: it is somebody who answers demands.

    >>> may_escalate(Light.RED, asked=False, answers=False), may_escalate(Light.GREEN, True, answers=False)
    (True, False)
    >>> may_escalate(Light.GREEN, asked=True, answers=True)
    True
    """
    return light is Light.RED or (asked and answers)


def ahead(
    promised_on: date,
    planned_on: date | None,
    today: date,
    delivered: bool = False,
    ready_on: date | None = None,
) -> bool:
    """Whether a promise still lies before us: its day or the plan's is to come, or nothing is planned.

    What the customer confirmed lies behind us, whatever the dates say; what was ready in time waits for its
    own day alone.

    >>> ahead(date(2026, 3, 1), date(2026, 3, 10), today=date(2026, 3, 5))
    True
    >>> ahead(date(2026, 3, 1), date(2026, 3, 4), today=date(2026, 3, 5))
    False
    """
    if ready_on is not None and ready_on <= promised_on:
        planned_on = ready_on
    return not delivered and (planned_on is None or max(promised_on, planned_on) >= today)
