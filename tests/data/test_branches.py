"""A company of many branches: every rule holds for each of them, as if all had gone through the commands."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from sqlalchemy import func, select, text

from core.definitions import value_of
from core.policies import DEFAULTS
from core.process.actions import ActionContext, ActionInput, check, fields_of
from core.process.evidence import NextStep
from core.terms import ActionStatus, Outcome
from data import __main__ as command_line
from data.commands.projections import differences
from data.demo import write
from data.demo.branches import TABLES, branch_out
from data.demo.sizes import LARGEST, SIZES, sized
from data.schema import Action, Alert, Audit, Base, Customer, Opportunity, OpportunityChange, Person, Team

FOUR = replace(SIZES["three"], branches=4)


def all_of(session, table):
    return session.scalars(select(table).order_by(table.id)).all()


def as_entered(action: Action, told: dict, others: list[Action]) -> tuple[ActionInput, ActionContext]:
    """An action as it was submitted, with what the store knew around it; `told` is what its audit kept."""
    done = [a for a in others if a.status == "completed" and a.id != action.id]
    mine = [a for a in done if a.opportunity_id == action.opportunity_id]
    step = next((a for a in others if a.id == told["next_step"]), None)
    context = ActionContext(
        known_at=action.recorded_at,
        now=action.recorded_at,
        previous_end=max((a.ended_at for a in mine if a.started_at <= action.started_at), default=None),
        following_start=min((a.started_at for a in mine if a.started_at > action.started_at), default=None),
        busy=tuple((a.started_at, a.ended_at, "") for a in done if a.owner_id == action.owner_id),
        earlier_records=frozenset(
            a.id for a in done if a.customer_id == action.customer_id and a.ended_at < action.ended_at
        ),
        earlier_quote=any(a.type == "quote_confirmation" and a.ended_at < action.ended_at for a in mine),
    )
    values = {f.key: value_of(f, action.fields.get(f.key)) for f in fields_of(action.type, ())}
    return ActionInput(
        action.type,
        ActionStatus.COMPLETED,
        action.started_at,
        action.ended_at,
        action.summary,
        follows=action.follows_id,
        next_step=step and NextStep(step.type, step.planned_for, step.note),
        outcome=Outcome(told["opportunity"][1]["outcome"]),
        fields=values,
    ), context


def test_every_branch_keeps_the_rules_and_its_own_records(store):
    write(store, FOUR, seed=3)
    with store.writing() as session:
        assert differences(session) == []
    with store.reading() as session:
        if store.engine.dialect.name == "sqlite":  # PostgreSQL has refused what points nowhere
            assert session.execute(text("PRAGMA foreign_key_check")).all() == []
        actions = all_of(session, Action)
        told = dict(
            session.execute(
                select(Audit.entity_id, Audit.after)
                .where(Audit.command == "action.record")
                .order_by(Audit.id)
            ).all()
        )
        done = [a for a in actions if a.status == "completed"]
        for action in Random(5).sample(done, 12):
            assert check(*as_entered(action, told[action.id], actions), DEFAULTS) == (), action.id
        teams = dict(session.execute(select(Person.id, Person.team_id)).all())
        of = {o.id: o for o in all_of(session, Opportunity)}
        assert len(of) == 12
        assert len(set(teams.values()) - {None}) == session.scalar(select(func.count()).select_from(Team)) > 4
        assert all(teams[a.owner_id] == teams[of[a.opportunity_id].owner_id] for a in actions)
        assert all(of[a.opportunity_id].customer_id == a.customer_id for a in actions)


def test_a_branch_has_its_own_names_and_amounts_and_the_first_its_accounts(sqlite_store):
    write(sqlite_store, FOUR, seed=3)
    with sqlite_store.reading() as session:
        people = all_of(session, Person)
        assert len({p.username for p in people}) == len(people) == len({p.email for p in people})
        assert Counter(p.role for p in people if p.password_hash) == dict.fromkeys(
            {p.role for p in people}, 1
        )
        assert len({c.name for c in all_of(session, Customer)}) == 12
        amounts = [o.amount for o in all_of(session, Opportunity)]
        known = [n for n in range(12) if amounts[n % 3] is not None]  # one in ten is opened without
        assert len({amounts[n] / amounts[n % 3] for n in known}) > 1
        quotes = session.execute(
            select(OpportunityChange.after, Opportunity.amount)
            .join(Opportunity, Opportunity.id == OpportunityChange.opportunity_id)
            .where(OpportunityChange.field == "amount")
            .order_by(OpportunityChange.id)
        ).all()
        assert quotes
        assert {float(after) == float(amount) for after, amount in quotes[-1:]} == {True}
        for alert in all_of(session, Alert):
            assert alert.key.split(":")[1] == str(alert.opportunity_id)


def test_the_audit_is_in_the_order_of_time_and_speaks_of_the_branchs_own_records(sqlite_store):
    write(sqlite_store, FOUR, seed=3)
    with sqlite_store.reading() as session:
        rows = all_of(session, Audit)
        kept = [(r.entity_id, r.after["id"]) for r in rows if r.command == "action.record"]
        assert all(entity_id == told for entity_id, told in kept)
        done = session.scalars(select(Action.id).where(Action.status == "completed"))
        assert set(done) <= {entity_id for entity_id, _ in kept}
        first = [r.at for r in rows if r.command == "action.record"]
        assert first == sorted(first)


def test_a_seed_is_a_company_of_branches(sqlite_store, tmp_path):
    def names(seed):
        with sqlite_store.writing() as session:
            branch_out(session, 2, seed)
            told = session.execute(
                select(Person.name, Customer.name).join(Customer, Customer.owner_id == Person.id)
            ).all()
            session.rollback()
        return told

    write(sqlite_store, "three")
    assert names(1) == names(1) != names(2)


def test_every_table_that_branches_points_only_to_its_own_branch_or_to_what_all_share():
    pointing = {f.column.table.name for name in TABLES for f in Base.metadata.tables[name].foreign_keys}
    assert pointing - set(TABLES) == {
        "forecast_run", "import_batch", "pipeline", "stage", "stored_file", "tag"
    }  # fmt: skip


@pytest.mark.parametrize(("asked", "branches"), [(1, 1), (1_000, 2), (100_000, 201)])
def test_a_size_is_a_number_of_branches(asked, branches):
    assert sized(asked).branches == branches


def test_a_size_that_cannot_be_is_refused_at_the_command_line(capsys):
    for said in ("huge", "0", str(LARGEST + 1)):
        with pytest.raises(SystemExit):
            command_line.main(["demo", "--size", said])
        assert "opportunities" in capsys.readouterr().err
