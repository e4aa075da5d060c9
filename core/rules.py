"""The policy's numbers and switches as a business user changes them (PRODUCT.md F2).

Alerts, SLA, tags and grades, time rules, acceptance, milestones and more: group, unit, range, and what must
stay in order. Each rule names one attribute of `core.policies.Policy`, or one place of it (`sla_hours.0`).
Its words are catalogue keys `rules.name.<rule>` and `rules.help.<rule>`, a dot in its name written `_`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.messages import Problem
from core.milestones.criteria import DAYS
from core.policies import DEFAULTS, LONGEST_ACTION_HOURS, Policy, override
from core.process.alerts import RULES as ALERTS
from core.process.stages import STAGES
from core.promises.sla import URGENCIES


class Unit(StrEnum):
    """What a rule's number counts; a RATE is 0–1 and shown in percent."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    SECONDS = "seconds"
    MEGABYTES = "megabytes"
    CHARACTERS = "characters"
    COUNT = "count"
    MONTHS = "months"
    TIMES = "times"
    RATE = "rate"
    MARKS = "marks"  # of a rating, 1–5
    SWITCH = "switch"  # on or off
    SOME = "some"  # any of a rule's options


@dataclass(frozen=True, slots=True)
class Rule:
    """One number, switch or list of choices that the company may change.

    Attributes:
        low, high: bounds of a number, both allowed, in its unit.
        options: what a SOME may hold; `area` is where their words stand.
        off: the choices are those switched off, so that a form shows the others as chosen.
    """

    name: str
    group: str
    unit: Unit
    low: float = 0
    high: float = 0
    options: tuple[str, ...] = ()
    area: str = ""
    off: bool = False

    @property
    def attribute(self) -> str:
        """The policy's attribute."""
        return self.name.partition(".")[0]

    @property
    def place(self) -> int | None:
        """Its place in the attribute, where that holds several numbers."""
        place = self.name.partition(".")[2]
        return int(place) if place else None


TOLD = ("brief_issued", "alert", "health_issued", "promise_before_plan", "room_opened")
_DAYS = tuple(str(day) for day in DAYS)
_M, _H, _D, _N, _R = Unit.MINUTES, Unit.HOURS, Unit.DAYS, Unit.COUNT, Unit.RATE

