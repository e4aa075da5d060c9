"""Every morning: who has suggestions to answer is reminded before the deadline; who leads them, after it."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.forecast.calibration import reminder
from core.notices import Notice
from core.terms import Role
from data.commands.outbox import post
from data.engine import Store
from data.jobs.registry import Run, job
from data.queries.calendars import calendar_of
from data.queries.policies import company_day, policy_in_force
from data.queries.suggestions import due_at
from data.queries.suggestions_asked import ASKED, answered, asked_lines, running_period
from data.schema import ForecastLine, ForecastRun, Opportunity, Person

NAME = "remind_suggestions"


@job(NAME)
def remind_suggestions(store: Store, run: Run) -> None:
    """One reminder a rep and period, one list of those who are late a manager and period."""
    now = store.clock()
    with store.writing() as session:
        told = post(session, now, notices(session, now))
    run.say(str(told))


def notices(session: Session, now: datetime) -> list[Notice]:
    """What is to be told now; the same period gives the same keys, so nobody is told twice."""
    starts_on, _ = running_period(session, ASKED, company_day(session, now))
    if starts_on is None:
        return []
    calendar = calendar_of(session, None)
    first = reminder(starts_on, calendar, policy_in_force(session).calibration_day)
    due = due_at(session, starts_on)
    if now < first:
        return []
    waiting = _waiting(session, company_day(session, now))
    if now <= due:
        return [_to_rep(person_id, n, starts_on, due) for person_id, (_, n) in waiting.items()]
    return list(_to_managers(session, waiting, starts_on))


def _waiting(session: Session, day: date) -> dict[int, tuple[int | None, int]]:
    """Team and number of unanswered suggestions by owner."""
    query = (
        select(Person.id, Person.team_id, func.count().label("waiting"))
        .select_from(ForecastLine)
        .join(ForecastRun, ForecastRun.id == ForecastLine.run_id)
        .join(Opportunity, Opportunity.id == ForecastLine.opportunity_id)
        .join(Person, Person.id == Opportunity.owner_id)
        .where(*asked_lines(ASKED, day), ~answered(), Person.active)
        .group_by(Person.id, Person.team_id)
    )
    return {row.id: (row.team_id, row.waiting) for row in session.execute(query)}


def _to_rep(person_id: int, waiting: int, starts_on: date, due: datetime) -> Notice:
    last = due.date().toordinal() - 1  # the deadline is the midnight after the last day
    params = {"waiting": waiting, "on": date.fromordinal(last).isoformat()}
    return Notice(person_id, "suggestions_waiting", f"suggestions_waiting:{starts_on}", params, "calibrate")


def _to_managers(
    session: Session, waiting: dict[int, tuple[int | None, int]], starts_on: date
) -> Iterator[Notice]:
    managers = select(Person.id, Person.team_id).where(Person.role == Role.MANAGER, Person.active)
    for row in session.execute(managers):
        late = [n for team_id, n in waiting.values() if team_id is not None and team_id == row.team_id]
        if late:
            params = {"reps": len(late), "waiting": sum(late)}
            key = f"suggestions_late:{starts_on}"
            yield Notice(row.id, "suggestions_late", key, params, "calibrate")
