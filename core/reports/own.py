"""Reports that the company puts together from the catalogue: checked when they are defined, kept as
documents (PRODUCT.md F2, D1).

A definition never leaves: what is taken off is `retired`, so that its name is not given twice and ratings,
saved views and older versions still know what it was.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.access import Who
from core.definitions import LANGUAGES, LONGEST_HELP, LONGEST_NAME
from core.messages import Problem
from core.reports.catalogue import METRICS, REFUSED, Dimension, Grain, Metric
from core.reports.library import Picture, Readers, Report
from core.reports.spans import DAYS, SPANS
from core.terms import Role

PAGE = "reports"
MOST_REPORTS, MOST_METRICS, MOST_GROUPS = 30, 4, 20
FILTERS = tuple(d for d in Dimension if d is not Dimension.CUSTOMER)
"""By what a report may be narrowed; a single customer has a page."""
_MONTH_DAYS = 31  # a shorter period may hold no month's end


def check_report(report: Report, others: Sequence[Report]) -> list[Problem]:
    """What is wrong with one definition, each at its part.

    Args:
        others: the company's reports as they stand, itself included or not.
    """
    rest = [r for r in others if r.name != report.name and not r.retired]
    problems = [*_check_names(report, rest), *_check_metrics(report.metrics)]
    known = [METRICS[name] for name in report.metrics if name in METRICS]
    problems += [*_check_split(report, known), *_check_only(report, known), *_check_period(report, known)]
    if report.picture not in list(Picture):
        problems.append(Problem("picture", "unknown_choice", {"value": str(report.picture)}))
    unknown = [r for r in report.readers.roles if r not in list(Role)]
    problems += [Problem("roles", "unknown_choice", {"value": r}) for r in unknown]
    if len(rest) >= MOST_REPORTS:
        problems.append(Problem("", "too_many_reports", {"limit": MOST_REPORTS}))
    return problems


def check_reports(wanted: Sequence[Report]) -> list[Problem]:
    """What does not go together in a whole set of reports that is about to be published."""
    return [
        Problem("", "report_does_not_fit", {"name": " / ".join(report.label.values())})
        for report in wanted
        if not report.retired and check_report(report, wanted)
    ]


def _check_names(report: Report, others: Sequence[Report]) -> list[Problem]:
    problems = []
    for one in LANGUAGES:
        said, field = report.label.get(one, "").strip(), f"name_{one}"
        if not said:
            problems.append(Problem(field, "required"))
        elif len(said) > LONGEST_NAME:
            problems.append(Problem(field, "too_long", {"limit": LONGEST_NAME}))
        elif any(said.casefold() == r.label.get(one, "").casefold() for r in others):
            problems.append(Problem(field, "report_name_taken"))
        if len(report.asks.get(one, "")) > LONGEST_HELP:
            problems.append(Problem(f"asks_{one}", "too_long", {"limit": LONGEST_HELP}))
    return problems


def _check_metrics(names: Sequence[str]) -> list[Problem]:
    """Numbers of the catalogue, not too many; a vanity count is refused with its reason (D1)."""
    if not names:
        return [Problem("metrics", "metrics_required")]
    problems = [Problem("metrics", "vanity_count", {"refused": name}) for name in names if name in REFUSED]
    for name in names:
        if name not in METRICS and name not in REFUSED:
            problems.append(Problem("metrics", "unknown_choice", {"value": name}))
    if len(names) > MOST_METRICS:
        problems.append(Problem("metrics", "too_many_metrics", {"limit": MOST_METRICS}))
    return problems


def _check_split(report: Report, metrics: Sequence[Metric]) -> list[Problem]:
    """A number that has no such groups cannot be split by them, and one group alone is no split."""
    problems = [
        Problem("split", "split_without_meaning", {"metric": m.name, "dimension": report.split})
        for m in metrics
        if report.split not in m.splits
    ]
    if any(d == report.split and len(keys) == 1 for d, keys in report.only):
        problems.append(Problem("split", "split_of_one", {"dimension": report.split}))
    return problems


def _check_only(report: Report, metrics: Sequence[Metric]) -> list[Problem]:
    problems = []
    for dimension, keys in report.only:
        field = f"only_{dimension}"
        if dimension not in FILTERS:
            problems.append(Problem("only", "unknown_choice", {"value": dimension}))
        if not keys:
            problems.append(Problem(field, "filter_empty"))
        if len(keys) > MOST_GROUPS:
            problems.append(Problem(field, "too_many_choices", {"limit": MOST_GROUPS}))
        problems += [
            Problem(field, "filter_without_meaning", {"metric": m.name, "dimension": dimension})
            for m in metrics
            if dimension not in m.splits
        ]
    return problems


def _check_period(report: Report, metrics: Sequence[Metric]) -> list[Problem]:
    if report.period not in SPANS:
        return [Problem("period", "unknown_choice", {"value": report.period})]
    if DAYS.get(report.period, _MONTH_DAYS) >= _MONTH_DAYS:
        return []
    return [
        Problem("period", "period_without_month", {"metric": m.name})
        for m in metrics
        if m.grain is Grain.FORECAST
    ]


def readable(report: Report, who: Who) -> bool:
    """Whether a report that the company made is for this person; the operator reads all.

    >>> from core.reports.library import DRAWN
    >>> li = Who(7, Role.REP, 2, "Li")
    >>> mine = replace(DRAWN["pipeline"], readers=Readers(roles=("manager",), people=(7,)))
    >>> readable(mine, li), readable(mine, replace(li, person_id=8))
    (True, False)
    """
    readers = report.readers
    if report.retired:
        return False
    if who.role is None or readers == Readers():
        return True
    return who.role in readers.roles or who.team_id in readers.teams or who.person_id in readers.people


def kept(wanted: Iterable[Report], before: Iterable[Report]) -> tuple[Report, ...]:
    """Reports as they are published: what `before` had and they have not is retired."""
    now = tuple(wanted)
    names = {r.name for r in now}
    return (*now, *(replace(r, retired=True) for r in before if r.name not in names))


def shows_otherwise(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> bool:
    """Whether a report's documents show something else, so that its readers rate it afresh (D5)."""
    if not before or not after:
        return False
    return any(before.get(part) != after.get(part) for part in _SHOWS)


_SHOWS = ("metrics", "split", "picture", "period", "only")


def to_document(report: Report) -> dict[str, Any]:
    """A report that the company made, as JSON."""
    return {
        "key": report.name,
        "label": dict(report.label),
        "asks": dict(report.asks),
        "metrics": list(report.metrics),
        "split": str(report.split),
        "picture": str(report.picture),
        "period": report.period,
        "only": {str(dimension): list(keys) for dimension, keys in report.only},
        "roles": list(report.readers.roles),
        "teams": list(report.readers.teams),
        "people": list(report.readers.people),
        "retired": report.retired,
    }


def from_document(document: Mapping[str, Any]) -> Report:
    """A report from its document; metrics and groups that this release does not know are left out."""
    only = document.get("only") or {}
    metrics = tuple(name for name in document["metrics"] if name in METRICS)
    return Report(
        name=document["key"],
        page=PAGE,
        metrics=metrics,
        split=Dimension(document["split"]),
        picture=Picture(document["picture"]),
        period=document["period"],
        only=tuple((Dimension(d), tuple(keys)) for d, keys in only.items() if d in list(Dimension)),
        label=document.get("label") or {},
        asks=document.get("asks") or {},
        readers=Readers(*(tuple(document.get(part) or ()) for part in ("roles", "teams", "people"))),
        retired=bool(document.get("retired")) or not metrics,
    )
