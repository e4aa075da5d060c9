"""A draft of a record is carried out: as an action, as a plan, or as a step that is called off (A1, A2)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from core.access import Who
from core.definitions import OPPORTUNITY
from core.fields import unread_amount
from core.messages import Invalid, Problem
from core.opportunities import check_close
from core.own_records import settle
from core.policies import Policy
from core.process.actions import ActionContext, ActionInput, check, own_fields
from core.process.sheet import NEW, OPENED, read_day, read_field, read_money, read_sheet
from core.terms import ActionStatus
from data.commands.actions import cancel_action, record_action
from data.commands.opportunities import check_opportunity, open_opportunity
from data.engine import Store
from data.queries.policies import company_day, company_tz, policy_in_force
from data.queries.record import records_before
from data.queries.record_told import Standing, audit_of, standing
from data.queries.recordings import sound_of
from data.schema import Draft


def carry_out(store: Store, who: Who, session: Session, draft: Draft) -> dict[str, Any]:
    """Do what the draft says; returns what it changed, for the confirmation.

    Raises:
        Invalid: every problem, each at its field of the form.
    """
    values = draft.body["values"]
    if values.get("state") == ActionStatus.CANCELLED:
        return _cancel(store, who, session, values)
    action = _action(session, who, values)
    opportunity_id, opened = _opportunity(store, who, session, values, action)
    before = None if opened else standing(session, opportunity_id)
    action_id = record_action.once(store, who, draft.key, opportunity_id, action)
    return _told(session, values, opportunity_id, action_id, before) | {"opened": opened}


def _action(session: Session, who: Who, values: dict[str, Any]) -> ActionInput:
    """The draft as an action; without a choice of its own it follows the customer's latest record."""
    action = read_sheet(values, who.timezone, policy_in_force(session).own_fields)
    if action.follows is None and action.status is ActionStatus.COMPLETED:
        return replace(action, follows=records_before(session, values["customer"], action.ended_at))
    return action


def _opportunity(
    store: Store, who: Who, session: Session, values: dict[str, Any], action: ActionInput
) -> tuple[int, bool]:
    """The chosen opportunity, or the one that is opened with this record."""
    chosen = values.get("opportunity")
    if isinstance(chosen, int):
        return chosen, False
    policy = policy_in_force(session)
    problems = (
        _check_new(values, policy, session, store) if chosen == NEW else [Problem("opportunity", "required")]
    )
    if problems:
        raise Invalid([*problems, *_problems_alone(store, session, values, action)])
    sheet = _new_opportunity(values, policy)
    try:
        return open_opportunity(store, who, values["customer"], sheet.pop("name"), **sheet), True
    except Invalid as error:
        raise Invalid(_of_the_new(error.problems)) from error


def _new_opportunity(values: dict[str, Any], policy: Policy) -> dict[str, Any]:
    return {
        "name": str(values.get("opportunity-name") or ""),
        "amount": read_money(values.get("opportunity-amount"), policy.currency),
        "close_on": read_day(values.get("opportunity-close_on")),
        "fields": {f.key: read_field(f, values, OPENED) for f in own_fields(OPPORTUNITY, policy.own_fields)},
    }


def _check_new(values: dict[str, Any], policy: Policy, session: Session, store: Store) -> list[Problem]:
    new = _new_opportunity(values, policy)
    wrong = list(settle(OPPORTUNITY, {}, new["fields"], new, policy.own_fields, store.clock()).problems)
    amount = new["amount"]
    if isinstance(amount, str):
        amount = None
        wrong.append(unread_amount("amount", new["amount"], policy.currency))
    closing = check_close(new["close_on"], company_day(session, store.clock()))
    return _of_the_new([*check_opportunity(new["name"], amount), *closing, *wrong])


def _of_the_new(problems: Iterable[Problem]) -> list[Problem]:
    """Problems of an opportunity at their fields of the form."""
    return [replace(p, field=f"opportunity.{p.field}") for p in problems]


def _problems_alone(
    store: Store, session: Session, values: dict[str, Any], action: ActionInput
) -> Sequence[Problem]:
    """What is wrong with an action whose opportunity is not known yet."""
    now = store.clock()
    earlier = frozenset({action.follows} if action.follows else ())
    sound, zone = sound_of(session, action.recording), company_tz(session)
    context = ActionContext(now, now, earlier_records=earlier, sound=sound, zone=zone)
    return check(action, context, policy_in_force(session))


def _cancel(store: Store, who: Who, session: Session, values: dict[str, Any]) -> dict[str, Any]:
    step = values.get("cancels") or 0
    problems = [] if step else [Problem("cancels", "required")]
    if not str(values.get("reason") or "").strip():
        problems.append(Problem("reason", "reason_required"))
    if problems:
        raise Invalid(problems)
    opportunity_id = int(values["opportunity"])
    before = standing(session, opportunity_id)
    action_id = cancel_action(store, who, int(step), str(values["reason"]))
    return _told(session, values, opportunity_id, action_id, before)


def _told(
    session: Session, values: dict[str, Any], opportunity_id: int, action_id: int, before: Standing | None
) -> dict[str, Any]:
    """What the record changed, for the confirmation."""
    after = standing(session, opportunity_id)
    stood = before.alerts if before else frozenset()
    return {
        "state": values.get("state") or str(ActionStatus.COMPLETED),
        "type": values.get("type"),
        "customer": values["customer"],
        "opportunity": opportunity_id,
        "action": action_id,
        "audit": audit_of(session, action_id),
        "stage_before": before.stage if before else None,
        "stage": after.stage,
        "outcome": after.outcome,
        "next_type": after.next_type,
        "next_at": after.next_at,
        "raised": sorted(after.alerts - stood),
        "cleared": sorted(stood - after.alerts),
    }
