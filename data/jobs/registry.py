"""The jobs by name, and asking for a run of one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from data.engine import Store
from data.jsontext import to_json
from data.schema import JobRun
from data.upsert import insert_new


@dataclass(frozen=True, slots=True)
class Run:
    """What a job is given.

    Attributes:
        due_at: the instant it was due, UTC; a job that reports on a period takes it as its `as_of`.
        say: tells how far the job is; shown on the jobs page.
    """

    due_at: datetime
    key: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    say: Callable[[str], None] = lambda text: None


Job = Callable[[Store, Run], None]
GivenUpHook = Callable[[Session, Mapping[str, Any]], None]
JOBS: dict[str, Job] = {}
SLOW: set[str] = set()  # these take minutes and run beside the others
GIVEN_UP: dict[str, GivenUpHook] = {}


def job(name: str, *, slow: bool = False, given_up: GivenUpHook | None = None) -> Callable[[Job], Job]:
    """Register a job. It may run twice after a kill, so what it writes must not double.

    Args:
        slow: it takes minutes, and the others must not wait for it.
        given_up: called with the run's parameters, in the transaction in which a run is given up.
    """

    def register(run: Job) -> Job:
        assert name not in JOBS, f"two jobs are called {name}"
        JOBS[name] = run
        if slow:
            SLOW.add(name)
        if given_up:
            GIVEN_UP[name] = given_up
        return run

    return register


def enqueue(
    session: Session, name: str, due_at: datetime, key: str = "", params: Mapping[str, Any] | None = None
) -> bool:
    """Ask for one run, in the transaction of what asks for it; False where it was asked for before."""
    row = {"job": name, "key": key, "due_at": due_at, "params": to_json(dict(params or {}))}
    return bool(insert_new(session, JobRun, [row], JobRun.job, JobRun.key, JobRun.due_at))
