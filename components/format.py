"""Numbers, money, dates and durations as the reader's language writes them."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta, get_day_names
from babel.numbers import (
    format_currency,
    format_decimal,
    get_currency_symbol,
)

from data import text
from data.text import LOCALES, minus

NOTHING = "–"
_USUAL = 0.85  # of a unit from which it is said
_LONG = timedelta(hours=20)  # within one day it is never "1 day"


def number(value: float | None, language: str, digits: int = 0) -> str:
    """A number with its language's separators.

    >>> number(1234.56, "en", 1), number(-3, "zh"), number(None, "en")
    ('1,234.6', '−3', '–')
    """
    if value is None:
        return NOTHING
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return minus(format_decimal(value, pattern, locale=LOCALES[language]))


def percent(rate: float | None, language: str, digits: int = 0) -> str:
    """A rate 0–1 as percent.

    >>> percent(0.853, "en")
    '85%'
    """
    return NOTHING if rate is None else text.percent(language, rate, digits)


def chance(rate: float | None, language: str) -> str:
    """A chance 0–1 as percent; what is not certain is never said to be.

    >>> chance(0.0007, "en"), chance(0.998, "en"), chance(0.0, "en"), chance(0.31, "en")
    ('<1%', '>99%', '0%', '31%')
    """
    if rate is not None and 0 < rate < 0.005:
        return f"<{percent(0.01, language)}"
    if rate is not None and 0.995 <= rate < 1:
        return f">{percent(0.99, language)}"
    return percent(rate, language)


def size(count: int | None, language: str) -> str:
    """A number of bytes as kilobytes, megabytes or gigabytes (of 1024).

    >>> size(1536, "en"), size(5 << 30, "zh"), size(None, "en")
    ('1.5 KB', '5 GB', '–')
    """
    if count is None:
        return NOTHING
    value, units = float(count), ["B", "KB", "MB", "GB", "TB"]
    while abs(value) >= 1024 and len(units) > 1:
        value, units = value / 1024, units[1:]
    said = number(value, language, 1).removesuffix(".0")
    return f"{said} {units[0]}"


def money(amount: Decimal | None, currency: str, language: str, *, compact: bool = False) -> str:
    """An amount with its currency; `compact` says 1.2M or 120万.

    >>> money(Decimal(1234567), "CNY", "en"), money(Decimal(1234567), "CNY", "zh", compact=True)
    ('CN¥1,234,567', '¥123万')
    """
    if amount is None:
        return NOTHING
    if compact and abs(amount) >= 1000:
        return text.short_money(language, amount, currency)
    said = format_currency(
        amount, currency, format="¤#,##0.##", locale=LOCALES[language], currency_digits=False
    )
    return minus(said)


def symbol(currency: str, language: str) -> str:
    """How a currency is written, e.g. CN¥ or ¥."""
    return str(get_currency_symbol(currency, locale=LOCALES[language]))


def day(value: date | None, language: str) -> str:
    """A date, e.g. 4 Mar 2026 or 2026年3月4日."""
    return str(format_date(value, "medium", locale=LOCALES[language])) if value else NOTHING


def days(first: date, last: date, language: str) -> str:
    """From one day to another; one alone where both are the same.

    >>> days(date(2026, 3, 4), date(2026, 3, 4), "en"), days(date(2026, 3, 4), date(2026, 3, 6), "zh")
    ('4 Mar 2026', '2026年3月4日 – 2026年3月6日')
    """
    return " – ".join(day(one, language) for one in dict.fromkeys((first, last)))


def weekday(number: int, language: str) -> str:
    """A day of the week; 0 is Monday.

    >>> weekday(0, "en"), weekday(6, "zh")
    ('Monday', '星期日')
    """
    return str(get_day_names("wide", locale=LOCALES[language])[number])


def exact(value: Decimal | None, language: str) -> str:
    """A number with the places that it has, four at most.

    >>> exact(Decimal("45.0000"), "en"), exact(Decimal("0.25"), "zh")
    ('45', '0.25')
    """
    return (
        minus(format_decimal(value, "#,##0.####", locale=LOCALES[language])) if value is not None else NOTHING
    )


def deadline(value: datetime | None, language: str, timezone: str) -> str:
    """An instant with its weekday, in the reader's time zone.

    >>> from datetime import UTC
    >>> at = datetime(2026, 3, 3, 6, 0, tzinfo=UTC)
    >>> deadline(at, "en", "Asia/Shanghai"), deadline(at, "zh", "Asia/Shanghai")
    ('Tue 3 Mar, 14:00', '3月3日周二 14:00')
    """
    if value is None:
        return NOTHING
    pattern = "M月d日EEE HH:mm" if language == "zh" else "EEE d MMM, HH:mm"
    return str(format_datetime(value, pattern, tzinfo=ZoneInfo(timezone), locale=LOCALES[language]))


def near_day(value: date, language: str) -> str:
    """A day that is not far, with its weekday and without its year.

    >>> near_day(date(2026, 3, 4), "en"), near_day(date(2026, 3, 4), "zh")
    ('Wed 4 Mar', '3月4日周三')
    """
    return str(format_date(value, "M月d日EEE" if language == "zh" else "EEE d MMM", locale=LOCALES[language]))


def short_day(value: date, language: str, timezone: str = "UTC") -> str:
    """A day without its year, for an axis, e.g. 4 Mar or 3月4日; an instant's in the reader's time zone.

    >>> short_day(date(2026, 3, 4), "en"), short_day(date(2026, 3, 4), "zh")
    ('4 Mar', '3月4日')
    """
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo(timezone)).date()
    return str(format_date(value, "M月d日" if language == "zh" else "d MMM", locale=LOCALES[language]))


def instant(value: datetime | None, language: str, timezone: str) -> str:
    """An instant in the reader's time zone, to the minute."""
    if value is None:
        return NOTHING
    pattern = "y年M月d日 HH:mm" if language == "zh" else "d MMM y, HH:mm"
    return str(format_datetime(value, pattern, tzinfo=ZoneInfo(timezone), locale=LOCALES[language]))


