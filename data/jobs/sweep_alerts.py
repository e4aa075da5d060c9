"""Every hour: hold the alert rules against all open opportunities, because time alone raises some."""

from data.commands.alerts import sweep
from data.engine import Store
from data.jobs.registry import Run, job
from data.queries.policies import policy_in_force

NAME = "sweep_alerts"


@job(NAME)
def sweep_alerts(store: Store, run: Run) -> None:
    """One sweep, as things stand now: a run that comes late looks at the present, not at its due time."""
    del run
    with store.writing() as session:
        sweep(session, store.clock(), policy_in_force(session))
