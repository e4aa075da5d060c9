"""What a customer answered to product's question, passed on by whoever asked them (PRODUCT.md C1)."""

from core.access import Permission
from core.messages import Conflict, Invalid, NotFound, Problem
from core.notices import Notice
from core.terms import Role
from data.commands.answers import running_pause, unanswered
from data.commands.command import Tx, command
from data.commands.demand_notices import brief
from data.commands.demands import reached_customer
from data.commands.outbox import post
from data.queries.leads import active
from data.schema import Customer, Demand


@command("demand.pass_on", needs=Permission.FILE_DEMANDS)
def pass_on(tx: Tx, demand_id: int, answer: str) -> int:
    """Keep what the customer answered, tell product, and let the clock run again; returns the demand's id.

    Raises:
        NotFound: no such demand within reach.
        Conflict: it is answered, taken back, or not paused.
        Invalid: nothing is said.
    """
    known = tx.session.get(Demand, demand_id)
    if known is None:
        raise NotFound(entity="demand")
    reached_customer(tx, known.customer_id, Permission.FILE_DEMANDS)
    demand = unanswered(tx, demand_id)
    pause = running_pause(tx, demand_id)
    if pause is None:
        raise Conflict("not_paused")
    said = answer.strip()
    if not said:
        raise Invalid([Problem("answer", "required")])
    pause.ended_at, pause.answer, pause.answered_by = tx.now, said, tx.who.person_id
    tx.audit("demand", demand.id, after={"customer_answered": said})
    customer = tx.session.get_one(Customer, demand.customer_id).name
    about = {"customer": customer, "words": brief(demand.words), "answer": said}
    told = ("demand_told_back", f"demand_told_back:{pause.id}", about, "demands", {"demand": demand.id})
    post(tx.session, tx.now, [Notice(person_id, *told) for person_id in active(tx.session, Role.PRODUCT)])
    return demand.id
