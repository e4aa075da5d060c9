"""Drafts of a meeting's note, a talk's note and a store's request: kept until they are sent, sent once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from components.text import explain
from core.messages import Conflict, NotFound, Problem
from data.commands import form_drafts, note_drafts
from data.commands.note_drafts import MINUTES, STORE_REQUEST, TALK, Kept, Note, begin_anew, save_note
from data.commands.store_requests import file_request, take_back_request
from data.queries.drafts import draft
from data.queries.morning import morning
from data.schema import StoreRequest, Talk
from data.text import translate
from tests.company import found
from tests.data.test_store_requests import SCAN, SCAN_TOO, Stores
from tests.importing import count
from tests.morning import at_risk, meeting

KINDS = {
    note.kind: note
    for module in (note_drafts, form_drafts)
    for note in vars(module).values()
    if isinstance(note, Kept)
}


def kept(store, who, number):
    with store.reading() as session:
        return draft(session, who, number)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_typed_waits_for_its_writer_at_its_thing_until_it_is_sent(sqlite_store, kind):
    store, people, note = sqlite_store, found(sqlite_store), KINDS[kind]
    number = note.open(store, people.rep, 3)
    save_note(store, people.rep, number, {"note": "In time"})
    assert note.open(store, people.rep, 3) == number
    assert number not in (note.open(store, people.rep, 4), note.open(store, people.mate, 3))
    if not isinstance(note, Note):
        return
    refusals, sent = iter([Conflict("task_settled")]), []

    def send(store, who, key, values):
        for refusal in refusals:
            raise refusal
        return sent.append(values) or 7

    for _ in range(3):
        replace(note, carry_out=send).submit(store, people.rep, number)
        now = kept(store, people.rep, number)
        assert now.values == {note.about: 3, "note": "In time"}
        problems = [(p.field, p.code) for p in now.problems]
        assert problems == ([] if now.sent else [(note.field, "task_settled")])
    assert sent == [now.values]
    assert not kept(store, people.rep, note.open(store, people.rep, 3)).touched


def test_the_note_of_a_meeting_goes_into_its_minutes(store, clock):
    company = at_risk(store, clock)
    held = meeting(store, company)
    number = MINUTES.open(store, company.manager, held)
    save_note(store, company.manager, number, {"note": " All well "})
    assert MINUTES.open(store, company.manager, held) == number
    for _ in range(2):
        MINUTES.submit(store, company.manager, number)
    assert kept(store, company.manager, number).sent == {"minutes": held}
    with store.reading() as session:
        told = morning(session, company.manager, company.rep.team_id, date(2026, 3, 4), clock())
    assert told.meeting.minutes.note == "All well"
    late = MINUTES.open(store, company.manager, held)  # in a tab that stood open
    assert late != number
    MINUTES.submit(store, company.manager, late)
    assert [(p.field, p.code) for p in kept(store, company.manager, late).problems] == [
        ("note", "meeting_finished")
    ]


def test_a_talk_without_a_note_is_refused_and_recorded_once_with_one(store, clock):
    company = at_risk(store, clock)
    number = TALK.open(store, company.manager, company.rep.person_id)
    TALK.submit(store, company.manager, number)
    assert [(p.field, p.code) for p in kept(store, company.manager, number).problems] == [
        ("note", "required")
    ]
    save_note(store, company.manager, number, {"note": "Went well"})
    assert not kept(store, company.manager, number).problems
    assert TALK.open(store, company.manager, company.mate.person_id) != number  # of somebody else
    for _ in range(2):
        TALK.submit(store, company.manager, number)
    assert count(store, Talk) == 1
    assert TALK.open(store, company.manager, company.rep.person_id) != number


def test_a_rep_out_of_reach_is_not_found(store, clock):
    company = at_risk(store, clock)
    number = TALK.open(store, company.manager, company.stranger.person_id)
    save_note(store, company.manager, number, {"note": "Went well"})
    TALK.submit(store, company.manager, number)
    assert [(p.field, p.code) for p in kept(store, company.manager, number).problems] == [
        ("note", "not_found")
    ]


@pytest.mark.parametrize("joins", [False, True])
def test_a_request_is_filed_once_alone_or_with_another(store, joins):
    stores = Stores(store)
    first = STORE_REQUEST.open(store, stores.bund, stores.bund.team_id)
    save_note(store, stores.bund, first, {"words": SCAN})
    STORE_REQUEST.submit(store, stores.bund, first)
    asked = kept(store, stores.bund, first).sent["store_request"]
    number = STORE_REQUEST.open(store, stores.shenzhen, stores.shenzhen.team_id)
    save_note(store, stores.shenzhen, number, {"words": SCAN_TOO, "urgency": "P1"})
    for _ in range(2):
        STORE_REQUEST.submit(store, stores.shenzhen, number, join=asked if joins else None)
    assert count(store, StoreRequest) == 2
    with store.reading() as session:
        filed = session.get(StoreRequest, kept(store, stores.shenzhen, number).sent["store_request"])
        assert (filed.urgency, filed.merged_into_id) == ("P1", asked if joins else None)


@pytest.mark.parametrize(
    ("code", "key"), [("talk_over", "errors.talk_over"), ("required", "problems.required")]
)
def test_what_it_was_refused_for_is_said_in_a_sentence(code, key):
    assert explain(Problem("note", code)) == translate("en", key)


def test_only_what_one_s_own_store_took_back_is_begun_anew(store):
    stores = Stores(store)
    request = file_request(store, stores.bund, SCAN, "P1")
    with pytest.raises(NotFound):
        begin_anew(store, stores.bund, request)  # it stands
    take_back_request(store, stores.bund, request, "The wrong type")
    with pytest.raises(NotFound):
        begin_anew(store, stores.shenzhen, request)
    with pytest.raises(NotFound):
        begin_anew(store, stores.bund, request + 1)
    assert begin_anew(store, stores.bund, request)
    number = STORE_REQUEST.open(store, stores.bund, stores.bund.team_id)
    values = kept(store, stores.bund, number).values
    assert (values["words"], values["urgency"], values["photo"]) == (SCAN, "P1", None)
    save_note(store, stores.bund, number, {"words": SCAN_TOO})
    assert not begin_anew(store, stores.bund, request)
    assert kept(store, stores.bund, number).values["words"] == SCAN_TOO
