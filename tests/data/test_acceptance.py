"""Deliveries and their links through the commands, on both databases: once, in time, and nothing leaks."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text

from core.messages import Conflict, Invalid, NotAllowed, NotFound, Unavailable
from core.promises.acceptance import Stand
from core.promises.demands import DemandInput, PromiseInput
from core.promises.handover import PER_ADDRESS, AnswerInput, DeliveryInput
from core.terms import Role
from data.channels import Permanent, Refused
from data.commands import acceptance_sweep
from data.commands.acceptance import answer_link, count_miss
from data.commands.acceptance_links import MAIL_JOB, new_token
from data.commands.deliveries import ask_again, mark_ready, remind, renew_delivery, revoke_delivery
from data.commands.demands import answer_demand, file_demand
from data.commands.features import move_feature
from data.commands.promise_sweep import sweep_promises
from data.commands.promises import make_promise, move_promise
from data.jobs import acceptance_mail, sweep_acceptance
from data.jobs.registry import Run
from data.notices import sentence
from data.queries.deliveries import Show, delivery_board
from data.queries.delivery_file import delivery_file
from data.queries.policies import policy_in_force
from data.queries.promise_board import Show as Promises
from data.queries.promise_board import promise_board
from data.queries.public_links import throttled
from data.schema import (
    AcceptanceAnswer,
    AcceptanceLink,
    AcceptanceMail,
    AcceptanceMiss,
    Audit,
    Base,
    JobRun,
    Message,
    Person,
)
from data.settings import Settings
from tests.deliveries import ANSWER, EFFECT, Handover
from tests.rooms import joined

YES = AnswerInput("confirmed")
NO = AnswerInput("problem", "The table stays empty")


class Postbox:
    """A mail channel that keeps what it was given, or fails as told."""

    name = "mail"

    def __init__(self, *failures: Exception) -> None:
        self.letters, self.failures = [], list(failures)

    def send(self, letter) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.letters.append(letter)


@pytest.fixture
def post(monkeypatch):
    """Mail is configured, with a public address."""
    chosen = Settings(smtp_url="smtp://x", mail_from="us@x.example", public_url="https://fire.example/")
    for module in ("data.commands.acceptance_links", "data.jobs.acceptance_mail"):
        monkeypatch.setattr(f"{module}.settings", lambda: chosen)
    return Postbox()


@pytest.fixture
def handover(store):
    return Handover(store)


def read(store, query, *args, **more):
    with store.reading() as session:
        return query(session, *args, **more)


def rows(store, query):
    with store.reading() as session:
        return [tuple(row) for row in session.execute(query)]


def seen(handover, delivery):
    return read(
        handover.store, delivery_file, handover.people.director, delivery, handover.store.clock()
    ).row.seen


def told(store, kind):
    query = select(Person.username).join(Message, Message.person_id == Person.id).where(Message.kind == kind)
    return sorted(name for (name,) in rows(store, query))


def everywhere(store, word):
    """Tables in which a text stands, in any column."""
    found = set()
    with store.reading() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(text(f'SELECT * FROM "{table.name}"')):
                if any(word in str(value) for value in row):
                    found.add(table.name)
    return found


def test_one_press_confirms_and_the_next_changes_nothing(store, handover, clock):
    delivery, token = handover.ready()
    assert seen(handover, delivery).state is Stand.SENT
    clock.move(days=1)
    assert answer_link(store, token, YES)
    clock.move(minutes=1)
    assert not answer_link(store, token, YES)
    assert not answer_link(store, token, NO)  # the first word stands
    assert rows(store, select(AcceptanceAnswer.kind, AcceptanceAnswer.turn)) == [("confirmed", 1)]
    assert seen(handover, delivery).delivered
    assert told(store, "delivery_confirmed") == ["delivery", "rep"]
    audits = select(func.count()).where(Audit.command == "acceptance.answer")
    assert rows(store, audits) == [(1,)]


def test_two_presses_at_once_are_one(store, handover):
    _, token = handover.ready()
    start, took = threading.Barrier(4), []

    def press(given) -> None:
        start.wait()
        took.append(answer_link(store, token, given))

    threads = [threading.Thread(target=press, args=(given,)) for given in (YES, YES, NO, NO)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(took) == [False, False, False, True]
    assert rows(store, select(func.count()).select_from(AcceptanceAnswer)) == [(1,)]


def test_a_link_ends_and_can_be_called_back(store, handover, clock):
    delivery, first = handover.ready()
    clock.move(days=14)
    with pytest.raises(Conflict) as refused:
        answer_link(store, first, YES)
    assert refused.value.code == "link_expired"
    second = new_token()
    renew_delivery(store, handover.people.product, delivery, second)
    clock.move(hours=1)
    revoke_delivery(store, handover.people.delivery, delivery, "Wrong person")
    last = read(store, delivery_file, handover.people.rep, delivery, clock.at).happened[0]
    assert (last.what, last.text, bool(last.by)) == ("revoked", "Wrong person", True)
    assert told(store, "delivery_called_back") == ["rep"]  # not who did it, and had marked it ready
    (params,) = rows(store, select(Message.params).where(Message.kind == "delivery_called_back"))
    title, body = sentence("en", "delivery_called_back", params[0])
    assert title.endswith(" calls a link back: Haihe Pumps")
    assert body.endswith("any more. Wrong person")
    with pytest.raises(Conflict) as refused:
        answer_link(store, second, YES)
    assert refused.value.code == "link_revoked"
    with pytest.raises(Conflict):
        revoke_delivery(store, handover.people.delivery, delivery, "Twice")
    for show in (Show.DUE, Show.ENDED):
        board = read(store, delivery_board, handover.people.delivery, show, clock.at)
        assert ([row.id for row in board.rows], board.counts[show]) == ([delivery], 1)
    third = new_token()
    renew_delivery(store, handover.people.product, delivery, third)
    with pytest.raises(Conflict):
        answer_link(store, first, YES)
    assert answer_link(store, third, YES)
    with pytest.raises(Conflict):
        renew_delivery(store, handover.people.product, delivery, new_token())


def test_a_problem_is_told_and_a_mended_delivery_asks_anew(store, handover, clock):
    delivery, token = handover.ready()
    with pytest.raises(Invalid):
        answer_link(store, token, AnswerInput("problem"))
    clock.move(days=1)
    assert answer_link(store, token, NO)
    assert told(store, "delivery_problem") == ["delivery", "manager", "product", "rep"]
    assert seen(handover, delivery).state is Stand.PROBLEM
    again = new_token()
    clock.move(days=1)
    renew_delivery(store, handover.people.delivery, delivery, again)
    assert seen(handover, delivery).state is Stand.SENT
    assert not answer_link(store, token, YES)  # the old link shows its result only
    assert answer_link(store, again, YES)
    assert rows(store, select(AcceptanceAnswer.turn, AcceptanceAnswer.kind)) == [
        (1, "problem"),
        (2, "confirmed"),
    ]
    file = read(store, delivery_file, handover.people.rep, delivery, clock.at)
    assert [h.what for h in file.happened] == ["confirmed", "sent_again", "problem", "sent"]
    assert file.happened[2].text == "The table stays empty"


def test_a_promise_does_not_fit_while_the_customer_has_a_problem(store, handover, clock):
    people = handover.people
    move_promise(store, people.rep, handover.promise, date(2026, 3, 30), "They agreed")

    def stands():
        (row,) = read(store, promise_board, people.rep, Promises.AHEAD, store.clock()).rows
        return row.promise.state.light, row.promise.state.code

    delivery, token = handover.ready()
    assert stands() == ("green", "ready")
    answer_link(store, token, NO)
    clock.move(hours=1)
    assert stands() == ("amber", "problem")
    renew_delivery(store, people.delivery, delivery, new_token())
    clock.move(hours=1)
    assert stands() == ("green", "ready")


def test_a_promise_does_not_fit_a_plan_whose_day_has_passed_with_nothing_ready(store, handover, clock):
    move_promise(store, handover.people.rep, handover.promise, date(2026, 4, 30), "They agreed")

    def stands():
        (row,) = read(store, promise_board, handover.people.rep, Promises.AHEAD, store.clock()).rows
        return row.promise.state.light, row.promise.state.code

    assert stands() == ("green", "fits")
    clock.move(days=30)
    assert stands() == ("amber", "plan_over")
    handover.ready()
    clock.move(hours=1)
    assert stands() == ("green", "ready")


def test_a_promise_is_kept_only_by_a_confirmed_delivery(store, handover, clock):
    rep = handover.people.rep

    def board(show):
        return read(store, promise_board, rep, show, store.clock())

    assert board(Promises.AHEAD).counts["ahead"] == 1
    _, token = handover.ready()
    assert board(Promises.AHEAD).counts["ahead"] == 1  # sent is not delivered
    clock.move(days=9)
    (row,) = board(Promises.PAST).rows
    assert (row.promise.fulfilment, row.promise.delivery.state) == ("missed", "sent")
    assert row.stakes
    before = clock.at
    clock.move(days=1)
    answer_link(store, token, YES)
    clock.move(hours=1)
    (row,) = board(Promises.DELIVERED).rows
    assert row.promise.fulfilment == "kept"  # ready on the 4th, promised for the 12th
    assert row.stakes == ()  # nothing hangs on what is kept
    assert board(Promises.PAST).counts["past"] == 0
    (then,) = read(store, promise_board, rep, Promises.PAST, before).rows
    assert then.promise.fulfilment == "missed"  # as it was known


def test_a_delivered_promise_is_no_conflict_any_more(store, handover, clock):
    people, (_, token) = handover.people, handover.ready()
    answer_link(store, token, YES)
    asked = DemandInput("Slow", "cost", EFFECT, "P1")
    rest = file_demand(store, people.stranger, people.strange_customer, asked)
    answer_demand(store, people.product, rest, ANSWER, handover.feature)
    clock.move(hours=1)
    move_feature(store, people.product, handover.feature, None, "The rest is dropped")
    with store.writing() as session:
        assert sweep_promises(session, clock.at, policy_in_force(session)) == 0
    assert told(store, "promise_nothing_planned") == []


def test_due_is_what_was_promised_or_answered_and_is_not_ready(store, handover):
    people = handover.people

    def due(who):
        return read(store, delivery_board, who, Show.DUE, store.clock()).due

    assert [(d.title, d.promise_id) for d in due(people.delivery)] == [("Dashboard", handover.promise)]
    assert len(due(people.rep)) == 1
    assert due(people.stranger) == due(people.mate) == []
    delivery, _ = handover.ready()
    assert due(people.delivery) == []
    for who, expected in ((people.rep, 1), (people.manager, 1), (people.product, 1), (people.stranger, 0)):
        board = read(store, delivery_board, who, Show.SENT, store.clock())
        assert len(board.rows) == board.counts[Show.SENT] == expected
    with pytest.raises(NotFound):
        read(store, delivery_file, people.stranger, delivery, store.clock())


def test_the_same_thing_is_marked_ready_once(store, handover):
    handover.ready()
    with pytest.raises(Conflict):
        handover.ready()


def test_a_second_promise_about_a_delivered_demand_is_marked_ready_too(store, handover, clock):
    handover.ready(demand_id=handover.demand)
    clock.move(days=1)
    people = handover.people
    told = PromiseInput("The rest by the 20th", date(2026, 3, 20), demand_id=handover.demand)
    second = make_promise(store, people.rep, people.customer, told)
    board = read(store, delivery_board, people.delivery, Show.DUE, store.clock())
    assert [due.promise_id for due in board.due] == [second]
    handover.ready(promise_id=second, demand_id=handover.demand)
    assert read(store, delivery_board, people.delivery, Show.DUE, store.clock()).due == []
    for again in (second, None):
        with pytest.raises(Conflict):
            handover.ready(promise_id=again, demand_id=handover.demand)


@pytest.mark.parametrize(
    "changes", [{"title": " "}, {"contact_id": 999}, {"video_url": "ftp://x"}, {"language": "fr"}]
)
def test_a_wrong_delivery_sends_nothing(store, handover, changes):
    with pytest.raises(Invalid):
        handover.ready(**changes)
    assert rows(store, select(func.count()).select_from(AcceptanceLink)) == [(0,)]


def test_who_sends_no_deliveries_sends_none(store, handover):
    with pytest.raises(NotAllowed):
        mark_ready(store, handover.people.rep, handover.people.customer, None, new_token())
    with pytest.raises(NotFound):
        renew_delivery(store, handover.people.delivery, 99, new_token())


def test_the_tokens_text_is_only_in_the_letter_that_waits(store, handover, post):
    delivery, token = handover.ready()
    assert len(token) >= 43
    assert everywhere(store, token) == {"acceptance_mail"}
    assert rows(store, select(JobRun.job)) == [(MAIL_JOB,)]
    assert acceptance_mail.send_letters(store, post) == 1
    (letter,) = post.letters
    assert letter.url == f"https://fire.example/confirm/{token}"
    assert (letter.address, letter.person) == ("wang@customer.example", "Wang Fang")
    assert "Shift dashboard" in letter.title
    assert everywhere(store, token) == set()
    assert acceptance_mail.send_letters(store, post) == 0
    answer_link(store, token, YES)
    assert everywhere(store, token) == set()
    mailed = read(store, delivery_file, handover.people.rep, delivery, store.clock()).happened[-1]
    assert (mailed.what, mailed.mail, mailed.to) == ("sent", "sent", "wang@customer.example")


def test_without_mail_the_text_is_nowhere(store, handover):
    _, token = handover.ready()
    assert everywhere(store, token) == set()
    assert rows(store, select(func.count()).select_from(AcceptanceMail)) == [(0,)]


def test_a_letter_that_is_no_longer_wanted_is_not_sent(store, handover, post):
    delivery, first = handover.ready()
    second = new_token()
    renew_delivery(store, handover.people.delivery, delivery, second)
    assert everywhere(store, first) == set()
    acceptance_mail.send_letters(store, post)
    assert [letter.url.rpartition("/")[2] for letter in post.letters] == [second]


def test_a_letter_is_tried_again_and_a_hopeless_one_given_up(store, handover, post, clock):
    _, token = handover.ready()
    post.failures = [OSError("down"), Permanent("550 no such user")]
    assert acceptance_mail.send_letters(store, post) == 0
    assert acceptance_mail.send_letters(store, post) == 0  # not at once
    clock.move(minutes=2)
    assert acceptance_mail.send_letters(store, post) == 1
    assert rows(store, select(AcceptanceMail.state, AcceptanceMail.attempts)) == [("dead", 2)]
    assert everywhere(store, token) == set()
    assert told(store, "delivery_mail_failed") == ["delivery"]


@pytest.mark.parametrize("failure", [Refused("451 try later"), ValueError("odd letter")])
def test_a_letter_that_fails_by_itself_holds_up_no_other(store, handover, post, failure):
    handover.ready()
    _, other = handover.ready(promise_id=None)
    post.failures = [failure]
    assert acceptance_mail.send_letters(store, post) == 2
    assert [letter.url.rpartition("/")[2] for letter in post.letters] == [other]
    states = select(AcceptanceMail.state).order_by(AcceptanceMail.id)
    assert rows(store, states) == [("waiting",), ("sent",)]


class Killed(BaseException):
    """What ends the process; nothing of the product catches it."""


def die(*_):
    raise Killed


def test_killed_while_a_letter_is_given_up_it_is_given_up_and_told_later(
    store, handover, post, clock, monkeypatch
):
    handover.ready()
    post.failures = [Permanent("550 no such user")]
    with monkeypatch.context() as killed:
        killed.setattr("data.jobs.acceptance_mail.post", die)
        with pytest.raises(Killed):
            acceptance_mail.send_letters(store, post)
    assert rows(store, select(AcceptanceMail.state)) == [("waiting",)]
    clock.move(seconds=acceptance_mail.LEASE.total_seconds() + 1)
    post.failures = [Permanent("550 no such user")]
    acceptance_mail.send_letters(store, post)
    assert rows(store, select(AcceptanceMail.state)) == [("dead",)]
    assert told(store, "delivery_mail_failed") == ["delivery"]


def test_when_those_concerned_have_left_delivery_is_told(store, handover, post, clock):
    _, token = handover.ready()
    joined(store, "successor", Role.DELIVERY)
    with store.writing() as session:
        for who in (handover.people.delivery, handover.people.rep):
            session.get_one(Person, who.person_id).active = False
    post.failures = [Permanent("550 no such user")]
    acceptance_mail.send_letters(store, post)
    clock.move(days=12)
    look(store)
    answer_link(store, token, YES)
    for kind in ("delivery_mail_failed", "delivery_unanswered", "delivery_confirmed"):
        assert told(store, kind) == ["successor"], kind


def look(store):
    sweep_acceptance.sweep(store, Run(store.clock()))


def test_a_link_about_to_end_is_reminded_once_and_both_links_work(store, handover, post, clock):
    delivery, first = handover.ready()
    acceptance_mail.send_letters(store, post)
    clock.move(days=10)
    look(store)
    assert len(post.letters) == 1
    clock.move(days=2)
    look(store)
    look(store)
    acceptance_mail.send_letters(store, post)
    assert len(post.letters) == 2
    assert told(store, "delivery_unanswered") == ["delivery", "rep"]
    with pytest.raises(Conflict):
        ask_again(store, handover.people.delivery, delivery, new_token())
    reminder = post.letters[1].url.rpartition("/")[2]
    assert answer_link(store, first, YES)
    assert not answer_link(store, reminder, YES)  # one turn, one answer
    with pytest.raises(Conflict):
        remind(store, handover.people.delivery, delivery, new_token())


def test_two_sweeps_at_once_remind_once(store, handover, post, clock, monkeypatch):
    handover.ready()
    clock.move(days=12)
    both, found_ = threading.Barrier(2), acceptance_sweep._written

    def together(*args) -> int:
        both.wait(timeout=10)  # either has seen that nobody was reminded
        return found_(*args)

    monkeypatch.setattr(acceptance_sweep, "_written", together)
    sweeps = [threading.Thread(target=look, args=(store,)) for _ in "ab"]
    for one in sweeps:
        one.start()
    for one in sweeps:
        one.join()
    acceptance_mail.send_letters(store, post)
    kinds = select(AcceptanceMail.kind).order_by(AcceptanceMail.id)
    assert rows(store, kinds) == [("first",), ("reminder",)]
    assert len(post.letters) == 2


def test_after_thirty_days_the_customer_is_asked_again(store, handover, post, clock):
    delivery, token = handover.ready()
    answer_link(store, token, YES)
    clock.move(days=29)
    look(store)
    assert rows(store, select(func.count()).select_from(AcceptanceLink)) == [(1,)]
    clock.move(days=1)
    look(store)
    look(store)
    assert rows(store, select(AcceptanceLink.round, AcceptanceLink.turn).order_by(AcceptanceLink.id)) == [
        (1, 1), (2, 2)
    ]  # fmt: skip
    acceptance_mail.send_letters(store, post)
    second = post.letters[-1].url.rpartition("/")[2]
    state = seen(handover, delivery)
    assert (state.delivered, state.second) == (True, "asked")
    answer_link(store, second, YES)
    board = read(store, delivery_board, handover.people.rep, Show.CONFIRMED, clock.at)
    assert (board.second.part, board.second.whole, board.confirmed.share) == (1, 1, 1.0)


def test_without_mail_somebody_is_told_to_ask_again(store, handover, clock):
    delivery, token = handover.ready()
    answer_link(store, token, YES)
    clock.move(days=31)
    look(store)
    look(store)
    assert told(store, "delivery_second_due") == ["delivery", "rep"]
    assert rows(store, select(func.count()).select_from(AcceptanceLink)) == [(1,)]
    second = new_token()
    ask_again(store, handover.people.delivery, delivery, second)
    clock.move(minutes=5)
    assert answer_link(store, second, NO)
    assert seen(handover, delivery).state is Stand.PROBLEM


def test_the_second_question_has_words_of_its_own(store, handover, post, clock):
    _, token = handover.ready()
    answer_link(store, token, YES)
    clock.move(days=30)
    look(store)
    clock.move(days=12)  # two days before its link ends
    look(store)
    assert told(store, "delivery_unanswered_again") == ["delivery", "rep"]
    assert told(store, "delivery_unanswered") == []
    acceptance_mail.send_letters(store, post)
    assert ["some time ago" in letter.body for letter in post.letters] == [True, True]  # asked, reminded
    assert answer_link(store, post.letters[-1].url.rpartition("/")[2], YES)
    assert told(store, "delivery_confirmed_again") == ["delivery", "rep"]
    assert told(store, "delivery_confirmed") == ["delivery", "rep"]  # the first alone


def test_a_second_question_whose_link_is_lost_gets_a_fresh_one(store, handover, clock):
    delivery, token = handover.ready()
    answer_link(store, token, YES)
    with pytest.raises(Conflict):
        renew_delivery(store, handover.people.delivery, delivery, new_token())  # it is confirmed
    clock.move(days=31)
    lost, found = new_token(), new_token()
    ask_again(store, handover.people.delivery, delivery, lost)
    clock.move(days=20)
    assert seen(handover, delivery).second_ended
    with pytest.raises(Conflict):
        ask_again(store, handover.people.delivery, delivery, new_token())
    renew_delivery(store, handover.people.delivery, delivery, found)
    assert not seen(handover, delivery).second_ended
    file = read(store, delivery_file, handover.people.delivery, delivery, clock.at)
    assert [h.what for h in file.happened] == ["sent_again", "asked_again", "confirmed", "sent"]
    clock.move(minutes=5)
    assert answer_link(store, found, YES)
    assert seen(handover, delivery).second == "confirmed"
    with pytest.raises(Conflict):
        renew_delivery(store, handover.people.delivery, delivery, new_token())


def test_the_confirmed_stand_by_the_day_of_their_first_confirmation(store, handover, clock):
    first, second = handover.ready(), handover.ready(promise_id=None)
    for _, token in (first, second):
        clock.move(days=1)
        answer_link(store, token, YES)
    clock.move(days=30)
    again = new_token()
    ask_again(store, handover.people.delivery, first[0], again)
    clock.move(days=1)
    answer_link(store, again, YES)  # a second confirmation makes it no newer
    board = read(store, delivery_board, handover.people.rep, Show.CONFIRMED, clock.at)
    assert [row.id for row in board.rows] == [second[0], first[0]]


def test_wrong_tokens_are_counted_by_address_and_by_all(store, handover, clock, monkeypatch):
    for _ in range(PER_ADDRESS):
        count_miss(store, "10.0.0.1")
    with pytest.raises(Unavailable):
        count_miss(store, "10.0.0.1")
    assert read(store, throttled, "10.0.0.1", clock.at)
    assert not read(store, throttled, "10.0.0.2", clock.at)
    monkeypatch.setattr("data.queries.public_links.PER_HOUR", PER_ADDRESS)
    with pytest.raises(Unavailable):
        count_miss(store, "10.0.0.3")
    assert rows(store, select(func.count()).select_from(AcceptanceMiss)) == [(PER_ADDRESS,)]
    clock.move(hours=1)
    assert not read(store, throttled, "10.0.0.1", clock.at)
    with pytest.raises(NotFound):
        answer_link(store, new_token(), YES)


def test_a_guessable_token_is_refused(store, handover):
    with pytest.raises(Invalid):
        mark_ready(
            store, handover.people.delivery, handover.people.customer, DeliveryInput("D", "en"), "1234"
        )


def test_what_was_known_before_stays(store, handover, clock):
    delivery, token = handover.ready()
    clock.move(days=2)
    answer_link(store, token, YES)
    early = read(store, delivery_file, handover.people.rep, delivery, clock.at - timedelta(days=1))
    assert early.row.seen.state is Stand.SENT
