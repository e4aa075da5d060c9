"""A result is put into force by a director, appealed by a manager, and the appeal decided (PRODUCT.md E)."""

from collections.abc import Iterator

from sqlalchemy import select

from core.access import Permission
from core.messages import Conflict, NotFound, refuse
from core.milestones.assess import State
from core.milestones.consequences import Force, check_words, may_decide_anew, may_unsign
from core.notices import Notice
from core.terms import Role
from data.commands.command import Tx, command
from data.commands.outbox import post
from data.jsontext import to_json
from data.queries.leads import active
from data.queries.milestone_results import Result, result_within
from data.schema import MilestoneAppeal, MilestoneResult, MilestoneSignature


@command("milestone.sign", needs=Permission.SIGN_MILESTONES)
def sign_result(tx: Tx, result_id: int, note: str = "") -> int:
    """Put a result into force; returns its id.

    Raises:
        NotFound: no such result.
        Conflict: it is signed already, or an appeal waits.
    """
    _locked(tx, result_id)
    result = result_within(tx.session, tx.who, result_id, Permission.SIGN_MILESTONES)
    if result.signed_at is not None:
        raise Conflict("milestone_signed")
    if result.force is Force.APPEALED:
        raise Conflict("appeal_waits")
    refuse([p for p in check_words("note", note) if note.strip()])
    row = MilestoneSignature(
        result_id=result_id, note=note.strip(), signed_at=tx.now, signed_by=tx.who.person_id
    )
    tx.session.add(row)
    after = {"team_id": result.team_id, "day": result.day, "verdict": result.counts_as, "note": row.note}
    tx.audit("milestone_result", result_id, after=to_json(after))
    if result.brings is not None and result.brings.frozen_until is not None:
        post(tx.session, tx.now, _frozen(tx, result))
    return result_id


@command("milestone.unsign", needs=Permission.SIGN_MILESTONES)
def unsign_result(tx: Tx, result_id: int, reason: str) -> int:
    """Take back a signature that was given by mistake, within a day; the result waits for one again.

    Raises:
        NotFound: no such result.
        Conflict: it is not signed, or was longer ago.
        Invalid: no reason.
    """
    _locked(tx, result_id)
    result = result_within(tx.session, tx.who, result_id, Permission.SIGN_MILESTONES)
    if not may_unsign(result.signed_at, tx.now):
        raise Conflict("signature_stands" if result.signed_at else "not_signed")
    refuse(list(check_words("reason", reason)))
    row = tx.session.scalars(
        select(MilestoneSignature).where(MilestoneSignature.result_id == result_id)
    ).one()
    before = to_json({"signed_at": row.signed_at, "note": row.note})
    tx.session.delete(row)
    after = {"team_id": result.team_id, "day": result.day, "signed_at": None, "reason": reason.strip()}
    tx.audit("milestone_result", result_id, before, to_json(after))
    if result.brings is not None and result.brings.frozen_until is not None:
        post(tx.session, tx.now, _thawed(tx, result))
    return result_id


@command("milestone.appeal", needs=Permission.APPEAL_MILESTONES)
def appeal_result(tx: Tx, result_id: int, words: str) -> int:
    """Hold that a result is wrong, with why; directors are told. Returns the appeal's id.

    Raises:
        NotFound: no result of the own team or the company.
        Conflict: it was met, its time for appeals has passed, or one was made already.
        Invalid: no words.
    """
    _locked(tx, result_id)
    result = result_within(tx.session, tx.who, result_id, Permission.APPEAL_MILESTONES)
    if result.counts_as is State.MET:
        raise Conflict("nothing_to_appeal")
    if tx.now > result.appeal_until:
        raise Conflict("appeal_too_late")
    if any(a.upheld is None or a.made_by_id == tx.who.person_id for a in result.appeals):
        raise Conflict("appealed_already")
    refuse(list(check_words("words", words)))
    row = MilestoneAppeal(result_id=result_id, words=words.strip(), made_at=tx.now, made_by=tx.who.person_id)
    tx.session.add(row)
    tx.session.flush()
    after = {"team_id": result.team_id, "day": result.day, "reason": row.words}
    tx.audit("milestone_appeal", row.id, after=to_json(after))
    post(tx.session, tx.now, _appealed(tx, result, row))
    return row.id


