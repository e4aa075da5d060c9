"""What an administrator does with background jobs: run one now, retry a run that was given up (P9)."""

from core.access import Permission
from core.messages import Conflict, NotFound
from data.commands.command import Tx, command
from data.jobs.registry import enqueue
from data.jobs.schedule import SCHEDULE
from data.schema import JobRun


@command("job.run", needs=Permission.SEE_JOBS)
def run_job(tx: Tx, job: str) -> int:
    """Ask for what a scheduled job would do now; returns how many runs are new.

    The worker takes them up within seconds. The same request within a minute, or of a period whose run is
    there already, asks for nothing new.

    Raises:
        NotFound: no scheduled job of this name.
    """
    scheduled = next((s for s in SCHEDULE if s.job == job), None)
    if scheduled is None:
        raise NotFound(entity="job")
    wanted = scheduled.by_hand(tx.session, tx.now)
    new = sum(enqueue(tx.session, job, due_at, key) for due_at, key in wanted)
    tx.audit("job", None, after={"job": job, "rows": new})
    return new


@command("job.retry", needs=Permission.SEE_JOBS)
def retry_run(tx: Tx, run_id: int) -> int:
    """Let a run that was given up be tried again from the start; returns its id.

    Raises:
        NotFound: no such run.
        Conflict: it was not given up, or somebody was faster.
    """
    run = tx.session.get(JobRun, run_id, with_for_update=True)
    if run is None:
        raise NotFound(entity="job")
    if run.state != "failed":
        raise Conflict("run_not_failed")
    run.state, run.attempts, run.leased_until, run.finished_at = "waiting", 0, None, None
    tx.audit("job", None, before={"error": run.error}, after={"job": run.job})
    return run.id
