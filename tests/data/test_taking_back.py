"""What was entered by mistake is taken back: it stays, marked, and counts no more (C1, C3, C6)."""

from __future__ import annotations

import csv
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core.access import OPERATOR
from core.messages import Conflict, Invalid, NotAllowed, NotFound
from core.policies import DEFAULTS
from core.promises.collaboration import Measure
from core.promises.demands import Decline, PromiseInput
from core.promises.handover import DeliveryInput
from core.webhooks import WebhookInput
from data.commands.deliveries import mark_ready
from data.commands.demand_drafts import open_demand
from data.commands.demands import answer_demand, decline_demand, pause_demand
from data.commands.exchange import export_file
from data.commands.promises import escalate_promise, make_promise, move_promise, plan_promise
from data.commands.sla_sweep import sweep_clocks
from data.commands.taking_back import take_back_demand, take_back_promise
from data.commands.webhooks import add_webhook
from data.notices import sentence
from data.queries.collaboration_facts import facts_between
from data.queries.demand_desk import similar_demands
from data.queries.demand_file import demand_file
from data.queries.demands import Show as DemandShow
from data.queries.demands import demand_list, next_waiting
from data.queries.promise_board import Show, conflicts, promise_board
from data.queries.promise_file import promise_desk, promise_file
from data.queries.schedule import schedule
from data.schema import Audit, Draft, Message, Opportunity, Person, Promise, WebhookEvent
from tests.company import found
from tests.data.test_promises import ANSWER, clocks, filed, seen
from tests.importing import import_text

SOON = date(2026, 4, 1)


@pytest.fixture
def company(store):
    return found(store)


def promised(store, company, on: date = SOON, **more) -> int:
    return make_promise(store, company.rep, company.customer, PromiseInput("In April", on, **more))


def told(store, kind: str) -> list[str]:
    query = select(Person.username).join(Message, Message.person_id == Person.id).where(Message.kind == kind)
    with store.reading() as session:
        return sorted(session.scalars(query))


def file(store, who, promise):
    with store.reading() as session:
        return promise_file(session, who, promise, store.clock())


def test_a_promise_that_is_taken_back_stays_and_counts_no_more(store, company):
    demand = filed(store, company)
    answer_demand(store, company.product, demand, ANSWER)
    promise, twice = (promised(store, company, demand_id=demand) for _ in range(2))
    take_back_promise(store, company.rep, twice, " Entered twice ")
    assert [row.id for row in seen(store, company.director)] == [promise]
    with store.reading() as session:
        now = store.clock()
        red, gone = (promise_board(session, company.rep, s, now) for s in (Show.RED, Show.TAKEN_BACK))
        assert [row.promise.id for row in red.rows] == [promise]
        assert [row.promise.id for row in gone.rows] == [twice]
        assert gone.rows[0].stakes == ()
        counts = red.counts
        assert [row.promise.id for row in conflicts(session, company.rep, now)] == [promise]
    assert (counts[Show.AHEAD], counts[Show.RED], counts[Show.TAKEN_BACK]) == (1, 1, 1)
    kept = file(store, company.manager, twice)
    assert (kept.taken_back.by, kept.taken_back.reason) == ("Rep", "Entered twice")
    assert kept.taken_back.at == store.clock()
    assert [change.day for change in kept.told] == [SOON]
    assert not kept.may_take_back
    assert file(store, company.manager, promise).taken_back is None


def test_it_is_neither_kept_nor_broken(store, clock, company):
    promised(store, company)
    twice = promised(store, company)
    clock.move(days=40)
    with pytest.raises(Conflict, match="day_is_past"):
        take_back_promise(store, company.rep, twice, "Twice")
    assert not file(store, company.rep, twice).may_take_back
    assert file(store, company.manager, twice).may_take_back
    take_back_promise(store, company.manager, twice, "Twice")
    with store.reading() as session:
        span = date(2026, 4, 1), date(2026, 7, 1)
        facts = facts_between(session, *span, store.clock(), DEFAULTS, measures=[Measure.KEPT])
        past = promise_board(session, company.rep, Show.PAST, store.clock())
    assert ([fact.value for fact in facts], past.counts[Show.AHEAD]) == ([0.0], 1)


def test_whoever_knew_of_it_is_told_once(store, company):
    promise = promised(store, company)  # nothing is planned: manager and product are told
    escalate_promise(store, company.rep, promise, "They wait")
    take_back_promise(store, company.rep, promise, "Another customer's")
    assert told(store, "promise_taken_back") == ["director", "manager", "product"]
    with store.reading() as session:
        one = session.scalars(select(Message).where(Message.kind == "promise_taken_back")).first()
        assert (one.page, one.query) == ("promises", {"promise": promise})
        said = [sentence(language, one.kind, one.params) for language in ("en", "zh")]
    assert said == [
        (
            "Rep takes a promise to Haihe Pumps back",
            "“In April” for 1 Apr 2026 was recorded by mistake: Another customer's",
        ),
        ("Rep撤回了对Haihe Pumps的承诺", "“In April”（承诺 2026年4月1日）为误录：Another customer's"),
    ]


