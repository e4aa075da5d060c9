"""Tags, names of action types and grade rules through the store: in force everywhere, undone whole."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest

from core.messages import Invalid, NotAllowed
from core.studio import Area
from core.vocabulary import StageName, Tag
from data.commands.customers import grade_customer, tag_customer
from data.commands.studio import publish, restore
from data.commands.studio_lists import FRESH, keep_grade_rules, keep_stage_names, keep_tags
from data.own_terms import hear
from data.queries.customers import choices
from data.queries.policies import policy_in_force
from data.queries.studio import desk
from data.queries.studio_lists import as_shipped, grades_preview, stages_in_use, tags_in_use, tags_preview
from data.queries.today import Kind, today
from data.schema import CustomerState, Opportunity
from data.text import speak, translate
from tests.company import found
from tests.importing import import_text, shown

PLAIN = Tag(FRESH, {"en": "Key account", "zh": "大客户"}, high_value=True)
FIRST = StageName("appointment", {"en": "First visit", "zh": "首访"})


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
    keep_stage_names(small.store, small.people.director, [FIRST])
    assert small.read(stages_in_use)[0].key == "appointment"
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
    keep_stage_names(
        small.store,
        small.people.director,
        [StageName("appointment", {"en": "Appointment", "zh": "预约拜访"})],
    )
    small.put(Area.STAGES)
    hear(small.store)
    assert translate("en", "terms.stage.appointment") == "Appointment"


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


def due(studio, clock, who=None):
    groups = studio.read(today, clock.at, who=who or studio.people.rep)
    return [(todo.customer, todo.words) for g in groups if g.kind is Kind.REGRADE for todo in g.todos]


def test_only_who_may_change_the_studio_prepares_lists(small):
    for who in (small.people.rep, small.people.manager, small.people.product):
        for keep, value in (
            (keep_tags, [PLAIN]),
            (keep_stage_names, [FIRST]),
            (keep_grade_rules, {"A": "amount_open > 1"}),
        ):
            with pytest.raises(NotAllowed):
                keep(small.store, who, value)
        for query in (stages_in_use, lambda s, w: tags_in_use(s, w, ())):
            with pytest.raises(NotAllowed):
                small.read(query, who=who)
