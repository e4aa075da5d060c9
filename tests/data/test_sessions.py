"""Sessions: opened by proof, handed over once, ended at once; and a throttle that counts."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.messages import Invalid, NotFound, Unavailable
from core.people import PersonInput
from data.commands.account import change_own_password, choose_language
from data.commands.people import activate_person, edit_person, set_password
from data.commands.sessions import (
    end_other_sessions,
    end_session,
    exchange_ticket,
    fingerprint,
    open_session,
    revoke_session,
    signed_in_since,
)
from data.commands.tries import count_try
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
]
# fmt: on


def fail(store, username="rep", address="10.0.0.1"):
    count_try(store, username, address)  # counted as a failure until a session is opened with it


@pytest.mark.parametrize(("failures", "seconds"), THROTTLE)
def test_each_failure_beyond_the_fifth_doubles_the_wait(store, clock, failures, seconds):
    found(store)
    for _ in range(failures):
        fail(store, " Rep ")
        clock.move(minutes=20)
    clock.move(minutes=-20)
    if seconds == 0:
        assert count_try(store, "rep", "10.0.0.2")
        return
    with pytest.raises(Unavailable) as told:
        count_try(store, "rep", "10.0.0.2")
    assert told.value.params["count"] == pytest.approx(seconds, abs=1)
    assert count_try(store, "mate", "10.0.0.2")
    clock.move(seconds=seconds + 1)
    assert count_try(store, "rep", "10.0.0.2")


def test_success_ends_the_count(store, clock):
    people = found(store)
    for _ in range(4):
        fail(store)
    right = count_try(store, "rep", "10.0.0.1")
    open_session(store, people.rep.person_id, 12, "10.0.0.1", attempt_id=right.attempt_id)
    for _ in range(5):
        fail(store)
    with pytest.raises(Unavailable):
        fail(store)


def test_an_unknown_name_counts_like_a_known_one(store):
    for _ in range(5):
        assert count_try(store, "nobody", "10.0.0.1").person_id is None
    with pytest.raises(Unavailable):
        fail(store, "nobody")


def test_one_ends_ones_own_sessions_only(store):
    people = found(store)
    session_id, token = signed_in(store, people.rep)
    with pytest.raises(NotFound):
        revoke_session(store, people.mate, session_id)
    assert behind(store, token)
    revoke_session(store, people.rep, session_id)
    assert behind(store, token) is None


def test_many_tries_at_once_count_as_many(store):
    """Nobody gets more passwords looked at by guessing with twelve hands."""
    found(store)

    def guess(_):
        try:
            return count_try(store, "rep", "10.0.0.1")
        except Unavailable:
            return None

    with ThreadPoolExecutor(12) as hands:
        looked_at = [t for t in hands.map(guess, range(12)) if t]
    assert len(looked_at) == 5


def test_a_ticket_of_many_hands_gives_one_cookie_and_none_after_signing_out(store):
    people = found(store)
    opened = open_session(store, people.rep.person_id, 12, "10.0.0.1")
    with ThreadPoolExecutor(6) as hands:
        given = [g for g in hands.map(lambda _: exchange_ticket(store, opened.ticket), range(6)) if g]
    assert len(given) == 1
    left = open_session(store, people.rep.person_id, 12, "10.0.0.1")
    end_session(store, left.session_id)
    assert exchange_ticket(store, left.ticket) is None


def test_nobody_locked_out_meanwhile_gets_a_session(store):
    people = found(store)
    activate_person(store, people.admin, people.rep.person_id, False)
    with pytest.raises(NotFound):
        open_session(store, people.rep.person_id, 12, "10.0.0.1")


def test_a_proof_of_identity_is_used_once(store, clock):
    people = found(store)
    proven_at = store.clock()
    assert not signed_in_since(store, people.rep.person_id, proven_at)
    clock.move(seconds=2)
    open_session(store, people.rep.person_id, 12, "10.0.0.1")
    assert signed_in_since(store, people.rep.person_id, proven_at)
    clock.move(seconds=1)
    assert not signed_in_since(store, people.rep.person_id, store.clock())
