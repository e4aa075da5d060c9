"""Word to whoever takes something over in a morning meeting, and where it opens (PRODUCT.md D4)."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from core.access import Permission, Who
from core.notices import Notice
from core.reports.commitments import Proof
from data.commands.command import Tx
from data.jsontext import to_json
from data.queries.alerts import one_alert
from data.queries.scope import customers
from data.queries.sessions import who_of
from data.schema import Commitment, Customer, Opportunity, Person
from data.text import LANGUAGES, ended, translate

Where = tuple[str, dict[str, str | int]]


def notice_of(tx: Tx, row: Commitment, zone: str) -> Notice:
    """To whoever takes something over: what, at which customer, and the way to what it is about.

    Args:
        zone: of the team whose meeting it is.
    """
    owner = tx.session.get_one(Person, row.owner_id)
    about = {"what": _what(tx, row), "by": tx.who.name, "due_at": row.due_at, "zone": zone}
    where = _opens(tx, row, who_of(tx.session, owner, None))
    key = f"commitment:{row.id}:{tx.now.isoformat()}"  # a new time is told as well
    return Notice(row.owner_id, "commitment", key, to_json(about), *where)


def moved_notice(tx: Tx, row: Commitment, zone: str, before: datetime) -> Notice:
    """To whoever does it: it has another time, and which one no longer holds."""
    told = notice_of(tx, row, zone)
    return replace(told, kind="commitment_moved", params={**told.params, **to_json({"was_at": before})})


def dropped_notice(tx: Tx, row: Commitment) -> Notice:
    """To whoever was to do it: it is given up, and why."""
    about = {"what": _what(tx, row), "by": tx.who.name, "reason": row.drop_reason}
    key = f"commitment_dropped:{row.id}:{tx.now.isoformat()}"
    return Notice(row.owner_id, "commitment_dropped", key, to_json(about), "morning")


def _what(tx: Tx, row: Commitment) -> dict[str, str]:
    """At which customer what was agreed on, by language."""
    names = select(Customer.name).where(Customer.id == row.customer_id)
    if row.customer_id is None:
        names = select(Opportunity.name).where(Opportunity.id == row.opportunity_id)
    name = tx.session.scalar(names)
    return {
        language: translate(language, "notices.commitment.at", customer=name, what=ended(language, row.what))
        for language in LANGUAGES
    }


def _opens(tx: Tx, row: Commitment, owner: Who) -> Where:
    """What it is about, or its customer, as far as they see that; else their own day."""
    match row.expects, row.about:
        case Proof.PROMISE, int(promise) if _sees(tx, row, owner, Permission.SEE_PROMISES):
            return "promises", {"promise": promise}
        case Proof.DEMAND, int(demand) if _sees(tx, row, owner, Permission.SEE_PROMISES):
            return "demands", {"demand": demand}
        case Proof.ACTION | Proof.QUOTE, int(alert) if one_alert(tx.session, owner, alert, tx.now):
            return "alerts", {"alert": alert}
    if row.customer_id is not None and _sees(tx, row, owner, Permission.SEE_CUSTOMERS):
        return "customer", {"customer": row.customer_id}
    return "today", {}


def _sees(tx: Tx, row: Commitment, owner: Who, needs: Permission) -> bool:
    theirs = select(Customer.id).where(Customer.id == row.customer_id, customers(owner, needs))
    return tx.session.scalar(theirs) is not None
