"""Instants and amounts mean the same on both databases."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy import func, literal, select
from sqlalchemy.exc import StatementError

from core.messages import Invalid
from core.storable import MOST_AMOUNT
from data.commands.opportunities import open_opportunity
from data.schema import Opportunity, OpportunityState
from data.schema.types import Instant, elapsed_days
from tests.company import found

INSTANTS = [
    datetime(2026, 3, 4, 4, 0, 0, 123456, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(2026, 3, 29, 2, 30, tzinfo=timezone(timedelta(hours=8))),
]


@pytest.mark.parametrize("at", INSTANTS)
def test_an_instant_comes_back_as_it_was(store, at):
    people = found(store)
    with store.writing() as session:
        session.get_one(Opportunity, people.opportunity).closed_at = at
    with store.reading() as session:
        assert session.scalar(select(Opportunity.closed_at).where(Opportunity.closed_at == at)) == at


def test_a_naive_instant_is_refused(store):
    people = found(store)
    with pytest.raises((StatementError, ValueError), match="time zone"), store.writing() as session:
        session.get_one(Opportunity, people.opportunity).closed_at = datetime(2026, 1, 1)  # noqa: DTZ001 - a naive instant is what is to be refused


def test_elapsed_days_counts_in_the_database(store):
    start, end = INSTANTS[0], INSTANTS[0] + timedelta(days=2, hours=6)
    with store.reading() as session:
        days = session.scalar(select(elapsed_days(literal(start, Instant), literal(end, Instant))))
    assert float(days) == pytest.approx(2.25)


def test_amounts_add_up_exactly(store):
    people = found(store)
    with store.writing() as session:
        session.get_one(Opportunity, people.opportunity).amount = Decimal("0.1")
        session.get_one(Opportunity, people.strange_opportunity).amount = Decimal("0.2")
    with store.reading() as session:
        assert session.scalar(select(func.sum(Opportunity.amount))) == Decimal("0.3")
        assert session.scalar(select(func.count()).select_from(OpportunityState)) == 0


def test_the_largest_amount_that_is_taken_is_kept_and_a_larger_one_refused(store):
    people = found(store)
    most = MOST_AMOUNT - Decimal("0.0001")
    made = open_opportunity(store, people.rep, people.customer, "The ocean", amount=most)
    with store.reading() as session:
        assert session.get_one(Opportunity, made).amount == most
    with pytest.raises(Invalid) as refused:
        open_opportunity(store, people.rep, people.customer, "Two oceans", amount=MOST_AMOUNT)
    assert [(p.field, p.code) for p in refused.value.problems] == [("amount", "number_too_large")]
