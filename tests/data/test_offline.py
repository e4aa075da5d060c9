"""Visits from a device: recorded once, under the same rules, for nobody but whoever recorded them."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.process.actions import ActionInput
from core.process.visits import Visit, read_visit
from core.terms import ActionStatus
from data.commands.actions import record_action
from data.commands.offline import sync_visit
from data.commands.sessions import exchange_ticket, open_session
from data.offline.routes import HEADER
from data.origin import COOKIE
from data.queries.offline import picks
from data.routes import ROUTES
from data.schema import Action, Contact, Opportunity, Person, UserSession
from data.text import translate
from tests.company import Company, found
from tests.sounds import hum

ORIGIN = "https://fire.test"
FIRST, SECOND = ("0b7e4c9e-7f0c-4a7e-9a57-0c3f8a2b1d0" + n for n in "12")


@pytest.fixture
def client(monkeypatch, sqlite_store) -> TestClient:
    monkeypatch.setattr("data.offline.routes.this_store", lambda: sqlite_store)
    return TestClient(Starlette(routes=list(ROUTES)), base_url=ORIGIN)


@pytest.fixture
def people(sqlite_store) -> Company:
    return found(sqlite_store)


def sign_in(client, store, who) -> int:
    opened = open_session(store, who.person_id, 12, "10.0.0.1")
    client.cookies.set(COOKIE, exchange_ticket(store, opened.ticket)[0])
    return opened.session_id


def sheet(start="10:00", **more) -> dict:
    """A needs diagnosis of the store's day, a Wednesday whose noon has come."""
    return {
        "type": "needs_diagnosis", "day": "2026-03-04", "start": start, "minutes": 30,
        "fields-pain": "slow", "fields-current_process": "paper", "fields-budget": "500k",
        "fields-decision_chain": "CEO", "summary": "They want it running by May.", "outcome": "open",
        "next_step-type": "solution_demo", "next_step-day": "2026-03-06", "next_step-time": "10:00", **more,
    }  # fmt: skip


def told(people, key=FIRST, who=None, opportunity=None, **more) -> dict:
    who = who or people.rep
    return {
        "key": key,
        "person": who.person_id,
        "opportunity": people.opportunity if opportunity is None else opportunity,
        "sheet": sheet(**more),
    }


def send(client, visit, recording=None, origin=ORIGIN, header="1"):
    headers = {k: v for k, v in (("Origin", origin), (HEADER, header)) if v}
    files = {"recording": ("recording", recording, "audio/wav")} if recording else {"none": ("", b"")}
    return client.post("/offline/visits", data={"visit": json.dumps(visit)}, files=files, headers=headers)


def recorded(store) -> list[Action]:
    query = select(Action).where(Action.status == ActionStatus.COMPLETED).order_by(Action.id)
    with store.reading() as session:
        return list(session.scalars(query))


def test_a_visit_is_recorded_once_with_both_its_times(client, sqlite_store, people, clock):
    sign_in(client, sqlite_store, people.rep)
    clock.move(hours=5)
    answers = [send(client, told(people)) for _ in range(2)]
    assert [a.status_code for a in answers] == [200, 200]
    (action,) = recorded(sqlite_store)
    assert [a.json() for a in answers] == [{"action": action.id, "customer": people.customer}] * 2
    assert (action.started_at.hour, action.recorded_at) == (2, clock())
    assert action.owner_id == people.rep.person_id


def test_a_recording_arrives_with_its_visit(client, sqlite_store, people):
    sign_in(client, sqlite_store, people.rep)
    assert send(client, told(people), hum(3)).status_code == 200
    assert recorded(sqlite_store)[0].recording
    refused = send(client, told(people, SECOND, start="11:00"), b"these are words")
    assert [p["field"] for p in refused.json()["problems"]] == ["recording"]


def test_the_second_visit_builds_on_the_first(client, sqlite_store, people):
    sign_in(client, sqlite_store, people.rep)
    for key, start in ((FIRST, "09:00"), (SECOND, "10:30")):
        assert send(client, told(people, key, start=start)).status_code == 200
    first, second = recorded(sqlite_store)
    assert (first.follows_id, second.follows_id) == (None, first.id)


