"""From a draft to a record: opened from a link, submitted once, refused with everything typed still there."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import Permission, Who
from core.messages import AppError, Conflict, Invalid, NotFound, Problem, Unavailable
from core.process.sheet import NEW, Step, concerns, for_another, opening
from core.terms import Severity
from data.commands.drafts import reached_draft, refuse_draft, save_fields, start_draft
from data.commands.record_sending import carry_out
from data.commands.undo import undo
from data.engine import Store
from data.jsontext import to_json
from data.queries.named_customers import Named, named_customer
from data.queries.record import CustomerFacts, customer_facts, customer_of
from data.queries.record_begin import taken
from data.schema import Audit, Contact, Draft

KIND = "action"


@dataclass(frozen=True, slots=True)
class Link:
    """What an address asks for: `?customer=5&opportunity=7&type=solution_demo&action=9`, any part of it.

    Attributes:
        action: id of the planned action to write down.
        named: the customer by name or by another system's id, where no number says it.
    """

    customer: int | None = None
    opportunity: int | None = None
    action: int | None = None
    type: str | None = None
    named: Named | None = None


def open_record(store: Store, who: Who, link: Link) -> int:
    """The draft for a customer and opportunity: the one begun before, or a fresh, prefilled one; its id.

    Raises:
        NotFound: no such customer within reach.
        Conflict: the link names a customer, and several are called so.
    """
    with store.reading(fresh=True) as session:
        customer = _customer(session, who, link)
        facts, now = customer_facts(session, who, customer), store.clock()
        values = _prefilled(session, who, facts, link, now)
    return start_draft(store, who, KIND, values, lambda kept: _goes_on(kept, values, link))


def move_record(store: Store, who: Who, draft_id: int, link: Link) -> int:
    """A draft for another customer with what was typed in this one, which is gone then; its id.

    What only the first customer has stays behind: `core.process.sheet.for_another`.

    Raises:
        NotFound: no such draft, or no such customer within reach.
        Conflict: the draft was submitted already; or the link names a customer, and several are called so.
    """
    with store.batch() as session:
        draft = reached_draft(session, who, draft_id)
        if draft.body["sent"] is not None:
            raise Conflict("draft_sent")
        values, there = draft.body["values"], _customer(session, who, link)
        if there == values["customer"] and not link.action:
            return draft.id
        typed = for_another(values, draft.body["initial"], _contacts(session, values["customer"]))
        if link.action:  # says both by itself
            typed = {k: v for k, v in typed.items() if k not in ("type", "opportunity")}
        asked = replace(link, type=link.type or typed.get("type"))
        fresh = _prefilled(session, who, customer_facts(session, who, there), asked, store.clock())
        moved = start_draft(store, who, KIND, fresh, lambda _: False)
        save_record_fields(store, who, moved, typed)
        session.delete(draft)
        return moved


def _contacts(session: Session, customer: int) -> set[str]:
    return set(session.scalars(select(Contact.name).where(Contact.customer_id == customer)))


def _customer(session: Session, who: Who, link: Link) -> int:
    if link.customer:
        return link.customer
    if link.named is not None and link.named != Named():
        return named_customer(session, who, Permission.RECORD_ACTIONS, link.named)
    return customer_of(session, who, link.opportunity, link.action)


def save_record_fields(store: Store, who: Who, draft_id: int, values: dict[str, Any]) -> None:
    """Save fields of a record's draft."""
    save_fields(store, who, draft_id, values, concerns)


def submit_record(store: Store, who: Who, draft_id: int) -> None:
    """Carry a draft out, once; what it was refused for is kept with it.

    The new opportunity, the action and the draft's end are one transaction. A second submit waits for the
    first and finds the draft sent.
    """
    try:
        with store.batch() as session:
            draft = reached_draft(session, who, draft_id)
            if draft.body["sent"] is None:
                sent = carry_out(store, who, session, draft)
                draft.body = draft.body | {"sent": to_json(sent), "problems": []}
                draft.updated_at = store.clock()
    except Unavailable:  # nothing was refused: the draft is sent again as it is
        raise
    except AppError as error:
        found = error.problems if isinstance(error, Invalid) else [meanwhile(error)]
        problems = [p for p in found if p.severity is Severity.ERROR]  # the form says the others by itself
        if any(p.code == "step_gone" for p in problems):
            save_record_fields(store, who, draft_id, {"completes": None, "cancels": None})
        refuse_draft(store, who, draft_id, problems)


