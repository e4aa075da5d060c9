"""A demand's life: filed, paused while the customer is asked, answered by product with a plan or declined."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from core.access import Permission
from core.messages import Conflict, Invalid, NotFound, Problem, refuse
from core.promises.demands import (
    Anew,
    Answer,
    Decline,
    DemandInput,
    check_anew,
    check_answer,
    check_decline,
    check_demand,
    stands,
    was_there,
)
from data.commands.answers import (
    answered_so_far,
    end_answer,
    end_clock,
    running_pause,
    unanswered,
)
from data.commands.command import Tx, command
from data.commands.demand_notices import tell_asked
from data.commands.features import new_feature, not_kept, not_plannable, plan, planned_date, reached_feature
from data.commands.plan_notices import tell_moved
from data.commands.promise_sweep import promised_with, sweep_promises
from data.commands.room_work import Attachment
from data.commands.webhook_events import Event, emit
from data.jsontext import to_json
from data.queries.policies import company_day
from data.queries.promise_board import standing
from data.queries.scope import customers
from data.schema import Action, Contact, Customer, Demand, DemandAttachment, DemandPause, Opportunity, Promise
from data.schema.base import Revocable

MOST_FILES = 10  # of one demand


@command("demand.file", needs=Permission.FILE_DEMANDS)
def file_demand(tx: Tx, customer_id: int, demand: DemandInput, files: Sequence[Attachment] = ()) -> int:
    """File what a customer asked for, with files that were kept before; returns the demand's id.

    Raises:
        NotFound: no such customer within reach.
        Invalid: a value is wrong, too many files, or the contact or opportunity is another customer's.
    """
    reached_customer(tx, customer_id, Permission.FILE_DEMANDS)
    refuse([*check_demand(demand, tx.now), *_check_files(len(files))])
    belongs(tx, Contact, demand.contact_id, customer_id)
    belongs(tx, Opportunity, demand.opportunity_id, customer_id)
    row = Demand(
        customer_id=customer_id,
        opportunity_id=demand.opportunity_id,
        contact_id=demand.contact_id,
        filed_by=tx.who.person_id,
        words=demand.words,
        pain=demand.pain,
        metric=demand.effect.metric,
        effect_before=demand.effect.before,
        effect_after=demand.effect.after,
        unit=demand.effect.unit,
        urgency=demand.urgency,
        opened_at=demand.opened_at or tx.now,
        recorded_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    attached = {"files": [file.name for file in files]} if files else {}
    tx.session.add_all(_attachment(tx, row.id, file) for file in files)
    tx.audit("demand", row.id, after={"words": row.words, "urgency": row.urgency} | attached)
    about = {"demand_id": row.id, "customer_id": customer_id, "urgency": row.urgency, "pain": row.pain}
    emit(tx.session, tx.now, [Event("demand.filed", row.id, about)])
    return row.id


@command("demand.attach", needs=Permission.SEE_PROMISES)
def attach_file(tx: Tx, demand_id: int, file: Attachment) -> int:
    """Add a file that was kept before to a demand; returns the attachment's id.

    Raises:
        NotFound: no such demand within reach.
        Invalid: it has as many files as one may have.
    """
    within = customers(tx.who, Permission.SEE_PROMISES)
    known = select(Demand.id).join(Customer, Customer.id == Demand.customer_id)
    wanted = known.where(Demand.id == demand_id, within)
    if tx.session.scalar(wanted.with_for_update(of=Demand)) is None:  # who adds another file waits
        raise NotFound(entity="demand")
    held = select(func.count()).where(DemandAttachment.demand_id == demand_id)
    refuse(_check_files((tx.session.scalar(held) or 0) + 1))
    row = _attachment(tx, demand_id, file)
    tx.session.add(row)
    tx.session.flush()
    tx.audit("demand", demand_id, after={"files": [file.name]})
    return row.id


@command("demand.pause", needs=Permission.ANSWER_DEMANDS)
def pause_demand(tx: Tx, demand_id: int, reason: str) -> int:
    """Stop the clock: the customer is asked something, and whoever asked or promised is told what.

    Raises:
        NotFound: no such demand.
        Conflict: it is answered, taken back, or paused already.
        Invalid: no reason.
    """
    demand = unanswered(tx, demand_id)
    if running_pause(tx, demand_id) is not None:
        raise Conflict("already_paused")
    if not reason.strip():
        raise Invalid([Problem("reason", "reason_required")])
    pause = DemandPause(demand_id=demand.id, reason=reason, started_at=tx.now)
    tx.session.add(pause)
    tx.session.flush()
    tx.audit("demand", demand.id, after={"paused": reason})
    tell_asked(tx, demand, "demand_asked", turn=pause.id, reason=reason.strip())
    return demand.id


@command("demand.resume", needs=Permission.ANSWER_DEMANDS)
def resume_demand(tx: Tx, demand_id: int) -> int:
    """Let the clock run again.

    Raises:
        NotFound: no such demand.
        Conflict: it is answered, taken back, or not paused.
    """
    demand = unanswered(tx, demand_id)
    pause = running_pause(tx, demand_id)
    if pause is None:
        raise Conflict("not_paused")
    pause.ended_at = tx.now
    tx.audit("demand", demand.id, after={"resumed": True})
    return demand.id


@command("demand.answer", needs=Permission.ANSWER_DEMANDS)
def answer_demand(
    tx: Tx, demand_id: int, answer: Answer, feature_id: int | None = None, anew: Anew | None = None
) -> int:
    """Answer a demand with a feature and its planned date; returns the feature's id.

    One that was declined can be answered after all, one that was answered anew: whoever was told so is told,
    and its clock stays where the first answer ended it.

    Args:
        feature_id: a feature that is planned already; a new one when None.
        anew: that it replaces the answer that stands, and why.

    Raises:
        NotFound: no such demand or feature.
        Conflict: it was answered with a feature before, or taken back.
        Invalid: something that an answer needs is missing, or the plan is for a day that has passed or lies
            in a freeze.
    """
    demand = answered_so_far(tx, demand_id, anew) if anew else unanswered(tx, demand_id, declined=True)
    known = reached_feature(tx, feature_id) if feature_id else None
    moves = known is None or planned_date(tx, known.id) != answer.planned_on
    if known and not moves:
        unplannable = not_kept(tx, known.id, answer.planned_on)
    else:
        unplannable = not_plannable(tx, answer.planned_on, known.recorded_at if known else tx.now)
    refuse([*check_answer(answer), *check_anew(anew), *unplannable])
    feature = known or new_feature(tx, answer)
    planned = plan(tx, feature.id, answer.planned_on, answer.path) if moves else None
    end_clock(tx, demand)
    ended = end_answer(tx, demand, anew, feature.id) if anew else None
    demand.feature_id, demand.path, demand.resources = feature.id, answer.path, answer.resources
    after = {"feature": feature.name, "planned_on": answer.planned_on} | _why(anew)
    tx.audit("demand", demand.id, after=to_json(after))
    about = {"demand_id": demand.id, "customer_id": demand.customer_id, "feature_id": feature.id}
    told = about | {"planned_on": answer.planned_on}
    emit(tx.session, tx.now, [Event("demand.answered", demand.id, told, str(ended or ""))])
    answered = "demand_taken_up" if demand.declined_for else "demand_answered"
    kind = "demand_answered_anew" if ended else answered
    there = was_there(answer.planned_on, company_day(tx.session, tx.now))
    said = after | ({"there": True} if there else {})
    heard = tell_asked(tx, demand, kind, ended or 0, (), **said)
    sweep_promises(tx.session, tx.now, tx.policy, promised_with(feature.id), by=tx.who.person_id)
    if planned:
        tell_moved(tx, feature, planned, {demand.customer_id: heard})
    return feature.id


@command("demand.decline", needs=Permission.ANSWER_DEMANDS)
def decline_demand(tx: Tx, demand_id: int, decline: Decline, anew: Anew | None = None) -> int:
    """Answer a demand that it will not be done, and tell whoever asked or promised; returns its id.

    Args:
        anew: that it replaces the answer that stands, also that it was declined in other words, and why.

    Raises:
        NotFound: no such demand.
        Conflict: it was answered before, or taken back.
        Invalid: no reason or no words, or the customer was promised it and nobody above knows.
    """
    demand = answered_so_far(tx, demand_id, anew, declined=True) if anew else unanswered(tx, demand_id)
    again = demand.feature_id is None  # declined before: its reason or its words are put right
    promised = standing(tx.session, tx.who, demand_id, tx.now)
    refuse([*(stands(row.words) for row in promised), *check_decline(decline), *check_anew(anew)])
    end_clock(tx, demand)
    ended = end_answer(tx, demand, anew, None) if anew else None
    demand.feature_id = demand.path = demand.resources = None
    demand.declined_for, demand.reply = decline.reason, decline.reply.strip()
    after = {"declined_for": decline.reason, "reply": demand.reply}
    tx.audit("demand", demand.id, after=after | _why(anew))
    about = {"demand_id": demand.id, "customer_id": demand.customer_id, "declined_for": decline.reason}
    emit(tx.session, tx.now, [Event("demand.declined", demand.id, about, str(ended or ""))])
    corrected = "demand_decline_corrected" if again else "demand_declined_anew"
    kind = corrected if ended else "demand_declined"
    tell_asked(tx, demand, kind, ended or 0, (), **after, **_why(anew))
    if ended:
        sweep_promises(tx.session, tx.now, tx.policy, Promise.demand_id == demand.id, by=tx.who.person_id)
    return demand.id


def _why(anew: Anew | None) -> dict[str, str]:
    return {"reason": anew.reason.strip()} if anew else {}


def reached_customer(tx: Tx, customer_id: int, needs: Permission) -> None:
    """Refuse a customer out of the command's reach.

    Raises:
        NotFound: no such customer within reach.
    """
    allowed = customers(tx.who, needs)
    if tx.session.scalar(select(Customer.id).where(Customer.id == customer_id, allowed)) is None:
        raise NotFound(entity="customer")


def belongs(
    tx: Tx,
    table: type[Contact] | type[Opportunity] | type[Demand] | type[Promise] | type[Action],
    row_id: int | None,
    customer_id: int,
) -> None:
    """Refuse a contact, opportunity, demand, promise or action that is another customer's.

    Raises:
        Invalid: it is, it does not exist, or it was taken back.
    """
    if row_id is None:
        return
    row: Any = tx.session.get(table, row_id)
    if row is None or row.customer_id != customer_id:
        raise Invalid([Problem(table.__tablename__, "other_customer")])
    if isinstance(row, Revocable) and row.taken_back_at is not None:
        raise Invalid([Problem(table.__tablename__, "taken_back")])


def _check_files(count: int) -> list[Problem]:
    return [Problem("files", "too_many_files", {"limit": MOST_FILES})] if count > MOST_FILES else []


def _attachment(tx: Tx, demand_id: int, file: Attachment) -> DemandAttachment:
    named = {"file": file.sha256, "file_name": file.name}
    return DemandAttachment(demand_id=demand_id, person_id=tx.who.person_id, at=tx.now, **named)
