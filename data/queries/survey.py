"""Whether somebody is asked the survey, and what opened boxes say (PRODUCT.md E)."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.access import Permission, Who, decide, reach
from core.messages import NotAllowed
from core.milestones.survey import QUESTIONS, subject_of
from data.once import recalled
from data.queries.ballots import Opened, opened
from data.queries.milestones import launch_of
from data.queries.policies import company_day


@recalled
def is_asked(session: Session, who: Who, now: datetime) -> bool:
    """Whether the questions are put to this person: they record visits, and the product is launched."""
    launch = launch_of(session, who.team_id)
    if launch is None or launch.launched_on > company_day(session, now):
        return False
    return decide(who, Permission.RECORD_ACTIONS).allowed


def survey_results(session: Session, who: Who) -> dict[str, tuple[Opened, ...]]:
    """Opened boxes by question, oldest first; of the whole company, since a team's would be too small.

    Raises:
        NotAllowed: the role sees no milestones.
    """
    if reach(who, Permission.SEE_MILESTONES) is None:
        raise NotAllowed(permission=Permission.SEE_MILESTONES)
    found = opened(session, [subject_of(question) for question in QUESTIONS])
    return {q: tuple(box for box in found if box.subject == subject_of(q)) for q in QUESTIONS}
