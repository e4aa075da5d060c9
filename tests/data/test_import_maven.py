"""Another CRM's history, with the documented mappings: all rows, their pipeline, their money and times."""

from decimal import Decimal

from sqlalchemy import func, select

from core.access import OPERATOR
from data.commands.exchange import undo_import
from data.commands.projections import differences
from data.schema import (
    Customer,
    Opportunity,
    OpportunityChange,
    OpportunityState,
    Person,
    Pipeline,
    Stage,
    Team,
)
from tests.importing import contents, count, import_path, shown
from tests.shared_data import EXAMPLES, shared

STEPS = (
    ("users", "maven-crm/sales_teams.csv", "maven-users.toml", 35),
    ("customers", "maven-crm/accounts.csv", "maven-customers.toml", 85),
    ("opportunities", "maven-crm/sales_pipeline.csv", "maven-opportunities.toml", 7135),
)


def run(store):
    return [import_path(store, kind, shared(file), EXAMPLES / mapping) for kind, file, mapping, _ in STEPS]


def test_every_row_arrives_and_nothing_arrives_twice(store):
    assert [shown(r) for r in run(store)] == [(rows, 0, 0, []) for *_, rows in STEPS]
    assert [shown(r) for r in run(store)] == [(0, 0, rows, []) for *_, rows in STEPS]
    with store.writing() as session:
        assert differences(session) == []
        outcomes = dict(
            session.execute(select(Opportunity.outcome, func.count()).group_by(Opportunity.outcome)).all()
        )
        won = session.scalar(select(func.sum(Opportunity.amount)).where(Opportunity.outcome == "won"))
        stages = session.execute(
            select(Stage.key, func.count())
            .join(OpportunityState, OpportunityState.stage_id == Stage.id)
            .group_by(Stage.key)
        ).all()
    assert outcomes == {"won": 3042, "lost": 1684, "open": 2409}
    assert Decimal(won) > 0
    assert [tuple(s) for s in stages] == [("Engaging", 7135)]
    assert count(store, Opportunity, Opportunity.product == "GTXPro") == 0
    assert count(store, Opportunity, Opportunity.product == "GTX Pro") == 1205
    assert count(store, Opportunity, Opportunity.customer_id.is_(None)) == 1008
    assert count(store, Opportunity, Opportunity.owner_id.is_(None)) == 0
    assert count(store, Customer, Customer.industry == "technology") == 12
    assert (count(store, Person, Person.role == "manager"), count(store, Team)) == (6, 6)


def test_its_stages_are_a_pipeline_of_its_own(sqlite_store):
    run(sqlite_store)
    with sqlite_store.reading() as session:
        own = session.scalars(
            select(Stage.key).join(Pipeline).where(Pipeline.key == "maven").order_by(Stage.position)
        )
        assert own.all() == ["Prospecting", "Engaging"]


def test_what_is_known_only_at_the_closing_is_an_event_of_that_instant(sqlite_store):
    run(sqlite_store)
    with sqlite_store.reading() as session:
        deal = session.scalars(select(Opportunity).where(Opportunity.ref == "1C1I7A6R")).one()
        events = session.scalars(
            select(OpportunityChange).where(OpportunityChange.opportunity_id == deal.id)
        ).all()
    assert (deal.amount, deal.currency, deal.outcome) == (Decimal(1054), "USD", "won")
    assert deal.closed_at.isoformat() == "2017-03-01T05:00:00+00:00"  # midnight in New York
    assert {(e.field, e.recorded_at) for e in events} == {
        (f, deal.closed_at) for f in ("outcome", "closed_at", "amount")
    }
    assert deal.recorded_at == deal.opened_at


def test_undone_one_by_one_the_store_is_as_it_was(store):
    before = contents(store)
    done = run(store)
    for result in reversed(done):
        undo_import(store, OPERATOR, result.batch_id)
    assert contents(store) == before
