"""Rules through the studio: drafted, their effect counted in the records, published, rolled back."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest

from core.messages import Invalid, NotAllowed
from core.policies import override
from core.promises.demands import DemandInput, Effect
from core.studio import Area
from data.commands.actions import record_action
from data.commands.demands import file_demand
from data.commands.studio import edit_draft, keep_rules, publish, rebase_draft, restore
from data.commands.studio_fields import keep_field
from data.queries.policies import policy_in_force
from data.queries.rules_preview import rules_preview
from data.queries.studio import desk
from data.schema import Alert, Audit
from tests.company import found
from tests.data.test_record_action import done
from tests.spec.test_definitions import INFLUENCE

COST = Effect("Cost", Decimal(2), Decimal(1), "h")


@pytest.fixture
def office(store, clock):
    people = found(store)

    def policy():
        with store.reading() as session:
            return policy_in_force(session)

    def effects(**rules):
        with store.reading() as session:
            pair = override({}, 0), override(rules, 0)
            seen = rules_preview(session, people.director, pair, set(rules), store.clock())
        return {(e.name, e.about): (e.before, e.after, e.of) for e in seen}

    return SimpleNamespace(store=store, people=people, policy=policy, effects=effects, clock=clock)


def demos(office, count: int = 3) -> None:
    """A first visit and demos an hour and a half apart, the last just over."""
    last = record_action(office.store, office.people.rep, office.people.opportunity,
                         done(office.store, "appointment", hours_ago=40))  # fmt: skip
    for n in range(count, 0, -1):
        demo = done(office.store, "solution_demo", hours_ago=1.5 * n, follows=last)
        last = record_action(office.store, office.people.rep, office.people.opportunity, demo)


def test_a_rule_counts_from_its_publication_and_is_rolled_back(office):
    keep_rules(office.store, office.people.director, {"demos_without_quote": 5, "sla_hours.1": 6.0})
    assert office.policy().demos_without_quote == 3
    version = publish(office.store, office.people.director, Area.RULES, "Fewer false alarms.")
    assert (office.policy().demos_without_quote, office.policy().sla_hours) == (5, (2.0, 6.0, 24.0, 24.0))
    restore(office.store, office.people.admin, Area.RULES, 0, "As it was.")
    assert (office.policy().demos_without_quote, office.policy().version) == (3, version + 1)
    with office.store.reading() as session:
        first = session.query(Audit).filter_by(command="studio.publish").one()
        notes = [v.note for v in desk(session, office.people.director, Area.RULES).versions]
    assert (first.before["demos_without_quote"], first.after["demos_without_quote"]) == (None, 5)
    assert notes == ["As it was.", "Fewer false alarms."]


def test_alerts_follow_at_once(office):
    demos(office)

    def standing():
        with office.store.reading() as session:
            return session.query(Alert).filter_by(rule="demos_without_quote", cleared_at=None).count()

    assert standing() == 1
    assert office.effects(demos_without_quote=4)[("alerts_open", "demos_without_quote")] == (1, 0, 1)
    (same,) = office.effects(demos_without_quote=2).items()  # counted, and nothing changes
    assert same == (("alerts_same", ""), (3, 3, 1))
    keep_rules(office.store, office.people.director, {"alerts_off": ("demos_without_quote",)})
    publish(office.store, office.people.director, Area.RULES, "We sell by demos.")
    assert standing() == 0
    restore(office.store, office.people.director, Area.RULES, 0, "Back.")
    assert standing() == 1


def test_effects_are_counted_in_the_records(office):
    demos(office)
    demand = DemandInput("Export", "cost", COST, "P1", office.people.opportunity, None)
    file_demand(office.store, office.people.rep, office.people.customer, demand)
    office.clock.move(hours=22)
    assert office.effects(min_gap_minutes=31) == {("actions_close", ""): (0, 2, 4)}
    assert office.effects(min_gap_minutes=30) == {
        ("actions_close", ""): (0, 0, 4)
    }  # exactly so is far enough
    assert office.effects(max_action_hours=1) == {("actions_long", ""): (0, 0, 4)}
    assert office.effects(min_summary_chars=40) == {("summaries_short", ""): (0, 4, 4)}
    assert office.effects(recording_required=True) == {("recordings_missing", ""): (0, 4, 4)}
    assert office.effects(high_value_tags=1) == {("customers_high", ""): (0, 0, 1)}
    assert office.effects(grade_days=7) == {("grades_old", ""): (1, 1, 1)}
    assert office.effects(sla_hours=[1.0, 1.0, 2.0, 3.0]) == {("demands_late", "P1"): (0, 1, 1)}
    assert office.effects(max_photo_mb=3) == {}


def test_fields_and_rules_do_not_disturb_one_another(office):
    keep_rules(office.store, office.people.admin, {"silent_days": 20})
    keep_field(office.store, office.people.director, INFLUENCE)
    publish(office.store, office.people.director, Area.FIELDS, "The board asks.")
    publish(office.store, office.people.admin, Area.RULES, "Slow season.")  # no conflict: another part
    assert office.policy().silent_days == 20
    assert [f.key for f in office.policy().own_fields] == ["own_influence"]


def test_nonsense_and_strangers_are_refused(office):
    with pytest.raises(Invalid):
        keep_rules(office.store, office.people.director, {"max_action_hours": 99})
    with pytest.raises(NotAllowed):
        keep_rules(office.store, office.people.manager, {"silent_days": 20})
    with office.store.reading() as session, pytest.raises(NotAllowed):
        rules_preview(session, office.people.rep, (office.policy(), office.policy()), (), office.clock())


def test_rules_laid_over_one_another_stay_in_order(office):
    keep_rules(office.store, office.people.admin, {"sla_hours.0": 7.0})
    keep_rules(office.store, office.people.director, {"silent_days": 20, "commit_chance": 0.5})
    publish(office.store, office.people.director, Area.RULES, "Slow season.")
    keep_rules(office.store, office.people.director, {"best_case_chance": 0.45})
    publish(office.store, office.people.director, Area.RULES, "Slower still.")
    edit_draft(office.store, office.people.admin, Area.RULES, lambda made: made | {"commit_chance": 0.4})
    rebase_draft(office.store, office.people.admin, Area.RULES)
    with pytest.raises(Invalid) as refused:
        publish(office.store, office.people.admin, Area.RULES, "Mine.")
    assert {p.code for p in refused.value.problems} == {"rules_crossed"}
