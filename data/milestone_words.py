"""Milestones in words: on the page and in print the same (PRODUCT.md E)."""

from datetime import date, timedelta
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from core.milestones.assess import Assessment, State, Trend
from core.milestones.criteria import BY_NAME, Kind
from core.milestones.evidence import Evidence
from data.queries.milestone_results import Result
from data.text import LOCALES, has, percent, translate

NOTHING = "–"
_LEAST = 0.01  # chances nearer to never and always are not told apart
_MADE_UP = ("recording", "completeness", "response", "kept")  # what was missing then may be there by now
_PLAIN = ("response", "reporting", "located")  # rows whose value is a number of hours or minutes


def day_words(language: str, day: date) -> str:
    """A date in words."""
    return str(format_date(day, "medium", locale=LOCALES[language]))


def value_words(language: str, criterion: str, value: float | None) -> str:
    """A criterion's value with its unit."""
    if value is None:
        return NOTHING
    unit = BY_NAME[criterion].unit
    if unit == "rate":
        return percent(language, value)
    number = format_decimal(value, "#,##0.#", locale=LOCALES[language])
    return translate(language, f"milestones.{unit}", n=number)


def limit_words(language: str, told: Assessment) -> str:
    """What must be reached."""
    side = "most" if BY_NAME[told.criterion].lower_is_better else "least"
    limit = value_words(language, told.criterion, told.limit)
    return translate(language, f"milestones.limit_{side}", limit=limit)


def rows_words(language: str, told: Assessment) -> str:
    """How many rows it rests on, and how many speak against it."""
    words = translate(language, "milestones.rows_n", n=told.n)
    if not told.missing:
        return words
    return translate(language, "milestones.with_against", rows=words, n=told.missing)


def trend_words(language: str, told: Assessment) -> str:
    """Where it goes, with the two values that say so."""
    name = translate(language, f"milestones.trend.{told.trend}")
    if told.trend is Trend.UNKNOWN:
        return name
    recent, before = (value_words(language, told.criterion, v) for v in (told.recent, told.before))
    return translate(language, "milestones.now_and_then", trend=name, recent=recent, before=before)


def chance_words(language: str, chance: float | None) -> str:
    """A chance in percent; what is to come is never certain."""
    if chance is None:
        return NOTHING
    side = "<" if chance < _LEAST else ">" if chance > 1 - _LEAST else ""
    shown = min(max(chance, _LEAST), 1 - _LEAST)
    return side + percent(language, shown)


def next_words(language: str, told: Assessment, over: bool) -> str:
    """The one thing to do next; once its day is over nothing that is added counts any more."""
    late = told.state is State.LITTLE or (told.state is State.MISSED and told.criterion in _MADE_UP)
    if over and late:
        return translate(language, "milestones.next_over")
    if told.state is State.LITTLE:
        return translate(language, f"milestones.little.{told.criterion}")
    if told.state is State.MET:
        every = f"milestones.keep_every.{told.criterion}"
        if not told.missing and has(language, every):
            return translate(language, every)
        return translate(language, f"milestones.keep.{told.criterion}")
    who = told.worst or translate(language, "milestones.somebody")
    why = why_words(language, told.causes[0][0]) if told.causes else NOTHING
    return translate(language, f"milestones.next.{told.criterion}", who=who, why=why, n=told.missing)


def why_words(language: str, code: str) -> str:
    """A code in words; reasons of rejection as on the page where they are given."""
    for key in (f"milestones.why.{code}", f"terms.answer_reason.{code}"):
        if has(language, key):
            return translate(language, key)
    return code


def whys_words(language: str, row: Evidence) -> str:
    """All codes of a row."""
    return " · ".join(why_words(language, code) for code in row.why.split())


def about_words(language: str, criterion: str, row: Evidence) -> str:
    """What a row is about: a month by its name, e.g. Mar 2026 or 2026年3月."""
    if BY_NAME[criterion].kind is not Kind.MONTHS:
        return row.about
    pattern = "y年M月" if language == "zh" else "MMM y"
    return str(format_date(row.on, pattern, locale=LOCALES[language]))


def row_value_words(language: str, criterion: str, row: Evidence) -> str:
    """What one row says."""
    if BY_NAME[criterion].kind is Kind.MONTHS:
        forecast, actual = (_whole(language, v, row.currency) for v in (row.weight, actual_of(row)))
        month = translate(language, "milestones.month_row", forecast=forecast, actual=actual)
        near = value_words(language, criterion, row.value)
        return translate(language, "milestones.month_near", near=near, month=month)
    if criterion in _PLAIN:
        return value_words(language, criterion, row.value)
    return translate(language, f"milestones.{'yes' if row.value else 'no'}.{criterion}")


def brings_words(language: str, result: Result) -> str:
    """What a result brings, whether or not it is in force."""
    brings = result.brings
    if brings is None:
        return translate(language, "milestones.brings_none")
    month = str(
        format_date(brings.month, "y年M月" if language == "zh" else "MMMM y", locale=LOCALES[language])
    )
    if result.counts_as is State.LITTLE:
        return translate(language, "milestones.brings_little", month=month)
    if result.counts_as is State.MET:
        return translate(language, "milestones.brings_factor", month=month, factor=f"{brings.factor:g}")
    plain = translate(language, "milestones.brings_plain", month=month)
    if brings.frozen_from is None or brings.frozen_until is None:
        return plain
    first, last = frozen_days(language, brings.frozen_from, brings.frozen_until)
    return translate(language, "milestones.brings_freeze", plain=plain, first=first, last=last)


def frozen_days(language: str, first: date, until: date) -> tuple[str, str]:
    """The first and the last day of a freeze in words."""
    return day_words(language, first), day_words(language, until - timedelta(days=1))


def actual_of(row: Evidence) -> float:
    """What a month brought, from how near its forecast came and on which side.

    >>> actual_of(Evidence(1, date(2026, 3, 31), "", "", 0.8, 100.0, "short"))
    80.0
    """
    missed = row.weight * (1 - row.value)
    return round(row.weight + missed if row.why == "over" else row.weight - missed, 2)


def _whole(language: str, value: float, currency: str) -> str:
    """A whole amount with its currency; a bare number where there is none."""
    if currency:
        return str(
            format_currency(round(value), currency, "¤#,##0", locale=LOCALES[language], currency_digits=False)
        )
    return str(format_decimal(Decimal(str(round(value))), "#,##0", locale=LOCALES[language]))
