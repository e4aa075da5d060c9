"""Channels outside the product: the teams' robots, and what a person wants of them (PRODUCT.md P8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from core.access import Permission, Reach, Who, reach
from core.delivery import EVERYTHING, Wishes
from core.messages import NotAllowed
from data.channels import KINDS, Channel, configured, robot
from data.schema import NoticeWishes, Team, TeamChannel
from data.settings import settings

TEAM = "team:"  # names a team's robot in the outbox, before its id


@dataclass(frozen=True, slots=True)
class RobotCard:
    """A team's robot. Its address is a secret, so only where it leads and its end are shown.

    Attributes:
        test_error: what the last try met; None when it got through or was never tried.
    """

    id: int
    team_id: int
    team: str
    kind: str
    host: str
    end: str
    signed: bool
    language: str
    active: bool
    tested_at: datetime | None
    test_error: str | None


@dataclass(frozen=True, slots=True)
class Channels:
    """What there is: the operator's channels by name, the robots within reach, and the teams to give one."""

    company: tuple[str, ...]
    robots: tuple[RobotCard, ...]
    teams: Mapping[int, str]


def channel_desk(session: Session, who: Who) -> Channels:
    """The channels that this person looks after.

    Raises:
        NotAllowed: for whoever sets no channels.
    """
    if reach(who, Permission.SET_CHANNELS) is None:
        raise NotAllowed(permission=Permission.SET_CHANNELS)
    teams = select(Team.id, Team.name).where(Team.kind == "sales", teams_of(who)).order_by(Team.name)
    robots = (
        select(TeamChannel, Team.name)
        .join(Team, Team.id == TeamChannel.team_id)
        .where(teams_of(who), TeamChannel.removed_at.is_(None))
        .order_by(Team.name, TeamChannel.id)
    )
    return Channels(
        tuple(configured(settings())),
        tuple(_card(row, name) for row, name in session.execute(robots)),
        {i: name for i, name in session.execute(teams)},
    )


def teams_of(who: Who) -> ColumnElement[bool]:
    """The teams whose channels this person sets."""
    return true() if reach(who, Permission.SET_CHANNELS) is Reach.ALL else Team.id == who.team_id


def wishes_of(session: Session, who: Who) -> Wishes:
    """What a person wants of messages outside the product."""
    row = session.get(NoticeWishes, who.person_id) if who.person_id else None
    return wishes(row) if row else EVERYTHING


def personal_channels(session: Session, who: Who) -> tuple[str, ...]:
    """Names of the channels that reach a person by themselves."""
    del session, who
    return tuple(configured(settings()))


def wishes(row: NoticeWishes) -> Wishes:
    """A row's wishes."""
    return Wishes(frozenset(row.off), _time(row.quiet_from), _time(row.quiet_to), _time(row.digest_at))


def _time(value: str | None) -> time | None:
    return time.fromisoformat(value) if value else None


def team_robots(session: Session) -> dict[str, Channel]:
    """The robots that are on, by their names in the outbox."""
    rows = session.scalars(select(TeamChannel).where(TeamChannel.active))
    return {f"{TEAM}{row.id}": robot_of(row) for row in rows if row.kind in KINDS}


def robot_of(row: TeamChannel) -> Channel:
    """A row as the channel that sends."""
    return robot(row.kind, row.url, row.secret, f"{TEAM}{row.id}")


def _card(row: TeamChannel, team: str) -> RobotCard:
    return RobotCard(
        row.id,
        row.team_id,
        team,
        row.kind,
        urlsplit(row.url).hostname or "",
        row.url[-4:],
        bool(row.secret),
        row.language,
        row.active,
        row.tested_at,
        row.test_error,
    )
