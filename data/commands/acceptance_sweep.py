"""By the clock: customers whose link is about to end are reminded, and asked again after a month (C4)."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import OPERATOR
from core.messages import Conflict
from core.notices import Notice
from core.policies import Policy
from core.promises.acceptance import CONFIRMED, SECOND, Standing, reminder_due, second_due
from data.commands.acceptance_links import mail_address, new_token
from data.commands.command import Command
from data.commands.deliveries import ask_again, remind
from data.commands.outbox import post
from data.engine import Store
from data.queries.acceptance import standings
from data.queries.leads import reached
from data.queries.policies import company_zone, policy_in_force
from data.schema import AcceptanceAnswer, AcceptanceLink, AcceptanceMail, Customer, CustomerDelivery


def sweep_acceptance(store: Store) -> int:
    """Look at every open link and every confirmation that has become old enough.

    Where mail reaches the contact the customer is written to; else whoever sent the delivery is told to
    ask. Safe to repeat: each turn is reminded once, and a second question is one turn.

    Returns:
        How many letters were written or people told.
    """
    done = 0
    for find, write, kind in (
        (_ending, remind, "delivery_unanswered"),
        (_old_enough, ask_again, "delivery_second_due"),
    ):
        with store.reading(fresh=True) as session:
            due = find(session, store.clock(), policy_in_force(session))
            mailed = {row.id for row, _ in due if mail_address(session, row)}
        for row, seen in due:
            if row.id in mailed:
                done += _written(store, write, row.id)
            if row.id not in mailed or kind == "delivery_unanswered":
                done += _told(store, row, seen, kind)
    return done


def _written(store: Store, write: Command[..., int], delivery_id: int) -> int:
    try:
        write(store, OPERATOR, delivery_id, new_token())
    except Conflict:  # answered, revoked or swept by another since we looked
        return 0
    return 1


def _told(store: Store, row: CustomerDelivery, seen: Standing, kind: str) -> int:
    with store.writing() as session:
        return post(session, store.clock(), _notices(session, row, seen, kind))


def _ending(session: Session, now: datetime, policy: Policy) -> list[tuple[CustomerDelivery, Standing]]:
    """Deliveries whose open link ends soon and of whose turn nobody was reminded."""
    reminded = (
        select(AcceptanceLink.delivery_id, AcceptanceLink.turn)
        .join(AcceptanceMail, AcceptanceMail.link_id == AcceptanceLink.id)
        .where(AcceptanceMail.kind == "reminder")
    )
    done = {tuple(pair) for pair in session.execute(reminded)}
    soon = (
        AcceptanceLink.expires_at > now,
        AcceptanceLink.expires_at <= now + timedelta(days=policy.acceptance_remind_days),
        AcceptanceLink.used_at.is_(None),
        AcceptanceLink.revoked_at.is_(None),
    )
    open_ones = session.execute(select(AcceptanceLink.delivery_id, AcceptanceLink.turn).where(*soon))
    ids = {d for d, turn in open_ones if (d, turn) not in done}
    return _due(
        session,
        now,
        ids,
        lambda s: reminder_due(s, policy.acceptance_days, policy.acceptance_remind_days, now),
    )


def _old_enough(session: Session, now: datetime, policy: Policy) -> list[tuple[CustomerDelivery, Standing]]:
    """Deliveries that were confirmed so long ago that the customer is asked again."""
    asked = select(AcceptanceLink.delivery_id).where(AcceptanceLink.round == SECOND)
    since = now - timedelta(days=policy.second_confirmation_days)
    confirmed = select(AcceptanceAnswer.delivery_id).where(
        AcceptanceAnswer.kind == CONFIRMED,
        AcceptanceAnswer.at <= since,
        AcceptanceAnswer.delivery_id.not_in(asked),
    )
    days = policy.second_confirmation_days
    return _due(session, now, set(session.scalars(confirmed)), lambda s: second_due(s, days, now))


def _due(
    session: Session, now: datetime, ids: set[int], is_due: Callable[[Standing], bool]
) -> list[tuple[CustomerDelivery, Standing]]:
    chosen = CustomerDelivery.id.in_(ids)
    seen = standings(session, now, chosen)
    rows = session.scalars(select(CustomerDelivery).where(chosen).order_by(CustomerDelivery.id))
    return [(row, seen[row.id]) for row in rows if is_due(seen[row.id])]


def _notices(session: Session, row: CustomerDelivery, seen: Standing, kind: str) -> Iterator[Notice]:
    """To whoever sent it and to the customer's owner; to delivery where both have left."""
    customer, owner = session.execute(
        select(Customer.name, Customer.owner_id).where(Customer.id == row.customer_id)
    ).one()
    about = {
        "customer": customer,
        "title": row.title,
        "expires_at": seen.expires_at,
        "zone": company_zone(session),
    }
    if seen.second and kind == "delivery_unanswered":
        kind = "delivery_unanswered_again"
    key = f"{kind}:{row.id}:{seen.ready_at:%Y%m%d}"
    for person_id in reached(session, (row.person_id, owner)):
        yield Notice(person_id, kind, key, about, "deliveries", {"delivery": row.id})