def span(starts: datetime | None, ends: datetime | None, language: str, timezone: str) -> str:
    """From when to when in the reader's time zone; the end alone where no start was kept.

    >>> from datetime import UTC
    >>> at, end, next_day = (datetime(2026, 3, d, h, tzinfo=UTC) for d, h in ((3, 6), (3, 7), (3, 17)))
    >>> span(at, end, "en", "Asia/Shanghai"), span(at, next_day, "zh", "Asia/Shanghai")
    ('3 Mar 2026, 14:00–15:00', '2026年3月3日 14:00 – 2026年3月4日 01:00')
    """
    if starts is None or ends is None:
        return instant(starts or ends, language, timezone)
    zone = ZoneInfo(timezone)
    one_day = starts.astimezone(zone).date() == ends.astimezone(zone).date()
    end = f"–{clock(ends, timezone)}" if one_day else f" – {instant(ends, language, timezone)}"
    return instant(starts, language, timezone) + end


def ago(value: datetime | None, now: datetime, language: str, timezone: str) -> str:
    """How long ago, or how soon; from a whole day on, by the days of the reader's calendar.

    >>> from datetime import UTC
    >>> now = datetime(2026, 3, 5, 15, 40, tzinfo=UTC)  # 23:40 in Shanghai
    >>> [ago(now - timedelta(hours=n), now, "en", "Asia/Shanghai") for n in (23, 25, 47, 48)]
    ['23 hours ago', '1 day ago', '1 day ago', '2 days ago']
    >>> [ago(now - timedelta(hours=n), now, "en", "UTC") for n in (15, 23, 25, 47)]
    ['15 hours ago', '1 day ago', '1 day ago', '2 days ago']
    >>> ago(now + timedelta(hours=2), now, "zh", "UTC")
    '2小时后'
    >>> [ago(now - timedelta(days=n), now, "en", "UTC") for n in (6, 11, 14)]  # by the day up to two weeks
    ['6 days ago', '11 days ago', '2 weeks ago']
    """
    if value is None:
        return NOTHING
    off, zone = value - now, ZoneInfo(timezone)
    days = (value.astimezone(zone).date() - now.astimezone(zone).date()).days
    if abs(off) >= timedelta(days=1):
        off = timedelta(days=days)
    share = 1 if not days and abs(off) > _LONG else 2 if 1 < abs(days) < 14 else _USUAL
    return str(format_timedelta(off, threshold=share, add_direction=True, locale=LOCALES[language]))


def clock(value: datetime | None, timezone: str) -> str:
    """The time of day of an instant in the reader's time zone, e.g. 15:30."""
    return value.astimezone(ZoneInfo(timezone)).strftime("%H:%M") if value else NOTHING


def worth(amount: Decimal | None, currency: str, language: str, *, compact: bool = False) -> str:
    """Money; a number of wins where a pipeline keeps no amounts and has no currency.

    >>> worth(Decimal("2.5"), "", "en"), worth(Decimal(20), "CNY", "en")
    ('2.5', 'CN¥20')
    """
    if currency or amount is None:
        rounded = amount if amount is None or abs(amount) < 100 else Decimal(round(amount))
        return money(rounded, currency, language, compact=compact)
    return number(float(amount), language, 1)


def period(starts_on: date, name: str, language: str) -> str:
    """A month or quarter, e.g. Nov 2026, Q4 2026, 2026年11月, 2026年第4季度.

    >>> period(date(2026, 10, 1), "quarter", "en"), period(date(2026, 10, 1), "month", "zh")
    ('Q4 2026', '2026年10月')
    """
    patterns = {
        "en": {"month": "MMM y", "quarter": "'Q'Q y"},
        "zh": {"month": "y年M月", "quarter": "y年第Q季度"},
    }
    return str(format_date(starts_on, patterns[language][name], locale=LOCALES[language]))
