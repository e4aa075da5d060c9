"""Every month: forecasts that missed two months in a row open coaching tasks (B4)."""

from data.commands.coaching import open_for_deviation
from data.engine import Store
from data.jobs.registry import Run, job
from data.queries.forecast_health import rep_months
from data.queries.forecast_months import forecast_pipelines
from data.queries.policies import policy_in_force

NAME = "open_coaching"
LOOK_BACK = 24  # months; a row is known by its first one


@job(NAME)
def open_coaching(store: Store, run: Run) -> None:
    """Hold the rule against every rep's months that had ended when the run was due."""
    with store.reading(fresh=True) as session:
        pipelines = forecast_pipelines(session)
    for pipeline in pipelines:
        with store.writing() as session:
            months = rep_months(session, pipeline, run.due_at, LOOK_BACK)
            policy = policy_in_force(session)
            opened = open_for_deviation(session, store.clock(), policy, pipeline, months)
        run.say(f"{pipeline}: {opened}")
