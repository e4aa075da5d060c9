"""What the store knows around an action: its neighbours, other meetings, earlier records and quotes (A6)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from core.policies import LONGEST_ACTION_HOURS
from core.process.actions import ActionContext, ActionInput
from core.terms import ActionStatus
from data.commands.command import Tx
from data.queries.policies import company_tz
from data.queries.recordings import is_used, sound_of
from data.schema import Action, Customer, Opportunity


def context_of(
    tx: Tx, opportunity: Opportunity, owner_id: int, action: ActionInput, known_at: datetime
) -> ActionContext:
    """What the store knows around an action."""
    start, end = action.started_at, action.ended_at
    around = ActionContext(
        known_at=known_at,
        now=tx.now,
        earlier_quote=_has_quote(tx, opportunity, end),
        sound=sound_of(tx.session, action.recording),
        recording_reused=is_used(tx.session, action.recording),
        zone=company_tz(tx.session),
    )
    if start is None or end is None:
        return replace(around, earlier_records=_earlier_records(tx, opportunity, end or tx.now))
    return replace(
        around,
        previous_end=_neighbour(tx, opportunity, start, before=True),
        following_start=_neighbour(tx, opportunity, start, before=False),
        busy=_busy(tx, owner_id, start, end),
        earlier_records=_earlier_records(tx, opportunity, end),
    )


def _done(opportunity: Opportunity) -> tuple[Any, ...]:
    return (
        Action.opportunity_id == opportunity.id,
        Action.status == ActionStatus.COMPLETED,
        Action.voided_at.is_(None),
    )


def _neighbour(tx: Tx, opportunity: Opportunity, start: datetime, *, before: bool) -> datetime | None:
    done = _done(opportunity)
    if before:
        q = select(Action.ended_at).where(*done, Action.started_at <= start).order_by(Action.ended_at.desc())
    else:
        q = select(Action.started_at).where(*done, Action.started_at > start).order_by(Action.started_at)
    return tx.session.scalar(q.limit(1))


def _busy(
    tx: Tx, owner_id: int, start: datetime, end: datetime
) -> tuple[tuple[datetime, datetime, str], ...]:
    """Times of somebody's other actions; with whom is said to that person alone."""
    # The lower bound keeps the index range short: no action is longer than the policy allows.
    rows = tx.session.execute(
        select(Action.started_at, Action.ended_at, Customer.name)
        .outerjoin(Customer, Customer.id == Action.customer_id)
        .where(
            Action.owner_id == owner_id,
            Action.status == ActionStatus.COMPLETED,
            Action.voided_at.is_(None),
            Action.started_at > start - timedelta(hours=LONGEST_ACTION_HOURS),
            Action.started_at < end,
            Action.ended_at > start,
        )
    )
    own = owner_id == tx.who.person_id
    return tuple((s, e, (own and name) or "") for s, e, name in rows if s and e)


def _earlier_records(tx: Tx, opportunity: Opportunity, end: datetime) -> frozenset[int]:
    mine = (
        Action.customer_id == opportunity.customer_id
        if opportunity.customer_id
        else Action.opportunity_id == opportunity.id
    )
    done = (Action.status == ActionStatus.COMPLETED, Action.voided_at.is_(None), Action.ended_at < end)
    return frozenset(tx.session.scalars(select(Action.id).where(mine, *done)))


def _has_quote(tx: Tx, opportunity: Opportunity, end: datetime | None) -> bool:
    quote = select(Action.id).where(
        *_done(opportunity), Action.type == "quote_confirmation", Action.ended_at < (end or tx.now)
    )
    return tx.session.scalar(quote.limit(1)) is not None


def quoted_since(tx: Tx, opportunity: Opportunity, row: Action) -> bool:
    """Whether a later quote stands: one that is written down late does not take its place."""
    later = (Action.type == "quote_confirmation", Action.ended_at > row.ended_at)
    return tx.session.scalar(select(Action.id).where(*_done(opportunity), *later).limit(1)) is not None
