"""Amounts of several currencies: rates with both times, and what forecasts make of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from sqlalchemy import select

from core.messages import Invalid, NotAllowed
from data.commands.currencies import set_own_currency, set_rate
from data.queries.currencies import company_rates, main_currency, money_of, rate_desk
from data.queries.forecast_history import days, forecast_history
from data.queries.policies import policy_in_force
from data.schema import Opportunity, OpportunityChange
from tests.company import found
from tests.importing import import_text

# Three in yuan, so that yuan is the pipeline's; one in dollars, won; one in euro, which has no rate at first.
DEALS = """ref,name,customer,amount,currency,outcome,opened_at,closed_at
1,One,Haihe Pumps,1000,CNY,,2026-01-02,
2,Two,Haihe Pumps,2000,CNY,won,2026-01-02,2026-01-20
3,Dollars,Haihe Pumps,100,USD,won,2026-01-02,2026-01-25
4,Euro,Haihe Pumps,50,EUR,,2026-01-02,
5,Five,Haihe Pumps,500,CNY,,2026-01-02,
"""


@pytest.fixture
def company(store, clock):
    clock.at = datetime(2026, 2, 1, 4, tzinfo=UTC)
    people = found(store)
    import_text(store, "opportunities", DEALS)
    set_rate(store, people.director, "USD", date(2026, 1, 1), 7.0)
    set_rate(store, people.director, "usd", date(2026, 1, 24), 7.2)
    set_rate(store, people.director, "USD", date(2026, 1, 30), 9.0)  # after the closing
    return people


def amounts(store, at: datetime) -> dict[str, float]:
    with store.reading() as session:
        history = forecast_history(session, "firebreak")
        refs = {row.id: row.ref for row in session.query(Opportunity) if row.ref}
    seen = history.as_of(days(at)).amount
    return {refs[i]: float(a) for i, a in zip(history.ids.tolist(), seen, strict=True) if i in refs}


def test_a_win_counts_by_the_rate_of_its_day_once_that_was_entered(store, company, clock):
    before, after = (amounts(store, clock.at + timedelta(minutes=m)) for m in (-1, 1))
    assert np.isnan(before["3"])  # no rate was known yet
    assert after["3"] == pytest.approx(720)
    assert (before["2"], after["1"]) == (2000, 1000)
    assert np.isnan(after["4"])


def test_a_rate_that_is_entered_later_changes_no_past_amount(store, company, clock):
    clock.move(days=1)
    set_rate(store, company.director, "USD", date(2026, 1, 25), 8.0)
    set_rate(store, company.director, "EUR", date(2026, 1, 1), 8.0)
    past, now = (amounts(store, clock.at + timedelta(hours=h)) for h in (-1, 1))
    assert (past["3"], now["3"]) == (pytest.approx(720), pytest.approx(800))
    assert np.isnan(past["4"])
    assert now["4"] == pytest.approx(400)


def test_an_amount_that_goes_into_another_currency_is_read_as_it_stood(store, company, clock):
    with store.writing() as session:
        row = session.query(Opportunity).filter_by(ref="1").one()
        row.currency = "USD"
        told = clock.at + timedelta(days=1)
        session.add(
            OpportunityChange(
                opportunity_id=row.id,
                field="currency",
                before="CNY",
                after="USD",
                happened_at=told,
                recorded_at=told,
            )
        )
    past, now = (amounts(store, clock.at + timedelta(days=d)) for d in (0.5, 1.5))
    assert (past["1"], now["1"]) == (1000, pytest.approx(9000))


def test_what_was_paid_is_told_in_the_runs_currency(sqlite_store, clock):
    clock.at = datetime(2026, 2, 1, 4, tzinfo=UTC)
    people = found(sqlite_store)
    set_rate(sqlite_store, people.director, "USD", date(2026, 1, 1), 7.0)
    with sqlite_store.reading() as session:
        money, rates = money_of(session, "CNY"), company_rates(session)
    at = datetime(2026, 1, 3, tzinfo=UTC)
    assert money.paid(Decimal(100), "USD", at) == Decimal(700)
    assert money.paid(Decimal(100), "CNY", at) == Decimal(100)
    assert money.paid(Decimal(100), "EUR", at) is None
    assert rates.between("CNY", "USD", date(2026, 1, 3), clock.at) == pytest.approx(1 / 7)


def test_who_may_and_what_is_refused(sqlite_store, clock):
    people = found(sqlite_store)
    for currency, day, worth, codes in (
        ("CNY", date(2026, 1, 1), 1.0, ["own_currency"]),
        ("dollars", None, None, ["currency_code", "required", "not_positive"]),
        ("USD", date(2026, 1, 1), 2e6, ["number_too_large"]),
        ("USD", date(2100, 1, 1), -7.0, ["instant_in_future", "not_positive"]),
    ):
        with pytest.raises(Invalid) as refused:
            set_rate(sqlite_store, people.director, currency, day, worth)
        assert [p.code for p in refused.value.problems] == codes
    with pytest.raises(NotAllowed):
        set_rate(sqlite_store, people.rep, "USD", date(2026, 1, 1), 7.0)
    with sqlite_store.reading() as session, pytest.raises(NotAllowed):
        rate_desk(session, people.rep, clock.at)


def test_a_rate_is_said_once_and_may_be_put_right(store, clock):
    people, day = found(store), date(2026, 1, 1)
    set_rate(store, people.director, "USD", day, 7.0)
    with pytest.raises(Invalid) as refused:
        set_rate(store, people.director, "usd", day, 7.0)
    assert [(p.field, p.code) for p in refused.value.problems] == [("worth", "rate_known")]
    clock.move(hours=1)
    set_rate(store, people.director, "USD", day, 7.1)
    clock.move(hours=1)
    set_rate(store, people.director, "USD", day, 7.0)  # and back: it is not what was said last


@pytest.mark.parametrize("code", ["ABC", "XXX", "DEM", "US", "", "12€"])
def test_a_currency_that_nobody_pays_with_has_no_rate(sqlite_store, code):
    """ISO 4217: neither made-up codes nor those of money that is no more."""
    people = found(sqlite_store)
    with pytest.raises(Invalid) as refused:
        set_rate(sqlite_store, people.director, code, date(2026, 1, 1), 7.0)
    assert [(p.field, p.code) for p in refused.value.problems] == [("currency", "currency_code")]


def test_the_companys_own_currency_is_chosen_until_an_amount_is_on_record(store):
    people = found(store)
    version = set_own_currency(store, people.admin, "eur")
    with store.reading() as session:
        assert policy_in_force(session).currency == "EUR"
        assert session.get_one(Opportunity, people.opportunity).currency == "EUR"  # it had no amount
    for code, why in (("EUR", "currency_same"), ("ABC", "currency_code")):
        with pytest.raises(Invalid) as refused:
            set_own_currency(store, people.admin, code)
        assert [(p.field, p.code) for p in refused.value.problems] == [("currency", why)]
    assert set_own_currency(store, people.director, "USD") == version + 1
    import_text(store, "opportunities", "ref,name,amount,opened_at\n1,Priced,100,2026-01-02\n")
    with pytest.raises(Invalid) as refused:
        set_own_currency(store, people.admin, "CNY")
    assert [p.code for p in refused.value.problems] == ["currency_in_use"]
    with store.reading() as session:
        assert session.scalars(select(Opportunity.currency).where(Opportunity.ref == "1")).one() == "USD"


def test_a_rate_fixes_the_currency_that_it_is_in(sqlite_store):
    people = found(sqlite_store)
    set_rate(sqlite_store, people.director, "USD", date(2026, 1, 1), 7.0)
    with pytest.raises(Invalid) as refused:
        set_own_currency(sqlite_store, people.director, "EUR")
    assert [p.code for p in refused.value.problems] == ["currency_in_use"]


def test_of_equally_many_amounts_the_companys_own_currency_is_the_pipelines(store):
    found(store)
    import_text(store, "opportunities", "name,owner,amount,currency\nPumps,rep,90,CNY\nExport,rep,4,AUD\n")
    with store.reading() as session:
        (pipeline,) = session.scalars(select(Opportunity.pipeline_id).distinct())
        assert main_currency(session, pipeline) == "CNY"


def test_a_win_that_is_older_than_its_currencys_first_rate_is_named(store, clock):
    clock.at = datetime(2026, 2, 1, 4, tzinfo=UTC)
    people = found(store)
    import_text(store, "opportunities", DEALS)
    seen = []
    for day in (26, 25):  # dollars were won on the 25th
        set_rate(store, people.director, "USD", date(2026, 1, day), 7.0)
        with store.reading() as session:
            seen.append(rate_desk(session, people.director, clock.at).early)
    assert seen == [{"USD": (date(2026, 1, 26), 1)}, {}]
