"""Letters to customers: sent once they wait, tried again, given up aloud; their link's text goes with them.

A letter that was sent and not marked (a kill in between) is sent again under the same key.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from core.notices import Notice
from core.promises.acceptance import SECOND, Door, Link
from data.channels import Channel, Letter, Permanent, Refused, configured
from data.commands.acceptance_links import MAIL_JOB
from data.commands.outbox import post
from data.engine import Store
from data.jobs.leases import free
from data.jobs.patience import wait_after
from data.jobs.registry import Run, job
from data.notices import sentence
from data.queries.leads import reached
from data.schema import AcceptanceLink, AcceptanceMail, Contact, Customer, CustomerDelivery
from data.settings import settings

NAME = MAIL_JOB
LEASE = timedelta(minutes=2)
TRIES = 24  # outlasts a mail server that is down for a day
FIRST_RETRY = timedelta(minutes=1)
_log = logging.getLogger(__name__)


@job(NAME)
def send_waiting(store: Store, run: Run) -> None:
    """Send what waits; enqueued with each letter, and by the clock for those that are tried again."""
    channel = configured(settings()).get("mail")
    if channel is not None:
        run.say(f"{send_letters(store, channel)}")


@dataclass(frozen=True, slots=True)
class Taken:
    """A letter that this worker holds; `letter` None when its link is closed by now."""

    id: int
    attempt: int
    letter: Letter | None


def send_letters(store: Store, channel: Channel, limit: int = 200) -> int:
    """Send waiting letters; returns how many were tried. Stops at a channel that is down for the moment."""
    for n in range(limit):
        taken = _take(store)
        if taken is None or not _sent(store, channel, taken):
            return n
    return limit


def _sent(store: Store, channel: Channel, taken: Taken) -> bool:
    """Send one letter; False where the channel is down."""
    if taken.letter is None:
        _mark(store, taken, state="dropped", token=None)
        return True
    try:
        channel.send(taken.letter)
    except Permanent as error:
        _dead(store, taken, str(error))
    except Exception as error:  # a channel may fail in any way; the letter is tried again
        _log.warning("letter %d failed, attempt %d: %s", taken.id, taken.attempt, type(error).__name__)
        _again(store, taken, type(error).__name__)
        return isinstance(error, Refused) or not isinstance(error, OSError)  # what is down fails as OSError
    else:
        _mark(store, taken, state="sent", sent_at=store.clock(), token=None, error=None)
    return True


def _waiting(now: datetime) -> ColumnElement[bool]:
    row = AcceptanceMail
    return and_(row.state == "waiting", row.due_at <= now, free(row.leased_until, now, LEASE))


def _take(store: Store) -> Taken | None:
    now = store.clock()
    while True:
        with store.writing() as session:
            found = session.execute(
                select(AcceptanceMail, AcceptanceLink, Contact.name)
                .join(AcceptanceLink, AcceptanceLink.id == AcceptanceMail.link_id)
                .join(CustomerDelivery, CustomerDelivery.id == AcceptanceLink.delivery_id)
                .outerjoin(Contact, Contact.id == CustomerDelivery.contact_id)
                .where(_waiting(now))
                .order_by(AcceptanceMail.due_at, AcceptanceMail.id)
                .limit(1)
            ).first()
            if found is None:
                return None
            mail, link, person = found
            attempt, letter = mail.attempts + 1, _letter(mail, link, person or "", now)
            mine = (AcceptanceMail.id == mail.id, AcceptanceMail.attempts == mail.attempts, _waiting(now))
            values = {"attempts": attempt, "leased_until": now + LEASE}
            done: Any = session.execute(update(AcceptanceMail).where(*mine).values(values))
            if done.rowcount == 1:
                return Taken(mail.id, attempt, letter)


def _letter(mail: AcceptanceMail, link: AcceptanceLink, person: str, now: datetime) -> Letter | None:
    seen = Link(link.round, link.turn, link.created_at, link.expires_at, link.revoked_at)
    if mail.token is None or seen.door(link.used_at is not None, now) is not Door.OPEN:
        return None
    again = "_second" if mail.kind == "reminder" and link.round == SECOND else ""
    kind = f"customer_{mail.kind}{again}"
    title, body = sentence(link.language, kind, {**mail.params, "person": person})
    url = f"{settings().public_url.rstrip('/')}/confirm/{mail.token}"
    key = f"firebreak-acceptance-{mail.id}-{mail.posted_at.timestamp():.0f}"
    return Letter(key, person, mail.address, title, body, url)


def _again(store: Store, taken: Taken, why: str) -> None:
    if taken.attempt >= TRIES:
        _dead(store, taken, why)
        return
    due_at = store.clock() + wait_after(taken.attempt, FIRST_RETRY)
    _mark(store, taken, due_at=due_at, leased_until=None, error=why)


def _dead(store: Store, taken: Taken, why: str) -> None:
    """Give a letter up and, in the same transaction, tell whoever sent the delivery, or delivery where they
    have left, so that the link goes another way."""
    now = store.clock()
    with store.writing() as session:
        _marked(session, taken, state="dead", token=None, error=why)
        row, customer, address = session.execute(
            select(CustomerDelivery, Customer.name, AcceptanceMail.address)
            .join(AcceptanceLink, AcceptanceLink.delivery_id == CustomerDelivery.id)
            .join(AcceptanceMail, AcceptanceMail.link_id == AcceptanceLink.id)
            .join(Customer, Customer.id == CustomerDelivery.customer_id)
            .where(AcceptanceMail.id == taken.id)
        ).one()
        about = {"customer": customer, "title": row.title, "address": address, "error": why}
        key = f"delivery_mail_failed:{taken.id}"
        page = ("deliveries", {"delivery": row.id})
        people = reached(session, [row.person_id])
        post(session, now, [Notice(p, "delivery_mail_failed", key, about, *page) for p in people])


def _mark(store: Store, taken: Taken, **values: object) -> None:
    with store.writing() as session:
        _marked(session, taken, **values)


def _marked(session: Session, taken: Taken, **values: object) -> None:
    mine = (
        AcceptanceMail.id == taken.id,
        AcceptanceMail.attempts == taken.attempt,
        AcceptanceMail.state == "waiting",
    )
    session.execute(update(AcceptanceMail).where(*mine).values(values))
