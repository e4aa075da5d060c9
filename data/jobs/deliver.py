"""The outbox at work: every message through every channel that carries it, at least once, never lost.

A delivery that was sent and not marked (a kill in between) is sent again under the same key.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from core.delivery import EVERYTHING, Wishes, leaves_at
from core.telling import read_carried
from data.channels import Channel, Letter, Permanent, Refused, configured
from data.commands.outbox import post
from data.engine import Store
from data.jobs.addressing import address
from data.jobs.leases import free
from data.jobs.letters import group_letter, letter_of
from data.jobs.patience import wait_after
from data.jobs.runner import to_admins
from data.queries.channels import TEAM, team_robots, wishes
from data.queries.policies import company_zone
from data.schema import Delivery, Message, NoticeWishes, Person, Team, TeamChannel
from data.settings import settings

LEASE = timedelta(minutes=2)
TRIES = 24  # outlasts a mail server that is down for a day
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Taken:
    """Deliveries of one letter, held by this worker; `letter` None for whoever has left the company."""

    ids: tuple[int, ...]
    channel: str
    attempt: int
    letter: Letter | None
    wishes: Wishes
    zone: str


def deliver(
    store: Store, channels: Mapping[str, Channel] | None = None, limit: int = 200, stop: Event | None = None
) -> int:
    """Send what waits, until `stop`; returns how many letters were tried.

    A channel that is down for the moment is left alone until the next call: its letters must not hold
    up those of the others.

    Args:
        channels: by name; the configured ones and the teams' robots when None.
    """
    up = dict(_all(store) if channels is None else channels)
    if not up:
        return 0
    address(store, up)
    for n in range(limit):
        if (stop and stop.is_set()) or not up or not _deliver_next(store, up):
            return n
    return limit


def _all(store: Store) -> dict[str, Channel]:
    with store.reading(fresh=True) as session:
        return configured(settings()) | team_robots(session)


def _deliver_next(store: Store, up: dict[str, Channel]) -> bool:
    taken = _take(store, up)
    if taken is None:
        return False
    try:
        if taken.letter is None:
            raise Permanent("no longer with the company")
        up[taken.channel].send(taken.letter)
    except Permanent as error:
        _dead(store, taken, str(error), told=taken.letter is not None)
    except Exception as error:  # a channel may fail in any way; the letter is tried again
        _log.warning(
            "deliveries %s by %s failed, attempt %d: %s", taken.ids, taken.channel, taken.attempt, error
        )
        _again(store, taken, f"{type(error).__name__}: {error}")
        if not isinstance(error, Refused):
            del up[taken.channel]
    else:
        _mark(store, taken, state="sent", sent_at=store.clock(), leased_until=None, error=None)
    return True


def _waiting(now: datetime, channels: Mapping[str, Channel]) -> ColumnElement[bool]:
    row, open_to = Delivery, Delivery.channel.in_(channels)
    return and_(row.state == "waiting", row.due_at <= now, free(row.leased_until, now, LEASE), open_to)


def _take(store: Store, channels: Mapping[str, Channel]) -> _Taken | None:
    now = store.clock()
    while True:
        with store.writing() as session:
            first = session.execute(
                select(Delivery, Message.person_id)
                .join(Message, Message.id == Delivery.message_id)
                .where(_waiting(now, channels))
                .order_by(Delivery.due_at, Delivery.id)
                .limit(1)
            ).first()
            if first is None:
                return None
            row, person_id = first
            together = _together(session, row, person_id)
            mine = (Delivery.attempts == row.attempts, _waiting(now, channels))
            values = {"attempts": row.attempts + 1, "leased_until": now + LEASE}
            held = update(Delivery).where(Delivery.id.in_(together), *mine).values(values)
            if ids := sorted(session.scalars(held.returning(Delivery.id))):
                return _taken(session, row, ids, person_id)


def _together(session: Session, row: Delivery, person_id: int) -> Sequence[int]:
    """The deliveries that leave in one letter: those gathered for the same hour, and tried as often."""
    if row.digest_at is None:
        return [row.id]
    mates = (
        select(Delivery.id)
        .join(Message, Message.id == Delivery.message_id)
        .where(
            Message.person_id == person_id,
            Delivery.channel == row.channel,
            Delivery.digest_at == row.digest_at,
            Delivery.attempts == row.attempts,
            Delivery.state == "waiting",
        )
    )
    return session.scalars(mates).all()


def _taken(session: Session, row: Delivery, ids: Sequence[int], person_id: int) -> _Taken:
    session.refresh(row)
    of = select(Message).join(Delivery, Delivery.message_id == Message.id).where(Delivery.id.in_(ids))
    messages = session.scalars(of.order_by(Message.id)).all()
    wish, zone, letter = EVERYTHING, company_zone(session), None
    if row.channel.startswith(TEAM):
        group, team = _group(session, row.channel)
        letter = group_letter(row.channel, messages[0], team.name, group.language)
    else:
        person = session.get_one(Person, person_id)
        wanted = session.get(NoticeWishes, person_id)
        team_of = session.get(Team, person.team_id) if person.team_id else None
        zone = team_of.timezone if team_of else zone
        wish = read_carried(messages[0].carried).wishes(wishes(wanted) if wanted else EVERYTHING)
        letter = letter_of(row.channel, messages, person) if person.active else None
    return _Taken(tuple(ids), row.channel, row.attempts, letter, wish, zone)


def _group(session: Session, channel: str) -> tuple[TeamChannel, Team]:
    group = session.get_one(TeamChannel, int(channel.removeprefix(TEAM)))
    return group, session.get_one(Team, group.team_id)


def _again(store: Store, taken: _Taken, why: str) -> None:
    """Later, and not in anybody's quiet hours."""
    if taken.attempt >= TRIES:
        _dead(store, taken, why)
        return
    later = store.clock() + wait_after(taken.attempt)
    quiet = Wishes(quiet_from=taken.wishes.quiet_from, quiet_to=taken.wishes.quiet_to)
    _mark(store, taken, due_at=leaves_at(later, quiet, taken.zone), leased_until=None, error=why)


def _dead(store: Store, taken: _Taken, why: str, told: bool = True) -> None:
    """Give a letter up and, in the same transaction, tell the administrators: of a robot once since its
    address was set, of another channel and its reason once a day."""
    now = store.clock()
    with store.writing() as session:
        _marked(session, taken, state="dead", leased_until=None, error=why)
        if not told:
            return
        shown, since = taken.channel, str(now.date())
        if taken.channel.startswith(TEAM):
            group, team = _group(session, taken.channel)
            shown, since = f"{team.name} ({group.kind})", group.changed_at.isoformat()
        key = f"channel_failed:{taken.channel}:{since}:{why}"
        post(session, now, to_admins(session, "channel_failed", key, {"channel": shown, "error": why}))


def _mark(store: Store, taken: _Taken, **values: object) -> None:
    with store.writing() as session:
        _marked(session, taken, **values)


def _marked(session: Session, taken: _Taken, **values: object) -> None:
    mine = (Delivery.id.in_(taken.ids), Delivery.attempts == taken.attempt, Delivery.state == "waiting")
    session.execute(update(Delivery).where(*mine).values(values))