# fmt: off
_ALL = (
    Rule("min_gap_minutes",          "time",       _M, 0, 480),
    Rule("max_action_hours",         "time",       _H, 1, LONGEST_ACTION_HOURS),
    Rule("undo_minutes",             "time",       _M, 0, 10_080),
    Rule("min_summary_chars",        "evidence",   Unit.CHARACTERS, 1, 1_000),
    Rule("recording_required",       "evidence",   Unit.SWITCH),
    Rule("min_recording_seconds",    "evidence",   Unit.SECONDS, 1, 600),
    Rule("max_recording_mb",         "evidence",   Unit.MEGABYTES, 1, 200),
    Rule("max_attachment_mb",        "evidence",   Unit.MEGABYTES, 1, 200),
    Rule("alerts_off",               "alerts",     Unit.SOME, options=tuple(ALERTS), area="alerts", off=True),
    Rule("demos_without_quote",      "alerts",     _N, 2, 20),
    Rule("stalled_factor",           "alerts",     Unit.TIMES, 1, 10),
    Rule("overdue_hours",            "alerts",     _H, 0, 720),
    Rule("silent_days",              "alerts",     _D, 1, 365),
    Rule("quotes_unanswered",        "alerts",     _N, 1, 20),
    Rule("quote_expiry_days",        "alerts",     _D, 0, 90),
    Rule("stages_not_to_skip",       "alerts",     Unit.SOME, options=STAGES, area="stage"),
    Rule("single_contact_actions",   "alerts",     _N, 2, 50),
    Rule("plausibility_days",        "plausible",  _D, 1, 365),
    Rule("burst_actions",            "plausible",  _N, 2, 100),
    Rule("burst_minutes",            "plausible",  _M, 1, 240),
    Rule("travel_minutes",           "plausible",  _M, 0, 480),
    Rule("same_text_actions",        "plausible",  _N, 2, 50),
    Rule("hourly_actions",           "plausible",  _N, 5, 500),
    Rule("hourly_share",             "plausible",  _R, 0.5, 1),
    Rule("high_value_tags",          "customers",  _N, 1, 20),
    Rule("grade_days",               "customers",  _D, 7, 1_825),
    Rule("grade_rest_days",          "customers",  _D, 0, 365),
    Rule("sla_hours.0",              "demands",    _H, 0.5, 720),
    Rule("sla_hours.1",              "demands",    _H, 0.5, 720),
    Rule("sla_hours.2",              "demands",    _H, 0.5, 720),
    Rule("sla_hours.3",              "demands",    _H, 0.5, 720),
    Rule("sla_round_the_clock",      "demands",    Unit.SOME, options=URGENCIES, area="urgency"),
    Rule("sla_warn_share",           "demands",    _R, 0.1, 1),
    Rule("promise_slack_days",       "demands",    _D, 0, 90),
    Rule("acceptance_days",          "acceptance", _D, 1, 180),
    Rule("acceptance_remind_days",   "acceptance", _D, 0, 90),
    Rule("second_confirmation_days", "acceptance", _D, 1, 365),
    Rule("max_video_mb",             "acceptance", Unit.MEGABYTES, 1, 500),
    Rule("max_photo_mb",             "acceptance", Unit.MEGABYTES, 1, 50),
    Rule("deviation_limit",          "forecast",   _R, 0.01, 1),
    Rule("deviation_months",         "forecast",   Unit.MONTHS, 1, 12),
    Rule("coaching_days",            "forecast",   _D, 1, 90),
    Rule("calibration_day",          "forecast",   _D, 1, 20),
    Rule("commit_chance",            "forecast",   _R, 0.01, 1),
    Rule("best_case_chance",         "forecast",   _R, 0.01, 1),
    Rule("health_least_stays",       "reports",    _N, 1, 100),
    Rule("collaboration_share",      "reports",    _R, 0.01, 1),
    Rule("collaboration_least",      "reports",    _N, 1, 100),
    Rule("brief_top",                "reports",    _N, 1, 10),
    Rule("brief_share_red",          "reports",    _R, 0, 1),
    Rule("brief_share_amber",        "reports",    _R, 0, 1),
    Rule("brief_told",               "reports",    Unit.SOME, options=("manager", "rep"), area="role"),
    Rule("group_told",               "reports",    Unit.SOME, options=TOLD, area="told"),
    Rule("ballot_least",             "reports",    _N, 1, 50),
    Rule("rating_limit",             "reports",    Unit.MARKS, 1, 5),
    Rule("milestone_completeness",   "milestones", _R, 0.1, 1),
    Rule("milestone_accuracy",       "milestones", _R, 0.1, 1),
    Rule("milestone_adoption",       "milestones", _R, 0.1, 1),
    Rule("milestone_kept",           "milestones", _R, 0.1, 1),
    Rule("milestone_response_hours", "milestones", _H, 1, 240),
    Rule("milestone_report_minutes", "milestones", _M, 1, 480),
    Rule("milestone_locate_minutes", "milestones", _M, 1, 480),
    Rule("milestone_least",          "milestones", _N, 1, 100),
    Rule("milestone_sample",         "milestones", _N, 1, 200),
    Rule("bonus_factors.0",          "milestones", Unit.TIMES, 1, 3),
    Rule("bonus_factors.1",          "milestones", Unit.TIMES, 1, 3),
    Rule("bonus_factors.2",          "milestones", Unit.TIMES, 1, 3),
    Rule("bonus_factors.3",          "milestones", Unit.TIMES, 1, 3),
    Rule("freeze_milestones",        "milestones", Unit.SOME, options=_DAYS, area="milestone"),
    Rule("appeal_days",              "milestones", _D, 0, 90),
    Rule("api_per_minute",           "api",        _N, 1, 10_000),
)
# fmt: on
RULES: Mapping[str, Rule] = {rule.name: rule for rule in _ALL}
GROUPS = tuple(dict.fromkeys(rule.group for rule in RULES.values()))
NOT_HERE = {
    "version": "the store counts it",
    **dict.fromkeys(
        ("own_fields", "own_reports", "home", "notice_rules", "tags", "stages", "grade_rules"),
        "a part of the studio of its own",
    ),
    "currency": "amounts that name no currency would change their meaning",
}
_ORDERED = (  # (the smaller, the larger): each pair must stay in this order
    ("best_case_chance", "commit_chance"),
    ("brief_share_amber", "brief_share_red"),
    ("acceptance_remind_days", "acceptance_days"),
    ("sla_hours.0", "sla_hours.1"),
    ("sla_hours.1", "sla_hours.2"),
    ("sla_hours.2", "sla_hours.3"),
)


