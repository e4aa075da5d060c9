"""Every quarter of an hour: clocks of demands run on by themselves, and no conflict is to be missed."""

from data.commands.calendar_sweep import sweep_calendars
from data.commands.promise_sweep import sweep_promises
from data.commands.sla_sweep import sweep_clocks
from data.engine import Store
from data.jobs.registry import Run, job
from data.queries.policies import policy_in_force

NAME = "sweep_promises"


@job(NAME)
def sweep(store: Store, run: Run) -> None:
    """One look at clocks and promises, as things stand now; what was told before is not told again."""
    with store.writing() as session:
        told = sweep_clocks(session, store.clock(), policy_in_force(session))
    with store.writing() as session:
        told += sweep_promises(session, store.clock(), policy_in_force(session))
    with store.writing() as session:
        told += sweep_calendars(session, store.clock())
    run.say(f"{told}")