def test_who_recorded_it_is_told_where_the_manager_takes_it_back(store, company):
    take_back_promise(store, company.manager, promised(store, company), "Twice")
    assert told(store, "promise_taken_back") == ["product", "rep"]


def test_a_promise_is_taken_back_once(store, company):
    promise = promised(store, company)
    take_back_promise(store, company.rep, promise, "Twice")
    for again in (company.rep, company.manager):
        with pytest.raises(Conflict, match="taken_back"):
            take_back_promise(store, again, promise, "Twice")
    with store.reading() as session:
        rows = session.scalars(select(Audit).where(Audit.command == "promise.take_back")).all()
        assert [(row.entity_id, row.after["reason"]) for row in rows] == [(promise, "Twice")]
        assert session.get(Promise, promise).taken_back_by == company.rep.person_id


def test_who_may_not_is_refused(store, company):
    promise = promised(store, company)
    with pytest.raises(NotFound):
        take_back_promise(store, company.stranger, promise, "Twice")
    with pytest.raises(NotAllowed):
        take_back_promise(store, company.product, promise, "Twice")
    with pytest.raises(Invalid):
        take_back_promise(store, company.rep, promise, " ")
    assert [row.id for row in seen(store, company.rep)] == [promise]


def test_what_was_marked_ready_for_the_customer_stands(store, company):
    promise = promised(store, company)
    mark_ready(
        store,
        company.delivery,
        company.customer,
        DeliveryInput("Dashboard", "en", promise_id=promise),
        "x" * 43,
    )
    with pytest.raises(Conflict, match="acted_upon"):
        take_back_promise(store, company.rep, promise, "Twice")


def test_nothing_is_done_to_it_afterwards(store, company):
    demand = filed(store, company)
    feature = answer_demand(store, company.product, demand, ANSWER)
    promise = promised(store, company)
    take_back_promise(store, company.rep, promise, "Twice")
    for work in (
        lambda: move_promise(store, company.rep, promise, SOON + timedelta(days=1), "Agreed"),
        lambda: plan_promise(store, company.product, promise, feature),
        lambda: escalate_promise(store, company.rep, promise, "They wait"),
    ):
        with pytest.raises(Conflict, match="taken_back"):
            work()
    with pytest.raises(NotFound):
        escalate_promise(store, company.stranger, promise, "They wait")
    ready = DeliveryInput("Dashboard", "en", promise_id=promise)
    with pytest.raises(Invalid) as refused:
        mark_ready(store, company.delivery, company.customer, ready, "x" * 43)
    assert [problem.code for problem in refused.value.problems] == ["taken_back"]


def test_the_schedule_names_no_customer_for_it(store, company):
    feature = answer_demand(store, company.product, filed(store, company), ANSWER)
    promise = make_promise(
        store, company.stranger, company.strange_customer, PromiseInput("Then", SOON, feature_id=feature)
    )

    def waiting() -> list[str]:
        with store.reading() as session:
            return [
                name
                for row in schedule(session, company.product, store.clock(), earlier=True)
                for name in row.waiting
            ]

    assert waiting() == ["Haihe Pumps", "Taihu Bearings"]
    take_back_promise(store, company.stranger, promise, "Another customer's")
    assert waiting() == ["Haihe Pumps"]


def test_other_systems_that_were_told_red_are_told_that_it_is_over(store, company):
    kinds = ("promise.red", "promise.resolved")
    add_webhook(store, company.admin, WebhookInput("ours", "https://93.184.216.34/x", kinds), "s" * 40)
    promise = promised(store, company)
    take_back_promise(store, company.rep, promise, "Twice")
    with store.reading() as session:
        events = session.scalars(select(WebhookEvent).order_by(WebhookEvent.id)).all()
        assert [(e.kind, e.body["why"]) for e in events] == [
            ("promise.red", "nothing_planned"),
            ("promise.resolved", "taken_back"),
        ]


def test_an_import_tells_it_anew_and_moves_no_mistake(store, company):
    head = "ref,customer,words,promised_on\n"
    import_text(store, "promises", f"{head}P-1,Haihe Pumps,In May,2026-05-01\n")
    with store.reading() as session:
        promise = session.scalar(select(Promise.id))
    take_back_promise(store, company.manager, promise, "Twice")
    moved = import_text(store, "promises", f"{head}P-1,Haihe Pumps,In May,2026-05-09\n")
    assert [[p.code for p in row.problems] for row in moved.rejected] == [["taken_back"]]
    anew = "customer,words,promised_on\nHaihe Pumps,In May,2026-05-01\n"
    assert import_text(store, "promises", anew).accepted == 1


def listed(store, who, show=DemandShow.OPEN):
    with store.reading() as session:
        found = demand_list(session, who, show, store.clock())
        return [row.id for row in found.items], found.counts


def responses(store) -> list[int]:
    with store.reading() as session:
        span = date(2026, 1, 1), date(2026, 4, 1)
        facts = facts_between(session, *span, store.clock(), DEFAULTS, measures=[Measure.RESPONSE])
        return [fact.of for fact in facts]


