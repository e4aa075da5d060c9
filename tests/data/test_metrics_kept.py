"""Demands, promises and forecasts as metrics: drawn rows and what they come to (C1, C3, B3, B4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from core.access import OPERATOR
from core.promises.handover import AnswerInput
from core.reports.catalogue import METRICS, Dimension
from core.reports.spans import Span
from data.commands.acceptance import answer_link
from data.queries.metrics.rows import behind
from data.queries.metrics.tallies import tallies
from data.schema import Demand, Feature, Opportunity, PlannedDate, Promise, PromisedDate
from tests.company import found
from tests.data.test_metrics import ask_of
from tests.deliveries import Handover
from tests.forecasts import deal, run


@pytest.fixture
def people(store):
    return found(store)


def demanded(store, people, opened: datetime, answered: datetime | None, customer: int | None = None) -> int:
    with store.writing() as session:
        made = Demand(
            customer_id=customer or people.customer, words="Slow", pain="efficiency", metric="", unit="",
            urgency="P0", opened_at=opened, recorded_at=opened, answered_at=answered,
        )  # fmt: skip
        session.add(made)
        session.flush()
        return made.id


def value(store, name: str, ask=None, who=OPERATOR) -> tuple[int, float | None]:
    """Rows and number of a metric; its rows add up to it."""
    ask = ask or ask_of(store)
    with store.reading() as session:
        whole = tallies(session, who, ask, [name])[name].whole
        rows = behind(session, who, ask, METRICS[name]).total
        assert (rows.n, rows.top, rows.of) == (whole.n, whole.top, whole.of)
    return whole.n, whole.value(METRICS[name].ratio)


def test_demands_count_when_they_are_answered_or_their_time_runs_out(store, people):
    now = store.clock()
    day = now - timedelta(days=10)
    demanded(store, people, day, day + timedelta(hours=1))  # in time
    demanded(store, people, day, day + timedelta(hours=5))  # late
    demanded(store, people, day, None)  # its time ran out
    demanded(store, people, now - timedelta(hours=1), None)  # its time runs
    demanded(store, people, day - timedelta(days=200), day - timedelta(days=200))  # another period
    demanded(store, people, day, day, people.strange_customer)
    assert value(store, "response_hours", who=people.rep) == (2, pytest.approx(3.0))
    assert value(store, "answered_in_time_rate", who=people.rep) == (3, pytest.approx(1 / 3))
    assert value(store, "answered_in_time_rate") == (4, pytest.approx(2 / 4))


def test_what_lies_in_an_earlier_period_is_as_it_was_known_then(store, people):
    """Late when the period ended, answered after it: late there, and answered late in the next."""
    ask = ask_of(store)
    border = ask.span.since
    demanded(store, people, border - timedelta(days=1), border + timedelta(days=1))
    assert value(store, "answered_in_time_rate", ask.before()) == (1, 0.0)
    assert value(store, "answered_in_time_rate", ask) == (1, 0.0)
    assert value(store, "response_hours", ask.before()) == (0, None)


def told(store, people, day: date, planned: date | None, demand: int | None = None) -> None:
    """A promise for a day, and the plan beside it."""
    at = store.clock() - timedelta(days=80)
    with store.writing() as session:
        feature = Feature(name="Shift", deliverable="screen", reference="", recorded_at=at)
        session.add(feature)
        session.flush()
        if planned:
            session.add(PlannedDate(feature_id=feature.id, planned_on=planned, recorded_at=at))
        made = Promise(
            customer_id=people.customer, demand_id=demand, feature_id=feature.id, words="Soon",
            made_at=at, recorded_at=at,
        )  # fmt: skip
        session.add(made)
        session.flush()
        session.add(PromisedDate(promise_id=made.id, promised_on=day, recorded_at=at))


def test_an_opportunity_behind_several_red_promises_counts_once(store, people):
    with store.writing() as session:
        session.get_one(Opportunity, people.opportunity).amount = Decimal(5000)
        session.get_one(Opportunity, people.opportunity).opened_at = store.clock() - timedelta(days=90)
    today = store.clock().date()
    told(store, people, today + timedelta(days=5), today + timedelta(days=9))  # red
    told(store, people, today + timedelta(days=5), None)  # red: nothing planned
    told(store, people, today + timedelta(days=5), today + timedelta(days=1))  # fits
    assert value(store, "red_promises", who=people.rep) == (2, 5000.0)
    assert value(store, "red_promises", who=people.stranger) == (0, 0.0)


def test_a_promise_whose_day_went_by_unconfirmed_was_not_kept(store, people):
    today = store.clock().date()
    told(store, people, today - timedelta(days=9), today - timedelta(days=12))
    told(store, people, today + timedelta(days=9), today)  # still open
    assert value(store, "kept_rate") == (1, 0.0)


def test_forecasts_of_ended_months_are_held_against_what_came(store, people):
    """Values by chance 0.5 of the amount; rejected ones count by the scorecard's 0.4."""
    made = run(store, date(2026, 1, 1), value=1000)
    rep, stranger = people.rep.person_id, people.stranger.person_id
    deal(store, rep, run_id=made, amount=200, decision="accepted", won_on=date(2026, 1, 20))
    deal(store, rep, run_id=made, amount=100, decision="rejected")
    deal(store, rep, run_id=made, amount=100)
    deal(store, stranger, run_id=made, amount=1000, decision="rejected")
    late = run(store, date(2026, 3, 1), value=1000)  # a month that runs
    deal(store, rep, run_id=late, amount=900, decision="accepted")
    span = Span(datetime(2026, 1, 15, tzinfo=UTC), store.clock())
    ask = replace(ask_of(store), span=span, against=span.since)
    forecast = 100 + 40 + 50
    assert value(store, "forecast_deviation", ask, people.rep) == (
        3,
        pytest.approx((200 - forecast) / forecast),
    )
    assert value(store, "adoption_rate", ask, people.rep) == (2, 0.5)
    assert value(store, "adoption_rate", ask) == (3, pytest.approx(1 / 3))
    with store.reading() as session:
        found = tallies(session, OPERATOR, ask, ["adoption_rate"])["adoption_rate"]
    assert {key: tally.n for key, (_, tally) in found.by[Dimension.REP].items()} == {
        str(rep): 2,
        str(stranger): 1,
    }


def test_no_month_ended_in_the_period_says_nothing(store, people):
    assert value(store, "forecast_deviation") == (0, None)


def test_what_the_customer_confirmed_in_time_was_kept(store, clock):
    handover = Handover(store)
    _, token = handover.ready()
    answer_link(store, token, AnswerInput("confirmed"))
    clock.move(days=20)
    ask = ask_of(store)
    rep = handover.company.rep
    assert value(store, "kept_rate", ask, rep) == (1, 1.0)
    assert value(store, "kept_rate", ask.before(), rep) == (0, None)
