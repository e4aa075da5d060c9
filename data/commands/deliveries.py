"""A delivery's life inside the house: marked ready, sent again, called back, asked about a second time."""

from typing import Any

from sqlalchemy import func, select

from core.access import Permission
from core.messages import Conflict, NotFound, refuse
from core.notices import Notice
from core.promises.acceptance import (
    FIRST,
    SECOND,
    Stand,
    Standing,
    may_revoke,
    may_send,
    reminder_due,
    second_due,
)
from core.promises.handover import DeliveryInput, check_delivery
from data.commands.acceptance_links import close_links, send_link, send_reminder
from data.commands.command import Tx, command
from data.commands.demand_notices import sees
from data.commands.demands import belongs, reached_customer
from data.commands.outbox import post
from data.jsontext import to_json
from data.queries.acceptance import standings
from data.schema import (
    AcceptanceLink,
    AcceptanceMail,
    Contact,
    Customer,
    CustomerDelivery,
    Demand,
    Feature,
    Person,
    Promise,
    StoredFile,
)
from data.text import LANGUAGES


@command("delivery.mark_ready", needs=Permission.SEND_DELIVERIES)
def mark_ready(tx: Tx, customer_id: int, delivery: DeliveryInput, token: str) -> int:
    """Mark something ready: the customer's link is made, and mailed, in the same transaction.

    Args:
        token: the link's secret (`new_token`); the caller alone knows it and can show the link.

    Raises:
        NotFound: no such customer, feature or video.
        Conflict: it was marked ready before: send it again instead.
        Invalid: a value is wrong, or something is another customer's.
    """
    reached_customer(tx, customer_id, Permission.SEND_DELIVERIES)
    _check(tx, customer_id, delivery)
    _first_time(tx, delivery)
    row = CustomerDelivery(
        customer_id=customer_id,
        promise_id=delivery.promise_id,
        demand_id=delivery.demand_id,
        feature_id=delivery.feature_id or _feature(tx, delivery),
        person_id=tx.who.person_id,
        ready_at=tx.now,
    )
    _fill(row, delivery)
    tx.session.add(row)
    tx.session.flush()
    send_link(tx, row, FIRST, 1, token)
    tx.audit("delivery", row.id, after=_picture(row))
    return row.id


@command("delivery.renew", needs=Permission.SEND_DELIVERIES)
def renew_delivery(tx: Tx, delivery_id: int, token: str, delivery: DeliveryInput | None = None) -> int:
    """Send a fresh link; earlier ones stop working. After a problem it says: look again, it is mended.

    Args:
        delivery: other words, contact or video, e.g. what was mended; as before when None.

    Raises:
        NotFound: no such delivery.
        Conflict: the customer has confirmed it, and is asked nothing more.
        Invalid: a value is wrong.
    """
    row, seen = _locked(tx, delivery_id)
    if not may_send(seen):
        raise Conflict("delivery_confirmed")
    if delivery is not None:
        _check(tx, row.customer_id, delivery)
        _fill(row, delivery)
    round, turn = _latest(tx, delivery_id)
    close_links(tx.session, delivery_id, revoked_at=tx.now)
    anew = seen.state in (Stand.PROBLEM, Stand.REVOKED)  # it is ready from now on
    send_link(tx, row, round, turn + anew, token)
    tx.audit("delivery", delivery_id, after=_picture(row))
    return delivery_id


@command("delivery.revoke", needs=Permission.SEND_DELIVERIES)
def revoke_delivery(tx: Tx, delivery_id: int, reason: str) -> int:
    """Call the open links back; letters that wait are not sent. Who relies on what was ready is told.

    Raises:
        NotFound: no such delivery.
        Conflict: there is no open link.
    """
    row, seen = _locked(tx, delivery_id)
    if not may_revoke(seen):
        raise Conflict("no_open_link")
    close_links(tx.session, delivery_id, revoked_at=tx.now)
    tx.audit("delivery", delivery_id, after={"name": row.title, "reason": reason.strip()})
    if not seen.delivered:  # of a second question alone, it stays delivered
        _tell_called_back(tx, row, reason.strip())
    return delivery_id


@command("delivery.ask_again", needs=Permission.SEND_DELIVERIES)
def ask_again(tx: Tx, delivery_id: int, token: str) -> int:
    """Ask the customer a second time whether it is still usable.

    Raises:
        NotFound: no such delivery.
        Conflict: it is too early, or was asked: send a fresh link instead.
    """
    row, seen = _locked(tx, delivery_id)
    if not second_due(seen, tx.policy.second_confirmation_days, tx.now):
        raise Conflict("not_yet_again")
    _, turn = _latest(tx, delivery_id)
    send_link(tx, row, SECOND, turn + 1, token)
    tx.audit("delivery", delivery_id, after={"name": row.title})
    return delivery_id


