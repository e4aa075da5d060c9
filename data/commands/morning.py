"""The morning meeting begins, agrees on who does what, and ends with minutes (D4)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from core.access import Permission
from core.messages import Conflict, Invalid, NotFound, Problem, refuse
from core.notices import Notice
from core.reports.commitments import Proof, check_commitment, given_up_with
from core.terms import Outcome, Severity
from data.commands.briefs import reached_brief
from data.commands.command import Tx, command
from data.commands.commitment_notices import dropped_notice, moved_notice, notice_of
from data.commands.outbox import post
from data.jsontext import to_json
from data.minutes_json import Minutes, minutes_json
from data.minutes_words import minutes_text
from data.queries.commitments import (
    FOLLOWED_DAYS,
    SETTLED,
    agreed_already,
    checked,
    followed,
    made_in,
    step_now,
)
from data.queries.morning import members, morning, team_alerts
from data.schema import (
    Action,
    Alert,
    Commitment,
    Demand,
    MorningBrief,
    MorningMeeting,
    Opportunity,
    Person,
    Promise,
)

_ABOUT: Mapping[str, type[Promise | Demand | Action]] = {
    Proof.PROMISE: Promise,
    Proof.DEMAND: Demand,
    Proof.STEP: Action,
}


@dataclass(frozen=True, slots=True)
class CommitmentInput:
    """What somebody takes over.

    Attributes:
        expects: a `core.reports.commitments.Proof`, the record that will show it done.
        about: the promise, demand, planned action or (of an action or a quote) alert that it concerns.
    """

    what: str
    owner_id: int
    due_at: datetime
    customer_id: int | None
    opportunity_id: int | None = None
    expects: str = Proof.ACTION
    about: int | None = None


@command("morning.start", needs=Permission.RUN_MORNING)
def start_meeting(tx: Tx, brief_id: int) -> int:
    """Begin the meeting over a brief; returns its id.

    Raises:
        NotFound: no such brief within reach.
        Conflict: the brief is of another day, or its meeting began already.
    """
    issued = reached_brief(tx, brief_id)
    if issued.day != _today(tx, issued):
        raise Conflict("morning_over")
    began = select(MorningMeeting.id).where(MorningMeeting.brief_id == issued.id)
    if tx.session.scalar(began) is not None:
        raise Conflict("meeting_began")
    meeting = MorningMeeting(brief_id=issued.id, started_at=tx.now, started_by_id=tx.who.person_id)
    tx.session.add(meeting)
    tx.session.flush()
    tx.audit("morning_meeting", meeting.id, after={"team_id": issued.team_id, "day": issued.day.isoformat()})
    return meeting.id


@command("morning.assign", needs=Permission.RUN_MORNING)
def assign(tx: Tx, meeting_id: int, given: CommitmentInput) -> int:
    """Agree that somebody of the team does something until an instant; they are told. Returns its id.

    What this meeting agreed on already and is agreed on again, word for word, gets the new time.

    Raises:
        NotFound: no such meeting within reach.
        Conflict: it is finished.
        Invalid: nothing to do, nobody of the team, no customer of it, another's promise, demand, step or
            alert, or a time in the past.
    """
    meeting, issued = _running(tx, meeting_id)
    refuse(list(_problems(tx, issued.team_id, given)))
    row = Commitment(
        meeting_id=meeting.id,
        what=given.what.strip(),
        owner_id=given.owner_id,
        customer_id=given.customer_id,
        opportunity_id=given.opportunity_id,
        expects=given.expects,
        about=step_now(tx.session, given.about) if given.expects == Proof.STEP else given.about,
        due_at=given.due_at,
        made_at=tx.now,
        made_by_id=tx.who.person_id,
    )
    was = None
    if earlier := agreed_already(tx.session, row, tx.now):
        was, row = earlier.due_at, earlier
        row.due_at = given.due_at
    tx.session.add(row)
    tx.session.flush()
    after = {"task": row.what, "owner_id": row.owner_id, "due_at": row.due_at}
    tx.audit("commitment", row.id, to_json({"due_at": was}) if was else None, to_json(after))
    told = moved_notice(tx, row, issued.timezone, was) if was else notice_of(tx, row, issued.timezone)
    _tell(tx, row, told)
    return row.id


@command("morning.move", needs=Permission.RUN_MORNING)
def move_commitment(tx: Tx, commitment_id: int, due_at: datetime) -> int:
    """Give what a running meeting agreed on another time; whoever does it is told. Returns its id.

    Raises:
        NotFound: no such commitment within reach.
        Conflict: the meeting is finished, or it was done or given up.
        Invalid: a time in the past.
    """
    row, _ = _commitment(tx, commitment_id)
    _, issued = _running(tx, row.meeting_id)
    [(_, stands)] = checked(tx.session, tx.now, Commitment.id == row.id)
    if stands.state in SETTLED:
        raise Conflict("task_settled")
    refuse(list(check_commitment(row.what, due_at, tx.now)))
    before, row.due_at = {"due_at": row.due_at}, due_at
    tx.session.flush()
    after = {"task": row.what, "owner_id": row.owner_id, "due_at": due_at}
    tx.audit("commitment", row.id, to_json(before), to_json(after))
    if before["due_at"] != due_at:
        _tell(tx, row, moved_notice(tx, row, issued.timezone, before["due_at"]))
    return row.id


@command("morning.drop", needs=Permission.RUN_MORNING)
def drop_commitment(tx: Tx, commitment_id: int, reason: str) -> int:
    """Give a commitment up, with a reason that stays beside it; whoever was to do it is told. Returns its id.

    Where the same was agreed on in earlier meetings, that is given up with it; but for what the running
    meeting agreed on: that is taken back alone, and the word before it stands as it stood.

    Raises:
        NotFound: no such commitment within reach.
        Conflict: it was done, or given up already.
        Invalid: no reason.
    """
    row, meeting = _commitment(tx, commitment_id)
    brief = reached_brief(tx, meeting.brief_id)
    near = MorningBrief.day >= brief.day - timedelta(days=FOLLOWED_DAYS)
    theirs = (MorningBrief.team_id == brief.team_id, near, Commitment.owner_id == row.owner_id)
    found = checked(tx.session, tx.now, *theirs)
    waiting = [(m, one) for m, one in found if one.state not in SETTLED]
    if row.id not in {one.commitment.id for _, one in waiting}:
        raise Conflict("task_settled")
    if not reason.strip():
        raise Invalid([Problem("reason", "reason_required")])
    runs = meeting.finished_at is None and brief.day == _today(tx, brief)
    same = {row.id} if runs else given_up_with(row.id, waiting)
    for each in tx.session.scalars(select(Commitment).where(Commitment.id.in_(same))):
        each.dropped_at, each.drop_reason = tx.now, reason.strip()
    tx.audit("commitment", row.id, before={"task": row.what}, after={"task": None, "reason": row.drop_reason})
    _tell(tx, row, dropped_notice(tx, row))
    return row.id


@command("morning.take_up", needs=Permission.RUN_MORNING)
def take_up_commitment(tx: Tx, commitment_id: int) -> int:
    """Ask again for what was given up, and for all that was given up with it; whoever does it is told.
    Returns its id.

    Raises:
        NotFound: no such commitment within reach.
        Conflict: it was not given up.
    """
    row, meeting = _commitment(tx, commitment_id)
    issued = reached_brief(tx, meeting.brief_id)
    if row.dropped_at is None:
        raise Conflict("task_settled")
    reason = row.drop_reason
    together = (Commitment.owner_id == row.owner_id, Commitment.dropped_at == row.dropped_at)
    for each in tx.session.scalars(select(Commitment).where(*together)):
        each.dropped_at, each.drop_reason = None, ""
    tx.audit("commitment", row.id, before={"task": None, "reason": reason}, after={"task": row.what})
    _tell(tx, row, notice_of(tx, row, issued.timezone))
    return row.id


@command("morning.finish", needs=Permission.RUN_MORNING)
def finish_meeting(tx: Tx, meeting_id: int, note: str = "") -> int:
    """End a meeting and keep its minutes as things stand now; returns its id.

    Raises:
        NotFound: no such meeting within reach.
        Conflict: it is finished already.
    """
    meeting, issued = _running(tx, meeting_id)
    alerts = team_alerts(tx.session, issued.team_id, issued.timezone, tx.now)
    kept = Minutes(
        followed(tx.session, issued.team_id, issued.day, tx.now),
        made_in(tx.session, meeting.id, tx.now),
        sum(a.severity == Severity.RED for a in alerts),
        note.strip(),
    )
    meeting.finished_at, meeting.finished_by_id = tx.now, tx.who.person_id
    meeting.minutes = minutes_json(kept)
    tx.audit("morning_meeting", meeting.id, after={"ended": tx.now.isoformat(), "rows": len(kept.made)})
    return meeting.id


@command("morning.export", needs=Permission.SEE_MORNING)
def export_minutes(tx: Tx, team_id: int, day: date, language: str) -> bytes:
    """The minutes of a finished meeting as text in a language.

    Raises:
        NotFound: no such minutes within reach.
    """
    told = morning(tx.session, tx.who, team_id, day, tx.now)
    if told is None or told.meeting is None or told.meeting.minutes is None:
        raise NotFound(entity="morning_meeting")
    tx.audit("export", None, after={"team": told.team, "day": day.isoformat(), "form": "txt"})
    return minutes_text(language, told, told.meeting, told.meeting.minutes).encode()


def _problems(tx: Tx, team_id: int, given: CommitmentInput) -> Iterator[Problem]:
    yield from check_commitment(given.what, given.due_at, tx.now)
    if given.owner_id not in members(tx.session, team_id):
        yield Problem("owner", "unknown_person" if given.owner_id else "required")
    if given.expects not in list(Proof):
        yield Problem("expects", "unknown_choice", {"value": given.expects})
    mine = select(Person.id).where(Person.team_id == team_id)
    deals = select(Opportunity.id).where(Opportunity.owner_id.in_(mine), Opportunity.outcome == Outcome.OPEN)
    if given.customer_id is None and given.opportunity_id is None:
        yield Problem("customer", "required")
        return
    if given.customer_id is not None:
        deals = deals.where(Opportunity.customer_id == given.customer_id)
    if given.opportunity_id is not None:
        deals = deals.where(Opportunity.id == given.opportunity_id)
    if tx.session.scalar(deals.limit(1)) is None:
        yield Problem("customer", "not_of_the_team")
    if given.about is not None and not _of_the_customer(tx, given, given.about):
        yield Problem("about", "other_customer")


def _of_the_customer(tx: Tx, given: CommitmentInput, about: int) -> bool:
    """Whether it is of the customer named; a step or an alert also of the opportunity named."""
    table = _ABOUT.get(given.expects)
    if table is None:
        mine = select(Alert.id).join(Opportunity, Opportunity.id == Alert.opportunity_id)
        customer: Any = Opportunity.customer_id
        deal: Any = Alert.opportunity_id
    else:
        mine, customer = select(table.id), table.customer_id
        deal = Action.opportunity_id if table is Action else None
    theirs = mine.where((table or Alert).id == about, customer.is_not_distinct_from(given.customer_id))
    if deal is not None and given.opportunity_id is not None:
        theirs = theirs.where(deal == given.opportunity_id)
    return tx.session.scalar(theirs) is not None


def _today(tx: Tx, brief: MorningBrief) -> date:
    """The day that it is at the brief's team."""
    return tx.now.astimezone(ZoneInfo(brief.timezone)).date()


def _tell(tx: Tx, row: Commitment, notice: Notice) -> None:
    """Tell whoever does it; nobody is told of what they agree on for themselves."""
    if row.owner_id != tx.who.person_id:
        post(tx.session, tx.now, [notice])


def _commitment(tx: Tx, commitment_id: int) -> tuple[Commitment, MorningMeeting]:
    """A commitment, locked, with its meeting."""
    row = tx.session.get(Commitment, commitment_id, with_for_update=True)
    meeting = tx.session.get(MorningMeeting, row.meeting_id) if row else None
    if row is None or meeting is None:
        raise NotFound(entity="commitment")
    return row, meeting


def _running(tx: Tx, meeting_id: int) -> tuple[MorningMeeting, MorningBrief]:
    """A meeting that is not finished, locked: what is done in it waits for its end, and its end for that."""
    meeting = tx.session.get(MorningMeeting, meeting_id, with_for_update=True)
    if meeting is None:
        raise NotFound(entity="morning_meeting")
    issued = reached_brief(tx, meeting.brief_id)
    if meeting.finished_at is not None:
        raise Conflict("meeting_finished")
    return meeting, issued
