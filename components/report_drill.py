"""From a number of a report to the rows behind it: what was pressed stands in the address."""

from dataclasses import dataclass

from components import address
from components.scrolling import lead_to
from components.tables import unselect
from core.reports.catalogue import METRICS, Dimension, Metric

DRILL = ("show", "by", "pick", "at")  # names in the address that open rows
BEFORE = "before"
TABLE = "reports-table"
PANEL = "reports_rows"


@dataclass(frozen=True, slots=True)
class Drilled:
    """Rows that somebody wants to see.

    Attributes:
        dimension, key: whose rows; None for all, "" for those of no group.
        before: whether those of the period before are meant.
    """

    metric: Metric
    dimension: Dimension | None
    key: str | None
    before: bool


def drill(
    metric: str, dimension: Dimension | None = None, key: str | None = None, *, before: bool = False
) -> None:
    """Put what was pressed into the address; its rows open in the same run, and come into view."""
    narrow = {"by": dimension, "pick": key} if dimension is not None else {}
    address.write(**dict.fromkeys(DRILL) | {"show": metric, "at": BEFORE if before else None} | narrow)
    lead_to(PANEL)


def close() -> None:
    """Nothing is open any more."""
    address.write(**dict.fromkeys(DRILL))
    unselect(TABLE)


def drilled() -> Drilled | None:
    """The rows that the address asks for; None for none, or for what no metric knows."""
    metric = METRICS.get(address.said("show") or "")
    if metric is None:
        return None
    by = address.said("by")
    if by is not None and by not in metric.splits:
        return None
    dimension = Dimension(by) if by else None
    key = (address.said("pick") or "") if dimension else None
    return Drilled(metric, dimension, key, address.said("at") == BEFORE)
