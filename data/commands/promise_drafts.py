"""From a draft to a promise or to product's answer: what was typed survives a reload, and is sent once."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import Who
from core.messages import Invalid, NotFound, Problem
from core.promises.demands import Answer
from core.promises.sheet import BROUGHT, concerns, read_anew, read_answer, read_decline, read_promise
from core.promises.sla import SlaState
from data.commands.demands import answer_demand, decline_demand
from data.commands.drafts import save_fields, start_draft, submit_draft
from data.commands.promises import make_promise
from data.engine import Store
from data.queries.demand_file import demand_file, feature_choices
from data.queries.promise_file import PromiseDesk, promise_desk
from data.queries.promise_origins import KIND, customer_in, hearer, origins
from data.schema import Draft, Promise, PromisedDate

ANSWER = "answer"
DECLINE = "decline"  # a way of answering, beside a new feature and a known one


def open_promise(
    store: Store,
    who: Who,
    customer: int | None,
    demand: int | None = None,
    action: int | None = None,
    again: int | None = None,
) -> int:
    """The draft of a promise to a customer, from a demand or an action of theirs; its id.

    Args:
        again: a promise to them that is recorded anew: a fresh draft begins with what it says.

    Raises:
        NotFound: no such customer, or action of a customer, within reach, or no such promise to them.
    """
    with store.reading(fresh=True) as session:
        number = customer_in(session, who, action) if action else customer or 0
        desk = promise_desk(session, who, number)
        values: dict[str, Any] = {"customer": number, "demand": demand, "action": action, "again": again}
        if again is None:
            values["contact"] = hearer(session, number, demand, action)
        else:
            values |= _said_before(session, who, desk, again)
    begins = ("customer", "demand", "action", "again") if again is None else ("customer", "again")

    def same(kept: dict[str, Any]) -> bool:
        return all(kept.get(name) == values[name] for name in begins)

    return start_draft(store, who, KIND, values, same)


def _said_before(session: Session, who: Who, desk: PromiseDesk, promise_id: int) -> dict[str, Any]:
    theirs = select(Promise).where(Promise.id == promise_id, Promise.customer_id == desk.id)
    row = session.scalar(theirs)
    if row is None:
        raise NotFound(entity="promise")
    dates = select(PromisedDate.promised_on).where(PromisedDate.promise_id == row.id)
    promised_on = session.scalars(dates.order_by(PromisedDate.id.desc())).first()
    heard_in = origins(session, who, desk.id, row.action_id)
    return {
        "words": row.words,
        "promised_on": promised_on.isoformat() if promised_on else None,
        "contact": row.contact_id,
        "demand": row.demand_id if row.demand_id in desk.demands else None,
        "action": row.action_id if row.action_id in heard_in else None,
    }


def save_promise_fields(store: Store, who: Who, draft_id: int, values: dict[str, Any]) -> None:
    """Save fields of a promise's or an answer's draft; to decline needs nothing that other answers need."""
    settles = concerns if values.get("way") != DECLINE else lambda *_: True
    turned = _turned(store, who, draft_id, values["way"]) if "way" in values else {}
    save_fields(store, who, draft_id, turned | values, settles)


def _turned(store: Store, who: Who, draft_id: int, way: str) -> dict[str, Any]:
    """What the answer before said makes room for what a planned feature brings along, and comes back."""
    mine = select(Draft.body).where(Draft.id == draft_id, Draft.person_id == who.person_id)
    with store.reading(fresh=True) as session:
        body = session.scalar(mine) or {"initial": {}, "values": {}}
    begun = {name: body["initial"][name] for name in BROUGHT if body["initial"].get(name)}
    if way == "known":
        return {name: None for name, said in begun.items() if body["values"].get(name) == said}
    return {name: said for name, said in begun.items() if body["values"].get(name) is None}


def submit_promise(store: Store, who: Who, draft_id: int) -> None:
    """Record a draft's promise, once; what it was refused for is kept with it."""

    def carry_out(draft: Draft) -> dict[str, int]:
        values = draft.body["values"]
        made = make_promise.once(store, who, draft.key, values["customer"], read_promise(values))
        return {"promise": made, "customer": values["customer"]}

    submit_draft(store, who, draft_id, "customer", carry_out)


def open_answer(store: Store, who: Who, demand_id: int, after: int | None = None) -> int:
    """The draft of an answer to a demand; its id.

    One given anew begins with the kind of deliverable of the answer before: its path and resources are those
    of the feature that gives way. One after all, where an answer was declined again, begins with all three. A
    decline put right begins with what was said.

    Args:
        after: of an answer that replaces the one that stands, how many stood before that one.

    Raises:
        NotFound: no such demand within reach.
    """
    with store.reading(fresh=True) as session:
        file = demand_file(session, who, demand_id, store.clock())
    values: dict[str, Any] = {"demand": demand_id}
    if after is not None:
        values["after"] = after
    ended = next((one for one in reversed(file.earlier) if one.feature), None)
    corrects = after is not None and file.row.state is SlaState.DECLINED
    if corrects:
        said = {"reason": file.row.declined_for, "reply": file.row.reply}
        values |= {"way": DECLINE, "corrects": True} | said
    elif after is not None:
        values["deliverable"] = file.deliverable
    elif ended:
        values |= {"path": ended.path, "resources": ended.resources, "deliverable": ended.deliverable}
    return start_draft(
        store,
        who,
        ANSWER,
        values,
        lambda kept: (
            (kept.get("demand"), kept.get("after"), kept.get("corrects", False))
            == (demand_id, after, corrects)
        ),
    )


def submit_answer(store: Store, who: Who, draft_id: int) -> None:
    """Send a draft's answer, once; what it was refused for is kept with it."""

    def carry_out(draft: Draft) -> dict[str, int]:
        values = draft.body["values"]
        if values.get("way") == DECLINE:
            decline = read_decline(values)
            declined = decline_demand.once(
                store, who, draft.key, values["demand"], decline, read_anew(values)
            )
            return {"demand": declined}
        known = _known(store, who, values)
        answer = read_answer(values, known[1] if known else None)
        feature = answer_demand.once(
            store, who, draft.key, values["demand"], answer, known[0] if known else None, read_anew(values)
        )
        return {"demand": values["demand"], "feature": feature}

    submit_draft(store, who, draft_id, "path", carry_out)


def _known(store: Store, who: Who, values: dict[str, Any]) -> tuple[int, Answer] | None:
    """The planned feature that the draft names; None where it describes a new one.

    Raises:
        Invalid: it says that one is planned, and names none.
    """
    if values.get("way") != "known":
        return None
    with store.reading(fresh=True) as session:
        feature = feature_choices(session, who, store.clock()).get(values.get("known") or 0)
    if feature is None:
        raise Invalid([Problem("known", "required")])
    kept = feature.name, feature.path, feature.resources, feature.deliverable, feature.reference
    return feature.id, Answer(*kept, feature.planned_on)
