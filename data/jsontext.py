"""Values that JSON has no word for, as text."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any


def to_json(value: Any) -> Any:
    """Dates, instants and decimals as text, in any nesting, so that JSON can keep them.

    >>> to_json({"amount": Decimal("1.50"), "on": date(2026, 1, 2)})
    {'amount': '1.50', 'on': '2026-01-02'}
    """
    match value:
        case dict():
            return {k: to_json(v) for k, v in value.items()}
        case list() | tuple():
            return [to_json(v) for v in value]
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case _:
            return value
