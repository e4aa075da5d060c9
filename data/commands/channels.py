"""Setting where messages go outside the product, and trying it (PRODUCT.md P8)."""

from datetime import time
from typing import Any

from sqlalchemy import select, update

from core.access import Permission, Who
from core.delivery import Wishes, check_wishes
from core.messages import NotFound, Problem, refuse
from data.channels import KINDS, Channel, Letter, configured, leads_to_a_robot
from data.commands.command import Tx, command
from data.engine import Store
from data.queries.channels import TEAM, personal_channels, robot_of, teams_of, wishes_of
from data.schema import Delivery, NoticeWishes, Person, Setting, Team, TeamChannel
from data.settings import settings
from data.text import LANGUAGES, translate

SINCE = "channel_since:"  # before a channel's name: the setting that says from when on it carries messages


@command("channel.wishes", needs=Permission.OWN_ACCOUNT)
def set_wishes(tx: Tx, wanted: Wishes) -> int:
    """Remember what a person wants of messages outside the product; returns their id.

    Raises:
        NotFound: the operator at the command line has no messages.
        Invalid: half a span of quiet hours, one of no length, or a channel that is not there.
    """
    if tx.who.person_id is None:
        raise NotFound(entity="person")
    refuse(check_wishes(wanted, personal_channels(tx.session, tx.who)))
    row = tx.session.get(NoticeWishes, tx.who.person_id)
    if row is None:
        row = NoticeWishes(person_id=tx.who.person_id, off=[])
        tx.session.add(row)
    before = _told(row)
    row.off = sorted(wanted.off)
    row.quiet_from, row.quiet_to = _said(wanted.quiet_from), _said(wanted.quiet_to)
    row.digest_at = _said(wanted.digest_at)
    tx.audit("person", row.person_id, before, _told(row))
    return row.person_id


