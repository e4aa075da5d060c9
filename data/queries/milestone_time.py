"""Day 120's rows: how long reporting takes, and how soon a morning's problems are in hand (PRODUCT.md E)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import Who
from core.milestones.evidence import Evidence
from core.reports.brief import Item
from core.terms import Role
from data.brief_json import brief_from
from data.queries.milestone_place import Place
from data.schema import Commitment, MorningBrief, MorningMeeting, Person, Team, UsageDay

_MINUTE = 60


def reporting_rows(session: Session, place: Place, first: date, end: date) -> list[Evidence]:
    """Each rep's minutes on reporting pages, by day; days without any are no rows."""
    query = (
        select(UsageDay.id, UsageDay.day, UsageDay.seconds, Person.name)
        .join(Person, Person.id == UsageDay.person_id)
        .where(
            UsageDay.day >= first,
            UsageDay.day < end,
            Person.role == Role.REP,
            place.owns(UsageDay.person_id),
        )
        .order_by(UsageDay.day, Person.name, UsageDay.id)
    )
    return [Evidence(i, day, name, "", seconds / _MINUTE) for i, day, seconds, name in session.execute(query)]


def own_minutes(session: Session, who: Who, now: datetime) -> dict[date, float]:
    """A person's own minutes of reporting in the last seven days, by day."""
    today = now.astimezone(ZoneInfo(who.timezone)).date()
    query = (
        select(UsageDay.day, UsageDay.seconds)
        .where(UsageDay.person_id == who.person_id, UsageDay.day > today - timedelta(days=7))
        .order_by(UsageDay.day)
    )
    return {day: seconds / _MINUTE for day, seconds in session.execute(query)}


def located_rows(session: Session, place: Place, first: date, end: date, as_of: datetime) -> list[Evidence]:
    """Each customer that a brief put first and a meeting took up: minutes from its start to who acts on it.

    One that nobody took over counts until the meeting's end. Of a meeting that was not ended they
    say nothing yet and are left out.
    """
    query = (
        select(MorningBrief, MorningMeeting, Team.name)
        .join(MorningMeeting, MorningMeeting.brief_id == MorningBrief.id)
        .join(Team, Team.id == MorningBrief.team_id)
        .where(MorningBrief.day >= first, MorningBrief.day < end, MorningMeeting.started_at <= as_of)
        .order_by(MorningBrief.day, MorningBrief.id)
    )
    if place.team_id is not None:
        query = query.where(MorningBrief.team_id == place.team_id)
    found = session.execute(query).all()
    taken = select(Commitment).where(
        Commitment.meeting_id.in_([held.id for _, held, _ in found]), Commitment.made_at <= as_of
    )
    made = list(session.scalars(taken.order_by(Commitment.made_at)))
    return [row for issued, held, team in found for row in _of_meeting(issued, held, team, made, as_of)]


def _of_meeting(
    issued: MorningBrief, held: MorningMeeting, team: str, made: Sequence[Commitment], as_of: datetime
) -> Iterator[Evidence]:
    mine = [row for row in made if row.meeting_id == held.id]
    over = held.finished_at if held.finished_at and held.finished_at <= as_of else None
    for item in brief_from(issued.items).top:
        at = next((row.made_at for row in mine if _about(row, item)), None)
        until = at or over
        if until is None:
            continue
        yield Evidence(
            issued.id,
            issued.day,
            team,
            item.name,
            (until - held.started_at).total_seconds() / _MINUTE,
            why="" if at else "not_assigned",
            link=issued.team_id,
        )


def _about(row: Commitment, item: Item) -> bool:
    if row.opportunity_id is not None:
        return row.opportunity_id == item.deal.id
    return row.customer_id is not None and row.customer_id == item.deal.customer_id
