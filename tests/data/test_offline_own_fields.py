"""The company's own fields on a device: taken along, asked for, and arriving in their kind."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from core.fields import Kind
from core.process.visits import read_visit
from data.commands.offline import sync_visit
from data.offline.words import form
from data.queries.policies import policy_in_force
from data.queries.record import records_to_name
from data.schema import Action
from tests.data.test_offline import told
from tests.data.test_studio import made
from tests.spec.test_definitions import INFLUENCE, own

FIELDS = (
    INFLUENCE,
    own(Kind.NUMBER, required=False, key="own_seats", label={"en": "Seats", "zh": "席位数"}),
    own(Kind.PERSON, required=False, key="own_who", label={"en": "Who", "zh": "谁"}),
)
GIVEN = {"fields-own_influence": "weak", "fields-own_seats": "12.5"}


@pytest.fixture
def studio(sqlite_store):
    studio = made(sqlite_store)
    studio.put(*FIELDS)
    return studio


def send(studio, **sheet):
    store, people = studio.store, studio.people
    with store.reading() as session:
        fields = policy_in_force(session).own_fields
    return sync_visit(store, people.rep, read_visit(told(people, **sheet), fields))


def test_they_are_drawn_with_the_names_that_may_be_chosen(studio):
    with studio.store.reading() as session:
        fields = policy_in_force(session).own_fields
        shown = form(fields, records_to_name(session, studio.people.rep))
    diagnosis = next(t for t in shown["types"] if t["key"] == "needs_diagnosis")
    drawn = {f["key"]: f for f in diagnosis["fields"]}
    assert drawn["own_influence"]["required"]
    assert drawn["own_influence"]["label"]["zh"] == INFLUENCE.label["zh"]
    assert studio.people.rep.person_id in {c["key"] for c in drawn["own_who"]["choices"]}


def test_a_required_one_that_is_missing_comes_back_and_a_full_one_is_kept(studio):
    missing = send(studio)
    assert [p.field for p in missing.problems] == ["fields.own_influence"]
    person = studio.people.product.person_id
    assert send(studio, **GIVEN, **{"fields-own_who": person}).action_id
    with studio.store.reading() as session:
        kept = session.scalars(select(Action.fields).where(Action.status == "completed")).one()
    assert (kept["own_influence"], Decimal(kept["own_seats"])) == ("weak", Decimal("12.5"))
    assert kept["own_who"] == {"id": person, "name": "Product"}


@pytest.mark.parametrize("value", ["many", {"amount": "3"}, True])
def test_what_is_no_number_is_not_taken_for_one(studio, value):
    assert send(studio, **{"fields-own_influence": "weak", "fields-own_seats": value}).action_id
    with studio.store.reading() as session:
        kept = session.scalars(select(Action.fields).where(Action.status == "completed")).one()
    assert kept.get("own_seats") is None
