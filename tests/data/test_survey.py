"""The survey in the store: who is asked, sealed until the month is over, counted with the milestones' job."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.messages import Conflict, Invalid, NotAllowed, NotFound
from data.commands.ballots import draw_paper
from data.commands.milestones import set_launch
from data.commands.survey import answer_survey
from data.jobs.count_ballots import count_ballots
from data.jobs.registry import Run
from data.queries.survey import is_asked, survey_results
from data.schema import Audit, SealedBallot
from tests.company import found
from tests.data.test_milestones import LAUNCH, day, read


@pytest.fixture
def company(store):
    people = found(store)
    set_launch(store, people.director, None, LAUNCH)
    return people


def answer(store, company, question="reporting", **choices) -> None:
    """answer(store, company, rep=5, mate=1): each with a paper of their own."""
    for name, choice in choices.items():
        who = getattr(company, name)
        answer_survey(store, who, draw_paper(store, who), question, choice)


def test_who_records_visits_is_asked_once_the_product_is_launched(store, company, clock):
    asked = [read(store, is_asked, who, clock.at) for who in (company.rep, company.manager, company.director)]
    assert asked == [True, True, False]
    set_launch(store, company.director, company.stranger.team_id, day(30))
    assert not read(store, is_asked, company.stranger, clock.at)


def test_answers_are_counted_when_the_month_is_over_and_tell_nobody(store, company, clock):
    answer(store, company, rep=5, mate=4, stranger=2)
    answer(store, company, question="located", manager=1)
    assert read(store, survey_results, company.director) == {"reporting": (), "located": ()}
    count_ballots(store, Run(clock.at))
    assert read(store, survey_results, company.director)["reporting"] == ()  # the month runs
    clock.move(days=30)
    count_ballots(store, Run(clock.at))
    count_ballots(store, Run(clock.at))
    told = read(store, survey_results, company.manager)
    (box,) = told["reporting"]
    assert (box.month, box.tally.counts, round(box.tally.mean, 2)) == ("2026-03", (0, 1, 0, 1, 1), 3.67)
    (few,) = told["located"]
    assert (few.votes, few.tally) == (1, None)  # one answer is somebody's
    with store.reading() as session:
        assert session.scalars(select(SealedBallot)).all() == []
        assert "survey" not in " ".join(session.scalars(select(Audit.command)))


def test_wrong_answers_are_refused(store, company):
    paper = draw_paper(store, company.rep)
    for attempt, error in (
        (lambda: answer_survey(store, company.director, paper, "reporting", 3), NotAllowed),
        (lambda: answer_survey(store, company.rep, paper, "salary", 3), NotFound),
        (lambda: answer_survey(store, company.rep, paper, "reporting", 6), Invalid),
        (lambda: answer_survey(store, company.mate, paper, "reporting", 3), Conflict),
        (lambda: read(store, survey_results, company.rep), NotAllowed),
    ):
        with pytest.raises(error):
            attempt()
