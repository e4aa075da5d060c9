"""How the company tells: for each kind of notice who gets it, by what, when, and what follows if nobody reads
it (PRODUCT.md F2, P8).

As shipped, a notice goes to those whom its event names, at once, as each of them wishes. A rule adds others,
keeps a kind off some channels, gathers it, or lets it through quiet hours. It counts for what is posted from
its publication on: every message carries the rule under which it was posted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time
from enum import StrEnum
from typing import Any

from core.access import GRANTS, Permission
from core.delivery import Wishes
from core.messages import Problem
from core.terms import Role


class To(StrEnum):
    """Who gets a kind of notice. NAMED: those whom its event names."""

    NAMED = "named"
    MANAGER = "manager"  # who leads the team of a named person
    PRODUCT = "product"
    DIRECTOR = "director"


class Pace(StrEnum):
    """When a message leaves the house. WISHED: as each person wishes."""

    WISHED = "wished"
    GATHERED = "gathered"  # once a day, also for whoever has no hour of their own
    URGENT = "urgent"  # at once, through quiet hours and past the daily letter


KINDS: Mapping[str, Permission] = {
    "alert": Permission.HANDLE_ALERTS,
    "alert_assigned": Permission.HANDLE_ALERTS,
    "sla_soon": Permission.SEE_PROMISES,
    "sla_breached": Permission.SEE_PROMISES,
    "demand_asked": Permission.SEE_PROMISES,
    "demand_told_back": Permission.SEE_PROMISES,
    "demand_answered": Permission.SEE_PROMISES,
    "demand_declined": Permission.SEE_PROMISES,
    "demand_taken_up": Permission.SEE_PROMISES,
    "demand_moved": Permission.SEE_PROMISES,
    "demand_unplanned": Permission.SEE_PROMISES,
    "demand_answered_anew": Permission.SEE_PROMISES,
    "demand_decline_corrected": Permission.SEE_PROMISES,
    "demand_declined_anew": Permission.SEE_PROMISES,
    "demand_taken_back": Permission.SEE_PROMISES,
    "promise_before_plan": Permission.SEE_PROMISES,
    "promise_nothing_planned": Permission.SEE_PROMISES,
    "promise_escalated": Permission.SEE_PROMISES,
    "promise_taken_back": Permission.SEE_PROMISES,
    "delivery_problem": Permission.SEE_PROMISES,
    "delivery_confirmed": Permission.SEE_PROMISES,
    "delivery_called_back": Permission.SEE_PROMISES,
    "delivery_unanswered": Permission.SEE_PROMISES,
    "delivery_second_due": Permission.SEE_PROMISES,
    "delivery_confirmed_again": Permission.SEE_PROMISES,
    "delivery_unanswered_again": Permission.SEE_PROMISES,
    "store_request_filed": Permission.SEE_STORE_REQUESTS,
    "store_request_taken_back": Permission.SEE_STORE_REQUESTS,
    "suggestions_waiting": Permission.SEE_SUGGESTIONS,
    "suggestions_late": Permission.SEE_SUGGESTIONS,
    "coaching_deviation": Permission.COACH,
    "coaching_finding": Permission.COACH,
    "commitment": Permission.SEE_MORNING,
    "commitment_moved": Permission.SEE_MORNING,
    "brief_issued": Permission.SEE_MORNING,
    "health_issued": Permission.SEE_HEALTH,
    "collaboration_issued": Permission.SEE_COLLABORATION,
    "root_cause": Permission.SEE_COLLABORATION,
    "report_offline": Permission.SEE_REPORTS,
}
"""Kinds of notices that have rules, with what somebody else must be allowed to see to get them too. What is
between two people, or about the installation itself, is told as shipped."""
MANDATORY = frozenset(
    {
        "alert",
        "alert_assigned",
        "sla_breached",
        "promise_before_plan",
        "promise_nothing_planned",
        "promise_escalated",
        "delivery_problem",
    }
)
"""Kinds that those concerned always get, and not once a day."""
ROLES = {To.MANAGER: Role.MANAGER, To.PRODUCT: Role.PRODUCT, To.DIRECTOR: Role.DIRECTOR}
GATHERED_AT = time(8, 30)  # by the clock of the person's team, where they have no hour of their own
LONGEST_WAIT = 80  # working hours, two weeks


@dataclass(frozen=True, slots=True)
class Rule:
    """How one kind is told.

    Attributes:
        to: who gets it.
        off: channels by which it does not go; the inbox always has it.
        wait_hours: working hours after which, unread, those who lead the person are told; 0 for never.
    """

    kind: str
    to: tuple[To, ...] = (To.NAMED,)
    off: tuple[str, ...] = ()
    pace: Pace = Pace.WISHED
    wait_hours: int = 0

    @property
    def copies(self) -> tuple[To, ...]:
        """Who gets it besides those whom the event names."""
        return tuple(to for to in self.to if to is not To.NAMED)

    @property
    def shipped(self) -> bool:
        """Whether it says nothing else than what was shipped."""
        return self == Rule(self.kind)


@dataclass(frozen=True, slots=True)
class Carried:
    """What a message carries of the rule under which it was posted.

    Attributes:
        quiet: it lies in the inbox as read and goes by no channel.
        copy: its person is not whom the event names.
    """

    off: tuple[str, ...] = ()
    pace: Pace = Pace.WISHED
    quiet: bool = False
    copy: bool = False

    def goes(self, channel: str, wishes: Wishes) -> bool:
        """Whether it goes by a channel; what a person does not want stays stronger than any rule."""
        return not self.quiet and channel not in self.off and channel not in wishes.off

    def wishes(self, wanted: Wishes) -> Wishes:
        """A person's wishes under the rule.

        >>> Carried(pace=Pace.GATHERED).wishes(Wishes()).digest_at
        datetime.time(8, 30)
        >>> Carried(pace=Pace.URGENT).wishes(Wishes(quiet_from=time(21), quiet_to=time(7))) == Wishes()
        True
        """
        match self.pace:
            case Pace.URGENT:
                return Wishes(off=wanted.off)
            case Pace.GATHERED:
                return replace(wanted, digest_at=wanted.digest_at or GATHERED_AT)
            case _:
                return wanted


AS_SHIPPED = Carried()


def check_rule(rule: Rule, channels: Sequence[str]) -> list[Problem]:
    """What is wrong with a rule, each at its part.

    Args:
        channels: those that reach people.
    """
    if rule.kind not in KINDS:
        return [Problem("kind", "unknown_choice", {"value": rule.kind})]
    problems = [] if rule.to else [Problem("to", "nobody_told")]
    if rule.kind in MANDATORY and rule.to and To.NAMED not in rule.to:
        problems.append(Problem("to", "must_be_told"))
    problems += [
        Problem("to", "may_not_see", {"role": ROLES[to]}) for to in rule.copies if not may_get(to, rule.kind)
    ]
    problems += [Problem("off", "unknown_choice", {"value": c}) for c in rule.off if c not in channels]
    if rule.kind in MANDATORY and rule.pace is Pace.GATHERED:
        problems.append(Problem("pace", "not_gathered"))
    if not 0 <= rule.wait_hours <= LONGEST_WAIT:
        problems.append(Problem("wait_hours", "out_of_range", {"low": 0, "high": LONGEST_WAIT}))
    return problems


def may_get(to: To, kind: str) -> bool:
    """Whether people of this sort may see what a kind of notice is about.

    >>> may_get(To.PRODUCT, "sla_breached"), may_get(To.PRODUCT, "alert")
    (True, False)
    """
    return to is To.NAMED or KINDS[kind] in GRANTS[ROLES[to]]


def rule_of(rules: Sequence[Rule], kind: str) -> Rule:
    """A kind's rule; the shipped one where the company made none."""
    return next((one for one in rules if one.kind == kind), Rule(kind))


