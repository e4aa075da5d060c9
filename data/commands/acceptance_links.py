"""Links for customers: made, mailed and called back inside the command that wants it (PRODUCT.md C4).

A token's text is in the store only in the letter that waits to be sent; everywhere else its hash is.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.messages import Invalid, Problem
from core.promises.acceptance import SECOND, Standing
from core.promises.handover import LEAST_TOKEN
from data.channels import mails_customers
from data.commands.command import Tx
from data.commands.sessions import fingerprint
from data.jobs.registry import enqueue
from data.jsontext import to_json
from data.queries.policies import company_zone, is_demo, setting
from data.schema import AcceptanceLink, AcceptanceMail, Contact, CustomerDelivery
from data.settings import settings

MAIL_JOB = "acceptance_mail"


def new_token() -> str:
    """A link's secret: 256 bits that nobody guesses."""
    return secrets.token_urlsafe(32)


def send_link(tx: Tx, row: CustomerDelivery, round: int, turn: int, token: str) -> AcceptanceLink:
    """Make a link and, where mail reaches the contact, the letter that carries it.

    Raises:
        Invalid: a token that could be guessed.
    """
    expires_at = tx.now + timedelta(days=tx.policy.acceptance_days)
    return _link(tx, row, (round, turn), token, expires_at, "second" if round == SECOND else "first")


def send_reminder(tx: Tx, row: CustomerDelivery, round: int, turn: int, token: str, seen: Standing) -> None:
    """A second letter about the same turn: its link lives as long as the first, which stays good."""
    assert seen.expires_at is not None  # a reminder is of a link that is open
    _link(tx, row, (round, turn), token, seen.expires_at, "reminder")


def close_links(session: Session, delivery_id: int, **how: datetime) -> None:
    """Mark every open link of a delivery, and stop the letters that still wait to carry one.

    Args:
        how: `revoked_at` or `used_at`.
    """
    open_ones = (
        AcceptanceLink.delivery_id == delivery_id,
        AcceptanceLink.revoked_at.is_(None),
        AcceptanceLink.used_at.is_(None),
    )
    ids = session.scalars(select(AcceptanceLink.id).where(*open_ones)).all()
    session.execute(update(AcceptanceLink).where(AcceptanceLink.id.in_(ids)).values(**how))
    waiting = (AcceptanceMail.link_id.in_(ids), AcceptanceMail.state == "waiting")
    session.execute(update(AcceptanceMail).where(*waiting).values(state="dropped", token=None))


def mail_address(session: Session, row: CustomerDelivery) -> str | None:
    """Where the delivery's contact gets mail; None where no mail goes out or nobody can be reached.

    A demo company writes to nobody: its customers are invented.
    """
    if not mails_customers(settings()) or row.contact_id is None or is_demo(session):
        return None
    return session.scalar(select(Contact.email).where(Contact.id == row.contact_id)) or None


def _link(
    tx: Tx, row: CustomerDelivery, at: tuple[int, int], token: str, expires_at: datetime, kind: str
) -> AcceptanceLink:
    if len(token) < LEAST_TOKEN:
        raise Invalid([Problem("token", "required")])
    address = mail_address(tx.session, row)
    link = AcceptanceLink(
        delivery_id=row.id,
        round=at[0],
        turn=at[1],
        token_hash=fingerprint(token),
        language=row.language,
        sent_to=address,
        created_at=tx.now,
        expires_at=expires_at,
    )
    tx.session.add(link)
    tx.session.flush()
    if address:
        _post(tx, row, link, token, kind)
    return link


def _post(tx: Tx, row: CustomerDelivery, link: AcceptanceLink, token: str, kind: str) -> None:
    """The letter, and the run that sends it at once."""
    about = {
        "company": setting(tx.session, "company") or "",
        "title": row.title,
        "expires_at": link.expires_at,
        "zone": company_zone(tx.session),
    }
    letter = AcceptanceMail(
        link_id=link.id,
        kind=kind,
        address=link.sent_to,
        token=token,
        params=to_json(about),
        posted_at=tx.now,
        due_at=tx.now,
    )
    tx.session.add(letter)
    tx.session.flush()
    enqueue(tx.session, MAIL_JOB, tx.now, str(letter.id))
