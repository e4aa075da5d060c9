"""What a manager made of something worth a look."""

from sqlalchemy import select

from core.access import Permission
from core.messages import Invalid, NotFound, Problem
from core.process.plausibility import CHECKS
from data.commands.command import Tx, command
from data.queries.plausibility import overseen
from data.schema import Person, SignReview


@command("sign.review", needs=Permission.SEE_BOARD)
def review_sign(tx: Tx, person_id: int, kind: str, note: str) -> int:
    """Note what came of a sign in a person's records; only what is entered from now on raises it again.

    Raises:
        NotFound: nobody within reach, or no such sign; one's own records are for others to look at.
        Invalid: no note.
    """
    query = select(Person.id).where(Person.id == person_id, overseen(tx.who, Person.id))
    if kind not in CHECKS or tx.session.scalar(query) is None:
        raise NotFound(entity="person")
    if not note.strip():
        raise Invalid([Problem("note", "reason_required")])
    review = SignReview(
        person_id=person_id,
        kind=kind,
        note=note.strip(),
        reviewed_at=tx.now,
        reviewed_by_id=tx.who.person_id,
    )
    tx.session.add(review)
    tx.session.flush()
    tx.audit("person", person_id, None, {"sign": kind, "note": review.note})
    return review.id
