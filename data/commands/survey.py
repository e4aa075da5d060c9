"""Answering the survey of the month: a secret ballot like any other (docs/decisions/0050)."""

from core.access import Permission, Who, decide
from core.messages import NotAllowed, NotFound
from core.milestones.survey import QUESTIONS, subject_of
from data.commands.ballots import vote
from data.engine import Store


def answer_survey(store: Store, who: Who, paper: str, question: str, choice: int) -> None:
    """Put an answer, 1 (not at all) to 5 (fully), into this month's box; a later one replaces it.

    Raises:
        NotAllowed: only whoever records visits is asked.
        NotFound: no such question.
        Invalid: no such choice.
        Conflict: this is not the person's paper of the month.
    """
    if not decide(who, Permission.RECORD_ACTIONS).allowed:
        raise NotAllowed(permission=Permission.RECORD_ACTIONS)
    if question not in QUESTIONS:
        raise NotFound(entity="question")
    vote(store, who, paper, subject_of(question), choice)
