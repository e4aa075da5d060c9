"""Words that the pages about forecasts share: months, money, verdicts."""

from datetime import date
from decimal import Decimal

from babel.dates import format_date

from components import format
from components.text import t
from core.forecast.health import Verdict
from data.queries.own_amounts import OwnAmount
from data.text import LOCALES

UNKNOWN = format.NOTHING


def month_name(month: date, language: str) -> str:
    """A month, e.g. Mar 2026 or 2026年3月."""
    pattern = "y年M月" if language == "zh" else "MMM y"
    return str(format_date(month, pattern, locale=LOCALES[language]))


def money(amount: Decimal, currency: str, language: str) -> str:
    """An amount in few figures; a count where a pipeline keeps no amounts."""
    if not currency:
        return format.number(float(amount), language, 1)
    return format.money(round(amount, 0), currency, language, compact=True)


def rests_on(
    booked: Decimal | None, expected: Decimal, unpriced: OwnAmount | None, language: str
) -> str | None:
    """Why an expected amount is not the one booked: none is, or it has no rate; None where it is.

    Args:
        expected: 0 where nothing says what it brings.
        unpriced: the opportunity's own amount without a rate.
    """
    if booked:
        return None
    kind = "usual" if expected else "unknown"
    if unpriced is None:
        return t(f"forecast.amount.{kind}")
    own = format.worth(unpriced.amount, unpriced.currency, language)
    return t(f"forecast.amount.{kind}_unpriced", amount=own)


def signed(amount: Decimal, currency: str, language: str) -> str:
    """A difference with its sign, which tells more from less without a colour."""
    return ("+" if amount > 0 else "") + money(amount, currency, language)


def verdict_words(verdict: Verdict | None) -> str:
    """Whether luck explains a deviation."""
    return t(f"forecast_health.verdict_{verdict}") if verdict else format.NOTHING
