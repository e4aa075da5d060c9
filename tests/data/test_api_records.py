"""Records over HTTP: within reach only, under the product's own rules, once per key, page by page."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core.access import OPERATOR
from core.customers import ContactInput, CustomerInput
from core.fields import Kind
from core.messages import NotFound
from core.promises.demands import DemandInput, Effect, PromiseInput
from core.signals import SignalInput
from core.studio import Area
from data.api.limit import Limiter
from data.commands.customers import add_contact, edit_customer
from data.commands.demands import file_demand
from data.commands.promises import make_promise
from data.commands.signals import record_signal
from data.commands.studio import publish
from data.commands.studio_fields import keep_field
from data.schema import Action, Audit, Customer, Opportunity, Receipt, Signal
from tests.api import As, api_client
from tests.company import found
from tests.conftest import NOON
from tests.data.test_demands import filed
from tests.importing import import_text
from tests.spec.test_definitions import INFLUENCE, own


@pytest.fixture
def client(monkeypatch):
    monkeypatch.setattr("data.api.admission.LIMITER", Limiter())
    return api_client()


def served(monkeypatch, store):
    monkeypatch.setattr("data.api.routes.this_store", lambda: store)
    return found(store)


def theirs(store, company) -> dict[str, int]:
    """One record of each kind at the stranger's customer, by address."""
    who, customer = company.stranger, company.strange_customer
    happened = NOON - timedelta(days=1)
    contact = add_contact(store, who, customer, ContactInput("Wu"))
    signal = record_signal(store, who, customer, SignalInput("news", happened))
    effect = Effect("time", Decimal(2), Decimal(1), "h")
    demand = file_demand(store, who, customer, DemandInput("faster", "efficiency", effect, "P1"))
    promise = make_promise(store, who, customer, PromiseInput("soon", date(2026, 5, 1), demand_id=demand))
    with store.writing() as session:
        action = Action(
            type="appointment", status="planned", customer_id=customer, owner_id=who.person_id,
            opportunity_id=company.strange_opportunity, planned_for=NOON, recorded_at=NOON, fields={},
        )  # fmt: skip
        session.add(action)
        session.flush()
        planned = action.id
    return {
        "customers": customer, "contacts": contact, "opportunities": company.strange_opportunity,
        "actions": planned, "signals": signal, "demands": demand, "promises": promise,
    }  # fmt: skip


# fmt: off
REACH = [
    #               customers contacts opportunities actions signals demands promises
    ("rep",           (404, 404, 404, 404, 404, 404, 404)),   # another team's
    ("manager",       (404, 404, 404, 404, 404, 404, 404)),
    ("stranger",      (200, 200, 200, 200, 200, 200, 200)),
    ("director",      (200, 200, 200, 200, 200, 200, 200)),
    ("product",       (403, 403, 403, 403, 403, 200, 200)),
    ("delivery",      (403, 403, 403, 403, 403, 200, 200)),
    ("store_manager", (403, 403, 403, 403, 403, 403, 403)),
    ("admin",         (200, 200, 200, 200, 200, 403, 403)),
]
# fmt: on


def test_an_id_that_is_guessed_gives_nothing(client, monkeypatch, store):
    company = served(monkeypatch, store)
    records = theirs(store, company)
    for role, expected in REACH:
        ask = As(client, store, getattr(company, role))
        assert tuple(ask("GET", f"/{kind}/{i}")[0] for kind, i in records.items()) == expected, role
        for kind, status in zip(records, expected, strict=True):
            code, said = ask("GET", f"/{kind}")
            seen = [row["id"] for row in said.get("items", ())]
            assert (code, records[kind] in seen) == (403 if status == 403 else 200, status == 200), (
                role,
                kind,
            )


WRITES = [
    ("PATCH", "/customers/{customers}", {"version": 1, "name": "Mine"}),
    ("PUT", "/customers/{customers}/tags", {"tags": []}),
    ("POST", "/customers/{customers}/grade", {"grade": "A", "reason": "big"}),
    ("POST", "/contacts", {"customer_id": "{customers}", "name": "Li"}),
    ("PATCH", "/contacts/{contacts}", {"version": 1, "name": "Mine"}),
    ("POST", "/opportunities", {"customer_id": "{customers}", "name": "New"}),
    ("PATCH", "/opportunities/{opportunities}", {"version": 1, "name": "Mine"}),
    ("POST", "/opportunities/{opportunities}/close", {"outcome": "won"}),
    ("POST", "/actions", {"opportunity_id": "{opportunities}", "type": "appointment"}),
    ("POST", "/actions/{actions}/cancel", {"reason": "no"}),
    ("POST", "/signals", {"customer_id": "{customers}", "kind": "news", "happened_at": "2026-03-01T00:00Z"}),
    ("POST", "/signals/{signals}/withdraw", None),
    ("POST", "/promises", {"customer_id": "{customers}", "words": "x", "promised_on": "2026-05-01"}),
    ("POST", "/promises/{promises}/move", {"promised_on": "2026-06-01", "reason": "late"}),
    ("POST", "/promises/{promises}/take-back", {"reason": "twice"}),
    ("POST", "/demands/{demands}/take-back", {"reason": "twice"}),
    ("POST", "/demands/{demands}/pass-on", {"answer": "twenty"}),
]  # fmt: skip


