"""Every hour: reminders before a customer's link ends, and the second question after a month."""

from data.commands.acceptance_sweep import sweep_acceptance
from data.engine import Store
from data.jobs.registry import Run, job

NAME = "sweep_acceptance"


@job(NAME)
def sweep(store: Store, run: Run) -> None:
    """One sweep, as things stand now; what was asked before is not asked again."""
    run.say(f"{sweep_acceptance(store)}")