def carried(rule: Rule, *, copy: bool = False) -> Carried:
    """What a message of a rule carries."""
    return Carried(rule.off, rule.pace, not copy and To.NAMED not in rule.to, copy)


def carried_document(one: Carried) -> dict[str, Any] | None:
    """What a message carries, as JSON; None as shipped."""
    if one == AS_SHIPPED:
        return None
    return {"off": list(one.off), "pace": str(one.pace), "quiet": one.quiet, "copy": one.copy}


def read_carried(document: Mapping[str, Any] | None) -> Carried:
    """The inverse of `carried_document`."""
    if not document:
        return AS_SHIPPED
    return Carried(tuple(document["off"]), Pace(document["pace"]), document["quiet"], document["copy"])


def to_document(rule: Rule) -> dict[str, Any]:
    """A rule as JSON."""
    return {
        "key": rule.kind,
        "to": [str(to) for to in rule.to],
        "off": list(rule.off),
        "pace": str(rule.pace),
        "wait_hours": rule.wait_hours,
    }


def from_document(document: Mapping[str, Any]) -> Rule:
    """A rule from its document."""
    to = tuple(To(one) for one in document["to"] if one in list(To))
    off, wait = tuple(document.get("off") or ()), int(document.get("wait_hours") or 0)
    return Rule(document["key"], to, off, Pace(document["pace"]), wait)
