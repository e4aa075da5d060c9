"""Webhooks: told once per event, signed, tried again, given up aloud; never into our own network."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import httpx
import pytest
from sqlalchemy import func, select

from core.customers import ContactInput
from core.messages import Conflict, Invalid, NotAllowed, NotFound
from core.process.actions import ActionInput
from core.process.evidence import NextStep
from core.promises.acceptance import CONFIRMED
from core.promises.demands import Answer, Decline, DemandInput, Effect, PromiseInput
from core.promises.handover import AnswerInput, DeliveryInput
from core.terms import ActionStatus, Outcome
from core.webhooks import KINDS, WebhookInput
from data.channels import Permanent
from data.channels.guarded import guarded_post
from data.commands.acceptance import answer_link
from data.commands.acceptance_links import new_token
from data.commands.actions import record_action
from data.commands.customers import add_contact
from data.commands.deliveries import mark_ready
from data.commands.demands import answer_demand, decline_demand, file_demand
from data.commands.opportunities import close_opportunity
from data.commands.promises import make_promise, move_promise
from data.commands.webhooks import (
    add_webhook,
    new_secret,
    remove_webhook,
    retry_delivery,
    send_hook_test,
    switch_webhook,
)
from data.engine import Store
from data.jobs import sweep_promises
from data.jobs.registry import Run
from data.jobs.tell_webhooks import TRIES, tell_webhooks
from data.jobs.tidy import tidy
from data.queries.webhooks import webhook_log, webhooks
from data.schema import Message, Webhook, WebhookDelivery, WebhookEvent
from data.settings import Settings
from tests.company import found
from tests.conftest import NOON, Hands
from tests.hook_server import HookServer

SECRET = "fbs_secret"


@pytest.fixture
def receiver(monkeypatch):
    own = Settings(webhook_loopback=True)
    for place in ("data.hooks", "data.commands.webhooks"):
        monkeypatch.setattr(f"{place}.settings", lambda: own)
    with HookServer(SECRET, NOON.timestamp()).listening() as server:
        yield server


def listen(store, company, url: str, kinds=KINDS, secret: str = SECRET) -> int:
    return add_webhook(store, company.admin, WebhookInput("CRM", url, tuple(kinds)), secret)


def visit(store, company, hours: float = 3, **more) -> int:
    start = store.clock() - timedelta(hours=hours)
    step = NextStep("solution_demo", store.clock() + timedelta(days=2)) if "outcome" not in more else None
    fields = {"purpose": "x", "place": "x", "attendees": [{"name": "Wu", "role": "buyer"}]}
    end, summary = start + timedelta(hours=1), "They showed us the line."
    said = {"summary": summary, "next_step": step, "fields": fields} | more
    action = ActionInput("appointment", ActionStatus.COMPLETED, start, end, **said)
    return record_action(store, company.rep, company.opportunity, action)


def test_what_happens_is_told_signed_and_once(store, clock, receiver):
    company = found(store)
    listen(store, company, receiver.url)
    action = visit(store, company)
    assert tell_webhooks(store) == 2
    assert tell_webhooks(store) == 0
    assert receiver.refused == 0
    told = list(receiver.taken.values())
    assert [event["kind"] for event in told] == ["action.recorded", "opportunity.stage_changed"]
    assert told[0]["id"] == f"action.recorded:{action}"
    assert told[0]["data"] == {
        "action_id": action, "type": "appointment", "opportunity_id": company.opportunity,
        "customer_id": company.customer, "owner_id": company.rep.person_id,
        "ended_at": told[0]["data"]["ended_at"],
    }  # fmt: skip
    assert (told[1]["data"]["before"], told[1]["data"]["after"]) == (None, "appointment")
    clock.move(hours=1)
    receiver.now = clock().timestamp()
    close_opportunity(store, company.rep, company.opportunity, Outcome.WON)
    tell_webhooks(store)
    assert list(receiver.taken)[2].startswith(f"opportunity.won:{company.opportunity}:")


def test_what_is_held_by_a_clock_a_little_ahead_is_not_told_as_well(store, clock, receiver):
    """Two workers look at their clocks a moment apart; the one that looked first comes second."""
    company = found(store)
    listen(store, company, receiver.url)
    close_opportunity(store, company.rep, company.opportunity, Outcome.WON)
    earlier, tried = Store(store.url, store.files, clock=Hands(clock.at)), []
    clock.move(seconds=2)
    assert tell_webhooks(store, send=lambda *_: tried.append(tell_webhooks(earlier))) == 1
    earlier.close()
    assert tried == [0]


def test_a_declined_demand_is_told_with_its_reason(sqlite_store, receiver):
    store, company = sqlite_store, found(sqlite_store)
    listen(store, company, receiver.url)
    asked = DemandInput("x", "cost", Effect("time", Decimal(8), Decimal(2), "h"), "P0")
    demand = file_demand(store, company.rep, company.customer, asked)
    decline_demand(store, company.product, demand, Decline("exists", "Under Shifts"))
    tell_webhooks(store)
    _, declined = receiver.taken.values()
    about = {"demand_id": demand, "customer_id": company.customer, "declined_for": "exists"}
    assert (declined["kind"], declined["data"]) == ("demand.declined", about)


def test_demands_promises_deliveries_and_alerts_are_told(sqlite_store, clock, receiver):
    store, company = sqlite_store, found(sqlite_store)
    listen(store, company, receiver.url)
    effect = Effect("time", Decimal(8), Decimal(2), "h")
    demand = file_demand(store, company.rep, company.customer, DemandInput("x", "cost", effect, "P0"))
    promise = make_promise(
        store, company.rep, company.customer, PromiseInput("soon", date(2026, 4, 1), demand_id=demand)
    )
    answer_demand(store, company.product, demand, Answer("F", "p", "r", "api", "/v2", date(2026, 4, 20)))
    move_promise(store, company.rep, promise, date(2026, 5, 1), "agreed")
    tell_webhooks(store)
    kinds = [event["kind"] for event in receiver.taken.values()]
    # red with nothing planned, red again before the plan, and resolved by the new date
    assert kinds == ["demand.filed", "promise.red", "demand.answered", "promise.red", "promise.resolved"]
    assert [e["data"]["why"] for e in receiver.taken.values() if "why" in e["data"]] == [
        "nothing_planned", "before_plan", "fits",
    ]  # fmt: skip
    token, contact = new_token(), add_contact(store, company.rep, company.customer, ContactInput("Wu"))
    given = DeliveryInput("Export", language="en", contact_id=contact, promise_id=promise)
    mark_ready(store, company.delivery, company.customer, given, token)
    answer_link(store, token, AnswerInput(CONFIRMED))
    record = None
    for _ in range(3):
        clock.move(hours=2)
        start = clock() - timedelta(minutes=50)
        fields = {"shown": "x", "watchers": [{"name": "Wu", "role": "buyer"}], "reaction": "neutral"}
        step = NextStep("solution_demo", clock() + timedelta(days=1))
        record = record_action(
            store, company.rep, company.opportunity,
            ActionInput("solution_demo", ActionStatus.COMPLETED, start, start + timedelta(minutes=20),
                        "We showed it to them.", follows=record, next_step=step, fields=fields),
        )  # fmt: skip
    receiver.now = clock().timestamp()
    tell_webhooks(store)
    later = [event["kind"] for event in receiver.taken.values()][len(kinds) :]
    assert later[0] == "delivery.confirmed"
    assert later.count("action.recorded") == 3
    assert later.count("opportunity.stage_changed") == 1
    assert "demos_without_quote" in [e["data"].get("rule") for e in receiver.taken.values()]


def test_nobody_listening_nothing_is_written_and_only_what_is_wanted(sqlite_store, receiver):
    company = found(sqlite_store)
    visit(sqlite_store, company)
    with sqlite_store.reading() as session:
        assert session.scalar(select(func.count(WebhookEvent.id))) == 0
    listen(sqlite_store, company, receiver.url, ["opportunity.lost"])
    close_opportunity(sqlite_store, company.rep, company.opportunity, Outcome.LOST)
    tell_webhooks(sqlite_store)
    assert [event["kind"] for event in receiver.taken.values()] == ["opportunity.lost"]


def test_a_refused_write_tells_nothing(sqlite_store, receiver):
    company = found(sqlite_store)
    listen(sqlite_store, company, receiver.url)
    with pytest.raises(Invalid):
        visit(sqlite_store, company, hours=-5)
    with sqlite_store.reading() as session:
        assert session.scalar(select(func.count(WebhookEvent.id))) == 0


def test_a_receiver_that_is_away_is_told_again_in_longer_steps(store, clock, receiver):
    company = found(store)
    hook = listen(store, company, receiver.url, ["action.recorded"])
    visit(store, company)
    waits = []
    receiver.busy = [503, 429, 500]
    for _ in range(3):
        assert tell_webhooks(store) == 1
        assert tell_webhooks(store) == 0  # not before its time
        with store.reading() as session:
            waits.append((session.scalars(select(WebhookDelivery.due_at)).one() - clock()).total_seconds())
        clock.move(seconds=waits[-1])
    receiver.now = clock().timestamp()
    assert tell_webhooks(store) == 1
    assert waits == [30, 60, 120]
    assert (len(receiver.asked), len(set(receiver.asked)), len(receiver.taken)) == (4, 1, 1)
    with store.reading() as session:
        (card,) = webhooks(session, company.admin)
        (row,) = webhook_log(session, company.admin)
    assert (card.id, card.waiting, card.dead, row.state, row.attempts) == (hook, 0, 0, "sent", 4)


def test_the_latest_test_stands_among_what_was_told(store, clock, receiver):
    company = found(store)
    hook = listen(store, company, receiver.url, ["action.recorded"])
    receiver.now = clock().timestamp()
    for busy in ([], [403]):
        receiver.busy = busy
        send_hook_test(store, company.admin, hook)
        clock.move(seconds=60)
    visit(store, company)
    with store.reading() as session:
        rows = webhook_log(session, company.admin)
    assert [(row.kind, row.state) for row in rows] == [("action.recorded", "waiting"), ("test", "dead")]
    assert (rows[1].id, rows[1].error, rows[1].attempts) == (-hook, "HTTP 403", 1)


def test_one_that_is_down_does_not_hold_up_the_others(sqlite_store, receiver):
    company = found(sqlite_store)
    listen(sqlite_store, company, "http://127.0.0.1:9/nobody")
    listen(sqlite_store, company, receiver.url)
    visit(sqlite_store, company)
    tell_webhooks(sqlite_store)
    assert len(receiver.taken) == 2


@pytest.mark.parametrize("status", [301, 307, 400, 401, 410])
def test_a_permanent_failure_is_given_up_and_told_to_the_administrators(sqlite_store, receiver, status):
    company = found(sqlite_store)
    listen(sqlite_store, company, receiver.url, ["action.recorded"])
    visit(sqlite_store, company)
    receiver.busy = [status]
    tell_webhooks(sqlite_store)
    assert len(receiver.asked) == 1  # a redirect is not followed
    with sqlite_store.reading() as session:
        (row,) = webhook_log(session, company.admin)
        told = session.execute(select(Message.person_id, Message.kind, Message.params)).all()
    assert row.state == "dead"
    assert str(status) in row.error
    assert [(t[0], t[1], t[2]["webhook"]) for t in told] == [
        (company.admin.person_id, "webhook_failed", "CRM")
    ]
    retry_delivery(sqlite_store, company.admin, row.id)
    tell_webhooks(sqlite_store)
    assert len(receiver.taken) == 1
    with pytest.raises(Conflict):
        retry_delivery(sqlite_store, company.admin, row.id)


def test_after_too_many_tries_it_is_given_up(sqlite_store, clock, receiver):
    company = found(sqlite_store)
    listen(sqlite_store, company, receiver.url, ["action.recorded"])
    visit(sqlite_store, company)

    def away(*_):
        raise httpx.ConnectError("away")

    for _ in range(TRIES):
        assert tell_webhooks(sqlite_store, send=away) == 1
        clock.move(hours=2)
    with sqlite_store.reading() as session:
        assert session.scalars(select(WebhookDelivery.state)).one() == "dead"
        assert session.scalars(select(Message.kind).where(Message.kind == "webhook_failed")).one()


def test_two_workers_send_a_delivery_once_and_a_dead_one_is_taken_over(store, clock, receiver):
    company = found(store)
    listen(store, company, receiver.url, ["action.recorded"])
    visit(store, company)

    def killed(*_):
        assert tell_webhooks(store) == 0  # another worker looks while this one sends
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tell_webhooks(store, send=killed)
    assert tell_webhooks(store) == 0
    clock.move(minutes=6)
    receiver.now = clock().timestamp()
    assert tell_webhooks(store) == 1
    assert len(receiver.taken) == 1


def test_switched_off_or_removed_it_is_told_nothing_more(sqlite_store, receiver):
    company = found(sqlite_store)
    hook = listen(sqlite_store, company, receiver.url, ["action.recorded", "opportunity.won"])
    visit(sqlite_store, company)
    switch_webhook(sqlite_store, company.admin, hook, False)
    assert tell_webhooks(sqlite_store) == 0
    switch_webhook(sqlite_store, company.admin, hook, True)
    assert tell_webhooks(sqlite_store) == 0  # what happened meanwhile is not told later
    close_opportunity(sqlite_store, company.rep, company.opportunity, Outcome.WON)
    remove_webhook(sqlite_store, company.admin, hook)
    assert tell_webhooks(sqlite_store) == 0
    with sqlite_store.reading() as session:
        assert webhooks(session, company.admin) == ()
        assert session.scalars(select(Webhook.secret)).one() == ""
    with pytest.raises(NotFound):
        switch_webhook(sqlite_store, company.admin, hook, True)


def test_a_test_is_sent_at_once_and_says_what_it_met(sqlite_store, receiver):
    company = found(sqlite_store)
    hook = listen(sqlite_store, company, receiver.url)
    assert send_hook_test(sqlite_store, company.admin, hook) is None
    assert [event["kind"] for event in receiver.taken.values()] == ["test"]
    receiver.secret = "another"
    assert send_hook_test(sqlite_store, company.admin, hook) == "HTTP 401"
    with sqlite_store.reading() as session:
        assert webhooks(session, company.admin)[0].test_error == "HTTP 401"
    with pytest.raises(NotAllowed):
        send_hook_test(sqlite_store, company.director, hook)


def test_what_may_not_be_registered(sqlite_store):
    company = found(sqlite_store)
    for url in ("http://127.0.0.1:80/", "https://10.0.0.1/", "https://user@x.example/", "crm"):
        with pytest.raises(Invalid) as error:
            listen(sqlite_store, company, url, secret=new_secret())
        assert [(p.field, p.code) for p in error.value.problems] == [("url", "hook_address")]
    with sqlite_store.reading() as session, pytest.raises(NotAllowed):
        webhooks(session, company.manager)


def test_the_connection_goes_where_the_name_was_looked_up(receiver):
    """The name is resolved once: what it leads to a moment later changes nothing."""
    asked = []

    def resolve(host, port, type):
        asked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    headers = {"Idempotency-Key": "k"}
    receiver.busy = [204]
    guarded_post(
        receiver.url.replace("127.0.0.1", "localhost"), b"{}", headers, loopback=True, resolve=resolve
    )
    assert (asked, receiver.asked) == (["localhost"], ["k"])
    with pytest.raises(Permanent):
        guarded_post(receiver.url, b"{}", headers)


def test_old_events_go(sqlite_store, clock, receiver):
    company = found(sqlite_store)
    listen(sqlite_store, company, receiver.url)
    visit(sqlite_store, company)
    tidy(sqlite_store, Run(clock() + timedelta(days=91)))
    with sqlite_store.reading() as session:
        assert session.scalar(select(func.count(WebhookDelivery.id))) == 0
        assert session.scalar(select(func.count(WebhookEvent.id))) == 0


def test_what_stands_red_is_not_told_again_when_old_events_go(sqlite_store, clock):
    company = found(sqlite_store)
    listen(sqlite_store, company, "https://crm.example/hook")
    promise = PromiseInput("By the end of the year", clock().date() + timedelta(days=300))
    make_promise(sqlite_store, company.rep, company.customer, promise)
    clock.move(days=95)
    tidy(sqlite_store, Run(clock()))
    sweep_promises.sweep(sqlite_store, Run(clock()))
    with sqlite_store.reading() as session:
        assert session.scalars(select(WebhookEvent.happened_at)).all() == [NOON]