def test_nothing_of_another_team_is_written(client, monkeypatch, sqlite_store):
    company = served(monkeypatch, sqlite_store)
    records = theirs(sqlite_store, company)
    rep = As(client, sqlite_store, company.rep)
    with sqlite_store.reading() as session:
        before = session.scalar(select(func.count(Audit.id)))
    for method, path, body in WRITES:
        sent = body and {k: records[v[1:-1]] if str(v).startswith("{") else v for k, v in body.items()}
        code, said = rep(method, path.format(**records), sent)
        assert code == (422 if path == "/signals" else 404), (path, said)
    with sqlite_store.reading() as session:
        assert session.scalar(select(func.count(Audit.id))) == before


def test_pages_follow_one_another_and_since_narrows(client, monkeypatch, store, clock):
    company = served(monkeypatch, store)
    rep = As(client, store, company.rep)
    for n in range(4):
        assert rep("POST", "/customers", {"name": f"C{n}"})[0] == 201
    seen, cursor, pages = [], "", 0
    while cursor is not None:
        _, said = rep("GET", f"/customers?limit=2{f'&cursor={cursor}' if cursor else ''}")
        seen += [row["name"] for row in said["items"]]
        cursor, pages = said["next_cursor"], pages + 1
    assert (seen, pages) == (["Haihe Pumps", "C0", "C1", "C2", "C3"], 3)
    clock.move(hours=1)
    since = "2026-03-04T12:30:00%2B08:00"
    assert rep("GET", f"/customers?updated_since={since}")[1]["items"] == []
    edit_customer(store, company.rep, company.customer, CustomerInput("Haihe"), 1)
    assert [row["name"] for row in rep("GET", f"/customers?updated_since={since}")[1]["items"]] == ["Haihe"]
    import_text(store, "signals", "Client,Signal,Date\nHaihe,news,2026-03-01\n")
    told = rep("GET", f"/signals?updated_since={since}")[1]["items"]
    assert [row["recorded_at"] for row in told] == ["2026-02-28T16:00:00Z"]  # known then, imported now


def test_an_action_passes_the_rules_of_the_pages(client, monkeypatch, store):
    company = served(monkeypatch, store)
    rep = As(client, store, company.rep)
    quote = {
        "opportunity_id": company.opportunity,
        "type": "quote_confirmation",
        "started_at": "2026-03-04T10:00:00+08:00",
        "ended_at": "2026-03-04T11:00:00+08:00",
        "summary": "They want the offer until Friday.",
        "next_step": {"type": "objection_handling", "planned_for": "2026-03-06T10:00:00+08:00"},
        "fields": {
            "quote": {"amount": "1200.50", "currency": "CNY"},
            "valid_until": "2026-04-01",
            "terms": "30 days",
        },
    }
    code, said = rep("POST", "/actions", quote | {"next_step": None, "summary": "", "fields": {"quote": "x"}})
    assert code == 422
    assert {e["pointer"]: e["code"] for e in said["errors"]} == {
        "/fields/quote": "not_number", "/fields/valid_until": "required", "/fields/terms": "required",
        "/summary": "summary_required", "/next_step": "next_step_required",
    }  # fmt: skip
    code, said = rep("POST", "/actions", quote)
    assert (code, said["fields"]["quote"]["amount"]) == (201, "1200.50")
    assert (said["started_at"], said["recorded_at"]) == ("2026-03-04T02:00:00Z", "2026-03-04T04:00:00Z")
    _, deal = rep("GET", f"/opportunities/{company.opportunity}")
    assert (deal["stage"], deal["amount"], deal["version"]) == ("quote_confirmation", "1200.5", 1)
    _, step = rep("GET", f"/actions/{deal['next_step_id']}")
    assert (step["type"], step["status"]) == ("objection_handling", "planned")
    code, said = rep("POST", "/actions", quote, Accept_Language="zh")
    why = {e["pointer"]: e["detail"] for e in said["errors"]}
    assert code == 422
    assert "2026" in why["/started_at"]  # an instant in the person's own time, in words


