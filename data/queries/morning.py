"""The morning meeting: which teams and days have a brief, and everything that one meeting shows (D4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from core.access import Permission, Reach, Who, reach
from core.calendar import days_ahead, next_workday
from core.messages import NotAllowed, NotFound
from core.reports.brief import Brief
from core.reports.commitments import Checked
from core.terms import Severity
from data.brief_json import brief_from
from data.minutes_json import Minutes, minutes_from
from data.once import recalled
from data.queries.alerts import AlertFilters, AlertItem, alert_list
from data.queries.brief_facts import team_calendar, team_deals, team_reach, team_zone
from data.queries.commitments import followed, made_in
from data.queries.named_customers import apart, told_apart
from data.schema import Customer, MorningBrief, MorningMeeting, Person, Team

DAYS_SHOWN = 60
ALERTS_SHOWN = 12
MOST_ALERTS = 10_000


@dataclass(frozen=True, slots=True)
class MorningDay:
    """A day with a brief, and whether its meeting was finished."""

    day: date
    finished: bool


@dataclass(frozen=True, slots=True)
class MorningDays:
    """The days of a team, newest first.

    Attributes:
        today: the team's day now.
        works: whether it is a working day; following: the next one.
    """

    days: tuple[MorningDay, ...]
    today: date
    works: bool
    following: date
    timezone: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting that began; `finished_at` and `minutes` None while it runs."""

    id: int
    started_at: datetime
    started_by: str | None
    finished_at: datetime | None
    finished_by: str | None
    minutes: Minutes | None


@dataclass(frozen=True, slots=True)
class Morning:
    """One team's morning.

    Attributes:
        followed: commitments of earlier meetings, as they stand now.
        made: those of this meeting.
        alerts: the first of the team's standing ones, the red ones first; `standing`: how many there are.
        red: how many red ones stand.
        new_since: alerts raised later are new: when the brief before was issued, None for the first.
        members: by id, those who can take something over.
        customers: by id, those with open opportunities of the team.
        ahead: days offered at a touch for what is agreed on, by the team's calendar.
        may_run: whether this person may start, assign and finish.
    """

    id: int
    team_id: int
    team: str
    day: date
    timezone: str
    issued_at: datetime
    brief: Brief
    meeting: Meeting | None
    followed: tuple[Checked, ...]
    made: tuple[Checked, ...]
    alerts: tuple[AlertItem, ...]
    standing: int
    red: int
    new_since: datetime | None
    members: Mapping[int, str]
    customers: Mapping[int, str]
    ahead: Mapping[str, date]
    may_run: bool

    @property
    def running(self) -> bool:
        """Whether the meeting has begun and not ended."""
        return self.meeting is not None and self.meeting.finished_at is None


@recalled
def morning_teams(session: Session, who: Who) -> Mapping[int, str]:
    """Sales teams within reach, one's own first where there is one."""
    query = select(Team.id, Team.name).where(Team.kind == "sales").order_by(Team.name, Team.id)
    if reach(who, Permission.SEE_MORNING) is not Reach.ALL:
        query = query.where(Team.id == who.team_id)
    return {i: name for i, name in session.execute(query)}


@recalled
def morning_days(session: Session, who: Who, team_id: int, now: datetime) -> MorningDays:
    """Days with a brief, newest first.

    Raises:
        NotAllowed, NotFound: out of reach, or no sales team.
    """
    zone = check_team(session, who, team_id, Permission.SEE_MORNING)
    query = (
        select(MorningBrief.day, MorningMeeting.finished_at)
        .outerjoin(MorningMeeting, MorningMeeting.brief_id == MorningBrief.id)
        .where(MorningBrief.team_id == team_id)
        .order_by(MorningBrief.day.desc())
        .limit(DAYS_SHOWN)
    )
    days = tuple(MorningDay(day, finished is not None) for day, finished in session.execute(query))
    calendar, today = team_calendar(session, team_id), now.astimezone(ZoneInfo(zone)).date()
    return MorningDays(days, today, calendar.works_on(today), next_workday(calendar, today), zone)


