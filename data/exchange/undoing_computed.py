"""What the product itself computed from an import's records goes with them; what people made of it does not.

A kept forecast in which other records stood as well stays as it was said: how much of it came from what was
taken back stands with it as `undone`. One of such records alone goes whole.
"""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, true, update
from sqlalchemy.orm import Session

from data.commands.command import Tx
from data.forecasting import AT
from data.jobs.forecast import NAME
from data.queries.policies import company_tz
from data.schema import (
    AttributionFinding,
    Audit,
    ForecastLine,
    ForecastModel,
    ForecastRun,
    ForecastWin,
    ImportBatch,
    JobRun,
    Opportunity,
    Pipeline,
)

_SAID = ((ForecastLine, ForecastLine.value), (ForecastWin, ForecastWin.amount))


def made_by_people(table: Any, batch: ImportBatch) -> ColumnElement[bool]:
    """Which rows of a table without batches are more than computed from the batch's records."""
    of: Any = table.c
    more: ColumnElement[bool] = true()
    match table.name:
        case "alert":
            told = exists().where(Audit.entity == "alert", Audit.entity_id == of.id)
            touched = (of.assigned_to_id, of.snoozed_until, of.resolved_at)
            more = or_(told, *(column.is_not(None) for column in touched))
        case "forecast_line" | "forecast_win":
            more = of.opportunity_id.not_in(_ours(Opportunity, batch))
        case "forecast_run" | "forecast_model":
            more = of.pipeline_id.not_in(_ours(Pipeline, batch))
    return more


def let_go(tx: Tx, batch: ImportBatch) -> None:
    """Take along the forecasts' rows of what leaves, and the forecasts and models of nothing else.

    The database lets them go once their import is marked as undone.
    """
    run, pipelines = ForecastRun, _ours(Pipeline, batch)
    brought: dict[int, Decimal] = defaultdict(Decimal)
    brought |= dict.fromkeys(
        tx.session.scalars(select(run.id).where(run.pipeline_id.in_(pipelines))), Decimal()
    )
    here = tx.session.connection()
    for table, value in _SAID:
        leaving = table.opportunity_id.in_(_ours(Opportunity, batch))
        for run_id, amount in tx.session.execute(select(table.run_id, value).where(leaving)):
            brought[run_id] += amount
        here.execute(delete(table).where(leaving))
    held = (exists().where(t.run_id == run.id) for t in (ForecastLine, ForecastWin, AttributionFinding))
    empty = ~or_(*held)
    _ask_again(tx.session, run.id.in_(brought) & empty)
    for run_id, amount in brought.items():
        more = {"undone": func.coalesce(run.undone, 0) + amount}
        here.execute(update(run).where(run.id == run_id).values(more))
        here.execute(delete(run).where(run.id == run_id, empty))
    here.execute(delete(ForecastModel).where(ForecastModel.pipeline_id.in_(pipelines)))


def _ask_again(session: Session, going: ColumnElement[bool]) -> None:
    """Forget that the forecasts which go were made: their pipeline may get other records the same day."""
    query = select(Pipeline.key, ForecastRun.taken_on).join(Pipeline, Pipeline.id == ForecastRun.pipeline_id)
    zone = company_tz(session)
    for key, day in session.execute(query.where(going).distinct()).all():
        due = datetime.combine(day, AT, zone)
        made = (JobRun.job == NAME, JobRun.key == key, JobRun.due_at == due, JobRun.state == "done")
        session.execute(delete(JobRun).where(*made))


def _ours(table: type[Opportunity] | type[Pipeline], batch: ImportBatch) -> Any:
    return select(table.id).where(table.batch_id == batch.id)
