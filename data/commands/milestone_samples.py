"""Drawing a sample of a criterion's rows by chance, and keeping what a checker found (PRODUCT.md E)."""

from random import Random

from sqlalchemy import select

from core.access import Permission
from core.messages import Conflict, NotFound, Problem, refuse
from core.milestones.criteria import BY_NAME, window
from core.milestones.evidence import Evidence, between
from core.milestones.samples import SAMPLED, check_found, draw
from data.commands.command import Tx, command
from data.milestone_json import evidence_json
from data.queries.milestone_facts import evidence_of
from data.queries.milestone_place import Place, reached_place
from data.queries.milestone_samples import recorded_by_voice, sample_key, sample_within
from data.queries.milestones import launch_of
from data.schema import ProofCheck, ProofSample

NOT_RECORDED = "not_recorded"


@command("milestone.sample", needs=Permission.CHECK_PROOFS)
def draw_sample(tx: Tx, team_id: int | None, criterion: str) -> int:
    """Draw rows of a criterion's days by chance; the key is the seed. Returns the sample's id.

    Of actions those with a voice recording are drawn from; of all recorded ones where none has one.

    Raises:
        NotFound: no such place within reach, or no launch date holds for it.
        Invalid: no rows of this criterion are drawn, or there are none.
        Conflict: one was drawn today already.
    """
    place = reached_place(tx.session, tx.who, team_id, Permission.CHECK_PROOFS)
    launch = launch_of(tx.session, team_id)
    if launch is None:
        raise NotFound(entity="launch")
    known = criterion in SAMPLED
    refuse([] if known else [Problem("criterion", "unknown_choice", {"value": criterion})])
    key = sample_key(team_id, launch.launched_on, criterion, place.day(tx.now))
    if tx.session.scalar(select(ProofSample.id).where(ProofSample.key == key)) is not None:
        raise Conflict("sample_drawn")
    rows = _population(tx, place, criterion)
    refuse([] if rows else [Problem("criterion", "nothing_to_draw")])
    rng = Random(key)  # noqa: S311 - no secret: whoever has the rows must be able to draw the same
    row = ProofSample(
        key=key,
        team_id=team_id,
        launched_on=launch.launched_on,
        criterion=criterion,
        population=len(rows),
        as_of=tx.now,
        drawn_at=tx.now,
        drawn_by=tx.who.person_id,
        items=[evidence_json(item) for item in draw(rows, tx.policy.milestone_sample, rng)],
    )
    tx.session.add(row)
    tx.session.flush()
    tx.audit("proof_sample", row.id, after={"team_id": team_id, "name": criterion, "rows": len(row.items)})
    return row.id


@command("milestone.check", needs=Permission.CHECK_PROOFS)
def check_item(tx: Tx, sample_id: int, of: int, result: str, note: str = "") -> int:
    """Keep what somebody found who looked at a drawn row; a second look is kept beside. Returns its id.

    Raises:
        NotAllowed, NotFound: out of reach, or not drawn.
        Invalid: no result, or one that is not confirmed without a word.
    """
    sample = sample_within(tx.session, tx.who, sample_id)
    if of not in [item["of"] for item in sample.items]:
        raise NotFound(entity="proof_sample")
    refuse(list(check_found(result, note)))
    row = ProofCheck(
        sample_id=sample_id,
        of=of,
        result=result,
        note=note.strip(),
        checked_at=tx.now,
        checked_by=tx.who.person_id,
    )
    tx.session.add(row)
    tx.session.flush()
    tx.audit("proof_sample", sample_id, after={"row": of, "result": result, "note": row.note})
    return row.id


def _population(tx: Tx, place: Place, name: str) -> list[Evidence]:
    launch, criterion = launch_of(tx.session, place.team_id), BY_NAME[name]
    assert launch is not None  # asked before
    days = window(launch.launched_on, criterion.day)
    rows, _ = evidence_of(tx.session, place, criterion, days, tx.now, tx.policy)
    shown = days.shown(place.day(tx.now))
    found = [row for row in between(rows, shown.first, shown.due_on) if row.why != NOT_RECORDED]
    if name != "completeness":
        return found
    heard = recorded_by_voice(tx.session, [row.of for row in found])
    return [row for row in found if row.of in heard] or found