def value_of(policy: Policy, rule: Rule) -> Any:
    """What a policy says for a rule: a number, a bool, or a tuple of choices.

    >>> value_of(DEFAULTS, RULES["sla_hours.1"])
    8.0
    """
    held = getattr(policy, rule.attribute)
    return held if rule.place is None else held[rule.place]


def with_values(changes: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Overrides with rules set to values; what is as shipped is not kept.

    >>> with_values({"silent_days": 20}, {"silent_days": 14, "sla_hours.0": 1.5})
    {'sla_hours': [1.5, 8.0, 24.0, 24.0]}
    """
    made = dict(changes)
    for name, value in values.items():
        rule = RULES[name]
        if rule.place is None:
            made[rule.attribute] = list(value) if isinstance(value, list | tuple) else value
        else:
            held = list(made.get(rule.attribute, getattr(DEFAULTS, rule.attribute)))
            held[rule.place] = value
            made[rule.attribute] = held
    shipped = {name: getattr(DEFAULTS, name) for name in made}
    return {name: v for name, v in made.items() if _plain(v) != _plain(shipped[name])}


def check_values(changes: Mapping[str, Any], values: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with rules set to values over overrides, each at its rule."""
    problems = [
        problem if (rule := RULES.get(name)) and (problem := _check(rule, value)) else None
        for name, value in values.items()
    ]
    problems += [Problem(n, "unknown_choice", {"value": n}) for n in values if n not in RULES]
    found = [p for p in problems if p is not None]
    return found or _crossed(override(with_values(changes, values), 0), values)


def _check(rule: Rule, value: Any) -> Problem | None:
    if rule.unit is Unit.SWITCH:
        return None if isinstance(value, bool) else Problem(rule.name, "required")
    if rule.unit is Unit.SOME:
        wrong = next((v for v in value if v not in rule.options), None)
        return None if wrong is None else Problem(rule.name, "unknown_choice", {"value": str(wrong)})
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Problem(rule.name, "not_number")
    return _check_number(rule, value)


def _check_number(rule: Rule, value: float) -> Problem | None:
    percent = 100 if rule.unit is Unit.RATE else 1
    if not value >= rule.low:  # what is no number at all is not above it either
        return Problem(rule.name, "below_bound", {"limit": f"{rule.low * percent:g}"})
    if value > rule.high:
        return Problem(rule.name, "above_bound", {"limit": f"{rule.high * percent:g}"})
    whole = isinstance(value_of(DEFAULTS, rule), int)
    return Problem(rule.name, "not_whole") if whole and value != int(value) else None


def _crossed(policy: Policy, values: Mapping[str, Any]) -> list[Problem]:
    """Rules that must stay in order and no longer do, at the one that was changed."""
    pairs = [(a, b) for a, b in _ORDERED if a in values or b in values]
    wrong = [(a, b) for a, b in pairs if value_of(policy, RULES[a]) > value_of(policy, RULES[b])]
    return [
        Problem(b if b in values else a, "rules_crossed", {"smaller": RULES[a].name, "larger": RULES[b].name})
        for a, b in wrong
    ]


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, list | tuple) else value
