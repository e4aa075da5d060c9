"""Which demands can be answered, and what an answer ends: the clock, or the answer before (PRODUCT.md C2)."""

from sqlalchemy import func, select, update

from core.messages import Conflict, NotFound
from core.promises.demands import Anew
from data.commands.command import Tx
from data.queries.taken_back import handed_over
from data.schema import Demand, DemandPause, EarlierAnswer, Promise


def unanswered(tx: Tx, demand_id: int, *, declined: bool = False) -> Demand:
    """A demand without an answer; also one whose answer is that it will not be done, if `declined`."""
    demand = tx.session.get(Demand, demand_id, with_for_update=True)
    if demand is None:
        raise NotFound(entity="demand")
    if demand.taken_back_at is not None:
        raise Conflict("taken_back")
    if demand.answered_at is not None and not (declined and demand.declined_for and not demand.feature_id):
        raise Conflict("already_answered")
    return demand


def answered_so_far(tx: Tx, demand_id: int, anew: Anew, *, declined: bool = False) -> Demand:
    """A demand whose answer can be given anew, held until the command ends; also one declined, if `declined`.

    Raises:
        NotFound: no such demand.
        Conflict: it has no answer or is declined, somebody else answered it anew, or after all, meanwhile, or
            something was marked ready for the customer.
    """
    demand = tx.session.get(Demand, demand_id, with_for_update=True)
    if demand is None:
        raise NotFound(entity="demand")
    stands = declined or demand.feature_id is not None or not demand.declined_for
    if demand.answered_at is None or not stands:
        raise Conflict("not_answered")
    before = select(func.count()).where(EarlierAnswer.demand_id == demand_id)
    after_all = anew.corrects and demand.feature_id is not None
    if after_all or (anew.after is not None and tx.session.scalar(before) != anew.after):
        raise Conflict("already_answered")
    if handed_over(tx.session, demand_id):
        raise Conflict("handed_over")
    return demand


def end_answer(tx: Tx, demand: Demand, anew: Anew, feature_id: int | None) -> int:
    """Keep the answer that stands as an earlier one; returns its id there.

    What the customer was promised of the demand goes over to the feature that answers it now.
    """
    row = EarlierAnswer(
        demand_id=demand.id,
        feature_id=demand.feature_id,
        path=demand.path,
        resources=demand.resources,
        declined_for=demand.declined_for,
        reply=demand.reply,
        reason=anew.reason.strip(),
        person_id=tx.who.person_id,
        ended_at=tx.now,
    )
    tx.session.add(row)
    if demand.feature_id is not None:
        kept = Promise.demand_id == demand.id, Promise.feature_id == demand.feature_id
        tx.session.execute(update(Promise).where(*kept).values(feature_id=feature_id))
    tx.session.flush()
    return row.id


def end_clock(tx: Tx, demand: Demand) -> None:
    if pause := running_pause(tx, demand.id):
        pause.ended_at = tx.now
    demand.answered_at = demand.answered_at or tx.now


def running_pause(tx: Tx, demand_id: int) -> DemandPause | None:
    running = select(DemandPause).where(DemandPause.demand_id == demand_id, DemandPause.ended_at.is_(None))
    return tx.session.scalars(running).first()
