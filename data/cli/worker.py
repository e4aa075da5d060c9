"""`worker`: jobs and deliveries in a process of their own, beside an app with `FIREBREAK_WORKER=none`."""

import argparse
import logging
import signal
from typing import Any

from data.jobs.schedule import tick
from data.runtime import this_store
from data.settings import settings
from data.watching.logs import begin_log
from data.worker import Worker

_log = logging.getLogger(__name__)


def add(commands: Any) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser("worker", help="run jobs and send notices until stopped")
    parser.add_argument("--once", action="store_true", help="do what is due now, then end")
    parser.set_defaults(run=_run)


def _run(chosen: argparse.Namespace) -> int:
    begin_log(settings().log, settings().log_level)
    store = this_store()
    if chosen.once:
        print(f"{tick(store)} runs and deliveries.")
        return 0
    worker = Worker(store)
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: worker.stop(patience=0))
    _log.info("at work on %s", store.shown_url)
    worker()
    return 0
