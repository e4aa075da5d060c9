"""The morning meeting of the person's own team, while today's is to be held (PRODUCT.md D4)."""

from zoneinfo import ZoneInfo

from sqlalchemy import select

from data.brief_json import brief_from
from data.queries.today_kinds.asked import Asked, Group, Kind, ToDo
from data.schema import MorningBrief, MorningMeeting, Team

WAITS, RUNS = "waits", "runs"


def meeting(asked: Asked, most: int) -> Group:
    """Today's brief, by the team's own day, whose meeting has not begun or still runs."""
    zone = asked.session.scalar(select(Team.timezone).where(Team.id == asked.who.team_id))
    row = (
        zone
        and asked.session.execute(
            select(MorningBrief, Team.name, MorningMeeting.started_at)
            .join(Team, Team.id == MorningBrief.team_id)
            .outerjoin(MorningMeeting, MorningMeeting.brief_id == MorningBrief.id)
            .where(
                MorningBrief.team_id == asked.who.team_id,
                MorningBrief.day == asked.now.astimezone(ZoneInfo(zone)).date(),
                MorningMeeting.finished_at.is_(None),
            )
        ).first()
    )
    if not row:
        return Group(Kind.MEETING, 0, ())
    brief, team, started = row
    top = [item.name for item in brief_from(brief.items).top]
    begun = RUNS if started else WAITS
    todo = ToDo(
        Kind.MEETING, brief.id, type=begun, at=started or brief.issued_at, person=team, params={"top": top}
    )
    return Group(Kind.MEETING, 1, (todo,)[:most])
