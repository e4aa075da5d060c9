"""What the board is asked, and the filters that follow from it (A3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from core.access import Permission, Who
from core.process.stages import PIPELINE
from data.queries.scope import owned
from data.schema import Opportunity, Person, Pipeline, Stage

NO_STAGE = "none"  # an opportunity without any event stands nowhere yet


class By(StrEnum):
    """What a line of the board's table stands for."""

    TEAM = "team"
    REP = "rep"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Ask:
    """What the board is asked.

    Attributes:
        now: the instant to which dwell times run, UTC.
        pipeline: key of the pipeline whose stages are shown.
        team, rep: only opportunities of this team's or this person's; None for all within reach.
        pick: id of one line of the table, for the rows behind it; 0 is the line of those without.
        stage: key of a stage, for the rows behind it.
        opportunity: id of one opportunity, for the rows behind its mark.
        fate: what became of the opportunities of the funnel, for the rows behind it.
        window: (since, until] instead of the usual windows of completion and dwell time.
    """

    now: datetime
    by: By = By.REP
    pipeline: str = PIPELINE
    team: int | None = None
    rep: int | None = None
    pick: int | None = None
    stage: str | None = None
    opportunity: int | None = None
    fate: str | None = None
    window: tuple[datetime, datetime] | None = None

    def span(self, days: int) -> tuple[datetime, datetime]:
        """The window, or the last so many days."""
        return self.window or (self.now - timedelta(days=days), self.now)


def group_column(by: By) -> ColumnElement[int]:
    columns = {By.TEAM: Person.team_id, By.REP: Opportunity.owner_id, By.CUSTOMER: Opportunity.customer_id}
    return func.coalesce(columns[by], 0)


def filters(who: Who, ask: Ask) -> list[ColumnElement[bool]]:
    """Scope and filters on opportunities joined with their owner (Person) and pipeline."""
    wanted = [owned(who, Permission.SEE_BOARD, Opportunity.owner_id), Pipeline.key == ask.pipeline]
    if ask.team is not None:
        wanted.append(Person.team_id == ask.team)
    if ask.rep is not None:
        wanted.append(Opportunity.owner_id == ask.rep)
    return wanted


def stages_of(session: Session, ask: Ask) -> tuple[tuple[str, float | None], ...]:
    """The pipeline's stages in order, each with its benchmark in days."""
    rows = session.execute(
        select(Stage.key, Stage.benchmark_days)
        .join(Pipeline, Pipeline.id == Stage.pipeline_id)
        .where(Pipeline.key == ask.pipeline)
        .order_by(Stage.position, Stage.id)
    )
    return tuple((key, days) for key, days in rows)