def test_an_unreadable_field_writes_nothing_however_good_the_rest(client, monkeypatch, sqlite_store):
    company = served(monkeypatch, sqlite_store)
    rep = As(client, sqlite_store, company.rep)
    plan = {"opportunity_id": company.opportunity, "type": "appointment", "status": "planned",
            "started_at": "2026-03-05T10:00:00+08:00"}  # fmt: skip
    code, said = rep("POST", "/actions", plan | {"fields": {"colour": "red"}})
    assert (code, said["errors"][0]["pointer"]) == (422, "/fields/colour")
    with sqlite_store.reading() as session:
        assert session.scalars(select(Action)).all() == []
    assert rep("POST", "/actions", plan)[0] == 201


def test_signals_are_told_together_and_twice_is_once(client, monkeypatch, store, clock):
    company = served(monkeypatch, store)
    rep = As(client, store, company.rep)
    one = {"ref": "crm:1", "customer_id": company.customer, "kind": "ticket", "value": 4.5,
           "happened_at": "2026-03-01T09:00:00Z"}  # fmt: skip
    two = one | {"ref": "crm:2", "kind": "news", "value": None}
    bad = [
        one,
        two | {"kind": "rumour"},
        two | {"ref": "crm:3", "opportunity_id": company.strange_opportunity},
    ]
    code, said = rep("POST", "/signals/batch", {"signals": bad})
    assert code == 422
    assert [(e["pointer"], e["code"]) for e in said["errors"]] == [
        ("/signals/1/kind", "unknown_choice"), ("/signals/2/opportunity_id", "other_customer"),
    ]  # fmt: skip
    code, first = rep("POST", "/signals/batch", {"signals": [one, two, one]})
    assert (code, first["ids"][2]) == (201, first["ids"][0])
    clock.move(days=1)
    code, again = rep("POST", "/signals/batch", {"signals": [one, two | {"ref": "crm:9"}]})
    assert (code, again["ids"][0]) == (201, first["ids"][0])
    code, said = rep("POST", "/signals", one | {"value": 5})
    assert (code, said["errors"][0]["pointer"], said["errors"][0]["code"]) == (422, "/ref", "taken")
    with store.reading() as session:
        rows = session.scalars(select(Signal).order_by(Signal.id)).all()
    assert [(r.ref, r.recorded_at - NOON) for r in rows] == [
        ("crm:1", timedelta()), ("crm:2", timedelta()), ("crm:9", timedelta(days=1)),
    ]  # fmt: skip
    assert rows[0].happened_at < rows[0].recorded_at


def test_a_key_makes_a_write_happen_once(client, monkeypatch, store):
    company = served(monkeypatch, store)
    rep = As(client, store, company.rep)
    mate = As(client, store, company.mate)
    answers = []
    work = [
        threading.Thread(
            target=lambda: answers.append(rep("POST", "/customers", {"name": "A"}, Idempotency_Key="k"))
        )
        for _ in range(4)
    ]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    assert answers == [answers[0]] * 4
    assert answers[0][0] == 201
    code, said = rep("POST", "/customers", {"name": "B"}, Idempotency_Key="k")
    assert (code, said["code"]) == (422, "key_reused")
    code, said = rep("POST", "/opportunities", {"name": "A"}, Idempotency_Key="k")
    assert code == 422
    assert mate("POST", "/customers", {"name": "C"}, Idempotency_Key="k")[0] == 201  # keys are one's own
    assert rep("POST", "/customers", {"name": ""}, Idempotency_Key="k2")[0] == 422
    assert (
        rep("POST", "/customers", {"name": "D"}, Idempotency_Key="k2")[0] == 201
    )  # nothing was written before
    with store.reading() as session:
        names = session.scalars(select(Customer.name).order_by(Customer.id)).all()
        assert names == ["Haihe Pumps", "Taihu Bearings", "A", "C", "D"]
        assert len(session.scalars(select(Receipt)).all()) == 3
        assert len(session.scalars(select(Audit).where(Audit.command == "customer.open")).all()) == 3


