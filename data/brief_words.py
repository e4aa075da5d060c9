"""The morning brief in words: in the meeting, in the inbox, on every channel and in the minutes (D4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency

from core.reports.brief import Cause, Item, Source
from data.alert_words import alert_words
from data.brief_json import cause_from
from data.text import LOCALES, has, translate


@dataclass(frozen=True, slots=True)
class Said:
    """A cause in words: its name, why it is one, and the one thing to do."""

    name: str
    why: str
    action: str


def cause_words(language: str, cause: Cause) -> Said:
    """What a cause says."""
    if cause.source is Source.ALERT:
        words = alert_words(language, cause.rule, cause.params)
        return Said(words["name"], words["why"], words["action"])
    shown = {key: _shown(language, key, value, cause.params) for key, value in cause.params.items()}
    form = _form(cause)
    parts = (translate(language, f"morning.cause.{form}.{part}", **shown) for part in ("name", "why", "do"))
    return Said(*parts)


def _form(cause: Cause) -> str:
    """Which sentences a cause takes: they differ where nothing is planned, and where a quote has ended."""
    if cause.params.get("code") == "nothing_planned":
        return "unplanned"
    return "ended" if cause.params.get("gone") else cause.source.value


def _shown(language: str, key: str, value: Any, params: Mapping[str, Any]) -> Any:
    if key.endswith("_on") and isinstance(value, str):
        return day_words(language, date.fromisoformat(value))
    if key.endswith("_at") and isinstance(value, str):
        return time_words(language, datetime.fromisoformat(value), params.get("zone", "UTC"))
    if key == "type" and has(language, f"terms.stage.{value}"):
        return translate(language, f"terms.stage.{value}")
    return value


def day_words(language: str, day: date) -> str:
    """A day, its month in three letters as in tables and pictures.

    >>> day_words("en", date(2026, 9, 4)), day_words("zh", date(2026, 9, 4))
    ('4 Sep 2026', '2026年9月4日')
    """
    return format_date(day, "medium", locale=LOCALES[language])


def time_words(language: str, at: datetime, zone: str) -> str:
    """An instant with its weekday by the clock of a place, e.g. Wed 4 Mar, 18:00."""
    pattern = "M月d日EEE HH:mm" if language == "zh" else "EEE d MMM, HH:mm"
    return format_datetime(at, pattern, tzinfo=ZoneInfo(zone), locale=LOCALES[language])


def money_words(language: str, amounts: Mapping[str, Decimal]) -> str:
    """Amounts of each currency, never added; says so where nobody entered one."""
    said = [
        format_currency(amount, currency, "¤#,##0", locale=LOCALES[language], currency_digits=False)
        for currency, amount in amounts.items()
    ]
    return " + ".join(said) or translate(language, "morning.no_amount")


def risk_words(language: str, item: Item) -> str:
    """How much is at risk with a customer, of how much: "CN¥577,000 of CN¥824,000 at risk"."""
    money = money_words(language, item.at_risk)
    if not item.at_risk:
        return money
    return translate(language, "morning.risk_of", money=money, whole=money_words(language, item.amounts))


def lines_words(language: str, lines: Sequence[Mapping[str, Any]], zone: str) -> str:
    """The first places of a brief, numbered: which customer, how much, who does what by when."""
    return "\n".join(_line(language, n, line, zone) for n, line in enumerate(lines, 1))


def _line(language: str, n: int, line: Mapping[str, Any], zone: str) -> str:
    said = cause_words(language, cause_from(line["cause"]))
    return translate(
        language,
        "morning.line",
        place=n,
        customer=line["name"],
        money=money_words(language, {c: Decimal(a) for c, a in line["at_risk"].items()}),
        who=line["who"],
        what=said.action,
        by=time_words(language, datetime.fromisoformat(line["due_at"]), zone),
    )
