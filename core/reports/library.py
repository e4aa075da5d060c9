"""The reports that the product ships; ratings, saved views and subscriptions refer to their names (D1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from core.reports.catalogue import METRICS, Dimension, Metric
from core.reports.spans import USUAL

Only = tuple[tuple[Dimension, tuple[str, ...]], ...]  # by dimension, the groups whose rows count


class Picture(StrEnum):
    """What a report opens with: groups beside one another, what moved the number, or the table of groups."""

    GROUPS = "groups"
    PARTS = "parts"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Readers:
    """For whom the company made a report: these roles, teams and people; everybody when none is named."""

    roles: tuple[str, ...] = ()
    teams: tuple[int, ...] = ()
    people: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """One report.

    Attributes:
        name: stable; never given to another report.
        page: the page that shows it, a name of `components.navigation.PAGES`.
        metrics: names of its metrics on the reports page, the one that it is about first; empty where
            another page draws it.
        split: by what its first metric is split at first.
        period: a name of `core.reports.spans.SPANS`, offered first.
        only: groups to which its rows are narrowed, whoever reads it.
        label, asks: of a report that the company made: its name and question in each language.
        readers, retired: of such a report: for whom it is, and whether it was taken off.
    """

    name: str
    page: str
    metrics: tuple[str, ...] = ()
    split: Dimension = Dimension.TEAM
    picture: Picture = Picture.GROUPS
    period: str = USUAL
    only: Only = ()
    label: Mapping[str, str] = field(default_factory=dict)
    asks: Mapping[str, str] = field(default_factory=dict)
    readers: Readers = Readers()
    retired: bool = False

    @property
    def title(self) -> str:
        """Catalogue key of its name."""
        return f"reports.report.{self.name}.title"

    @property
    def question(self) -> str:
        """Catalogue key of the question that it answers."""
        return f"reports.report.{self.name}.question"

    def split_of(self, metric: Metric) -> Dimension:
        """By what a metric of it is split at first."""
        return self.split if self.split in metric.splits else metric.splits[0]


_OURS = "reports"
REPORTS = (
    Report(
        "pipeline",
        _OURS,
        (
            "won_amount",
            "wins",
            "average_won",
            "new_opportunities",
            "new_amount",
            "open_amount",
            "lost_amount",
        ),
    ),
    Report(
        "conversion",
        _OURS,
        (
            "win_rate",
            "go_on_rate",
            "quote_win_rate",
            "cycle_days",
            "dwell_days",
            "late_stay_rate",
            "skip_rate",
        ),
        Dimension.STAGE,
        Picture.PARTS,
    ),
    Report(
        "activity",
        _OURS,
        (
            "completion_rate",
            "evidenced_actions",
            "recording_rate",
            "talk_minutes",
            "customer_questions",
            "next_step_rate",
            "overdue_steps",
            "past_benchmark_rate",
            "entry_hours",
        ),
        Dimension.REP,
    ),
    Report(
        "promises",
        _OURS,
        ("answered_in_time_rate", "response_hours", "kept_rate", "red_promises"),
        Dimension.URGENCY,
    ),
    Report("forecast", _OURS, ("forecast_deviation", "adoption_rate"), Dimension.REP, Picture.PARTS),
    Report("process_health", "health"),
    Report("collaboration", "collaboration"),
    Report("outlook", "outlook"),
    Report("forecast_health", "forecast_health"),
    Report("morning", "morning"),
)

DRAWN: Mapping[str, Report] = {report.name: report for report in REPORTS if report.metrics}
"""The reports of the reports page, by name."""


def metric_of(report: Report, name: str | None) -> Metric:
    """A metric of a report by its name; the report's first for any other.

    >>> metric_of(DRAWN["promises"], "kept_rate").name, metric_of(DRAWN["promises"], "wins").name
    ('kept_rate', 'answered_in_time_rate')
    """
    return METRICS[name if name in report.metrics and name else report.metrics[0]]
