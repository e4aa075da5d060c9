"""Holding a one-to-one talk: its note, the next steps agreed in it, and those that no record can show."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core.access import Permission
from core.messages import Conflict, NotFound, Problem, refuse
from core.notices import Notice
from core.reports.commitments import BY_HAND, Kept, Proof, check_commitment
from core.reports.talks import check_note, is_over
from data.commands.command import Tx, command
from data.commands.outbox import post
from data.jsontext import to_json
from data.queries.scope import owned
from data.queries.talks import Rep, reached_rep, rep_customers, step_state
from data.schema import Customer, Talk, TalkStep


@dataclass(frozen=True, slots=True)
class StepInput:
    """What the rep does next.

    Attributes:
        customer_id: one of the rep's, whose records show it done; None where none can.
        expects: a `core.reports.commitments.Proof`.
    """

    what: str
    due_at: datetime
    customer_id: int | None = None
    expects: str = Proof.ACTION


@command("talk.record", needs=Permission.COACH)
def record_talk(tx: Tx, rep_id: int, note: str) -> int:
    """Keep that a talk was held now, with its note; returns its id.

    Raises:
        NotFound: no such rep within reach, or oneself.
        Invalid: no note.
    """
    rep = _led(tx, rep_id)
    refuse(list(check_note(note)))
    row = Talk(rep_id=rep.id, held_at=tx.now, held_by_id=tx.who.person_id, note=note.strip())
    tx.session.add(row)
    tx.session.flush()
    tx.audit("talk", row.id, after={"person_id": rep.id})
    return row.id


@command("talk.agree", needs=Permission.COACH)
def agree(tx: Tx, talk_id: int, given: StepInput) -> int:
    """Add a next step to a talk of the last day; the rep is told. Returns its id.

    Raises:
        NotFound: no such talk within reach.
        Conflict: the talk is over.
        Invalid: nothing to do, a time in the past, or a customer who is not the rep's.
    """
    talk, rep = _talk(tx, talk_id)
    if is_over(talk.held_at, tx.now):
        raise Conflict("talk_over")
    refuse(list(_problems(tx, rep, given)))
    row = TalkStep(
        talk_id=talk.id,
        what=given.what.strip(),
        customer_id=given.customer_id,
        expects=given.expects,
        due_at=given.due_at,
        agreed_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    after = {"task": row.what, "due_at": row.due_at, "customer_id": row.customer_id}
    tx.audit("talk", talk.id, after=to_json(after))
    post(tx.session, tx.now, [_told(tx, row, rep)])
    return row.id


@command("talk.move", needs=Permission.COACH)
def move_step(tx: Tx, step_id: int, due_at: datetime) -> int:
    """Agree anew on a step that was not done, in the same words; the rep is told. Returns its id.

    Raises:
        NotFound: no such step within reach.
        Conflict: it was done, or given up.
        Invalid: a time in the past.
    """
    row, rep = _led_step(tx, step_id)
    if step_state(tx.session, rep, row, tx.now) not in (Kept.OPEN, Kept.MISSED):
        raise Conflict("task_settled")
    refuse(list(check_commitment(row.what, due_at, tx.now)))
    was, row.due_at = row.due_at, due_at
    tx.session.flush()
    before, after = ({"task": row.what, "due_at": due} for due in (was, due_at))
    tx.audit("talk", row.talk_id, to_json(before), to_json(after))
    post(tx.session, tx.now, [_told(tx, row, rep, was)])
    return row.id


@command("talk.settle", needs=Permission.SEE_ONE_TO_ONE)
def settle(tx: Tx, step_id: int) -> int:
    """Say that a step without a customer is done; records show it of one with a customer. Returns its id.

    Raises:
        NotFound: no such step within reach.
        Conflict: it was settled or given up before, or records show it.
    """
    row = tx.session.get(TalkStep, step_id, with_for_update=True)
    if row is None:
        raise NotFound(entity="talk")
    talk = tx.session.get_one(Talk, row.talk_id)
    reached_rep(tx.session, tx.who, talk.rep_id)
    if row.settled_at is not None or row.customer_id is not None or row.dropped_at is not None:
        raise Conflict("task_settled")
    row.settled_at, row.settled_by_id = tx.now, tx.who.person_id
    tx.audit("talk", talk.id, before={"task": row.what}, after={"task": None})
    return row.id


@command("talk.drop", needs=Permission.COACH)
def drop_step(tx: Tx, step_id: int, reason: str) -> int:
    """Give a step up, with a reason that stays beside it; returns its id.

    Raises:
        NotFound: no such step within reach.
        Conflict: it was done, or given up already.
        Invalid: no reason.
    """
    row, rep = _led_step(tx, step_id)
    if step_state(tx.session, rep, row, tx.now) not in (Kept.OPEN, Kept.MISSED):
        raise Conflict("task_settled")
    refuse([] if reason.strip() else [Problem("reason", "reason_required")])
    row.dropped_at, row.drop_reason = tx.now, reason.strip()
    after = {"task": None, "reason": row.drop_reason}
    tx.audit("talk", row.talk_id, before={"task": row.what}, after=after)
    return row.id


@command("talk.take_up", needs=Permission.COACH)
def take_up_step(tx: Tx, step_id: int) -> int:
    """Ask again for a step that was given up, or that somebody said is done; returns its id.

    Raises:
        NotFound: no such step within reach.
        Conflict: it was neither.
    """
    row, _ = _led_step(tx, step_id)
    if row.dropped_at is None and row.settled_at is None:
        raise Conflict("task_settled")
    before = {"task": None} | ({"reason": row.drop_reason} if row.dropped_at else {})
    row.dropped_at, row.drop_reason = None, None
    row.settled_at, row.settled_by_id = None, None
    tx.audit("talk", row.talk_id, before=before, after={"task": row.what})
    return row.id


def _told(tx: Tx, row: TalkStep, rep: Rep, was: datetime | None = None) -> Notice:
    """To the rep: what was agreed on, or that it has another time than it had."""
    about = {"what": row.what, "by": tx.who.name, "due_at": row.due_at, "zone": rep.zone or tx.who.timezone}
    key = f"talk_step:{row.id}:{tx.now.isoformat()}"  # a new time is told as well
    kind = "talk_step_moved" if was else "talk_step"
    return Notice(rep.id, kind, key, to_json(about | ({"was_at": was} if was else {})), "one_to_one")


def _led_step(tx: Tx, step_id: int) -> tuple[TalkStep, Rep]:
    row = tx.session.get(TalkStep, step_id, with_for_update=True)
    if row is None:
        raise NotFound(entity="talk")
    _, rep = _talk(tx, row.talk_id)
    return row, rep


def _led(tx: Tx, rep_id: int) -> Rep:
    rep = reached_rep(tx.session, tx.who, rep_id)
    if rep.id == tx.who.person_id:
        raise NotFound(entity="person")
    return rep


def _talk(tx: Tx, talk_id: int) -> tuple[Talk, Rep]:
    within = select(Talk).where(Talk.id == talk_id, owned(tx.who, Permission.COACH, Talk.rep_id))
    talk = tx.session.scalar(within)
    if talk is None:
        raise NotFound(entity="talk")
    return talk, _led(tx, talk.rep_id)


def _problems(tx: Tx, rep: Rep, given: StepInput) -> Iterator[Problem]:
    yield from check_commitment(given.what, given.due_at, tx.now)
    if given.expects not in BY_HAND:
        yield Problem("expects", "unknown_choice", {"value": given.expects})
    if given.customer_id is not None:
        theirs = select(Customer.id).where(Customer.id == given.customer_id, rep_customers(rep))
        if tx.session.scalar(theirs) is None:
            yield Problem("customer", "not_theirs")