@command("delivery.remind", needs=Permission.SEND_DELIVERIES)
def remind(tx: Tx, delivery_id: int, token: str) -> int:
    """Write to a customer whose link is about to end without an answer.

    Raises:
        NotFound: no such delivery.
        Conflict: there is no link that is about to end, or the customer was reminded of it.
    """
    row, seen = _locked(tx, delivery_id)
    if not reminder_due(seen, tx.policy.acceptance_days, tx.policy.acceptance_remind_days, tx.now):
        raise Conflict("no_open_link")
    round, turn = _latest(tx, delivery_id)
    if _reminded(tx, delivery_id, turn):
        raise Conflict("already_reminded")
    send_reminder(tx, row, round, turn, token, seen)
    tx.audit("delivery", delivery_id, after={"name": row.title})
    return delivery_id


def _tell_called_back(tx: Tx, row: CustomerDelivery, reason: str) -> None:
    """To whoever marked it ready, looks after the customer or promised it, but not to whoever did it."""
    customer = tx.session.get_one(Customer, row.customer_id)
    promised = tx.session.get(Promise, row.promise_id) if row.promise_id else None
    people = {row.person_id, customer.owner_id, promised.person_id if promised else None}
    people -= {None, tx.who.person_id}
    here = select(Person).where(Person.id.in_(people), Person.active).order_by(Person.id)
    about = {"customer": customer.name, "title": row.title, "by": tx.who.name, "text": reason}
    kind = "delivery_called_back"
    said = kind, f"{kind}:{row.id}:{_latest(tx, row.id)[1]}", about, "deliveries", {"delivery": row.id}
    reached = [person.id for person in tx.session.scalars(here) if sees(tx.session, person, customer.id)]
    post(tx.session, tx.now, [Notice(person_id, *said) for person_id in reached])


def _locked(tx: Tx, delivery_id: int) -> tuple[CustomerDelivery, Standing]:
    row = tx.session.get(CustomerDelivery, delivery_id, with_for_update=True)
    if row is None:
        raise NotFound(entity="delivery")
    return row, standings(tx.session, tx.now, CustomerDelivery.id == delivery_id)[delivery_id]


def _latest(tx: Tx, delivery_id: int) -> tuple[int, int]:
    """Round and turn of the latest link."""
    newest = select(AcceptanceLink.round, AcceptanceLink.turn).where(
        AcceptanceLink.delivery_id == delivery_id
    )
    found = tx.session.execute(newest.order_by(AcceptanceLink.id.desc()).limit(1)).one()
    return found.round, found.turn


def _reminded(tx: Tx, delivery_id: int, turn: int) -> bool:
    """Whether a reminder of this turn was written; asked while the delivery is locked."""
    letters = (
        select(func.count(AcceptanceMail.id))
        .join(AcceptanceLink, AcceptanceLink.id == AcceptanceMail.link_id)
        .where(AcceptanceMail.kind == "reminder")
        .where(AcceptanceLink.delivery_id == delivery_id, AcceptanceLink.turn == turn)
    )
    return bool(tx.session.scalar(letters))


def _check(tx: Tx, customer_id: int, delivery: DeliveryInput) -> None:
    refuse(check_delivery(delivery, tuple(LANGUAGES)))
    belongs(tx, Contact, delivery.contact_id, customer_id)
    belongs(tx, Promise, delivery.promise_id, customer_id)
    belongs(tx, Demand, delivery.demand_id, customer_id)
    if delivery.feature_id is not None and tx.session.get(Feature, delivery.feature_id) is None:
        raise NotFound(entity="feature")
    if delivery.video is not None and tx.session.get(StoredFile, delivery.video) is None:
        raise NotFound(entity="file")


def _first_time(tx: Tx, delivery: DeliveryInput) -> None:
    """Two who mark the same promise or demand ready at once wait for one another here.

    A demand may be promised more than once, and each promise is delivered by itself.
    """
    for table, column, value in (
        (Promise, CustomerDelivery.promise_id, delivery.promise_id),
        (Demand, CustomerDelivery.demand_id, None if delivery.promise_id else delivery.demand_id),
    ):
        if value is None:
            continue
        row: Any = tx.session.get(table, value, with_for_update=True)
        if row is not None and row.taken_back_at is not None:
            raise Conflict("taken_back")
        if tx.session.scalar(select(func.count()).where(column == value)):
            raise Conflict("already_ready")


def _fill(row: CustomerDelivery, delivery: DeliveryInput) -> None:
    row.title, row.note = delivery.title.strip(), delivery.note.strip()
    row.contact_id, row.language = delivery.contact_id, delivery.language
    row.video, row.video_url = delivery.video, delivery.video_url.strip()


def _feature(tx: Tx, delivery: DeliveryInput) -> int | None:
    """The feature that answers the promise, or its demand."""
    promised = tx.session.get(Promise, delivery.promise_id) if delivery.promise_id else None
    if promised is not None and promised.feature_id is not None:
        return promised.feature_id
    demand_id = delivery.demand_id or (promised.demand_id if promised else None)
    return tx.session.scalar(select(Demand.feature_id).where(Demand.id == demand_id))


def _picture(row: CustomerDelivery) -> dict[str, object]:
    """What the audit keeps: what was sent to whom, never the link."""
    return dict(to_json({"name": row.title, "note": row.note, "contact_id": row.contact_id}))
