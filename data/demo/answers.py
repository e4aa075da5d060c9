"""The demo company's answers to the forecasts of months that are over, and the coaching that came of them.

An answer can only be given while its month runs, and the mornings are forecast when all is written: so the
answers of months that are over are put down as they would have been given then. Those of the running month
are left to whoever looks at the demo.
"""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import or_, select

from core.forecast.calibration import ACCEPTED, AGREED, REJECT_REASONS, REJECTED
from data.demo.staff import OPTIMIST, SANDBAGGER
from data.engine import Store
from data.jobs.open_coaching import open_coaching
from data.jobs.registry import Run
from data.queries.forecast_months import counting_runs
from data.queries.suggestions import told_of
from data.schema import ForecastDecision, ForecastLine, ForecastRun, Opportunity, Person

_ANSWERED = 0.85  # share of suggestions that are answered in time


def answer(store: Store, pipeline: str, now: datetime, seed: int) -> None:
    """Answer the first forecast of every month that is over, then open the coaching that is due."""
    rng = Random(seed)
    with store.writing() as session:
        for run in counting_runs(session, pipeline, now):
            at = run.taken_at + timedelta(days=2, hours=9)
            for line, who in session.execute(_open_then(run, at)):
                if rng.random() < _ANSWERED:
                    session.add(_answer(run, line, who, at + timedelta(minutes=rng.randint(0, 600)), rng))
    store.clock = lambda: now
    open_coaching(store, Run(now))


def _open_then(run: ForecastRun, at: datetime) -> Any:
    still_open = or_(Opportunity.closed_at.is_(None), Opportunity.closed_at > at + timedelta(days=1))
    return (
        select(ForecastLine, Person.name)
        .join(Opportunity, Opportunity.id == ForecastLine.opportunity_id)
        .join(Person, Person.id == ForecastLine.owner_id)
        .where(ForecastLine.run_id == run.id, still_open)
        .order_by(ForecastLine.id)
    )


def _answer(run: ForecastRun, line: ForecastLine, who: str, at: datetime, rng: Random) -> ForecastDecision:
    decision = REJECTED if rng.random() < _doubt(line, who) else ACCEPTED
    return ForecastDecision(
        opportunity_id=line.opportunity_id,
        line_id=line.id,
        period=run.period,
        starts_on=run.starts_on,
        person_id=line.owner_id,
        decision=decision,
        reason=AGREED if decision == ACCEPTED else rng.choice(REJECT_REASONS[:-1]),
        suggested=line.value,
        scorecard=line.scorecard_value,
        value=line.value if decision == ACCEPTED else line.scorecard_value,
        model=f"{told_of(run, line.layer).get('kind', 'scorecard')} {run.taken_on.isoformat()}",
        decided_at=at,
    )


def _doubt(line: ForecastLine, who: str) -> float:
    """How likely a suggestion is rejected: the optimist holds on to the higher value, the sandbagger to the
    lower one; everybody doubts big changes more."""
    lowers = line.value < line.scorecard_value
    if who == OPTIMIST[0]:
        return 0.8 if lowers else 0.05
    if who == SANDBAGGER[0]:
        return 0.05 if lowers else 0.7
    big = abs(line.value - line.scorecard_value) > line.scorecard_value / 3
    return 0.3 if big else 0.12
