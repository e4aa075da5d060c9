"""Tags, names of action types and grade rules through the store: in force everywhere, undone whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from core.fields import Kind
from core.grades import FACTS
from core.messages import Invalid, NotAllowed
from core.policies import DEFAULTS
from core.process.stages import PIPELINE, STAGES, following
from core.studio import Area
from core.vocabulary import ActionType, Tag
from data.commands.actions import record_action
from data.commands.customers import grade_customer, tag_customer
from data.commands.projections import differences
from data.commands.studio import publish, restore
from data.commands.studio_fields import keep_field
from data.commands.studio_lists import FRESH, keep_grade_rules, keep_tags, keep_types
from data.own_terms import hear, offered_types, stage_order
from data.queries.customers import choices
from data.queries.grades import grade_facts
from data.queries.policies import policy_in_force
from data.queries.process import process_measures
from data.queries.studio import desk
from data.queries.studio_lists import (
    as_shipped,
    grades_preview,
    shipped_stages,
    stages_in_use,
    tags_in_use,
    tags_preview,
)
from data.queries.today import Kind as ToDo
from data.queries.today import today
from data.schema import Alert, CustomerState, Opportunity, OpportunityState, Stage
from data.text import speak, translate
from tests.company import found
from tests.data.test_board_query import plans
from tests.data.test_record_action import done
from tests.importing import export, import_text, shown
from tests.spec.test_definitions import own

PLAIN = Tag(FRESH, {"en": "Key account", "zh": "大客户"}, high_value=True)
FIRST = ActionType("appointment", {"en": "First visit", "zh": "首访"})
TRIAL = ActionType(FRESH, {"en": "Trial", "zh": "试用"})
SHIPPED = tuple(ActionType(key, label) for key, label in shipped_stages().items())


@pytest.fixture(autouse=True)
def as_the_product_says():
    yield
    speak({})


@pytest.fixture
def studio(store):
    return made(store)


@pytest.fixture
def small(sqlite_store):
    return made(sqlite_store)


def made(store):
    people = found(store)

    def read(query, *more, who=people.director):
        with store.reading() as session:
            return query(session, who, *more)

    def tags(**changed):
        """The whole list, some of it changed, as the form sends it."""
        listed = [use.tag for use in read(tags_in_use, read(desk, Area.TAGS).policy.tags)]
        keep_tags(
            store,
            people.director,
            [changed.get(tag.key, tag) for tag in listed] + [changed.get(FRESH, Tag(FRESH, {}))],
        )

    def put(area):
        return publish(store, people.director, area, "The field asks for it.")

    def high():
        with store.reading() as session:
            return session.get_one(CustomerState, people.customer).high_value_tags

    return SimpleNamespace(store=store, people=people, read=read, tags=tags, put=put, high=high)


def own_key(studio) -> str:
    with studio.store.reading() as session:
        return policy_in_force(session).tags[-1].key


def test_a_new_tag_counts_and_a_retired_one_is_given_to_nobody(studio):
    store, people = studio.store, studio.people
    studio.tags(**{FRESH: PLAIN})
    assert studio.read(desk, Area.TAGS).waiting == {"own_key_account"}  # what is as shipped is no change
    studio.put(Area.TAGS)
    assert own_key(studio) == "own_key_account"
    two = ["budget_approved", "own_key_account"]
    tag_customer(store, people.rep, people.customer, two)
    assert studio.high() == 2
    hear(store)
    assert (translate("zh", "terms.tag.own_key_account"), translate("en", "terms.tag.budget_approved")) == (
        "大客户", "Budget approved",
    )  # fmt: skip
    studio.tags(budget_approved=Tag("budget_approved", as_shipped("budget_approved").label, retired=True))
    in_force, draft = (getattr(studio.read(desk, Area.TAGS), name) for name in ("in_force", "policy"))
    assert (studio.read(tags_preview, in_force, draft).before, studio.high()) == (0, 2)
    studio.put(Area.TAGS)
    assert studio.high() == 1
    assert "budget_approved" not in studio.read(choices, who=people.rep).tags
    tag_customer(store, people.rep, people.customer, two)  # who carries it keeps it
    tag_customer(store, people.manager, people.customer, [two[1], "reference_customer"])
    with pytest.raises(Invalid) as refused:
        tag_customer(store, people.manager, people.customer, two)
    assert refused.value.problems[0].code == "tag_retired"
    rows = "name,tags\nHaihe Pumps,大客户; reference_customer\nNew Ltd,budget_approved\n"
    accepted, updated, _, rejected = shown(import_text(store, "customers", rows))
    assert (accepted, updated, rejected) == (0, 0, [(3, "tags", "tag_retired")])


def test_going_back_retires_a_tag_that_came_later(small):
    small.tags(**{FRESH: PLAIN})
    first = small.put(Area.TAGS)
    strategic = Tag("strategic_account", {"en": "Strategic", "zh": "战略"}, high_value=False)
    small.tags(strategic_account=strategic)
    small.put(Area.TAGS)
    restore(small.store, small.people.director, Area.TAGS, first, "As before.")
    with small.store.reading() as session:
        tags = {tag.key: tag for tag in policy_in_force(session).tags}
    assert {key: tag.retired for key, tag in tags.items()} == {
        "own_key_account": False, "strategic_account": True,
    }  # fmt: skip


def test_a_stage_has_another_name_everywhere_and_files_know_both(small):
    keep_types(small.store, small.people.director, [FIRST, *SHIPPED[1:]])
    assert small.read(desk, Area.STAGES).waiting == {"appointment"}
    small.put(Area.STAGES)
    hear(small.store)
    assert translate("en", "terms.stage.appointment") == "First visit"
    with small.store.reading() as session:
        ref = session.get_one(Opportunity, small.people.opportunity).name
    plan = (
        "opportunity,type,planned_for,owner\n"
        + f"{ref},首访,2030-01-02 10:00,rep\n{ref},Appointment,2030-01-03 10:00,rep\n"
    )
    accepted, _, _, rejected = shown(import_text(small.store, "actions", plan))
    assert (accepted, rejected) == (2, [])
    keep_types(small.store, small.people.director, SHIPPED)
    small.put(Area.STAGES)
    hear(small.store)
    assert translate("en", "terms.stage.appointment") == "Appointment"


def test_a_type_is_added_with_its_place_and_its_fields_and_moves_the_opportunity(studio, clock):
    store, people = studio.store, studio.people
    keep_types(store, people.director, [*SHIPPED[:2], TRIAL, *SHIPPED[2:]])
    use = studio.read(stages_in_use, studio.read(desk, Area.STAGES).policy.stages)[2]
    assert (use.type.key, use.fresh) == ("own_trial", True)
    first = studio.put(Area.STAGES)
    seats = own(Kind.NUMBER, key="own_seats", types=("own_trial",), label={"en": "Seats", "zh": "席位数"})
    keep_field(store, people.director, seats)
    studio.put(Area.FIELDS)
    trial = done(store, "needs_diagnosis", hours_ago=2, fields={})
    trial = replace(trial, type="own_trial")
    with pytest.raises(Invalid) as refused:
        record_action(store, people.rep, people.opportunity, trial)
    assert [p.field for p in refused.value.problems] == ["fields.own_seats"]
    filled = replace(trial, fields={"own_seats": Decimal(3)})
    record_action(store, people.rep, people.opportunity, filled)
    with store.reading() as session:
        assert (
            session.get_one(OpportunityState, people.opportunity).stage_id == stage(session, "own_trial").id
        )
        order = [row.key for row in session.query(Stage).order_by(Stage.position) if row.pipeline_id == 1]
    assert order == [*STAGES[:2], "own_trial", *STAGES[2:]]
    hear(store)
    assert (stage_order(), following("needs_diagnosis", offered_types())) == (tuple(order), "own_trial")
    off = [replace(one, off=one.key == "own_trial") for one in studio.read(desk, Area.STAGES).policy.stages]
    keep_types(store, people.director, off)
    assert studio.read(stages_in_use, off)[2].opportunities == 1
    studio.put(Area.STAGES)
    clock.move(days=1)
    again = replace(filled, started_at=clock.at - timedelta(hours=3), ended_at=clock.at - timedelta(hours=2))
    with pytest.raises(Invalid) as refused:
        record_action(store, people.rep, people.opportunity, again)
    assert ("type", "type_off") in {(p.field, p.code) for p in refused.value.problems}
    again = shown(import_text(store, "actions", export(store, "actions")))
    assert again[3] == [], export(store, "actions").decode()  # history stays as it was
    restore(store, people.director, Area.STAGES, first, "Still of use.")
    restore(store, people.director, Area.STAGES, 0, "As shipped.")
    with store.reading() as session:
        assert [one.off for one in policy_in_force(session).stages if one.key == "own_trial"] == [True]


def test_passing_an_added_stage_by_is_no_skip(small):
    keep_types(small.store, small.people.director, [SHIPPED[0], TRIAL, *SHIPPED[1:]])
    small.put(Area.STAGES)
    first = done(small.store, "appointment", hours_ago=9)
    follows = record_action(small.store, small.people.rep, small.people.opportunity, first)
    quote = done(small.store, "quote_confirmation", hours_ago=6, follows=follows)
    record_action(small.store, small.people.rep, small.people.opportunity, quote)
    with small.store.reading() as session:
        skipped = {one.stage: one.skipped for one in process_measures(session, PIPELINE).stages}
        alerts = select(Alert.params).where(Alert.rule == "stage_skipped", Alert.cleared_at.is_(None))
        assert session.scalars(alerts).one()["stage"] == "needs_diagnosis"
    assert (skipped["own_trial"], skipped["needs_diagnosis"], skipped["solution_demo"]) == (0, 1, 1)
    for key in ("needs_diagnosis", "solution_demo"):
        types = small.read(desk, Area.STAGES).policy.stages
        keep_types(
            small.store, small.people.director, [replace(one, off=one.off or one.key == key) for one in types]
        )
    small.put(Area.STAGES)
    with small.store.reading() as session:
        assert session.scalars(alerts).all() == []  # nobody need go where nobody can go any more


def test_another_order_of_stages_is_another_furthest_one(small):
    first = done(small.store, "appointment", hours_ago=9)
    follows = record_action(small.store, small.people.rep, small.people.opportunity, first)
    quote = done(small.store, "quote_confirmation", hours_ago=6, follows=follows)
    record_action(small.store, small.people.rep, small.people.opportunity, quote)
    keep_types(small.store, small.people.director, [*SHIPPED[1:], SHIPPED[0]])
    small.put(Area.STAGES)
    with small.store.writing() as session:
        state = session.get_one(OpportunityState, small.people.opportunity)
        assert state.furthest_id == stage(session, "appointment").id
        assert [one for one in differences(session) if one.startswith("opportunity")] == []


def stage(session, key):
    return session.query(Stage).filter_by(key=key).one()


def test_rules_propose_a_grade_until_somebody_decides(studio, clock):
    store, people = studio.store, studio.people
    with store.writing() as session:
        session.get_one(Opportunity, people.opportunity).amount = Decimal(500_000)
    keep_grade_rules(store, people.director, {"A": "amount_open >= 300000", "B": "open_opportunities > 0"})
    draft = studio.read(desk, Area.GRADES).policy
    seen = studio.read(grades_preview, draft, clock.at)
    assert (seen.customers, seen.proposals, seen.other) == (2, {"A": 1, "B": 1}, 2)
    assert due(studio, clock) == []  # a draft proposes nothing
    studio.put(Area.GRADES)
    assert due(studio, clock) == [("Haihe Pumps", "A")]
    assert due(studio, clock, people.mate) == []  # nobody else's customers
    grade_customer(store, people.rep, people.customer, "B", "They pay late.")
    assert due(studio, clock) == []
    clock.move(days=31)
    assert due(studio, clock) == [("Haihe Pumps", "A")]
    grade_customer(store, people.rep, people.customer, "A", "They pay now.")
    assert due(studio, clock) == []


def test_every_name_that_a_rule_may_read_has_a_value(studio, clock):
    with studio.store.reading() as session:
        (told,) = grade_facts(session, [studio.people.customer], DEFAULTS, clock.at)
    assert {field.key for field in FACTS} == set(told.values)


def due(studio, clock, who=None):
    groups = studio.read(today, clock.at, who=who or studio.people.rep)
    return [(todo.customer, todo.words) for g in groups if g.kind is ToDo.REGRADE for todo in g.todos]


def test_action_types_are_counted_without_reading_the_actions(small):
    director = small.people.director
    steps = plans(small.store, lambda session: stages_in_use(session, director, SHIPPED))
    counting = [step for step in steps if "action" in step.split()]
    assert counting
    assert all("COVERING INDEX" in step for step in counting)


def test_only_who_may_change_the_studio_prepares_lists(small):
    for who in (small.people.rep, small.people.manager, small.people.product):
        for keep, value in (
            (keep_tags, [PLAIN]),
            (keep_types, [FIRST]),
            (keep_grade_rules, {"A": "amount_open > 1"}),
        ):
            with pytest.raises(NotAllowed):
                keep(small.store, who, value)
        for query in (lambda s, w: stages_in_use(s, w, ()), lambda s, w: tags_in_use(s, w, ())):
            with pytest.raises(NotAllowed):
                small.read(query, who=who)
