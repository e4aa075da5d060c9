"""Every night: ballots of months that are over are counted; reports found wanting go offline (D5)."""

from sqlalchemy import select

from core.access import OPERATOR
from core.ballots import month_of
from data.commands.ballots import open_boxes
from data.commands.ratings import take_offline
from data.engine import Store
from data.jobs.registry import Run, job
from data.queries.policies import company_day
from data.queries.ratings import wanting
from data.schema import BallotPaper

NAME = "count_ballots"


@job(NAME)
def count_ballots(store: Store, run: Run) -> None:
    """Count what is over, judge what was counted; on most nights there is nothing to do."""
    del run
    with store.reading(fresh=True) as session:
        month = month_of(company_day(session, store.clock()))
        over = session.scalar(select(BallotPaper.month).where(BallotPaper.month < month).limit(1))
    if over is not None:
        open_boxes(store, OPERATOR)
    with store.reading(fresh=True) as session:
        found = wanting(session)
    if found:
        take_offline(store, OPERATOR)
