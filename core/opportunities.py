"""When an opportunity may be expected to close: the same for form, record, API and import."""

from datetime import date

from core.messages import Problem


def closes_before_opening(close_on: date | None, opened_on: date | None) -> bool:
    """Whether an opportunity is expected to close on a day before it was opened; where one is unknown, not.

    >>> closes_before_opening(date(2026, 3, 3), date(2026, 3, 4))
    True
    >>> closes_before_opening(date(2026, 3, 4), date(2026, 3, 4)), closes_before_opening(None, None)
    (False, False)
    """
    return close_on is not None and opened_on is not None and close_on < opened_on


def check_close(close_on: date | None, opened_on: date | None, kept: date | None = None) -> list[Problem]:
    """What is wrong with an expected close that somebody names.

    Args:
        opened_on: the company's day on which the opportunity was opened.
        kept: the day that stands; whoever leaves it, as an old system gave it, may go on with the rest.
    """
    if close_on == kept or opened_on is None or not closes_before_opening(close_on, opened_on):
        return []
    return [Problem("close_on", "closes_before_opening", {"on": opened_on})]
