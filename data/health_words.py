"""The weekly health report in words: on the page, in the workbook and in print the same (PRODUCT.md A5)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_interval
from babel.numbers import format_decimal

from core.process.causes import Cause
from core.process.health import Bottleneck, Gap, WeeklyHealth
from core.process.stays import week_name
from data import text
from data.queries.health import Issued
from data.text import LOCALES, has, sentences, translate, zone_words

NOTHING = "–"
_TERMS = {"skipped": "stage", "industry": "industry", "segment": "segment"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a report says first.

    Attributes:
        sentence: the bottleneck with its cause, or why none is named.
        action: the one suggested action; "" without a bottleneck.
    """

    sentence: str
    action: str = ""


def verdict(language: str, health: WeeklyHealth) -> Verdict:
    """The bottleneck in one sentence with its cause, and what to do; or what is missing."""
    if health.gaps:
        return Verdict(sentences(*(_gap(language, gap) for gap in health.gaps)))
    if health.bottleneck is None:
        return Verdict(translate(language, "health.no_bottleneck"))
    return _told(language, health.bottleneck, health)


def _gap(language: str, gap: Gap) -> str:
    return translate(language, f"health.gap.{gap.code}", n=gap.n, needed=gap.needed)


def _told(language: str, told: Bottleneck, health: WeeklyHealth) -> Verdict:
    said = _cause_params(language, told.cause) | {"stage": stage_name(language, told.stage)}
    sentence = translate(
        language,
        "health.bottleneck",
        days=number(language, told.lost_days, 1),
        total=number(language, health.total(lambda s: s.lost_days), 1),
        share=percent(language, told.share),
        n=told.past,
        late=told.past,
        stays=told.stays,
        cause=translate(language, f"health.cause.{told.cause.code}", **said),
        stage=said["stage"],
    )
    return Verdict(sentence, translate(language, f"health.do.{told.cause.code}", **said))


def _cause_params(language: str, cause: Cause) -> dict[str, Any]:
    name = term(language, _TERMS[cause.code], cause.name) if cause.code in _TERMS else cause.name
    return {
        "name": name,
        "part": percent(language, cause.share),
        "count": cause.stays,
        "of": cause.of,
    }


def term(language: str, area: str, key: str) -> str:
    """A word of the field; a company's own key shows as it is."""
    name = f"terms.{area}.{key}"
    return translate(language, name) if has(language, name) else key


def stage_name(language: str, key: str) -> str:
    """A stage in words."""
    return term(language, "stage", key)


def number(language: str, value: float | None, digits: int = 0) -> str:
    """A number as the language writes it; a dash for None."""
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return NOTHING if value is None else format_decimal(value, pattern, locale=LOCALES[language])


def percent(language: str, rate: float | None) -> str:
    """A rate 0–1 as percent; a dash for None."""
    return NOTHING if rate is None else text.percent(language, rate)


def measured(language: str, name: str, health: WeeklyHealth) -> str:
    """One of `MEASURES` of a report, formatted."""
    value = health.measure(name)
    return number(language, value, 1) if name == "lost" else percent(language, value)


def instant(language: str, value: datetime | None, timezone: str) -> str:
    """An instant by the clock of a place, to the minute."""
    pattern = "y年M月d日 HH:mm" if language == "zh" else "d MMM y, HH:mm"
    zone = ZoneInfo(timezone)
    return format_datetime(value, pattern, tzinfo=zone, locale=LOCALES[language]) if value else NOTHING


def week_short(monday: date) -> str:
    """A week's ISO number, as an axis has room for.

    >>> week_short(date(2026, 3, 2))
    'W10'
    """
    return week_name(monday).partition("-")[2]


def week_words(language: str, monday: date) -> str:
    """A week with its days, e.g. 2026-W10 · 2–8 Mar 2026."""
    last = monday + timedelta(days=6)
    days = format_interval(monday, last, "yMMMd", locale=LOCALES[language])
    return f"{week_name(monday)} · {days}"


def team_name(language: str, report: Issued) -> str:
    """Whom a report is about."""
    return report.team or translate(language, "health.company")


def issued_words(language: str, report: Issued) -> str:
    """When it was issued, by whom, and what it knew."""
    at = instant(language, report.issued_at, report.timezone)
    by = report.issued_by or translate(language, "health.by_clock")
    known = instant(language, report.as_of, report.timezone)
    return translate(
        language, "health.issued", at=at, by=by, known=known, zone=zone_words(language, report.timezone)
    )