@recalled
def morning(session: Session, who: Who, team_id: int, day: date, now: datetime) -> Morning | None:
    """A team's morning; None where no brief was issued.

    Raises:
        NotAllowed, NotFound: out of reach, or no sales team.
    """
    check_team(session, who, team_id, Permission.SEE_MORNING)
    row = session.execute(
        select(MorningBrief, Team.name)
        .join(Team, Team.id == MorningBrief.team_id)
        .where(MorningBrief.team_id == team_id, MorningBrief.day == day)
    ).first()
    if row is None:
        return None
    issued, team = row
    meeting = _meeting(session, issued.id)
    alerts = team_alerts(session, team_id, issued.timezone, now)
    return Morning(
        id=issued.id,
        team_id=team_id,
        team=team,
        day=day,
        timezone=issued.timezone,
        issued_at=issued.issued_at,
        brief=brief_from(issued.items),
        meeting=meeting,
        followed=followed(session, team_id, day, now),
        made=made_in(session, meeting.id, now) if meeting else (),
        alerts=alerts[:ALERTS_SHOWN],
        standing=len(alerts),
        red=sum(item.severity == Severity.RED for item in alerts),
        new_since=_before(session, team_id, day),
        members=members(session, team_id),
        customers=_customers(session, team_id),
        ahead=days_ahead(team_calendar(session, team_id), day),
        may_run=reach(who, Permission.RUN_MORNING) is not None,
    )


def check_team(session: Session, who: Who, team_id: int | None, needs: Permission) -> str:
    """The time zone of a sales team within reach.

    Raises:
        NotAllowed: the role lacks the permission.
        NotFound: no such team for this person.
    """
    granted = reach(who, needs)
    if granted is None:
        raise NotAllowed(permission=needs)
    if team_id is None or (granted is not Reach.ALL and team_id != who.team_id):
        raise NotFound(entity="team")
    zone = team_zone(session, team_id)
    if zone is None:
        raise NotFound(entity="team")
    return zone


def members(session: Session, team_id: int) -> dict[int, str]:
    """The team's active people, by name."""
    query = select(Person.id, Person.name).where(Person.team_id == team_id, Person.active)
    return {i: name for i, name in session.execute(query.order_by(Person.name, Person.id))}


def team_alerts(session: Session, team_id: int, zone: str, now: datetime) -> tuple[AlertItem, ...]:
    """A team's standing alerts, red before amber."""
    team = team_reach(team_id, zone)
    return alert_list(session, team, AlertFilters(shown=MOST_ALERTS), now).items


def _meeting(session: Session, brief_id: int) -> Meeting | None:
    starter, ender = aliased(Person), aliased(Person)
    row = session.execute(
        select(MorningMeeting, starter.name, ender.name)
        .outerjoin(starter, starter.id == MorningMeeting.started_by_id)
        .outerjoin(ender, ender.id == MorningMeeting.finished_by_id)
        .where(MorningMeeting.brief_id == brief_id)
    ).first()
    if row is None:
        return None
    m, started_by, finished_by = row
    minutes = minutes_from(m.minutes) if m.minutes else None
    return Meeting(m.id, m.started_at, started_by, m.finished_at, finished_by, minutes)


def _before(session: Session, team_id: int, day: date) -> datetime | None:
    query = (
        select(MorningBrief.issued_at)
        .where(MorningBrief.team_id == team_id, MorningBrief.day < day)
        .order_by(MorningBrief.day.desc())
        .limit(1)
    )
    return session.scalar(query)


def _customers(session: Session, team_id: int) -> dict[int, str]:
    found = {d.customer_id for d in team_deals(session, team_id) if d.customer_id}
    query = apart(select(Customer.id, Customer.name)).where(Customer.id.in_(found))
    return told_apart(session.execute(query.order_by(Customer.name, Customer.id)).all())
