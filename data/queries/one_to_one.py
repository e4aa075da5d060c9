"""One rep on one page, for the weekly talk; every part is read where its own page reads it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from core.access import Who
from core.forecast.health import Figures
from core.process.stages import PIPELINE
from core.reports.brief import Item, brief
from core.reports.library import Report
from core.reports.spans import Span
from core.reports.talks import looks_back
from data.once import recalled
from data.queries.board_ask import Ask as BoardAsk
from data.queries.board_rows import OpenLine, Rows, open_opportunities
from data.queries.brief_facts import brief_facts, team_reach
from data.queries.coaching import Coaching, coaching_tasks
from data.queries.forecast_health import forecast_health
from data.queries.metrics.ask import Ask
from data.queries.metrics.report import Narrow, Shown, asked
from data.queries.metrics.tallies import tallies
from data.queries.policies import company_day, policy_in_force
from data.queries.promise_board import Board, Show, promise_board
from data.queries.talks import Held, Rep, as_rep, held, reached_rep
from data.queries.today import Group, today

SINCE = Report(
    "one_to_one", "one_to_one",
    ("wins", "won_amount", "lost_amount", "new_amount", "evidenced_actions", "completion_rate",
     "talk_minutes", "customer_questions"),
)  # fmt: skip
"""Metrics that are looked at since the last talk."""
MONTHS = 6  # of forecasts held against what came


@dataclass(frozen=True, slots=True)
class Sheet:
    """A rep's sheet.

    Attributes:
        talks: the newest first.
        since: the metrics of `SINCE`, as a report shows them.
        deals: open opportunities where they stand.
        risks: customers with something at risk, as the morning brief ranks them.
        months: forecasts of ended months held against what came, the oldest first.
        todos: what the rep must do now, by kind.
        promises: to the rep's customers, those ahead.
    """

    rep: Rep
    talks: tuple[Held, ...]
    since: Shown
    deals: Rows[OpenLine]
    risks: Sequence[Item]
    months: tuple[Figures, ...]
    coaching: tuple[Coaching, ...]
    todos: tuple[Group, ...]
    promises: Board


@recalled
def sheet(session: Session, who: Who, rep_id: int, now: datetime) -> Sheet:
    """The sheet of a rep within reach.

    Raises:
        NotFound: no such rep within reach.
    """
    rep = reached_rep(session, who, rep_id)
    theirs, talks = as_rep(rep), held(session, rep, now)
    lead = team_reach(rep.team_id or 0, theirs.timezone)
    found = forecast_health(session, theirs, now, months=MONTHS, pipeline=None, group=f"rep-{rep.id}", most=1)
    return Sheet(
        rep,
        talks,
        _since(session, who, _ask(session, who, rep, talks, now)),
        open_opportunities(session, lead, BoardAsk(now, rep=rep.id)),
        _risks(session, rep, now, theirs.timezone),
        found.chosen.months if found.chosen else (),
        tuple(c for c in coaching_tasks(session, theirs) if c.rep_id == rep.id and c.closed_at is None),
        today(session, theirs, now),
        promise_board(session, theirs, Show.AHEAD, now),
    )


def _ask(session: Session, who: Who, rep: Rep, talks: Sequence[Held], now: datetime) -> Ask:
    since = looks_back([talk.held_at for talk in talks], now)
    usual = asked(session, who, now, Narrow("week", PIPELINE, None, rep.id))
    return replace(usual, span=Span(since, now), against=since)


def _since(session: Session, who: Who, ask: Ask) -> Shown:
    after, before = (tallies(session, who, each, SINCE.metrics, split=()) for each in (ask, ask.before()))
    return Shown(SINCE, ask, after, before, ())


def _risks(session: Session, rep: Rep, now: datetime, zone: str) -> Sequence[Item]:
    if rep.team_id is None:
        return ()
    policy = policy_in_force(session)
    deals, causes = brief_facts(session, rep.team_id, company_day(session, now), now, zone, policy)
    told = brief([deal for deal in deals if deal.owner_id == rep.id], causes, policy)
    return (*told.top, *told.following)
