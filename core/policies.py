"""What the company may change without code: frozen defaults here, versioned overrides in the store."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from core import home as layouts
from core import telling
from core.definitions import from_document
from core.fields import Field
from core.grades import GradeRule, rule_from
from core.reports import own
from core.reports.library import Report
from core.vocabulary import ActionType, Tag, tag_from, type_from

LONGEST_ACTION_HOURS = 24  # no policy may allow longer: look-ups around an action rely on it


@dataclass(frozen=True, slots=True)
class Policy:
    """Thresholds and defaults (PRODUCT.md, every "default").

    Attributes:
        version: 0 for the shipped defaults; otherwise the store's policy version.
        min_gap_minutes: least minutes between two actions on one opportunity (A6).
        max_action_hours: longest plausible action; longer is refused as a typing error.
        min_summary_chars: least length of an action's summary (A2).
        recording_required: whether a typed summary alone is not enough evidence (A2).
        max_recording_mb: largest recording that is kept, in megabytes.
        min_recording_seconds: a shorter recording is no voice evidence (A2).
        demos_without_quote: demos in a row without a quote that turn red (A3).
        alerts_off: alert rules that the company switched off.
        stalled_factor: a stay of so many times the stage's benchmark is stalled (A3).
        overdue_hours: hours after which an unrecorded or missing next step is told (A3).
        silent_days: days without an answer after which a customer is silent (A3).
        quotes_unanswered: quotes in a row without an answer that are told (A3).
        stages_not_to_skip: stages whose omission is told (A3).
        single_contact_actions: actions from which one person alone at the customer is told (A3).
        plausibility_days: days back from now whose records are held against each other (A6).
        burst_actions, burst_minutes: so many actions entered in so short a time are worth a look (A6).
        travel_minutes: least minutes between visits at two places (A6).
        same_text_actions: actions with one and the same text that are worth a look (A6).
        hourly_actions, hourly_share: so many actions, with such a share (0–1) begun exactly on the hour (A6).
        max_attachment_mb: largest file that is kept in a room, in megabytes (A4).
        high_value_tags: tags from which "follow up together" is offered (A4).
        grade_days: days after which a customer's grade should be looked at again (F1).
        undo_minutes: minutes within which a recorded action can be undone.
        quote_expiry_days: days before a quote's end at which it becomes a to-do (F1).
        currency: the company's own currency, ISO 4217.
        sla_hours: hours within which a demand is answered, for P0, P1, P2, P3 (C1); as shipped none has
            more than the 24 that product has for its answer (C2).
        sla_round_the_clock: urgencies whose clock runs day and night; the others count working hours.
        health_least_stays: stays from which the weekly report says a ratio or a bottleneck (A5).
        sla_warn_share: share of the allowed time, 0–1, after which product is reminded (C1).
        deviation_limit, deviation_months: so many months in a row with a forecast deviation over the limit
            (a rate) open a coaching task (B4).
        coaching_days: days until a coaching task is due (B4).
        calibration_day: the working day of a period by whose end its suggestions are answered (B3).
        promise_slack_days: a promise closer than this behind the plan is amber (C3).
        commit_chance, best_case_chance: chances (0–1) from which an open opportunity counts as committed to,
            and as a best case (B2); `core.forecast.rollup` says how answers to suggestions move it.
        collaboration_share: so much worse than the mean, 0–1, opens a root-cause analysis (C5).
        collaboration_least: rows from which a figure of a team or person is judged (C5).
        acceptance_days: days that a customer's link to confirm a delivery lives (C4).
        acceptance_remind_days: days before its end at which a customer who has not answered is reminded (C4).
        second_confirmation_days: days after a confirmation at which the customer is asked again (C4, C5).
        max_video_mb, max_photo_mb: largest walkthrough and customer's picture that are kept (C4).
        ballot_least: votes from which a secret ballot's box is read at all (D5).
        rating_limit: a report with a lower mean rating, 1–5, goes offline (D5).
        brief_top: customers that the morning brief puts first (D4).
        brief_share_red, brief_share_amber: share of an opportunity's amount, 0–1, that a red or an amber
            cause puts at risk; the company's judgement, no measured chance (D4).
        brief_told: roles of the team that are told of its brief (D4).
        api_per_minute: requests a minute that one token of the HTTP API may make (F3).
        group_told: kinds of notices to a team's members that its chat group is told too, once (P8).
        milestone_completeness, milestone_accuracy, milestone_adoption, milestone_kept: rates 0–1 that the
            milestones of day 30, 60, 60 and 90 ask for (E).
        milestone_response_hours, milestone_report_minutes, milestone_locate_minutes: most hours until a
            demand's answer, most minutes of reporting per rep and day, and until a problem is located (E).
        milestone_least: rows from which a criterion is judged (E).
        milestone_sample: recordings or promises in a random sample (E).
        bonus_factors: by how much the milestones of day 30, 60, 90 and 120 multiply the forecast bonus of
            their month when they are met; 1 leaves it (E).
        freeze_milestones: those that freeze new features for the next quarter when the company misses
            them (E).
        appeal_days: days after a result is issued in which it can be appealed (E).
        own_fields: the company's own fields of actions, customers and opportunities, retired ones
            included (F2).
        own_reports: reports that the company put together, retired ones included (F2, D1).
        tags: tags that the company has defined; others are as shipped, or as a file brought them (F2, A4).
        stages: action types, which are the stages too, in their order; none for those shipped (F2, A1).
        grade_rules: conditions that propose a customer's grade (F1, F2).
        grade_rest_days: days for which a grade that somebody gave stands against the rules (F1).
        home: layouts of Today by role, where they are not as shipped (F1, F2).
        notice_rules: how kinds of notices are told, where they are not as shipped (P8, F2).
    """

    version: int = 0
    min_gap_minutes: int = 30
    max_action_hours: int = 12
    min_summary_chars: int = 10
    recording_required: bool = False
    max_recording_mb: int = 25
    min_recording_seconds: int = 10
    demos_without_quote: int = 3
    alerts_off: tuple[str, ...] = ()
    stalled_factor: float = 1.5
    overdue_hours: int = 24
    silent_days: int = 14
    quotes_unanswered: int = 2
    stages_not_to_skip: tuple[str, ...] = ("needs_diagnosis", "solution_demo")
    single_contact_actions: int = 3
    plausibility_days: int = 28
    burst_actions: int = 5
    burst_minutes: int = 10
    travel_minutes: int = 15
    same_text_actions: int = 3
    hourly_actions: int = 20
    hourly_share: float = 0.95
    high_value_tags: int = 3
    max_attachment_mb: int = 20
    grade_days: int = 180
    undo_minutes: int = 60
    quote_expiry_days: int = 3
    currency: str = "CNY"
    sla_hours: tuple[float, float, float, float] = (2.0, 8.0, 24.0, 24.0)
    sla_round_the_clock: tuple[str, ...] = ("P0",)
    health_least_stays: int = 3
    sla_warn_share: float = 0.75
    promise_slack_days: int = 3
    deviation_limit: float = 0.25
    deviation_months: int = 2
    coaching_days: int = 14
    commit_chance: float = 0.6
    best_case_chance: float = 0.3
    calibration_day: int = 5
    collaboration_share: float = 0.2
    collaboration_least: int = 5
    acceptance_days: int = 14
    acceptance_remind_days: int = 3
    second_confirmation_days: int = 30
    max_video_mb: int = 64
    max_photo_mb: int = 10
    ballot_least: int = 3
    rating_limit: float = 3.5
    brief_top: int = 3
    brief_share_red: float = 0.5
    brief_share_amber: float = 0.2
    brief_told: tuple[str, ...] = ("manager", "rep")
    api_per_minute: int = 120
    group_told: tuple[str, ...] = (
        "brief_issued",
        "alert",
        "health_issued",
        "promise_before_plan",
        "room_opened",
    )
    milestone_completeness: float = 0.85
    milestone_accuracy: float = 0.75
    milestone_adoption: float = 0.6
    milestone_kept: float = 0.8
    milestone_response_hours: float = 24.0
    milestone_report_minutes: float = 30.0
    milestone_locate_minutes: float = 15.0
    milestone_least: int = 5
    milestone_sample: int = 20
    bonus_factors: tuple[float, float, float, float] = (1.0, 1.2, 1.0, 1.0)
    freeze_milestones: tuple[str, ...] = ("60",)
    appeal_days: int = 14
    own_fields: tuple[Field, ...] = ()
    own_reports: tuple[Report, ...] = ()
    tags: tuple[Tag, ...] = ()
    stages: tuple[ActionType, ...] = ()
    grade_rules: tuple[GradeRule, ...] = ()
    grade_rest_days: int = 30
    home: tuple[layouts.Layout, ...] = ()
    notice_rules: tuple[telling.Rule, ...] = ()


DEFAULTS = Policy()
_DOCUMENTS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "own_fields": from_document,
    "own_reports": own.from_document,
    "home": layouts.from_document,
    "notice_rules": telling.from_document,
    "tags": tag_from,
    "stages": type_from,
    "grade_rules": rule_from,
}  # lists of documents


def override(changes: Mapping[str, Any], version: int) -> Policy:
    """The defaults with a company's changes laid over them.

    Keys that this release does not know are ignored, so a newer store opens in an older release.

    >>> override({"min_gap_minutes": 15, "from_the_future": 1}, version=4).min_gap_minutes
    15
    """
    known = {f.name for f in fields(Policy)} - {"version"}
    laid: dict[str, Any] = {
        k: tuple(v) if isinstance(v, list) else v for k, v in changes.items() if k in known
    }
    for name, read in _DOCUMENTS.items():
        if name in laid:
            laid[name] = tuple(map(read, laid[name]))
    return replace(DEFAULTS, version=version, **laid)
