"""The filters of a saved view in words: what its address narrows."""

from collections.abc import Callable, Mapping
from datetime import date

from components import format
from components.collaboration import quarter_words
from components.text import language, t
from core.reports.catalogue import METRICS
from data.queries.board_choices import Choices
from data.text import has

# where the words of a value stand, by page and name in the address
_VALUES = {
    ("board", "by"): "board.by_{}",
    ("board", "part"): "board.part_{}",
    ("forecast_health", "part"): "forecast_health.part_{}",
    ("health", "measure"): "health.measure.{}",
    ("outlook", "look"): "outlook.look_{}",
    ("outlook", "period"): "outlook.{}",
    ("outlook", "by"): "outlook.by_{}",
    ("reports", "report"): "reports.report.{}.title",
    ("reports", "period"): "reports.span.{}",
    ("reports", "split"): "reports.dimension.{}",
    ("reports", "picture"): "reports.picture.{}",
}


def filters(page: str, query: Mapping[str, str], names: Choices) -> str:
    """What a view shows, e.g. "Period: Last 13 weeks · Team: South"; how many more there are at the end.

    Args:
        names: teams, people and pipelines within the reader's reach; others are called by no name.
    """
    said = {name: _value(page, name, value, names) for name, value in query.items()}
    known = [
        t("views.filter", name=t(f"views.by_{name}"), value=value) for name, value in said.items() if value
    ]
    more = len(query) - len(known)
    parts = [*known, *([t("views.more", n=more)] if more else [])]
    return " · ".join(parts) or t("views.unfiltered")


def _value(page: str, name: str, value: str, names: Choices) -> str:
    """A value in words; "" where there are none."""
    if name in _NAMED:
        return _NAMED[name](names).get(value, t("views.unreached"))
    if how := _SAID.get(name):
        return how(value)
    key = _VALUES.get((page, name), "").format(value)
    return t(key) if key and has(language(), key) else ""


_NAMED: dict[str, Callable[[Choices], Mapping[str, str]]] = {
    "team": lambda names: {c.key: c.name for c in names.teams},
    "rep": lambda names: {c.key: c.name for c in names.reps},
    "pipeline": lambda names: {c.key: c.name for c in names.pipelines},
}


def _day(value: str) -> str:
    return _dated(value, lambda day: format.day(day, language()))


def _quarter(value: str) -> str:
    return _dated(value, quarter_words)


def _dated(value: str, say: Callable[[date], str]) -> str:
    try:
        return say(date.fromisoformat(value))
    except ValueError:
        return ""


def _metric(value: str) -> str:
    return t(METRICS[value].title) if value in METRICS else ""


def _months(value: str) -> str:
    return t("forecast_health.months", n=int(value)) if value.isdecimal() else ""


_SAID: dict[str, Callable[[str], str]] = {
    "start": _day,
    "quarter": _quarter,
    "metric": _metric,
    "months": _months,
    "week": str,
}