def test_the_rules_are_the_forms_and_what_is_put_right_passes(client, sqlite_store, people):
    sign_in(client, sqlite_store, people.rep)
    send(client, told(people, start="10:00"))
    late = send(client, told(people, SECOND, start="10:40", summary="", **{"next_step-day": "2026-03-03"}))
    problems = {p["field"]: p["words"] for p in late.json()["problems"]}
    assert late.status_code == 422
    assert set(problems) == {"started_at", "summary", "next_step.planned_for"}
    assert problems["started_at"] == {
        "en": "At least 30 minutes after the previous action, which ended 4 Mar 2026, 10:30.",
        "zh": "距上一动作结束（2026年3月4日 10:30）至少间隔 30 分钟。",
    }
    assert len(recorded(sqlite_store)) == 1
    assert send(client, told(people, SECOND, start="11:00")).status_code == 200


def test_an_opportunity_out_of_reach_or_closed_is_said_at_its_field(client, sqlite_store, people):
    sign_in(client, sqlite_store, people.rep)
    for opportunity in (people.strange_opportunity, 0, 10**6):
        answer = send(client, told(people, opportunity=opportunity))
        assert [p["field"] for p in answer.json()["problems"]] == ["opportunity"]
    assert send(client, told(people, outcome="won", **{"next_step-type": "", "next_step-day": ""})).is_success
    closed = send(client, told(people, SECOND, start="11:30")).json()["problems"]
    assert "closed" in closed[0]["words"]["en"]
    assert len(recorded(sqlite_store)) == 1


def test_found_recorded_although_the_opportunity_left_its_owner(client, sqlite_store, people):
    """The answer was lost, and meanwhile a colleague took over: the visit is recorded, not refused."""
    sign_in(client, sqlite_store, people.rep)
    first = send(client, told(people)).json()
    with sqlite_store.writing() as session:
        session.execute(update(Opportunity).values(owner_id=people.mate.person_id))
    assert send(client, told(people)).json() == first


def test_who_is_signed_out_revoked_or_locked_out_sends_nothing(client, sqlite_store, people):
    assert send(client, told(people)).status_code == 401
    session_id = sign_in(client, sqlite_store, people.rep)
    with sqlite_store.writing() as session:
        session.get_one(UserSession, session_id).revoked_at = sqlite_store.clock()
    assert (send(client, told(people)).status_code, client.get("/offline/picks").status_code) == (401, 401)
    sign_in(client, sqlite_store, people.rep)
    with sqlite_store.writing() as session:
        session.execute(update(Person).where(Person.id == people.rep.person_id).values(active=False))
    assert send(client, told(people)).json() == {"error": "signed_out"}
    assert recorded(sqlite_store) == []


def test_a_changed_role_and_another_person_are_refused(client, sqlite_store, people):
    sign_in(client, sqlite_store, people.mate)
    assert send(client, told(people)).json() == {"error": "other_person"}
    sign_in(client, sqlite_store, people.product)
    answer = send(client, told(people, who=people.product))
    assert (answer.status_code, answer.json()) == (403, {"error": "not_allowed"})
    assert client.get("/offline/picks").status_code == 403
    assert recorded(sqlite_store) == []


@pytest.mark.parametrize(
    ("origin", "header"), [("https://evil.test", "1"), (None, "1"), ("null", "1"), (ORIGIN, None)]
)
def test_only_our_own_page_sends(client, sqlite_store, people, origin, header):
    sign_in(client, sqlite_store, people.rep)
    assert send(client, told(people), origin=origin, header=header).status_code == 403
    assert recorded(sqlite_store) == []


def test_what_is_no_visit_or_too_large_is_refused(client, sqlite_store, people):
    sign_in(client, sqlite_store, people.rep)
    for said in (None, [], {"key": "x"}):
        assert send(client, said).status_code == 400
    headers = {"Origin": ORIGIN, HEADER: "1", "Content-Length": str(10**9)}
    assert client.post("/offline/visits", content=b"x", headers=headers).status_code == 413
    nested = client.post(
        "/offline/visits",
        data={"visit": "[" * 50_000},
        files={"none": ("", b"")},
        headers={"Origin": ORIGIN, HEADER: "1"},
    )
    assert nested.status_code == 400