def test_a_stale_version_and_a_closed_deal_are_conflicts(client, monkeypatch, sqlite_store):
    company = served(monkeypatch, sqlite_store)
    rep = As(client, sqlite_store, company.rep)
    deal = f"/opportunities/{company.opportunity}"
    code, said = rep("PATCH", deal, {"version": 1, "amount": "10.5", "close_on": "2026-06-30"})
    assert (code, said["amount"], said["name"], said["version"]) == (200, "10.5", "Haihe Pumps 2026", 2)
    code, said = rep("PATCH", deal, {"version": 2, "close_on": "2025-06-30"})
    assert [(e["pointer"], e["code"]) for e in said["errors"]] == [("/close_on", "closes_before_opening")]
    code, said = rep("PATCH", deal, {"version": 2, "amount": None})
    assert (code, said["amount"], said["close_on"]) == (200, None, "2026-06-30")
    code, said = rep("PATCH", deal, {"version": 2, "name": "x"})
    assert (code, said["code"]) == (409, "edited_meanwhile")
    assert rep("POST", f"{deal}/close", {"outcome": "won"})[1]["outcome"] == "won"
    code, said = rep("POST", f"{deal}/close", {"outcome": "lost"})
    assert (code, said["code"]) == (409, "opportunity_closed")
    with sqlite_store.reading() as session:
        assert session.get_one(Opportunity, company.opportunity).outcome == "won"


def test_a_demand_from_filing_to_its_answer_and_promise(client, monkeypatch, sqlite_store):
    company = served(monkeypatch, sqlite_store)
    rep, product = (As(client, sqlite_store, who) for who in (company.rep, company.product))
    asked = {"customer_id": company.customer, "words": "Faster", "pain": "efficiency", "urgency": "P0",
             "effect": {"metric": "time", "before": "8", "after": 2, "unit": "h"}}  # fmt: skip
    _, demand = rep("POST", "/demands", asked)
    assert (demand["state"], demand["due_at"]) == ("running", "2026-03-04T06:00:00Z")
    _, promise = rep("POST", "/promises", {"customer_id": company.customer, "words": "In April",
                     "promised_on": "2026-04-10", "demand_id": demand["id"]})  # fmt: skip
    assert (promise["light"], promise["state"]) == ("red", "nothing_planned")
    answer = {"feature": "Export", "path": "API", "resources": "one week", "deliverable": "api",
              "reference": "/v2", "planned_on": "2026-04-20"}  # fmt: skip
    path = f"/demands/{demand['id']}"
    assert product("POST", f"{path}/pause", {"reason": "How many?"})[1]["state"] == "paused"
    assert product("POST", f"{path}/pass-on", {"answer": "Twenty"})[0] == 403
    assert rep("POST", f"{path}/pass-on", {"answer": "Twenty"})[1]["state"] == "running"
    assert rep("POST", f"{path}/answer", answer)[0] == 403
    code, said = product("POST", f"{path}/answer", answer)
    assert (code, said["state"], said["planned_on"]) == (200, "answered", "2026-04-20")
    path = f"/promises/{promise['id']}"
    assert rep("GET", path)[1]["state"] == "before_plan"
    code, said = rep("POST", f"{path}/move", {"promised_on": "2026-05-01", "reason": "agreed"})
    assert (code, said["light"]) == (200, "green")
    code, said = rep("POST", f"{path}/take-back", {"reason": "Twice"})
    assert (code, said["taken_back_at"], said["taken_back_for"]) == (200, "2026-03-04T04:00:00Z", "Twice")
    assert rep("POST", f"{path}/take-back", {"reason": "Twice"})[0] == 409
    assert rep("GET", "/demands?answered=false")[1]["items"] == []
    assert [d["id"] for d in rep("GET", "/demands?answered=true")[1]["items"]] == [demand["id"]]


def test_a_demand_is_taken_back_and_waits_no_more(client, monkeypatch, sqlite_store):
    company = served(monkeypatch, sqlite_store)
    rep = As(client, sqlite_store, company.rep)
    path = f"/demands/{filed(sqlite_store, company)}"
    code, said = rep("POST", f"{path}/take-back", {"reason": "Twice"})
    assert (code, said["state"], said["taken_back_for"]) == (200, "taken_back", "Twice")
    assert rep("POST", f"{path}/take-back", {"reason": "Twice"})[0] == 409
    assert rep("GET", "/demands?answered=false")[1]["items"] == []
    assert [one["state"] for one in rep("GET", "/demands")[1]["items"]] == ["taken_back"]


