"""Every hour: hold the alert rules against all open opportunities, because time alone raises some."""

from sqlalchemy import or_, select

from core.terms import Outcome
from data.commands.alerts import sweep
from data.engine import Store
from data.jobs.registry import Run, job
from data.queries.policies import policy_in_force
from data.schema import Alert, Opportunity

NAME = "sweep_alerts"
PORTION = 500  # opportunities of one transaction: nobody who writes waits long


@job(NAME)
def sweep_alerts(store: Store, run: Run) -> None:
    """One sweep, as things stand now: a run that comes late looks at the present, not at its due time."""
    standing = select(Alert.opportunity_id).where(Alert.cleared_at.is_(None), Alert.resolved_at.is_(None))
    concerned = or_(Opportunity.outcome == Outcome.OPEN, Opportunity.id.in_(standing))
    with store.reading(fresh=True) as session:
        ids = session.scalars(select(Opportunity.id).where(concerned).order_by(Opportunity.id)).all()
    for start in range(0, len(ids), PORTION):
        with store.writing() as session:
            sweep(session, store.clock(), policy_in_force(session), ids[start : start + PORTION])
        run.say(f"{min(start + PORTION, len(ids))} / {len(ids)}")
