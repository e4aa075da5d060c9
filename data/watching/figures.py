"""Figures for Prometheus: of this process as they happen, of the store when somebody asks."""

from collections.abc import Iterator

from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import CollectorRegistry
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from data.engine import Store
from data.schema import Delivery, JobRun, UserSession

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
PROCESS = CollectorRegistry()

REQUESTS = Histogram(
    "firebreak_request_seconds",
    "HTTP requests by first part of their path, method and status.",
    ("area", "method", "status"),
    buckets=_SECONDS,
    registry=PROCESS,
)
TABS = Gauge("firebreak_open_tabs", "Browser tabs connected to this process.", registry=PROCESS)
STATEMENTS = Histogram(
    "firebreak_statement_seconds", "SQL statements of this process.", buckets=_SECONDS, registry=PROCESS
)
SLOW = Counter("firebreak_slow_statements", "SQL statements slower than the limit.", registry=PROCESS)


class OfTheStore:
    """Counts that every process of the company shares: asked for at each scrape, so that none disagrees."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def collect(self) -> Iterator[Metric]:
        """Jobs and messages by state, and sessions that live."""
        with self._store.reading(fresh=True) as session:
            yield _by_state(session, "firebreak_jobs", "Runs of jobs that are kept.", JobRun.state)
            yield _by_state(session, "firebreak_messages", "Messages that are kept.", Delivery.state)
            lives = UserSession.revoked_at.is_(None) & (UserSession.expires_at > self._store.clock())
            found = GaugeMetricFamily("firebreak_sessions", "Sign-ins that live.")
            found.add_metric([], _count(session, lives))
            yield found


def _by_state(session: Session, name: str, words: str, state: InstrumentedAttribute[str]) -> Metric:
    found = GaugeMetricFamily(name, words, labels=("state",))
    for label, n in session.execute(select(state, func.count()).group_by(state)):
        found.add_metric([label], n)
    return found


def _count(session: Session, which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(UserSession).where(which)) or 0
