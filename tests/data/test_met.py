"""People whom records name and who are on no contact's card."""

from dataclasses import replace

from core.customers import ContactInput
from data.commands.actions import record_action
from data.commands.customers import add_contact
from data.commands.undo import undo
from data.queries.met import Met, met
from tests.company import found
from tests.data.test_record_action import done
from tests.data.test_undo import last


def named(store, people, *who, hours_ago, follows=None):
    given = done(store, "appointment", hours_ago=hours_ago)
    fields = given.fields | {"attendees": [{"name": name, "role": role} for name, role in who]}
    return record_action(
        store, people.rep, people.opportunity, replace(given, fields=fields, follows=follows)
    )


def test_each_stands_once_with_the_part_that_the_latest_record_says_until_there_is_a_card(store):
    people = found(store)

    def found_by(who):
        with store.reading() as session:
            return met(session, who, people.customer)

    first = named(store, people, ("Wu", "buyer"), ("Li Na", "user"), hours_ago=9)
    add_contact(store, people.rep, people.customer, ContactInput("li na"))
    latest = named(store, people, ("Wu", "blocker"), ("Zhao", "user"), hours_ago=1, follows=first)
    assert found_by(people.rep) == (Met(latest, "Wu", "blocker"), Met(latest, "Zhao", "user"))
    assert found_by(people.stranger) == ()
    undo(store, people.rep, last(store))
    assert [one.name for one in found_by(people.rep)] == ["Wu"]
