"""The worker: works until it is told to stop, in threads of the app or as a process of its own.

Messages go out in a thread of their own, so that they do not wait for a long job, nor a job for them;
webhooks, groups in the chat tool and slow jobs (speech to text) have one each too.
"""

import logging
import threading
from collections.abc import Callable
from time import monotonic

from data.engine import Store
from data.jobs.deliver import deliver
from data.jobs.room_groups import ask_groups
from data.jobs.schedule import work, work_slowly
from data.jobs.tell_webhooks import tell_webhooks

PAUSE_SECONDS = 10.0
_log = logging.getLogger(__name__)


class Worker:
    """Works over a store; `pause` seconds lie between two rounds with nothing to do."""

    def __init__(self, store: Store, pause: float = PAUSE_SECONDS) -> None:
        self._store, self._pause, self._stop = store, pause, threading.Event()
        rounds = (
            lambda: work(store, self._stop),
            lambda: work_slowly(store, self._stop),
            lambda: deliver(store, stop=self._stop),
            lambda: tell_webhooks(store, stop=self._stop),
            lambda: ask_groups(store, stop=self._stop),
        )
        self._threads = [
            threading.Thread(target=self._repeat, args=(one,), name="firebreak-worker", daemon=True)
            for one in rounds
        ]

    def __call__(self) -> None:
        """Work until `stop`, and let the present run end."""
        self.start()
        self._stop.wait()
        self.stop()

    def start(self) -> None:
        """Begin in threads of its own."""
        for thread in self._threads:
            thread.start()

    def stop(self, patience: float = 30.0) -> None:
        """Take nothing new; let the present run end, for so many seconds at most."""
        self._stop.set()
        until = monotonic() + patience
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(0.0, until - monotonic()))

    def _repeat(self, one: Callable[[], int]) -> None:
        """An error is logged and the next round comes."""
        while not self._stop.is_set():
            try:
                busy = one()
            except Exception:  # the database may be away for a while; the worker waits for it
                _log.exception("a round of work failed")
                busy = 0
            if not busy:
                self._stop.wait(self._pause)
