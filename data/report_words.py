"""Metrics, their groups and why they moved, in words: on the page and in letters the same (D1, D2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_currency, format_decimal

from core.reports.catalogue import Dimension, Metric, Unit
from core.reports.drivers import Change, Part
from core.reports.facts import Tally
from core.reports.library import Report
from core.rounding import half_up
from data.text import LOCALES, has, minus, percent, short_money, translate

Names = Mapping[Dimension, Mapping[str, str | None]]
NOTHING = "–"
_TERMS = {
    Dimension.STAGE: ("stage",),
    Dimension.TYPE: ("stage", "interaction"),
    Dimension.INDUSTRY: ("industry",),
    Dimension.SEGMENT: ("segment",),
    Dimension.URGENCY: ("urgency",),
}
_COMPACT = 10_000
_FINE = 0.1  # a rate below it is said to a tenth of a percent


def report_title(language: str, report: Report) -> str:
    """A report's name; of one that the company made, its own."""
    return report.label.get(language) or translate(language, report.title)


def report_question(language: str, report: Report) -> str:
    """The question that a report answers; "" where the company's own says none."""
    return report.asks.get(language, "") if report.label else translate(language, report.question)


def only_words(language: str, report: Report, names: Names) -> str:
    """The groups to which a report narrows its rows; "" where it counts all.

    Args:
        names: by dimension and key, names that are no words of the field.
    """
    return " · ".join(
        translate(
            language,
            "reports.only",
            dimension=translate(language, f"reports.dimension.{dimension}"),
            groups=translate(language, "shell.comma").join(
                group_words(language, dimension, key, names.get(dimension, {}).get(key)) for key in keys
            ),
        )
        for dimension, keys in report.only
    )


def value_words(language: str, metric: Metric, value: float | None, currency: str) -> str:
    """A metric's number with its unit."""
    if value is None:
        return NOTHING
    if metric.unit is Unit.RATE:
        return _percent(language, value)
    if metric.unit is Unit.MONEY:
        return money_words(language, value, currency)
    number = _number(language, value, 0 if metric.unit in (Unit.COUNT, Unit.MINUTES) else 1)
    return number if metric.unit is Unit.COUNT else _with_unit(language, metric, number)


def delta_words(language: str, metric: Metric, value: float | None, currency: str) -> str:
    """A difference of two such numbers, with its sign; a rate's in points."""
    if value is None:
        return NOTHING
    sign = "+" if value > 0 else minus("-") if value < 0 else "±"
    if metric.unit is Unit.RATE:
        places = 1 if 0 < abs(value) < _FINE else 0
        points = _number(language, 100 * half_up(abs(value), places + 2), places)
        return translate(language, "reports.points", value=f"{sign}{points}")
    return sign + value_words(language, metric, abs(value), currency)


def money_words(language: str, value: float, currency: str) -> str:
    """An amount in short; a bare number where the pipeline has no currency."""
    if not currency:
        return _number(language, value, 0)
    locale = LOCALES[language]
    if abs(value) >= _COMPACT:
        return short_money(language, Decimal(value), currency)
    return minus(format_currency(value, currency, "¤#,##0", locale=locale, currency_digits=False))


def exact_words(language: str, metric: Metric, value: float | None, currency: str) -> str:
    """A metric's number in full, to compare it with what its rows add up to."""
    if value is None or metric.unit is not Unit.MONEY or not currency:
        return value_words(language, metric, value, currency)
    shown = format_currency(value, currency, "¤#,##0.##", locale=LOCALES[language], currency_digits=False)
    return minus(shown)


def _number(language: str, value: float | Decimal, digits: int) -> str:
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return minus(format_decimal(value, pattern, locale=LOCALES[language]))


def _percent(language: str, rate: float) -> str:
    return percent(language, rate, 1 if 0 < abs(rate) < _FINE else 0)


def _with_unit(language: str, metric: Metric, number: str) -> str:
    return translate(language, f"metrics.with_unit.{metric.unit}", value=number)


def group_words(language: str, dimension: Dimension, key: str, name: str | None) -> str:
    """A group's name; a stage, an industry and their like in the reader's language."""
    if not key:
        return translate(language, f"reports.without.{dimension}")
    for area in _TERMS.get(dimension, ()):
        if has(language, f"terms.{area}.{key}"):
            return translate(language, f"terms.{area}.{key}")
    return name or key


@dataclass(frozen=True, slots=True)
class Line:
    """The driver line.

    Attributes:
        moved: from what to what the number went, or why that cannot be said.
        chance: that the change cannot be told from chance; "" when it can.
        why: where most of the change lies; "" without a change.
        between: what stands between two sentences.
    """

    moved: str
    chance: str
    why: str
    between: str

    @property
    def text(self) -> str:
        """All of it, for a letter."""
        return self.between.join(part for part in (self.moved, self.chance, self.why) if part)


def driver_line(language: str, change: Change, whole: tuple[Tally, Tally], currency: str) -> Line:
    """Why a number moved, in sentences.

    Args:
        whole: what all rows of the period before, and of this one, add up to.
    """
    why = _why(language, change.driver, change, whole, currency) if change.driver else ""
    chance = _chance(language, change, whole, currency) if change.delta else ""
    return Line(_moved(language, change, currency), chance, why, _between(language))


def _between(language: str) -> str:
    """What stands between two sentences."""
    return "" if language == "zh" else " "


def _moved(language: str, change: Change, currency: str) -> str:
    metric = change.metric
    before = value_words(language, metric, change.before, currency)
    after = value_words(language, metric, change.after, currency)
    way = "about" if change.delta and before == after else _way(change)
    return translate(
        language,
        f"reports.driver.{way}",
        metric=translate(language, metric.title),
        before=before,
        after=after,
        delta=delta_words(language, metric, change.delta, currency),
    )


def _way(change: Change) -> str:
    if change.before is None and change.after is None:
        return "nothing"
    if change.delta is None:
        return "nothing_now" if change.after is None else "nothing_before"
    if not change.delta:
        return "same"
    return "rose" if change.delta > 0 else "fell"


def _chance(language: str, change: Change, whole: tuple[Tally, Tally], currency: str) -> str:
    if not change.noise:
        return ""
    if change.chance is None:
        return translate(language, "reports.driver.few", before=whole[0].n, after=whole[1].n)
    span = delta_words(language, change.metric, change.chance, currency).lstrip("+")
    return translate(language, "reports.driver.noise", chance=span)


def _why(language: str, part: Part, change: Change, whole: tuple[Tally, Tally], currency: str) -> str:
    """The group that stands out and what it adds; both parts of a ratio where the smaller one shows."""
    metric = change.metric
    total, rate, mix = (delta_words(language, metric, n, currency) for n in (part.part, part.rate, part.mix))
    said = {
        "dimension": translate(language, f"reports.dimension.{part.dimension}"),
        "group": group_words(language, part.dimension, part.key, part.name),
        "amount": total,
    }
    if not metric.ratio:
        return translate(language, "reports.driver.sum", **said)
    before, after = (
        value_words(language, metric, tally.value(metric.ratio), currency)
        for tally in (part.before, part.after)
    )
    had, has = (
        _percent(language, tally.of / all_.of)
        for tally, all_ in zip((part.before, part.after), whole, strict=True)
    )
    if total == rate:
        return translate(language, "reports.driver.rate", **said, before=before, after=after)
    if total == mix:
        return translate(language, "reports.driver.mix", **said, before=had, after=has)
    within = {"before": before, "after": after, "rate": rate}
    return translate(language, "reports.driver.both", **said, **within, had=had, has=has, mix=mix)
