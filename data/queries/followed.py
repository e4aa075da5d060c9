"""What findings led to, and what the next forecast made of it: events, factors asked for (B5)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from core.access import Who
from data.once import recalled
from data.queries.business_events import Event, business_events
from data.queries.forecast_months import monthly
from data.queries.outlook import sees_whole
from data.queries.outlook_course import won_and_open
from data.schema import FactorRequest, ForecastRun, Person

SHOWN = 20
_ZERO = Decimal()


@dataclass(frozen=True, slots=True)
class Change:
    """What one month's forecast was in the last run before something was known, and in the first one after.

    Attributes:
        before, after: the company's forecast; won and open within reach where only a part is seen.
        season_before, season_after: the season's own view in both, where it spoke and the company is seen.
        whole: whether it is the company's.
    """

    month: date
    before_on: date
    after_on: date
    before: Decimal
    after: Decimal
    season_before: float | None
    season_after: float | None
    whole: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """A factor that was asked for; `answered_at` None while nobody answered."""

    id: int
    name: str
    why: str
    state: str
    answer: str
    by: str | None
    asked_at: datetime
    answered_by: str | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Followed:
    """Events and wishes, the latest first, each with the change that the next run showed, if any."""

    events: tuple[tuple[Event, Change | None], ...]
    wishes: tuple[tuple[Wish, Change | None], ...]


@recalled
def followed(session: Session, who: Who, pipeline: str) -> Followed:
    """What stands in the calendar, and which factors were asked for."""
    events = business_events(session, who)[:SHOWN]
    wishes = _wishes(session)
    return Followed(
        tuple((event, change_after(session, who, pipeline, event.recorded_at)) for event in events),
        tuple(
            (w, change_after(session, who, pipeline, w.answered_at) if w.answered_at else None)
            for w in wishes
        ),
    )


def _wishes(session: Session) -> list[Wish]:
    asked, answered = aliased(Person), aliased(Person)
    query = (
        select(FactorRequest, asked.name, answered.name)
        .outerjoin(asked, asked.id == FactorRequest.asked_by_id)
        .outerjoin(answered, answered.id == FactorRequest.answered_by_id)
        .order_by(FactorRequest.id.desc())
        .limit(SHOWN)
    )
    return [
        Wish(f.id, f.name, f.why, f.state, f.answer, by, f.asked_at, answerer, f.answered_at)
        for f, by, answerer in session.execute(query)
    ]


def change_after(session: Session, who: Who, pipeline: str, at: datetime) -> Change | None:
    """The last run before an instant and the first one after it of the same month; None without both."""
    r, mine = ForecastRun, monthly(pipeline)
    before = session.scalar(select(r).where(*mine, r.taken_at <= at).order_by(r.taken_at.desc()).limit(1))
    if before is None or before.value is None:
        return None
    same = (*mine, r.starts_on == before.starts_on, r.taken_at > at)
    after = session.scalar(select(r).where(*same).order_by(r.taken_at).limit(1))
    if after is None or after.value is None:
        return None
    days = (before.starts_on, before.taken_on, after.taken_on)
    if sees_whole(who):
        was_season, season = (_number(run.parts.get("prophet")) for run in (before, after))
        return Change(*days, before.value, after.value, was_season, season, whole=True)
    won, open_ = won_and_open(session, who, [before.id, after.id])
    was, now = (won.get(run.id, _ZERO) + open_.get(run.id, _ZERO) for run in (before, after))
    return Change(*days, was, now, None, None, whole=False)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None