def take_back(store: Store, who: Who, draft_id: int) -> None:
    """Undo what a draft became and go on with the draft; an opportunity that it opened stays open.

    Raises:
        NotFound: no such draft, or the record is out of reach now.
        Conflict: the record was changed or undone since, or the draft was not sent.
    """
    with store.batch() as session:
        draft = reached_draft(session, who, draft_id)
        sent = draft.body["sent"]
        if sent is None or sent["audit"] is None:
            raise Conflict("cannot_undo")
        undone = session.get_one(Audit, undo(store, who, sent["audit"]))
        found = {"opportunity": sent["opportunity"], "completes": _planned_anew(undone)}
        values = draft.body["values"] | found
        back = {"audit": undone.id, "sent": sent, "values": values}
        draft.key, draft.body = uuid4().hex, draft.body | {"sent": None, "values": values, "back": back}
        draft.updated_at = store.clock()


def undo_change(store: Store, who: Who, audit_id: int) -> None:
    """Undo a change; what one's own record was made of is a draft again, and none once that is undone.

    Raises:
        NotFound, NotAllowed, Conflict: as `data.commands.undo.undo`.
    """
    own = select(Draft).where(Draft.person_id == who.person_id, Draft.kind == KIND)
    with store.reading(fresh=True) as session:
        sent = {(d.body["sent"] or {}).get("audit"): d.id for d in session.scalars(own)}
    if audit_id in sent:
        take_back(store, who, sent[audit_id])
        return
    with store.batch() as session:
        again = undo(store, who, audit_id)
        for draft in session.scalars(own):
            back = draft.body.get("back") or {}
            if back.get("audit") == audit_id and back["values"] == draft.body["values"]:
                draft.body = draft.body | {"sent": back["sent"] | {"audit": again}}


def _planned_anew(undone: Audit) -> int | None:
    """The step that the undone record had completed: undoing plans it again as another row."""
    also = (undone.after or {}).get("also", ())
    anew = {"entity": "action", "fields": {"voided_at": None}}
    return next((a["id"] for a in also if a == anew | {"id": a["id"]}), None)


def _prefilled(session: Session, who: Who, facts: CustomerFacts, link: Link, now: datetime) -> dict[str, Any]:
    opportunity = _chosen_opportunity(facts, link)
    step = _chosen_step(facts, link, opportunity, now)
    spans = taken(session, who, opportunity if isinstance(opportunity, int) else None, now)
    values = opening(now, who.timezone, type_=link.type, step=step, taken=spans)
    return values | {"customer": facts.id, "opportunity": opportunity}


def _goes_on(kept: dict[str, Any], fresh: dict[str, Any], link: Link) -> bool:
    """Whether a draft begun before is what the link asks for, not of another step, type or opportunity."""
    if kept.get("customer") != fresh["customer"]:
        return False
    if link.action:
        alike = all(kept.get(k) == fresh[k] for k in ("type", "opportunity"))
        return kept.get("completes") == link.action or (alike and kept.get("completes") is None)
    if link.type and kept.get("type") != link.type:
        return False
    return link.opportunity is None or kept.get("opportunity") in (link.opportunity, None)


def _chosen_opportunity(facts: CustomerFacts, link: Link) -> int | str | None:
    offered = [o.id for o in facts.opportunities]
    of_step = next((s.opportunity_id for s in facts.steps if s.id == link.action), None)
    if asked := of_step or link.opportunity:
        return asked
    if not offered:
        return NEW
    return offered[0] if len(offered) == 1 else None


def _chosen_step(
    facts: CustomerFacts, link: Link, opportunity: int | str | None, now: datetime
) -> Step | None:
    """The step that is named, or the one that is due: writing down what was planned is the usual case."""
    if link.action:
        return next((s for s in facts.steps if s.id == link.action), None)
    due = (s for s in facts.steps if s.opportunity_id == opportunity and s.planned_for <= now)
    return next((s for s in due if link.type in (None, s.type)), None)


_MEANWHILE: dict[str, Callable[[AppError], Problem]] = {
    "opportunity": lambda _: Problem("opportunity", "opportunity_gone"),
    "customer": lambda _: Problem("opportunity", "opportunity_gone"),
    "action": lambda _: Problem("completes", "step_gone"),
}


def meanwhile(error: AppError) -> Problem:
    """What changed under the person's hands, said at the field where they can answer it."""
    if isinstance(error, NotFound) and (say := _MEANWHILE.get(str(error.params.get("entity")))):
        return say(error)
    return Problem("opportunity", error.code, error.params)