def test_a_demand_is_declined_unless_a_promise_stands(client, monkeypatch, sqlite_store):
    company = served(monkeypatch, sqlite_store)
    rep, product = (As(client, sqlite_store, who) for who in (company.rep, company.product))
    asked = {"customer_id": company.customer, "words": "Faster", "pain": "efficiency", "urgency": "P0",
             "effect": {"metric": "time", "before": "8", "after": 2, "unit": "h"}}  # fmt: skip
    kept, promised = (rep("POST", "/demands", asked)[1]["id"] for _ in range(2))
    rep("POST", "/promises", {"customer_id": company.customer, "words": "In April",
        "promised_on": "2026-04-10", "demand_id": promised})  # fmt: skip
    no = {"reason": "technical", "reply": "The machine has no such signal."}
    assert rep("POST", f"/demands/{kept}/decline", no)[0] == 403
    code, said = product("POST", f"/demands/{kept}/decline", no)
    assert (code, said["state"], said["declined_for"], said["reply"]) == (200, "declined", *no.values())
    assert product("POST", f"/demands/{kept}/decline", no)[1]["code"] == "already_answered"
    code, said = product("POST", f"/demands/{promised}/decline", no)
    assert (code, [p["code"] for p in said["errors"]]) == (422, ["promise_stands"])
    assert product("POST", f"/demands/{promised}/decline", no | {"reason": "mood"})[0] == 422


def test_the_operator_has_no_token(sqlite_store):
    with pytest.raises(NotFound):
        As(None, sqlite_store, OPERATOR)


def test_the_companys_own_fields_are_written_and_asked_for(client, monkeypatch, sqlite_store):
    company = served(monkeypatch, sqlite_store)
    rep = As(client, sqlite_store, company.rep)
    seats = own(Kind.NUMBER, key="own_seats", label={"en": "Seats", "zh": "席位数"})
    who = own(Kind.PERSON, key="own_who", label={"en": "Who", "zh": "谁"})
    for field in (INFLUENCE, seats, who):
        keep_field(sqlite_store, company.director, field)
    publish(sqlite_store, company.director, Area.FIELDS, "The board asks.")
    visit = {
        "opportunity_id": company.opportunity,
        "type": "needs_diagnosis",
        "started_at": "2026-03-04T10:00:00+08:00",
        "ended_at": "2026-03-04T11:00:00+08:00",
        "summary": "They plan on paper and lose a day a week.",
        "next_step": {"type": "solution_demo", "planned_for": "2026-03-06T10:00:00+08:00"},
    }
    shipped = {"pain": "slow", "current_process": "paper", "budget": "500k", "decision_chain": "CEO"}
    wrong = {"own_seats": "many", "own_who": {"id": 999}}
    code, said = rep("POST", "/actions", visit | {"fields": shipped | wrong})
    assert (code, {e["pointer"]: e["code"] for e in said["errors"]}) == (422, {
        "/fields/own_influence": "required", "/fields/own_seats": "not_number",
        "/fields/own_who": "not_among_choices",
    })  # fmt: skip
    filled = {"own_influence": "weak", "own_seats": 12.5, "own_who": {"id": company.product.person_id}}
    code, said = rep("POST", "/actions", visit | {"fields": shipped | filled})
    assert (code, said["fields"]["own_seats"], said["fields"]["own_who"]["name"]) == (201, "12.5", "Product")


def test_customers_and_opportunities_have_own_fields_too(client, monkeypatch, sqlite_store):
    company = served(monkeypatch, sqlite_store)
    rep = As(client, sqlite_store, company.rep)
    erp = replace(INFLUENCE, key="own_erp", types=("customer",))
    cost = own(Kind.MONEY, key="own_cost", label={"en": "Cost", "zh": "成本"}, types=("opportunity",))
    for field in (erp, replace(cost, required=False)):
        keep_field(sqlite_store, company.director, field)
    publish(sqlite_store, company.director, Area.FIELDS, "The board asks.")
    code, said = rep("POST", "/customers", {"name": "New Ltd", "fields": {"own_cost": "x"}})
    assert (code, {e["pointer"]: e["code"] for e in said["errors"]}) == (
        422, {"/fields/own_cost": "unknown_field", "/fields/own_erp": "required"},
    )  # fmt: skip
    code, said = rep("POST", "/customers", {"name": "New Ltd", "fields": {"own_erp": "weak"}})
    assert (code, said["fields"]) == (201, {"own_erp": "weak"})
    changed = rep("PATCH", f"/customers/{said['id']}", {"version": 1, "region": "North"})[1]
    assert (changed["fields"], changed["region"]) == ({"own_erp": "weak"}, "North")
    deal = {
        "customer_id": said["id"],
        "name": "Line",
        "fields": {"own_cost": {"amount": 9.5, "currency": "EUR"}},
    }
    code, opened = rep("POST", "/opportunities", deal)
    assert (code, opened["fields"]["own_cost"]) == (201, {"amount": "9.5", "currency": "EUR"})
    emptied = {"version": 1, "fields": {"own_cost": None}}
    assert rep("PATCH", f"/opportunities/{opened['id']}", emptied)[1]["fields"] == {}
