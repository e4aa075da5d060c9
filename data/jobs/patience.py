"""How long an outbox waits before another try of the same thing."""

from datetime import timedelta

LONGEST_RETRY = timedelta(hours=2)


def wait_after(attempt: int, first: timedelta = timedelta(seconds=30)) -> timedelta:
    """The time until the next try: doubled with each, up to the longest.

    Args:
        attempt: how many tries there were, 1 after the first.
        first: the time after the first.

    >>> [str(wait_after(n)) for n in (1, 2, 3, 20)]
    ['0:00:30', '0:01:00', '0:02:00', '2:00:00']
    """
    doubled: timedelta = first * 2 ** (attempt - 1)
    return min(doubled, LONGEST_RETRY)
