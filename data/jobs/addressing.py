"""Which message goes out by which channel, and when: one delivery each, made once (PRODUCT.md P8).

A person's messages go by the company's channels as the person wishes. What concerns a team goes to its chat
group too, once however many of its members were told.
"""

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from core.delivery import EVERYTHING, leaves_at
from core.telling import read_carried
from data.commands.channels import SINCE
from data.engine import Store
from data.queries.channels import TEAM, wishes
from data.queries.policies import company_zone, policy_in_force, setting
from data.schema import Delivery, Message, NoticeWishes, Person, Setting, Team, TeamChannel
from data.upsert import insert_new

FRESH = timedelta(days=14)  # what waited longer for a worker is no news any more; the inbox has it


def address(store: Store, channels: Collection[str]) -> None:
    """A delivery for each fresh message and channel; a channel does not carry its own failures."""
    now = store.clock()
    with store.reading(fresh=True) as session:
        since = _since(session, channels)
        if len(since) == len(channels) and not _unaddressed(session, since, now):
            return
    with store.writing() as session:
        for name in set(channels) - set(since):
            _begin(session, name, now)
        if rows := _unaddressed(session, _since(session, channels), now):
            insert_new(session, Delivery, rows, Delivery.message_id, Delivery.channel)


def _since(session: Session, channels: Collection[str]) -> dict[str, datetime]:
    """When each known channel was first there: it does not carry what was posted before."""
    found = {name: setting(session, SINCE + name) for name in channels}
    return {name: datetime.fromisoformat(at) for name, at in found.items() if at}


def _begin(session: Session, channel: str, now: datetime) -> None:
    with suppress(IntegrityError), session.begin_nested():  # another worker may have seen it first
        session.add(Setting(key=SINCE + channel, value=now.isoformat()))


def _unaddressed(session: Session, since: Mapping[str, datetime], now: datetime) -> list[dict[str, Any]]:
    rows = []
    for name, at in since.items():
        read = _to_group if name.startswith(TEAM) else _to_people
        rows += read(session, name, max(at, now - FRESH), now)
    return rows


def _to_people(session: Session, channel: str, since: datetime, now: datetime) -> list[dict[str, Any]]:
    """Each message to its person, when they want it; what they do not want is kept as `off`."""
    known = select(Delivery.id).where(Delivery.message_id == Message.id, Delivery.channel == channel)
    fresh = (
        select(Message, NoticeWishes, Team.timezone)
        .join(Person, Person.id == Message.person_id)
        .outerjoin(NoticeWishes, NoticeWishes.person_id == Message.person_id)
        .outerjoin(Team, Team.id == Person.team_id)
        .where(Message.posted_at >= since, ~known.exists())
        .order_by(Message.id)
    )
    rows = []
    for message, wanted, zone in session.execute(fresh):
        if message.params.get("channel") == channel:
            continue
        carries = read_carried(message.carried)
        wish = carries.wishes(wishes(wanted) if wanted else EVERYTHING)
        due_at = leaves_at(now, wish, zone or company_zone(session))
        row = _row(message.id, channel, due_at, "waiting" if carries.goes(channel, wish) else "off")
        rows.append(row | {"digest_at": due_at if wish.digest_at else None})
    return rows


def _to_group(session: Session, channel: str, since: datetime, now: datetime) -> list[dict[str, Any]]:
    """What concerns a team, once per cause: the message of the first member that was told."""
    told = policy_in_force(session).group_told
    team = select(TeamChannel.team_id).where(TeamChannel.id == int(channel.removeprefix(TEAM)))
    members = select(Person.id).where(Person.team_id == team.scalar_subquery())
    same = aliased(Message)
    sent = (
        select(Delivery.id)
        .join(same, same.id == Delivery.message_id)
        .where(Delivery.channel == channel, same.key == Message.key)
    )
    first = (
        select(func.min(Message.id))
        .where(
            Message.posted_at >= since,
            Message.person_id.in_(members),
            Message.kind.in_(told),
            ~sent.exists(),
        )
        .group_by(Message.key)
    )
    return [
        _row(message_id, channel, now, "waiting") | {"digest_at": None}
        for message_id in session.scalars(first)
    ]


def _row(message_id: int, channel: str, due_at: datetime, state: str) -> dict[str, Any]:
    return {"message_id": message_id, "channel": channel, "due_at": due_at, "state": state, "attempts": 0}
