"""The worker: ticks until it is told to stop, in a thread of the app or as a process of its own."""

import logging
import threading

from data.engine import Store
from data.jobs.schedule import tick

PAUSE_SECONDS = 10.0
_log = logging.getLogger(__name__)


class Worker:
    """Ticks over a store; `pause` seconds lie between two ticks with nothing to do."""

    def __init__(self, store: Store, pause: float = PAUSE_SECONDS) -> None:
        self._store, self._pause, self._stop = store, pause, threading.Event()
        self._thread = threading.Thread(target=self, name="firebreak-worker", daemon=True)

    def __call__(self) -> None:
        """Tick until `stop`; an error is logged and the next tick comes."""
        while not self._stop.is_set():
            try:
                busy = tick(self._store)
            except Exception:  # the database may be away for a while; the worker waits for it
                _log.exception("a tick failed")
                busy = 0
            if not busy:
                self._stop.wait(self._pause)

    def start(self) -> None:
        """Begin in a thread of its own."""
        self._thread.start()

    def stop(self, patience: float = 30.0) -> None:
        """Let the present run end, for so many seconds at most."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(patience)
