"""The process's log: as text for people or as JSON for machines, each line with its request's id."""

import logging
import logging.config
import time
from contextvars import ContextVar
from typing import Literal

REQUEST: ContextVar[str] = ContextVar("request", default="-")
_TEXT = "%(asctime)s %(levelname)s %(name)s [%(request)s] %(message)s"
_CHATTY = ("httpx", "httpx2", "alembic")  # the first two tell whole addresses, with secrets in them
_DAY = "%Y-%m-%dT%H:%M:%SZ"


class WithRequest(logging.Filter):
    """Tells each line which request it belongs to; "-" for what no request asked for."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every line through."""
        record.request = REQUEST.get()
        return True


def begin_log(form: Literal["text", "json"], level: str) -> None:
    """Log to standard error from now on, times in UTC."""
    logging.Formatter.converter = time.gmtime
    json_lines = {
        "()": "pythonjsonlogger.json.JsonFormatter",
        "fmt": _TEXT,
        "datefmt": _DAY,
        "rename_fields": {"asctime": "at", "levelname": "level", "name": "logger"},
    }
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"request": {"()": WithRequest}},
            "formatters": {"text": {"format": _TEXT, "datefmt": _DAY}, "json": json_lines},
            "handlers": {
                "out": {"class": "logging.StreamHandler", "formatter": form, "filters": ["request"]}
            },
            "root": {"level": level, "handlers": ["out"]},
            "loggers": {name: {"level": "WARNING"} for name in _CHATTY},
        }
    )
