"""What customers and stores wait for: answers, dates that fit, deliveries (PRODUCT.md C1 to C6)."""

from sqlalchemy import and_, or_, select

from core.access import Permission, reach
from core.promises.sla import SlaState
from core.terms import Role
from data.queries.collaboration import causes as analyses
from data.queries.deliveries import DeliveryRow, Due, delivery_board, to_chase_up
from data.queries.deliveries import Show as Deliveries
from data.queries.demands import waiting
from data.queries.promise_board import conflicts as red_ahead
from data.queries.scope import customers
from data.queries.store_requests import Show as Requests
from data.queries.store_requests import pool
from data.queries.today_kinds.asked import Asked, Group, Kind, ToDo
from data.schema import Customer, Demand, DemandPause

_PROMISING = (Permission.MAKE_PROMISES, Permission.ANSWER_DEMANDS)


def demands(asked: Asked, most: int) -> Group:
    """Demands without product's answer whose clock runs: late ones first, then by when they are due."""
    rows = [row for row in waiting(asked.session, asked.who, asked.now) if row.state is not SlaState.PAUSED]
    todos = (
        ToDo(
            Kind.DEMAND,
            row.id,
            customer_id=row.customer_id,
            customer=row.customer,
            type=row.urgency,
            at=row.clock.due_at,
            words=row.words,
        )
        for row in rows[:most]
    )
    return Group(Kind.DEMAND, len(rows), tuple(todos))


def asked_back(asked: Asked, most: int) -> Group:
    """What product waits for, of demands that this person filed or of their customers: the oldest first."""
    own = asked.who.person_id
    query = (
        select(
            Demand.id,
            Demand.customer_id,
            Customer.name.label("customer"),
            DemandPause.started_at.label("at"),
            DemandPause.reason.label("words"),
        )
        .join(Customer, Customer.id == Demand.customer_id)
        .join(DemandPause, and_(DemandPause.demand_id == Demand.id, DemandPause.ended_at.is_(None)))
        .where(
            Demand.answered_at.is_(None),
            Demand.taken_back_at.is_(None),
            or_(Demand.filed_by == own, Customer.owner_id == own),
            customers(asked.who, Permission.FILE_DEMANDS),
        )
        .order_by(DemandPause.started_at, Demand.id)
    )
    return asked.group(Kind.ASKED_BACK, query, most)


def conflicts(asked: Asked, most: int) -> Group:
    """Promises that come before the plan, the widest gap first: one's own, the team's, all of product.

    An escalated conflict is the directors'; until then it is not.
    """
    if not any(reach(asked.who, permission) for permission in _PROMISING):
        return Group(Kind.CONFLICT, 0, ())
    found = red_ahead(asked.session, asked.who, asked.now)
    leads = asked.who.role is Role.DIRECTOR
    rows = [row for row in found if (row.escalated is not None) is leads]
    todos = (
        ToDo(
            Kind.CONFLICT,
            row.promise.id,
            customer_id=row.promise.customer_id,
            customer=row.promise.customer,
            on=row.promise.promised_on,
            words=row.promise.words,
            params={"planned_on": row.promise.planned_on},
        )
        for row in rows[:most]
    )
    return Group(Kind.CONFLICT, len(rows), tuple(todos))


def reported(asked: Asked, most: int) -> Group:
    """Deliveries with which the customer reported a problem, the oldest first."""
    rows = delivery_board(asked.session, asked.who, Deliveries.PROBLEM, asked.now).rows
    todos = (
        ToDo(
            Kind.REPORTED,
            row.id,
            customer_id=row.customer_id,
            customer=row.customer,
            at=row.seen.answered_at,
            words=row.title,
        )
        for row in rows[:most]
    )
    return Group(Kind.REPORTED, len(rows), tuple(todos))


def deliveries(asked: Asked, most: int) -> Group:
    """What is not ready though its day has come: the promised one, or the planned one where none was.

    What was called back is among it until a fresh link goes out.
    """
    board = delivery_board(asked.session, asked.who, Deliveries.DUE, asked.now)
    waiting_for: list[Due | DeliveryRow] = [*board.due, *board.rows]
    due = [todo for todo in map(_to_deliver, waiting_for) if todo.on and todo.on <= board.today]
    due.sort(key=lambda todo: (todo.on or board.today, todo.customer or ""))
    return Group(Kind.DELIVERY, len(due), tuple(due[:most]))


def _to_deliver(row: Due | DeliveryRow) -> ToDo:
    state = str(row.seen.state) if isinstance(row, DeliveryRow) else None
    about, number = _leads_to(row)
    return ToDo(
        Kind.DELIVERY,
        number,
        customer_id=row.customer_id,
        customer=row.customer,
        type=state,
        on=row.promised_on or row.planned_on or (row.there_on if isinstance(row, Due) else None),
        words=row.title,
        params={about: number},
    )


def _leads_to(row: Due | DeliveryRow) -> tuple[str, int]:
    if isinstance(row, DeliveryRow):
        return "delivery", row.id
    return ("promise", row.promise_id) if row.promise_id else ("demand", row.demand_id or 0)


def unconfirmed(asked: Asked, most: int) -> Group:
    """What is ready, but was never confirmed, and whose link has run out or is about to: the oldest first."""
    rows = to_chase_up(asked.session, asked.who, asked.now)
    todos = (
        ToDo(
            Kind.UNCONFIRMED,
            row.id,
            customer_id=row.customer_id,
            customer=row.customer,
            type=row.seen.state,
            at=row.seen.expires_at,
            on=row.promised_on,
            words=row.title,
        )
        for row in rows[:most]
    )
    return Group(Kind.UNCONFIRMED, len(rows), tuple(todos))


def store_requests(asked: Asked, most: int) -> Group:
    """Requests of the pool without an answer: those of most stores first."""
    rows = pool(asked.session, asked.who, Requests.OPEN).rows
    todos = (
        ToDo(
            Kind.STORE_REQUEST,
            row.id,
            type=row.urgency,
            at=row.asked[0].filed_at,
            person=row.asked[0].store,
            words=row.words,
            params={"stores": len(row.stores)},
        )
        for row in rows[:most]
    )
    return Group(Kind.STORE_REQUEST, len(rows), tuple(todos))


def causes(asked: Asked, most: int) -> Group:
    """Root-cause analyses in this person's hands, by the day on which they should be done."""
    found = analyses(asked.session, asked.who, asked.now)
    mine = [c for c in found if c.closed_at is None and c.owner_id == asked.who.person_id]
    todos = (
        ToDo(
            Kind.CAUSE, c.id, person=c.figure.name or "", type=str(c.figure.measure), on=c.due_on
        )
        for c in mine[:most]
    )  # fmt: skip
    return Group(Kind.CAUSE, len(mine), tuple(todos))
