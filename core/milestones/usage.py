"""Time at work on reporting pages, measured from use, never more than has passed (PRODUCT.md E, day 120)."""

from datetime import datetime

REPORTING = ("record", "calibrate", "demands")  # pages on which a rep reports
BEAT_SECONDS = 60  # as often a browser tells; what it tells counts the seconds with a hand on it
IDLE_SECONDS = 60  # without mouse, key, touch or wheel, after which time stands still


def credited(told: int, latest_at: datetime | None, now: datetime) -> int:
    """Seconds that a beat adds: at most one beat, and at most what has passed since the latest one.

    Two windows at once, or a browser that tells too much, add no more than the clock.

    >>> from datetime import UTC, timedelta
    >>> now = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
    >>> [credited(60, now - timedelta(seconds=ago), now) for ago in (600, 60, 20, 0)]
    [60, 60, 20, 0]
    >>> credited(9999, None, now), credited(-5, None, now)
    (60, 0)
    """
    room = BEAT_SECONDS if latest_at is None else (now - latest_at).total_seconds()
    return max(0, min(told, BEAT_SECONDS, int(room)))