def test_a_demand_that_is_taken_back_waits_no_more(store, clock, company):
    demand, twice = (filed(store, company) for _ in range(2))
    clock.move(hours=1)
    pause_demand(store, company.product, twice, "Which line?")
    take_back_demand(store, company.rep, twice, " Entered twice ")
    clock.move(days=10)
    ids, counts = listed(store, company.product)
    assert (ids, counts[DemandShow.OPEN], counts[DemandShow.TAKEN_BACK]) == ([demand], 1, 1)
    assert listed(store, company.rep, DemandShow.TAKEN_BACK)[0] == [twice]
    with store.reading() as session:
        now = store.clock()
        kept = demand_file(session, company.rep, twice, now)
        alike = similar_demands(session, company.rep, kept.row.words * 9, now)
        desk = promise_desk(session, company.rep, company.customer)
        assert (next_waiting(session, company.product, now, but=0)[1], list(desk.demands)) == (1, [demand])
    assert twice not in [one.id for one in alike]
    assert (kept.row.state, kept.row.clock.breached, kept.may_take_back) == ("taken_back", False, False)
    assert (kept.taken_back.by, kept.taken_back.reason) == ("Rep", "Entered twice")
    assert kept.pauses[0].ended_at == kept.taken_back.at
    assert (responses(store), [row.id for row in clocks(store, company.rep)]) == ([demand], [demand])


def test_a_demand_is_taken_back_while_it_has_no_answer(store, company):
    demand = filed(store, company)
    for who, refused in ((company.stranger, NotFound), (company.product, NotAllowed)):
        with pytest.raises(refused):
            take_back_demand(store, who, demand, "Twice")
    with pytest.raises(Invalid):
        take_back_demand(store, company.rep, demand, "")
    answer_demand(store, company.product, demand, ANSWER)
    with pytest.raises(Conflict, match="acted_upon"):
        take_back_demand(store, company.rep, demand, "Twice")


def test_a_colleague_of_the_same_customer_takes_no_demand_back(store, company):
    demand = filed(store, company)
    with store.writing() as session:
        session.get_one(Opportunity, company.opportunity).owner_id = company.mate.person_id
    with pytest.raises(Conflict, match="not_yours"):
        take_back_demand(store, company.mate, demand, "Twice")


def test_product_does_nothing_with_a_demand_that_was_taken_back(store, company):
    demand = filed(store, company)
    take_back_demand(store, company.manager, demand, "Twice")
    for work in (
        lambda: answer_demand(store, company.product, demand, ANSWER),
        lambda: decline_demand(store, company.product, demand, Decline("effort", "By hand")),
        lambda: pause_demand(store, company.product, demand, "Which line?"),
        lambda: take_back_demand(store, company.rep, demand, "Twice"),
    ):
        with pytest.raises(Conflict, match="taken_back"):
            work()
    with pytest.raises(Invalid) as refused:
        promised(store, company, demand_id=demand)
    assert [problem.code for problem in refused.value.problems] == ["taken_back"]


def test_whoever_knew_of_a_demand_is_told(store, clock, company):
    demand = filed(store, company)
    promised(store, company, demand_id=demand)
    clock.move(days=4)
    sweep_clocks_of(store)  # product and manager were told that it is late
    take_back_demand(store, company.manager, demand, "Another customer's")
    assert told(store, "demand_taken_back") == ["product", "rep"]
    with store.reading() as session:
        one = session.scalars(select(Message).where(Message.kind == "demand_taken_back")).first()
        assert (one.page, one.query) == ("demands", {"demand": demand})
        said = [sentence(language, one.kind, one.params) for language in ("en", "zh")]
    assert said == [
        ("Manager takes a demand of Haihe Pumps back", "““慢”” was filed by mistake: Another customer's"),
        ("Manager撤回了Haihe Pumps的需求", "““慢””为误提：Another customer's"),
    ]


def sweep_clocks_of(store) -> None:
    with store.writing() as session:
        sweep_clocks(session, store.clock(), DEFAULTS)


def test_a_demand_is_filed_anew_with_what_was_said(store, company):
    demand = filed(store, company)
    take_back_demand(store, company.rep, demand, "A wrong number")
    draft = open_demand(store, company.rep, company.customer, demand)
    with store.reading() as session:
        values = session.get_one(Draft, draft).body["values"]
    assert (values["words"], values["effect-after"], values["urgency"]) == ("“慢”", "25", "P1")


def test_a_promise_of_a_demand_that_was_taken_back_stands(store, company):
    demand = filed(store, company)
    promise = promised(store, company, demand_id=demand)
    take_back_demand(store, company.rep, demand, "Twice")
    assert [(row.id, row.state.code) for row in seen(store, company.rep)] == [(promise, "nothing_planned")]
    rows = dict(file_rows(store, "promises"))
    assert rows == {"In April": ""}
    assert file_rows(store, "demands") == []


def file_rows(store, kind: str) -> list[tuple[str, str]]:
    text = export_file(store, OPERATOR, kind, "csv")[0].decode("utf-8-sig")
    return [(row["words"], row.get("demand", "")) for row in csv.DictReader(text.splitlines())]
