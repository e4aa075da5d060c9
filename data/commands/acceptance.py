"""What a customer does with a link, without an account: answer it once (PRODUCT.md C4).

Nobody is signed in, so these are plain functions; an answer leaves its audit row all the same.
"""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.messages import Conflict, NotFound, Unavailable, refuse
from core.notices import Notice
from core.promises.acceptance import PROBLEM, SECOND, Door, Link
from core.promises.handover import AnswerInput, check_answer
from core.terms import Role
from data.commands.acceptance_links import close_links
from data.commands.outbox import post
from data.commands.sessions import fingerprint
from data.commands.webhook_events import Event, emit
from data.engine import Store
from data.queries.audit import CUSTOMERS
from data.queries.leads import active, leads, reached
from data.queries.public_links import flooded, throttled
from data.schema import AcceptanceAnswer, AcceptanceLink, AcceptanceMiss, Audit, Customer, CustomerDelivery


def answer_link(store: Store, token: str, given: AnswerInput) -> bool:
    """Take a customer's answer; False when the link's turn was answered before: that answer stands.

    Pressing twice, also at once, is one answer: the delivery's row is locked while one is taken.

    Raises:
        NotFound: no such link.
        Conflict: the link was called back, or its time is over.
        Invalid: a problem without words.
    """
    refuse(check_answer(given))
    now = store.clock()
    with store.writing() as session:
        link = _locked(session, token)
        taken = select(AcceptanceAnswer.id).where(
            AcceptanceAnswer.delivery_id == link.delivery_id, AcceptanceAnswer.turn == link.turn
        )
        answered = session.scalar(taken) is not None
        seen = Link(link.round, link.turn, link.created_at, link.expires_at, link.revoked_at)
        match seen.door(answered, now):
            case Door.ANSWERED:
                return False
            case Door.REVOKED | Door.EXPIRED as door:
                raise Conflict(f"link_{door}")
        row = session.get_one(CustomerDelivery, link.delivery_id)
        said = {"kind": given.kind, "text": given.text.strip(), "photo": given.photo}
        session.add(AcceptanceAnswer(delivery_id=row.id, round=link.round, turn=link.turn, at=now, **said))
        close_links(session, row.id, used_at=now)
        told = {"name": row.title, "answer": given.kind, "said": given.text.strip()}
        session.add(Audit(at=now, command=CUSTOMERS, entity="delivery", entity_id=row.id, after=told))
        post(session, now, _notices(session, row, link, given))
        if given.kind != PROBLEM:
            emit(session, now, [_confirmed(row, link)])
    return True


def count_miss(store: Store, address: str) -> None:
    """Count that somebody asked for a link that does not exist.

    Raises:
        Unavailable: too many of them, from this address or from all; nothing is counted then.
    """
    with store.writing() as session:
        now = store.clock()
        if throttled(session, address, now) or flooded(session, now):
            raise Unavailable("too_many_links")
        session.add(AcceptanceMiss(address=address, at=now))


def _locked(session: Session, token: str) -> AcceptanceLink:
    """The link, read after its delivery's row was locked."""
    known = AcceptanceLink.token_hash == fingerprint(token)
    delivery_id = session.scalar(select(AcceptanceLink.delivery_id).where(known))
    if delivery_id is None:
        raise NotFound(entity="link")
    session.execute(select(CustomerDelivery.id).where(CustomerDelivery.id == delivery_id).with_for_update())
    return session.scalars(select(AcceptanceLink).where(known)).one()


def _confirmed(row: CustomerDelivery, link: AcceptanceLink) -> Event:
    names = ("customer_id", "promise_id", "demand_id", "feature_id", "title")
    said = {"delivery_id": row.id, "round": link.round} | {name: getattr(row, name) for name in names}
    return Event("delivery.confirmed", row.id, said, str(link.turn))


def _notices(
    session: Session, row: CustomerDelivery, link: AcceptanceLink, given: AnswerInput
) -> Iterator[Notice]:
    """A problem is told to delivery, product and who leads; either is told to who owns and who sent."""
    customer, owner = session.execute(
        select(Customer.name, Customer.owner_id).where(Customer.id == row.customer_id)
    ).one()
    people = [row.person_id, owner]
    if given.kind == PROBLEM:
        people += [*active(session, Role.DELIVERY), *active(session, Role.PRODUCT)]
        people += leads(session, [row.customer_id])[row.customer_id]
    about = {"customer": customer, "title": row.title, "text": given.text.strip()}
    again = "_again" if link.round == SECOND and given.kind != PROBLEM else ""
    kind = f"delivery_{given.kind}{again}"
    for person_id in reached(session, people):
        yield Notice(
            person_id, kind, f"{kind}:{row.id}:{link.turn}", about, "deliveries", {"delivery": row.id}
        )