@command("channel.add", needs=Permission.SET_CHANNELS)
def add_robot(tx: Tx, team_id: int, kind: str, url: str, secret: str, language: str) -> int:
    """Give a team's chat group its messages from now on; returns the robot's id.

    Raises:
        NotFound: no such team within reach.
        Invalid: no such kind or language, or an address that leads to no robot of this kind.
    """
    within = select(Team.id).where(Team.id == team_id, Team.kind == "sales", teams_of(tx.who))
    if tx.session.scalar(within) is None:
        raise NotFound(entity="team")
    refuse(_problems(kind, url, language))
    row = TeamChannel(
        team_id=team_id,
        kind=kind,
        url=url.strip(),
        secret=secret.strip(),
        language=language,
        changed_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    _begin(tx, row)
    tx.audit("team_channel", row.id, after={"team_id": team_id, "kind": kind, "language": language})
    return row.id


@command("channel.switch", needs=Permission.SET_CHANNELS)
def switch_robot(tx: Tx, robot_id: int, on: bool) -> int:
    """Switch a robot on or off; what is posted while it is off is not sent later. Returns its id.

    Raises:
        NotFound: no such robot within reach.
    """
    row = _reached(tx, robot_id)
    before, row.active = row.active, on
    if on and not before:
        row.changed_at = tx.now
        _begin(tx, row)
    if not on:
        _silence(tx, row)
    tx.audit("team_channel", row.id, {"active": before}, {"active": on})
    return row.id


@command("channel.remove", needs=Permission.SET_CHANNELS)
def remove_robot(tx: Tx, robot_id: int) -> int:
    """Forget a robot and its address; returns its id.

    Raises:
        NotFound: no such robot within reach.
    """
    row = _reached(tx, robot_id)
    row.removed_at, row.active, row.url, row.secret = tx.now, False, "", ""
    _silence(tx, row)
    tx.audit("team_channel", row.id, {"team_id": row.team_id, "kind": row.kind}, {})
    return row.id


@command("channel.tested", needs=Permission.SET_CHANNELS)
def record_test(tx: Tx, robot_id: int, error: str | None) -> int:
    """Keep what a try met; returns the robot's id.

    Raises:
        NotFound: no such robot within reach.
    """
    row = _reached(tx, robot_id)
    row.tested_at, row.test_error = tx.now, error
    tx.audit("team_channel", row.id, after={"kind": row.kind, "error": error})
    return row.id


def send_test(store: Store, who: Who, robot_id: int) -> str | None:
    """Send a first message through a robot, outside of any transaction, and keep what came of it.

    Returns:
        What it met; None when the message was taken.

    Raises:
        NotFound: no such robot within reach.
    """
    with store.reading(fresh=True) as session:
        row = session.execute(
            select(TeamChannel, Team.name)
            .join(Team, Team.id == TeamChannel.team_id)
            .where(TeamChannel.id == robot_id, TeamChannel.removed_at.is_(None), teams_of(who))
        ).first()
        if row is None:
            raise NotFound(entity="team_channel")
        channel, team, language = robot_of(row[0]), row[1], row[0].language
    title, body = (
        translate(language, f"notices.channel_test.{part}", team=team) for part in ("title", "body")
    )
    error = _met(channel, Letter(f"firebreak-test-{robot_id}", team, None, title, body, ""))
    record_test(store, who, robot_id, error)
    return error


def send_own_test(store: Store, who: Who, language: str) -> dict[str, str | None]:
    """Send a person a message by each channel that they want, at once; nothing is written.

    Returns:
        By channel, what it met; None where the message was taken.
    """
    with store.reading(fresh=True) as session:
        off, person = wishes_of(session, who).off, session.get(Person, who.person_id)
        if person is None:
            raise NotFound(entity="person")
        name, email = person.name, person.email
    title, body = (translate(language, f"notices.own_test.{part}") for part in ("title", "body"))
    letter = Letter(f"firebreak-test-{who.person_id}", name, email, title, body, "")
    by_name = configured(settings())
    return {channel: _met(by_name[channel], letter) for channel in by_name if channel not in off}


def _met(channel: Channel, letter: Letter) -> str | None:
    try:
        channel.send(letter)
    except Exception as error:  # whatever it met is what the person wants to know
        return str(error) or type(error).__name__
    return None


def _problems(kind: str, url: str, language: str) -> list[Problem]:
    problems = []
    if kind not in KINDS:
        problems.append(Problem("kind", "unknown_choice", {"value": kind}))
    elif not url.strip():
        problems.append(Problem("url", "required"))
    elif not leads_to_a_robot(kind, url.strip()):
        problems.append(Problem("url", "no_robot_address"))
    if language not in LANGUAGES:
        problems.append(Problem("language", "unknown_choice", {"value": language}))
    return problems


def _reached(tx: Tx, robot_id: int) -> TeamChannel:
    query = (
        select(TeamChannel)
        .join(Team, Team.id == TeamChannel.team_id)
        .where(TeamChannel.id == robot_id, TeamChannel.removed_at.is_(None), teams_of(tx.who))
    )
    row = tx.session.scalar(query)
    if row is None:
        raise NotFound(entity="team_channel")
    return row


def _silence(tx: Tx, row: TeamChannel) -> None:
    """What waits for it waits no longer."""
    mine = (Delivery.channel == f"{TEAM}{row.id}", Delivery.state == "waiting")
    tx.session.execute(update(Delivery).where(*mine).values(state="off"))


def _begin(tx: Tx, row: TeamChannel) -> None:
    """It carries what is posted from now on."""
    key = f"{SINCE}{TEAM}{row.id}"
    known = tx.session.get(Setting, key)
    if known is None:
        tx.session.add(Setting(key=key, value=tx.now.isoformat()))
    else:
        known.value = tx.now.isoformat()


def _said(at: time | None) -> str | None:
    return at.strftime("%H:%M") if at else None


def _told(row: NoticeWishes) -> dict[str, Any]:
    quiet = f"{row.quiet_from}–{row.quiet_to}" if row.quiet_from else None
    return {"channels_off": ", ".join(row.off), "quiet": quiet, "digest": row.digest_at}
