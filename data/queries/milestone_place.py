"""Whose milestones: the company's or a sales team's, with its clock."""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from core.access import Permission, Reach, Who, reach
from core.messages import NotAllowed, NotFound
from data.queries.health_facts import zone_of
from data.queries.scope import Owner
from data.schema import Person


@dataclass(frozen=True, slots=True)
class Place:
    """A sales team, or (`team_id` None) the company."""

    team_id: int | None
    zone: ZoneInfo

    def midnight(self, day: date) -> datetime:
        """The instant at which a day begins there."""
        return datetime.combine(day, time(), self.zone)

    def day(self, at: datetime) -> date:
        """The day there at an instant."""
        return at.astimezone(self.zone).date()

    def owns(self, owner: Owner) -> ColumnElement[bool]:
        """Rows of its people."""
        if self.team_id is None:
            return true()
        return owner.in_(select(Person.id).where(Person.team_id == self.team_id))


def place_of(session: Session, team_id: int | None) -> Place:
    """A sales team or the company.

    Raises:
        NotFound: no such sales team.
    """
    return Place(team_id, ZoneInfo(zone_of(session, team_id)))


def reached_place(
    session: Session, who: Who, team_id: int | None, needs: Permission = Permission.SEE_MILESTONES
) -> Place:
    """The same, within reach of `who`.

    Raises:
        NotAllowed: the role lacks the permission.
        NotFound: no such team for this person.
    """
    granted = reach(who, needs)
    if granted is None:
        raise NotAllowed(permission=needs)
    if granted is not Reach.ALL and (team_id is None or team_id != who.team_id):
        raise NotFound(entity="team")
    return place_of(session, team_id)
