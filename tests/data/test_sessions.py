"""Sessions: opened by proof, handed over once, ended at once; and a throttle that counts."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.messages import Invalid
from core.people import PersonInput
from data.commands.account import change_own_password, choose_language
from data.commands.people import activate_person, edit_person, set_password
from data.commands.sessions import (
    end_other_sessions,
    end_session,
    exchange_ticket,
    fingerprint,
    note_attempt,
    open_session,
    wait_seconds,
)
from data.queries.sessions import by_id, by_token, own_sessions
from data.schema import SignInTicket, UserSession
from tests.company import found


def signed_in(store, person):
    opened = open_session(store, person.person_id, 12, "10.0.0.1")
    token, _ = exchange_ticket(store, opened.ticket)
    return opened.session_id, token


def behind(store, token):
    with store.reading() as session:
        return by_token(session, fingerprint(token), store.clock())


def test_a_ticket_gives_the_cookie_once(store):
    people = found(store)
    opened = open_session(store, people.rep.person_id, 12, "10.0.0.1")
    token, expires_at = exchange_ticket(store, opened.ticket)
    assert exchange_ticket(store, opened.ticket) is None
    assert behind(store, token).who.person_id == people.rep.person_id
    assert expires_at == store.clock() + timedelta(hours=12)


def test_a_ticket_is_good_for_a_minute(store, clock):
    people = found(store)
    opened = open_session(store, people.rep.person_id, 12, "10.0.0.1")
    clock.move(seconds=60)
    assert exchange_ticket(store, opened.ticket) is None


def test_neither_ticket_nor_cookie_lies_in_the_store(store):
    people = found(store)
    opened = open_session(store, people.rep.person_id, 12, "10.0.0.1")
    with store.reading() as session:
        hashes = [*session.scalars(select(SignInTicket.ticket_hash))]
    assert hashes == [fingerprint(opened.ticket)]
    token, _ = exchange_ticket(store, opened.ticket)
    with store.reading() as session:
        assert session.scalars(select(UserSession.token_hash)).all() == [fingerprint(token)]


def test_before_the_exchange_only_the_tab_that_signed_in_knows_the_session(store):
    people = found(store)
    opened = open_session(store, people.rep.person_id, 12, "10.0.0.1")
    with store.reading() as session:
        assert by_id(session, opened.session_id, store.clock()).who.name == "Rep"
        assert by_token(session, "", store.clock()) is None


@pytest.mark.parametrize("ending", ["sign out", "time", "locked out", "new password"])
def test_a_session_ends(store, clock, ending):
    people = found(store)
    session_id, token = signed_in(store, people.rep)
    assert behind(store, token)
    match ending:
        case "sign out":
            end_session(store, session_id)
        case "time":
            clock.move(hours=12)
        case "locked out":
            activate_person(store, people.admin, people.rep.person_id, False)
        case "new password":
            set_password(store, people.admin, people.rep.person_id, "a new long one")
    assert behind(store, token) is None


def test_a_changed_role_counts_from_the_next_run(store):
    people = found(store)
    _, token = signed_in(store, people.rep)
    promoted = PersonInput("rep", "Rep", "manager", people.rep.team_id)
    edit_person(store, people.admin, people.rep.person_id, promoted, 1)
    assert behind(store, token).who.role == "manager"


def test_signing_out_everywhere_else_keeps_this_session_and_other_people(store):
    people = found(store)
    here, here_token = signed_in(store, people.rep)
    _, there_token = signed_in(store, people.rep)
    _, mates_token = signed_in(store, people.mate)
    assert end_other_sessions(store, people.rep, here) == 1
    assert [bool(behind(store, t)) for t in (here_token, there_token, mates_token)] == [True, False, True]
    with store.reading() as session:
        assert [s.session_id for s in own_sessions(session, people.rep, store.clock())] == [here]


def test_changing_ones_password_needs_the_old_one_and_ends_other_sessions(store):
    people = found(store)
    set_password(store, people.admin, people.rep.person_id, "first long one")
    here, here_token = signed_in(store, people.rep)
    _, there_token = signed_in(store, people.rep)
    with pytest.raises(Invalid) as refused:
        change_own_password(store, people.rep, "wrong", "second long one", here)
    assert [(p.field, p.code) for p in refused.value.problems] == [("old", "wrong_password")]
    change_own_password(store, people.rep, "first long one", "second long one", here)
    assert behind(store, here_token)
    assert behind(store, there_token) is None


def test_the_language_is_remembered(store):
    people = found(store)
    choose_language(store, people.rep, "zh")
    _, token = signed_in(store, people.rep)
    assert behind(store, token).language == "zh"
    with pytest.raises(Invalid):
        choose_language(store, people.rep, "xx")


# fmt: off
THROTTLE = [
    # failures   seconds to wait at once
    (4,          0),
    (5,          5),
    (6,          10),
    (8,          40),
    (20,         900),
]
# fmt: on


@pytest.mark.parametrize(("failures", "seconds"), THROTTLE)
def test_each_failure_beyond_the_fifth_doubles_the_wait(sqlite_store, failures, seconds):
    for _ in range(failures):
        note_attempt(sqlite_store, "Rep ", "10.0.0.1", succeeded=False)
    waited = wait_seconds(sqlite_store, "rep", "10.0.0.2")
    assert seconds <= waited <= seconds + (seconds > 0)
    assert wait_seconds(sqlite_store, "mate", "10.0.0.2") == 0


def test_waiting_ends_the_wait_and_success_ends_the_count(store, clock):
    for _ in range(6):
        note_attempt(store, "rep", "10.0.0.1", succeeded=False)
    clock.move(seconds=11)
    assert wait_seconds(store, "rep", "10.0.0.9") == 0
    note_attempt(store, "rep", "10.0.0.1", succeeded=True)
    note_attempt(store, "rep", "10.0.0.1", succeeded=False)
    assert wait_seconds(store, "rep", "10.0.0.9") == 0


def test_an_address_that_tries_many_names_waits_too(sqlite_store):
    for number in range(31):
        note_attempt(sqlite_store, f"name{number}", "10.0.0.66", succeeded=False)
    assert wait_seconds(sqlite_store, "new", "10.0.0.66") > 0
    assert wait_seconds(sqlite_store, "new", "10.0.0.67") == 0
