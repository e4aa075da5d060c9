"""The morning brief: issued at its hour, told to the team (D4)."""

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import Permission
from core.messages import Conflict, NotFound, Problem, refuse
from core.notices import Notice
from core.policies import Policy
from core.reports.brief import Brief, brief
from data.brief_json import brief_json, cause_json
from data.commands.command import Tx, command
from data.commands.outbox import post
from data.jsontext import to_json
from data.queries.brief_facts import brief_facts, team_calendar
from data.queries.morning import check_team
from data.schema import MorningBrief, Person, Team


@command("morning.issue", needs=Permission.RUN_MORNING)
def issue_brief(tx: Tx, team_id: int) -> int:
    """Issue a team's brief of today, from what stands now, and tell the team; returns its id.

    Raises:
        NotFound: no such team within reach.
        Invalid: today is no working day there.
        Conflict: today's was issued already.
    """
    zone = check_team(tx.session, tx.who, team_id, Permission.RUN_MORNING)
    day = tx.now.astimezone(ZoneInfo(zone)).date()
    if not team_calendar(tx.session, team_id).works_on(day):
        refuse([Problem("day", "no_working_day")])
    key = brief_key(team_id, day)
    if tx.session.scalar(select(MorningBrief.id).where(MorningBrief.key == key)) is not None:
        raise Conflict("brief_exists")
    told = brief(*brief_facts(tx.session, team_id, day, tx.now, zone, tx.policy), tx.policy)
    row = MorningBrief(
        key=key,
        team_id=team_id,
        day=day,
        timezone=zone,
        issued_at=tx.now,
        issued_by=tx.who.person_id,
        items=brief_json(told),
    )
    tx.session.add(row)
    tx.session.flush()
    tx.audit("morning_brief", row.id, after={"team_id": team_id, "day": day.isoformat()})
    post(tx.session, tx.now, _told(tx.session, row, told, tx.policy))
    return row.id


def _told(session: Session, row: MorningBrief, told: Brief, policy: Policy) -> Iterator[Notice]:
    """To the team, those of the roles that the policy names."""
    lines = [
        {
            "name": item.name,
            "who": item.deal.owner,
            "at_risk": item.at_risk,
            "due_at": item.due_at,
            "cause": cause_json(item.causes[0]),
        }
        for item in told.top
    ]
    team = session.get_one(Team, row.team_id).name
    about = to_json({"team": team, "brief_on": row.day, "zone": row.timezone, "lines": lines})
    whom = select(Person.id).where(
        Person.team_id == row.team_id, Person.active, Person.role.in_(policy.brief_told)
    )
    kind = "brief_issued" if lines else "brief_quiet"
    for person_id in session.scalars(whom.order_by(Person.id)):
        yield Notice(person_id, kind, f"brief:{row.key}", about, "morning", place_of(row))


def place_of(issued: MorningBrief) -> dict[str, str | int]:
    """What the address of the meeting says."""
    return {"team": issued.team_id, "day": issued.day.isoformat()}


def reached_brief(tx: Tx, brief_id: int) -> MorningBrief:
    """An issued brief.

    Raises:
        NotFound: there is none.
    """
    issued = tx.session.get(MorningBrief, brief_id)
    if issued is None:
        raise NotFound(entity="morning_brief")
    check_team(tx.session, tx.who, issued.team_id, Permission.RUN_MORNING)
    return issued


def brief_key(team_id: int, day: date) -> str:
    """One per team and day.

    >>> brief_key(3, date(2026, 3, 4))
    '3:2026-03-04'
    """
    return f"{team_id}:{day.isoformat()}"
