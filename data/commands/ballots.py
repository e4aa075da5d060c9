"""Drawing a paper, voting, opening the boxes of months that are over (PRODUCT.md D5).

Drawing and voting leave no audit row: one would say who voted, and when. docs/decisions/0050 has the reasons.
"""

import secrets

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.access import Permission, Who
from core.ballots import check_choice, mark_of, month_of, print_of, tally
from core.messages import Conflict, NotAllowed, refuse
from data.commands.command import Tx, command
from data.engine import Store
from data.queries.policies import company_day
from data.schema import BallotBox, BallotPaper, SealedBallot
from data.sealing import seal, unseal
from data.upsert import insert_new


def draw_paper(store: Store, who: Who) -> str | None:
    """This month's paper, once for each person; None for whoever drew it before.

    The store forgets the text: it is the caller's to keep with the person.
    """
    if who.person_id is None:
        return None
    paper = secrets.token_urlsafe(32)
    try:
        with store.writing() as session:
            month = month_of(company_day(session, store.clock()))
            if session.get(BallotPaper, (month, who.person_id)) is not None:
                return None
            session.add(BallotPaper(month=month, person_id=who.person_id, print=print_of(paper)))
    except IntegrityError:  # another tab drew it at the same moment
        return None
    return paper


def vote(store: Store, who: Who, paper: str, subject: str, choice: int) -> None:
    """Put a choice into this month's box of a subject; a later one replaces it until the month is over.

    Whether `who` may vote on the subject is the caller's to say.

    Raises:
        NotAllowed: the operator has no vote.
        Invalid: no such choice.
        Conflict: this is not the paper that the person drew this month.
    """
    if who.person_id is None:
        raise NotAllowed()
    refuse(check_choice(choice))
    with store.writing() as session:
        month = month_of(company_day(session, store.clock()))
        drawn = session.get(BallotPaper, (month, who.person_id))
        if drawn is None or not secrets.compare_digest(drawn.print, print_of(paper)):
            raise Conflict("no_paper")
        box = _locked_box(session, subject, month)
        if box.opened:  # the month ended while this vote waited for the box
            raise Conflict("no_paper")
        _put(session, box, mark_of(paper, subject, month), seal(store.files, str(choice)))


def _locked_box(session: Session, subject: str, month: str) -> BallotBox:
    """The box, held until the commit, so that two hands do not write it anew at once."""
    insert_new(
        session,
        BallotBox,
        [{"subject": subject, "month": month, "opened": False}],
        BallotBox.subject,
        BallotBox.month,
    )
    wanted = select(BallotBox).where(BallotBox.subject == subject, BallotBox.month == month)
    return session.scalars(wanted.with_for_update()).one()


def _put(session: Session, box: BallotBox, mark: str, sealed: str) -> None:
    """Write the whole box anew, in the order of its marks: no row tells which came last."""
    within = SealedBallot.box_id == box.id
    lying = select(SealedBallot.mark, SealedBallot.sealed).where(within)
    held = {earlier: text for earlier, text in session.execute(lying)}
    held[mark] = sealed
    session.execute(delete(SealedBallot).where(within))
    rows = [{"box_id": box.id, "mark": m, "sealed": held[m]} for m in sorted(held)]
    session.execute(insert(SealedBallot), rows)


@command("ballot.open", needs=Permission.SEE_JOBS)
def open_boxes(tx: Tx) -> int:
    """Open all boxes of months that are over, each as a whole; returns how many.

    A box with fewer votes than the policy's least is emptied unread. Papers of those months are forgotten.
    """
    month = month_of(company_day(tx.session, tx.now))
    over = select(BallotBox).where(BallotBox.month < month, BallotBox.opened.is_(False))
    boxes = tx.session.scalars(over.order_by(BallotBox.id).with_for_update()).all()
    for box in boxes:
        _open(tx, box)
    tx.session.execute(delete(BallotPaper).where(BallotPaper.month < month))
    tx.audit("ballot", None, after={"rows": len(boxes)})
    return len(boxes)


def _open(tx: Tx, box: BallotBox) -> None:
    within = SealedBallot.box_id == box.id
    held = tx.session.scalars(select(SealedBallot.sealed).where(within)).all()
    read = [unseal(tx.files, sealed) for sealed in held] if len(held) >= tx.policy.ballot_least else []
    choices = [int(text) for text in read if text is not None]
    box.opened, box.votes = True, len(choices) or len(held)
    box.counts = list(tally(choices).counts) if len(choices) >= tx.policy.ballot_least else None
    tx.session.execute(delete(SealedBallot).where(within))
