"""The studio through the store: drafts, publishing, two at once, going back, and what old records keep."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from core.customers import CustomerInput
from core.fields import Kind
from core.messages import Conflict, Invalid, NotAllowed, NotFound
from core.studio import Area
from data.commands.actions import record_action
from data.commands.customers import open_customer
from data.commands.studio import discard_draft, publish, rebase_draft, restore
from data.commands.studio_fields import bring_back_field, drop_field, keep_field, move_field
from data.queries.policies import policy_in_force
from data.queries.record import records_to_name
from data.queries.studio import desk
from data.queries.timeline import timeline
from data.schema import Action, Audit
from tests.company import found
from tests.data.test_record_action import VALUES, done
from tests.spec.test_definitions import INFLUENCE, SEATS

DIAGNOSIS = VALUES["needs_diagnosis"]
OPTIONAL = replace(SEATS, required=False)


@pytest.fixture
def studio(store):
    return made(store)


@pytest.fixture
def small(sqlite_store):
    return made(sqlite_store)


def made(store):
    people = found(store)

    def look(who=people.director):
        with store.reading() as session:
            return desk(session, who, Area.FIELDS)

    def fields():
        with store.reading() as session:
            return {f.key: f for f in policy_in_force(session).own_fields}

    def put(*defined, who=people.director, note="The board asks for it."):
        for field in defined:
            keep_field(store, who, field)
        return publish(store, who, Area.FIELDS, note)

    def record(who=people.rep, **fields):
        action = done(store, "needs_diagnosis", hours_ago=1, fields=DIAGNOSIS | fields)
        return record_action(store, who, people.opportunity, action)

    return SimpleNamespace(store=store, people=people, look=look, fields=fields, put=put, record=record)


def refused(work) -> set[tuple[str, str]]:
    with pytest.raises(Invalid) as error:
        work()
    return {(p.field, p.code) for p in error.value.problems}


def test_a_field_is_asked_for_from_its_publication_on(studio, clock):
    keep_field(studio.store, studio.people.director, INFLUENCE)
    assert [d.item for d in studio.look().pending] == ["own_influence"]
    assert studio.fields() == {}  # a draft counts for nobody
    version = publish(studio.store, studio.people.director, Area.FIELDS, "The board asks for it.")
    assert studio.fields()["own_influence"].since == clock.at
    assert refused(studio.record) == {("fields.own_influence", "required")}
    action = studio.record(own_influence="strong")
    with studio.store.reading() as session:
        row = session.get_one(Action, action)
        assert (row.fields["own_influence"], row.policy_version) == ("strong", version)
        audit = session.query(Audit).filter_by(command="studio.publish").one()
    assert audit.after["reason"] == "The board asks for it."
    assert "Strong" in audit.after["IT lead's influence / IT负责人影响力"]


def test_an_old_record_is_shown_under_its_own_definition(studio):
    studio.put(INFLUENCE)
    studio.record(own_influence="weak")
    relabelled = {"strong": {"en": "High", "zh": "高"}, "weak": {"en": "Low", "zh": "低"}}
    renamed = {"en": "Power of IT", "zh": "信息部门话语权"}
    studio.put(replace(studio.fields()["own_influence"], label=renamed, choice_labels=relabelled))
    drop_field(studio.store, studio.people.director, "own_influence")
    publish(studio.store, studio.people.director, Area.FIELDS, "Nobody looks at it.")
    assert studio.fields()["own_influence"].retired
    with studio.store.reading() as session:
        (event,) = (
            e
            for e in timeline(session, studio.people.rep, studio.people.customer).events
            if e.status == "completed"
        )
    (own,) = event.own
    assert (own.label["en"], own.choice_labels["weak"]["en"]) == ("IT lead's influence", "Weak")
    assert event.values["own_influence"] == "weak"


def test_two_people_at_once_are_told_and_neither_loses_anything(studio):
    people, store = studio.people, studio.store
    keep_field(store, people.admin, OPTIONAL)
    assert [w.name for w in studio.look().others] == ["Admin"]
    studio.put(INFLUENCE)
    with pytest.raises(Conflict) as told:
        publish(store, people.admin, Area.FIELDS, "Seats too.")
    assert (told.value.code, told.value.params["name"]) == ("studio_overtaken", "Director")
    assert studio.look(people.admin).overtaken.by == "Director"
    assert [d.item for d in studio.look(people.admin).pending] == ["own_seats"]  # theirs is not mine
    rebase_draft(store, people.admin, Area.FIELDS)
    assert [d.item for d in studio.look(people.admin).pending] == ["own_seats"]
    publish(store, people.admin, Area.FIELDS, "Seats too.")
    assert list(studio.fields()) == ["own_influence", "own_seats"]


def test_going_back_retires_what_came_later(small, clock):
    first = small.put(INFLUENCE)
    clock.move(days=1)
    small.put(OPTIONAL)
    restore(small.store, small.people.director, Area.FIELDS, first, "Too many fields.")
    assert {key: f.retired for key, f in small.fields().items()} == {
        "own_influence": False,
        "own_seats": True,
    }
    restore(small.store, small.people.director, Area.FIELDS, 0, "As shipped.")
    assert all(f.retired for f in small.fields().values())
    small.record()  # nothing is asked for any more
    assert [v.note for v in small.look().versions] == [
        "As shipped.", "Too many fields.", "The board asks for it.", "The board asks for it.",
    ]  # fmt: skip
    with pytest.raises(Invalid):
        restore(small.store, small.people.director, Area.FIELDS, 0, "Again.")
    with pytest.raises(NotFound):
        restore(small.store, small.people.director, Area.FIELDS, 99, "What?")


def test_a_field_is_retired_and_comes_back_but_a_mere_draft_vanishes(small):
    who = small.people.director
    small.put(INFLUENCE)
    keep_field(small.store, who, OPTIONAL)
    for key in ("own_influence", "own_seats"):
        drop_field(small.store, who, key)
    assert {f.key: f.retired for f in small.look().policy.own_fields} == {"own_influence": True}
    bring_back_field(small.store, who, "own_influence")
    assert small.look().pending == ()
    assert refused(lambda: publish(small.store, who, Area.FIELDS, " ")) == {
        ("note", "reason_required"), ("", "nothing_to_publish"),
    }  # fmt: skip
    with pytest.raises(NotFound):
        bring_back_field(small.store, who, "own_no_such")
    discard_draft(small.store, who, Area.FIELDS)
    with pytest.raises(NotFound):
        publish(small.store, who, Area.FIELDS, "Nothing there.")


def test_fields_stand_in_the_order_that_is_given(small):
    who = small.people.director
    small.put(INFLUENCE, OPTIONAL)
    move_field(small.store, who, "own_seats", -1)
    assert [d.item for d in small.look().pending] == ["order"]
    publish(small.store, who, Area.FIELDS, "Seats first.")
    assert list(small.fields()) == ["own_seats", "own_influence"]


def test_a_wrong_definition_is_not_kept(small):
    wrong = replace(INFLUENCE, label={"en": "", "zh": ""}, types=())
    found_ = refused(lambda: keep_field(small.store, small.people.director, wrong))
    assert found_ == {("name_en", "required"), ("name_zh", "required"), ("types", "types_required")}
    assert not small.look().draft


def test_only_who_may_change_the_studio_reads_or_drafts(small):
    for who in (small.people.rep, small.people.manager, small.people.product):
        with pytest.raises(NotAllowed):
            keep_field(small.store, who, INFLUENCE)
        with pytest.raises(NotAllowed):
            small.look(who)


def test_colleagues_and_customers_are_named_within_reach(studio):
    people = studio.people
    consultant = replace(OPTIONAL, key="own_who", kind=Kind.PERSON, label={"en": "Who", "zh": "谁"})
    like = replace(OPTIONAL, key="own_like", kind=Kind.CUSTOMER, label={"en": "Like", "zh": "像谁"})
    studio.put(consultant, like)
    stolen = {"own_like": {"id": people.strange_customer}, "own_who": {"id": 999}}
    assert refused(lambda: studio.record(**stolen)) == {
        ("fields.own_like", "not_among_choices"), ("fields.own_who", "not_among_choices"),
    }  # fmt: skip
    named = {"own_like": {"id": people.customer}, "own_who": {"id": people.product.person_id}}
    action = studio.record(**named)
    with studio.store.reading() as session:
        kept = session.get_one(Action, action).fields
    assert kept["own_like"] == {"id": people.customer, "name": "Haihe Pumps"}
    assert kept["own_who"]["name"] == "Product"
    twin = open_customer(studio.store, people.rep, CustomerInput("Haihe Pumps"))
    with studio.store.reading() as session:
        offered = records_to_name(session, people.rep)[Kind.CUSTOMER]
    assert offered == {i: f"Haihe Pumps · {i}" for i in (people.customer, twin)}


def test_two_fields_of_one_name_do_not_come_into_force(small):
    """Prepared at the same time, each alone was right; laid over one another they are not."""
    people, store = small.people, small.store
    keep_field(store, people.admin, replace(INFLUENCE, kind=Kind.TEXT, choices=(), choice_labels=None))
    small.put(INFLUENCE)
    rebase_draft(store, people.admin, Area.FIELDS)
    clash = {("", "field_does_not_fit")}
    assert refused(lambda: publish(store, people.admin, Area.FIELDS, "Mine.")) == clash
    discard_draft(store, people.admin, Area.FIELDS)
    keep_field(store, people.admin, replace(OPTIONAL, label={"en": "Power", "zh": "话语权"}))
    small.put(replace(SEATS, key="own_power", required=False, label={"en": "Power", "zh": "权力"}))
    rebase_draft(store, people.admin, Area.FIELDS)
    assert refused(lambda: publish(store, people.admin, Area.FIELDS, "Mine.")) == clash
