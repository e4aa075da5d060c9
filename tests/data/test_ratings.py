"""Ratings from the vote to the report that goes offline and returns (PRODUCT.md D5)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.access import OPERATOR
from core.messages import Conflict, Invalid, NotAllowed, NotFound
from data.commands.ballots import draw_paper
from data.commands.ratings import rate, revise_report, take_offline
from data.jobs.count_ballots import count_ballots
from data.jobs.registry import Run
from data.notices import sentence
from data.queries.ratings import rated
from data.schema import Audit, Message, SealedBallot
from tests.company import found


def give(store, people, report="forecast_health", **scores):
    for name, score in scores.items():
        who = getattr(people, name)
        rate(store, who, draw_paper(store, who), report, score)


def night(store, clock, **later):
    clock.move(**later)
    count_ballots(store, Run(clock()))


def stands(store, who, report="forecast_health"):
    with store.reading() as session:
        return rated(session, who, report, store.clock())


def told(store):
    with store.reading() as session:
        found_ = select(Message).where(Message.kind == "report_offline")
        return [(m.person_id, m.page, m.params) for m in session.scalars(found_)]


def test_under_the_limit_it_goes_offline_its_director_is_told_once_and_a_revision_returns(store, clock):
    people = found(store)
    give(store, people, rep=3, mate=3, manager=4)
    night(store, clock, days=1)
    assert stands(store, people.rep).offline is None  # the month is not over
    night(store, clock, days=27)
    night(store, clock, days=1)
    now = stands(store, people.rep)
    assert (now.version, now.offline, now.latest.votes) == (1, "2026-03", 3)
    assert now.revisers == ("Director",)
    [(person, page, params)] = told(store)
    assert (person, page) == (people.director.person_id, "forecast_health")
    for language, word in (("en", "3.3 of 5 from 3"), ("zh", "平均 3.3 分")):
        title, body = sentence(language, "report_offline", params)
        assert word in body
        assert "forecast_health" not in title
    with pytest.raises(Conflict):
        rate(store, people.rep, draw_paper(store, people.rep), "forecast_health", 5)
    with pytest.raises(Invalid):
        revise_report(store, people.director, "forecast_health", " ")
    assert revise_report(store, people.director, "forecast_health", "Luck stands beside it") == 2
    now = stands(store, people.rep)
    assert (now.version, now.change, now.offline, now.latest) == (2, "Luck stands beside it", None, None)
    night(store, clock, days=1)
    assert stands(store, people.rep).offline is None  # the old score does not follow it


# fmt: off
KEPT = [
    {"rep": 1, "mate": 1},                       # too few
    {"rep": 5, "mate": 4, "manager": 2},         # 3.67
]
# fmt: on


@pytest.mark.parametrize("scores", KEPT)
def test_too_few_or_good_enough_it_stays(sqlite_store, clock, scores):
    people = found(sqlite_store)
    give(sqlite_store, people, **scores)
    night(sqlite_store, clock, days=31)
    now = stands(sqlite_store, people.rep)
    assert now.offline is None
    assert (now.latest is None) == (len(scores) < 3)
    assert told(sqlite_store) == []


def test_counting_leaves_one_audit_row_and_voting_none(sqlite_store, clock):
    people = found(sqlite_store)
    give(sqlite_store, people, rep=1, mate=1, manager=1)
    night(sqlite_store, clock, days=1)
    with sqlite_store.reading() as session:
        assert session.scalars(select(Audit.command)).all() == []
    night(sqlite_store, clock, days=31)
    night(sqlite_store, clock, days=1)
    with sqlite_store.reading() as session:
        commands = session.execute(select(Audit.command, Audit.actor_id)).all()
        assert commands == [("ballot.open", None), ("report.take_offline", None)]


def test_only_readers_rate_and_only_what_there_is(sqlite_store):
    people = found(sqlite_store)
    paper = draw_paper(sqlite_store, people.rep)
    with pytest.raises(NotAllowed):
        rate(sqlite_store, people.rep, paper, "outlook", 5)
    with pytest.raises(NotFound):
        rate(sqlite_store, people.rep, paper, "horoscope", 5)
    with pytest.raises(NotFound):
        revise_report(sqlite_store, people.director, "horoscope", "Stars")
    with pytest.raises(NotAllowed):
        stands(sqlite_store, people.delivery, "outlook")
    assert take_offline(sqlite_store, OPERATOR) == []
    with sqlite_store.reading() as session:
        assert session.query(SealedBallot).count() == 0