def test_the_page_knows_nothing_and_its_headers_are_strict(client):
    page, worker = client.get("/offline"), client.get("/sw.js")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    assert "<script>" not in page.text
    assert worker.headers["service-worker-allowed"] == "/offline"
    for name in json.loads(worker.text.split("FILES = ")[1].split(";")[0]):
        assert client.get(f"/{name}").status_code == 200
    assert client.get("/offline/nothing.js").status_code == 404
    manifest = client.get("/offline/manifest.webmanifest").json()
    assert all(client.get(f"/offline/{icon['src']}").is_success for icon in manifest["icons"])


def test_the_words_are_both_languages(client):
    words = client.get("/offline/words.json").json()
    said = {language: {key.removesuffix(".one") for key in told} for language, told in words.items()}
    counted = {key.removesuffix(".other") for key in said["zh"]}  # Chinese has one form of a counted sentence
    assert {key.removesuffix(".other") for key in said["en"]} == counted
    assert words["zh"]["offline.save"] == "保存到这台设备"


def test_what_is_taken_along_is_ones_own(store):
    people = found(store)
    with store.writing() as session:
        session.add(Contact(customer_id=people.customer, name="Wu Min", decision_role="buyer"))
        session.add(Contact(customer_id=people.strange_customer, name="Zhao"))
    step = read_visit(told(people)).action("Asia/Shanghai")
    record_action(store, people.rep, people.opportunity, step)
    with store.reading() as session:
        mine, teams = picks(session, people.rep), picks(session, people.manager)
    (customer,) = mine.customers
    assert (customer.name, customer.opportunities[0].stage) == ("Haihe Pumps", "needs_diagnosis")
    assert [(c.name, c.role) for c in customer.contacts] == [("Wu Min", "buyer")]
    assert [(r.type, r.started_at, r.ended_at) for r in customer.records] == [
        ("needs_diagnosis", step.started_at, step.ended_at)
    ]
    assert [c.id for c in teams.customers] == [people.customer]


def test_picks_come_as_json_with_the_forms_fields(client, sqlite_store, people):
    sign_in(client, sqlite_store, people.rep)
    known = client.get("/offline/picks").json()
    assert known["person"]["id"] == people.rep.person_id
    assert known["person"]["city"] == {"en": "Shanghai", "zh": "上海"}
    fields = {t["key"]: [f["key"] for f in t["fields"]] for t in known["form"]["types"]}
    assert fields["objection_handling"] == ["objection", "response", "resolution"]
    assert known["customers"][0]["opportunities"][0]["id"] == people.opportunity


def test_two_senders_at_once_record_once(store):
    people = found(store)
    visit: Visit = read_visit(told(people))
    results = [sync_visit(store, people.rep, visit).action_id for _ in range(3)]
    assert len(set(results)) == 1
    with store.reading() as session:
        done = select(func.count()).where(Action.status == ActionStatus.COMPLETED)
        assert session.scalar(done.select_from(Action)) == 1


def test_the_step_that_was_planned_is_completed(store):
    people = found(store)
    planned = ActionInput(
        "needs_diagnosis", ActionStatus.PLANNED, started_at=store.clock() + timedelta(hours=1)
    )
    step = record_action(store, people.rep, people.opportunity, planned)
    store.clock.move(hours=6)
    done = sync_visit(store, people.rep, read_visit(told(people, start="13:10")))
    assert done.action_id == step


def quote(people, amount, key=FIRST):
    asked = {"type": "quote_confirmation", "fields-valid_until": "2026-04-01", "fields-terms": "net"}
    return told(people, key, **asked, **{"fields-quote": {"amount": amount, "currency": "CNY"}})


def test_an_amount_is_read_as_it_was_typed_or_refused_at_its_field(client, sqlite_store, people):
    sign_in(client, sqlite_store, people.rep)
    for typed, code in (("4 2 wan", "unread_amount"), ("$5", "amount_names_currency")):
        refused = send(client, quote(people, typed))
        assert [p["field"] for p in refused.json()["problems"]] == ["fields.quote"]
        params = {"value": typed, "named": "USD", "currency": "CNY"}
        assert refused.json()["problems"][0]["words"]["zh"] == translate("zh", f"problems.{code}", **params)
    assert send(client, quote(people, "42万")).status_code == 200
    [row] = recorded(sqlite_store)
    assert Decimal(row.fields["quote"]["amount"]) == 420_000
