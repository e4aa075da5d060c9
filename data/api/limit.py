"""How often each token may ask: counted in this process, so each app instance gives the full rate."""

from datetime import datetime
from threading import Lock

from core.api import Bucket, take

_MOST = 10_000  # buckets kept; beyond them the ones that have filled up again are forgotten


class Limiter:
    """Buckets by key; safe from many threads."""

    def __init__(self) -> None:
        self._buckets: dict[str, Bucket] = {}
        self._lock = Lock()

    def wait(self, key: str, now: datetime, per_minute: int) -> int:
        """Take one request; returns the seconds to wait, 0 when it may go on."""
        with self._lock:
            if len(self._buckets) >= _MOST:
                self._forget(now, per_minute)
            self._buckets[key], seconds = take(self._buckets.get(key), now, per_minute)
            return seconds

    def _forget(self, now: datetime, per_minute: int) -> None:
        def full(bucket: Bucket) -> bool:
            gone = (now - bucket.at).total_seconds()
            return bucket.left + gone * per_minute / 60 >= per_minute

        self._buckets = {key: bucket for key, bucket in self._buckets.items() if not full(bucket)}