@command("milestone.decide", needs=Permission.SIGN_MILESTONES)
def decide_appeal(tx: Tx, appeal_id: int, upheld: bool, answer: str) -> int:
    """Uphold an appeal, so that the result counts as met, or reject it; returns its id.

    Raises:
        NotFound: no such appeal.
        Conflict: it was decided already.
        Invalid: no answer.
    """
    row = tx.session.get(MilestoneAppeal, appeal_id, with_for_update=True)
    if row is None:
        raise NotFound(entity="milestone_appeal")
    if row.upheld is not None:
        raise Conflict("appeal_decided")
    refuse(list(check_words("answer", answer)))
    result = result_within(tx.session, tx.who, row.result_id, Permission.SIGN_MILESTONES)
    _decided(tx, row, result, upheld, answer, f"appeal:{row.id}")
    return row.id


@command("milestone.decide_anew", needs=Permission.SIGN_MILESTONES)
def decide_anew(tx: Tx, appeal_id: int, upheld: bool, answer: str) -> int:
    """Decide an appeal the other way than by mistake before; the decision before stays in its history.

    Raises:
        NotFound: no such appeal.
        Conflict: it waits, it was decided so, or its result was signed on the decision.
        Invalid: no answer.
    """
    row = tx.session.get(MilestoneAppeal, appeal_id, with_for_update=True)
    if row is None:
        raise NotFound(entity="milestone_appeal")
    _locked(tx, row.result_id)
    result = result_within(tx.session, tx.who, row.result_id, Permission.SIGN_MILESTONES)
    if row.upheld is upheld:
        raise Conflict("appeal_decided")
    if not may_decide_anew(row.decided_at, result.signed_at):
        raise Conflict("milestone_signed" if row.decided_at else "appeal_waits")
    refuse(list(check_words("answer", answer)))
    _decided(tx, row, result, upheld, answer, f"appeal:{row.id}:{tx.now.isoformat()}")
    return row.id


def _decided(tx: Tx, row: MilestoneAppeal, result: Result, upheld: bool, answer: str, key: str) -> None:
    """Keep a decision and tell whoever made the appeal, once by `key`."""
    before = None if row.upheld is None else {"upheld": row.upheld, "reason": row.answer}
    row.upheld, row.answer = upheld, answer.strip()
    row.decided_at, row.decided_by = tx.now, tx.who.person_id
    after = {"team_id": result.team_id, "day": result.day, "upheld": upheld, "reason": row.answer}
    tx.audit("milestone_appeal", row.id, before, to_json(after))
    if row.made_by is not None:
        kind = "appeal_upheld" if upheld else "appeal_rejected"
        params = {"day": result.day, "by": tx.who.name, "words": row.answer}
        about = params, "milestones", {"day": result.day}
        post(tx.session, tx.now, [Notice(row.made_by, kind, key, *about)])


def _locked(tx: Tx, result_id: int) -> None:
    """Signing and appealing wait for one another."""
    query = select(MilestoneResult.id).where(MilestoneResult.id == result_id).with_for_update()
    tx.session.execute(query)


def _appealed(tx: Tx, result: Result, row: MilestoneAppeal) -> Iterator[Notice]:
    query: dict[str, str | int] = {"day": result.day}
    if result.team_id is not None:
        query["team"] = result.team_id
    params = {"day": result.day, "by": tx.who.name, "words": row.words}
    for person_id in active(tx.session, Role.DIRECTOR):
        yield Notice(person_id, "milestone_appealed", f"appealed:{row.id}", params, "milestones", query)


def _frozen(tx: Tx, result: Result) -> Iterator[Notice]:
    """To product, whose plans it restrains."""
    assert result.brings is not None  # asked before
    params = to_json({"from_on": result.brings.frozen_from, "until_on": result.brings.frozen_until})
    for person_id in active(tx.session, Role.PRODUCT):
        key = f"frozen:{result.id}:{tx.now.isoformat()}"  # once for each signature
        yield Notice(person_id, "features_frozen", key, params, "demands")


def _thawed(tx: Tx, result: Result) -> Iterator[Notice]:
    """To product, who were told that they were frozen."""
    key = f"thawed:{result.id}:{tx.now.isoformat()}"
    for person_id in active(tx.session, Role.PRODUCT):
        yield Notice(person_id, "features_thawed", key, {"by": tx.who.name, "day": result.day}, "demands")
