"""Filing from a draft, the list by state, similar demands and the board's figures, on both databases."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core.messages import Conflict, Invalid, NotFound
from core.promises.demands import Answer, Decline, DemandInput, Effect, PromiseInput
from core.terms import Outcome
from data.commands.demand_drafts import open_demand, save_demand_fields, submit_demand
from data.commands.demands import answer_demand, decline_demand, file_demand, pause_demand
from data.commands.features import move_feature
from data.commands.promises import escalate_promise, make_promise, move_promise
from data.queries.demand_desk import demand_desk, demand_start, similar_demands
from data.queries.demand_file import demand_file, feature_choices
from data.queries.demands import Show, demand_list
from data.queries.drafts import draft
from data.queries.promise_board import Show as Board
from data.queries.promise_board import promise_board
from data.queries.promise_file import promise_desk, promise_file
from data.queries.schedule import feature_file, schedule
from data.schema import Demand, Opportunity, Promise
from tests.company import found

EFFECT = Effect("Changeover time", Decimal(45), Decimal("25.5"), "minutes")
SHEET = {
    "words": "  “太慢了”  ",
    "pain": "efficiency",
    "effect-metric": "换线时间",
    "effect-before": "45",
    "effect-after": "25",
    "effect-unit": "分钟",
    "urgency": "P1",
}


@pytest.fixture
def company(store):
    return found(store)


def read(store, query, who, *args, **kwargs):
    with store.reading() as session:
        return query(session, who, *args, **kwargs)


def filed(store, company, words="Words", urgency="P1", **more) -> int:
    return file_demand(
        store, company.rep, company.customer, DemandInput(words, "cost", EFFECT, urgency, **more)
    )


def answered(store, company, demand, on=date(2026, 4, 10), feature=None):
    answer = Answer("Dashboard", "One table more", "Two weeks", "screen", "YQ-1", on)
    return answer_demand(store, company.product, demand, answer, feature)


def test_a_draft_becomes_one_demand_with_the_words_unchanged(store, company):
    number = open_demand(store, company.rep, company.customer)
    assert open_demand(store, company.rep, company.customer) == number
    save_demand_fields(store, company.rep, number, SHEET)
    submit_demand(store, company.rep, number)
    submit_demand(store, company.rep, number)
    kept = read(store, draft, company.rep, number)
    file = read(store, demand_file, company.rep, kept.sent["demand"], store.clock())
    assert (file.row.words, file.row.before, file.row.urgency) == ("  “太慢了”  ", Decimal(45), "P1")
    with store.reading() as session:
        assert session.scalar(select(func.count(Demand.id))) == 1


def test_a_draft_begins_with_the_opportunity_that_it_came_up_with_while_that_is_open(store, company):
    def begun(opportunity):
        number = open_demand(store, company.rep, company.customer, opportunity=opportunity)
        return read(store, draft, company.rep, number).values.get("opportunity")

    assert begun(company.opportunity) == company.opportunity
    assert begun(company.strange_opportunity) is None
    with store.writing() as session:
        session.get_one(Opportunity, company.opportunity).outcome = Outcome.LOST
    assert begun(company.opportunity) is None


def test_a_refused_draft_keeps_what_was_typed_and_says_why_at_its_field(store, company):
    number = open_demand(store, company.rep, company.customer)
    save_demand_fields(store, company.rep, number, SHEET | {"effect-after": "45", "pain": None})
    submit_demand(store, company.rep, number)
    kept = read(store, draft, company.rep, number)
    assert [(p.field, p.code) for p in kept.problems] == [
        ("pain", "required"),
        ("effect.after", "changes_nothing"),
    ]
    assert kept.sent is None
    assert kept.values["words"] == SHEET["words"]
    save_demand_fields(store, company.rep, number, {"effect-before": "50", "pain": "cost"})
    assert read(store, draft, company.rep, number).problems == ()
    begun = read(store, demand_start, company.rep)
    assert [(d.draft_id, d.customer) for d in begun.unfinished] == [(number, "Haihe Pumps")]
    submit_demand(store, company.rep, number)
    assert read(store, demand_start, company.rep).unfinished == ()


def test_a_draft_for_somebody_elses_customer_is_refused(store, company):
    with pytest.raises(NotFound):
        open_demand(store, company.rep, company.strange_customer)
    assert [name for _, name in read(store, demand_start, company.rep).customers] == ["Haihe Pumps"]


def test_the_desk_says_when_an_answer_would_be_due(store, company):
    desk = read(store, demand_desk, company.rep, company.customer, store.clock())
    due = {urgency: clock.due_at.isoformat() for urgency, clock in desk.clocks.items()}
    assert due["P0"] == "2026-03-04T06:00:00+00:00"  # two hours on
    assert due["P1"] == "2026-03-05T06:00:00+00:00"  # noon: 4.5 hours today, 3.5 tomorrow
    assert desk.opportunities == {company.opportunity: "Haihe Pumps 2026"}


def test_the_list_by_state(store, company, clock):
    late, resting, done = filed(store, company), filed(store, company, urgency="P3"), filed(store, company)
    refused, after_all = filed(store, company), filed(store, company)
    pause_demand(store, company.product, resting, "Asked for data")
    for demand in (refused, after_all):
        decline_demand(store, company.product, demand, Decline("exists", "See the dashboard"))
    answered(store, company, done)
    answered(store, company, after_all)
    clock.move(days=2)
    running = filed(store, company, urgency="P2")

    def seen(show):
        return [row.id for row in read(store, demand_list, company.rep, show, store.clock()).items]

    assert seen(Show.OPEN) == [late, running, resting]
    assert [seen(s) for s in (Show.BREACHED, Show.RUNNING, Show.PAUSED, Show.ANSWERED, Show.DECLINED)] == [
        [late], [running], [resting], [after_all, done], [refused],
    ]  # fmt: skip
    listed = read(store, demand_list, company.product, Show.OPEN, store.clock())
    assert dict(listed.counts) == {
        "open": 3, "breached": 1, "running": 1, "paused": 1, "answered": 2, "declined": 1,
        "taken_back": 0,
    }  # fmt: skip
    some = read(store, demand_list, company.product, Show.OPEN, store.clock(), shown=2)
    assert ([row.id for row in some.items], some.counts) == ([late, running], listed.counts)
    assert read(store, demand_list, company.stranger, Show.OPEN, store.clock()).items == []


def test_the_list_is_searched_by_customer_words_measure_and_feature(store, company):
    waits = filed(store, company, "“太慢了” 100% of the shift")
    done = filed(store, company, "Scan at the gate")
    answered(store, company, done)

    def seen(search, show=Show.OPEN, who=company.rep):
        found = read(store, demand_list, who, show, store.clock(), search=search)
        assert len(found.items) == found.counts[show]
        return [row.id for row in found.items]

    assert [seen(words) for words in ("haihe SHIFT", "太慢", "changeover", "0%")] == [[waits]] * 4
    assert [seen(words) for words in ("haihe gate", "0_", "nothing")] == [[]] * 3
    assert seen("dashboard gate", Show.ANSWERED) == [done]
    assert seen("haihe", who=company.stranger) == []


ERP = "“It does not match our ERP, two people reconcile it at month's end.”"
FORMS = "“机加工二车间的数据要能自动回传，不要再让班长填表。”"


@pytest.mark.parametrize(
    ("asked", "alike"),
    [
        ("It does not fit our ERP and we reconcile by hand at month's end", ERP),
        ("车间的数据要自动回传，班长不填表", FORMS),
    ],
)
def test_similar_demands_are_found_in_both_languages(store, company, asked, alike):
    filed(store, company, "“Without this we cannot take it to group level.”")
    filed(store, company, "“没有这个功能，我们很难往集团推。”")
    mine = filed(store, company, alike)
    assert [s.id for s in read(store, similar_demands, company.rep, asked, store.clock())] == [mine]
    assert read(store, similar_demands, company.rep, asked, store.clock(), mine) == ()
    assert read(store, similar_demands, company.stranger, asked, store.clock()) == ()
    assert read(store, similar_demands, company.rep, " a ", store.clock()) == ()


def test_the_same_measure_is_alike_whatever_the_words_ones_own_first(store, company):
    other = file_demand(
        store, company.stranger, company.strange_customer, DemandInput(ERP, "cost", EFFECT, "P1")
    )
    mine = filed(store, company, FORMS)

    def likes(who, words=ERP, **more) -> list[tuple[int, bool]]:
        found = read(store, similar_demands, who, words, store.clock(), **more)
        return [(one.id, one.measured) for one in found]

    assert likes(company.product) == [(other, False)]
    assert likes(company.product, metric="Other", customer=company.customer) == [(other, False)]
    assert likes(company.product, metric=" changeover TIME", customer=company.customer) == [
        (mine, True), (other, True),
    ]  # fmt: skip
    assert likes(company.product, metric="Changeover time") == [(other, True), (mine, True)]
    assert likes(company.rep, "", metric="Changeover time") == [(mine, True)]
    assert likes(company.rep, "", metric="Changeover time", but=mine) == []


def test_a_planned_feature_answers_a_second_demand_without_a_new_date(store, company):
    first, second = filed(store, company), filed(store, company)
    feature = answered(store, company, first)
    assert [c.name for c in read(store, feature_choices, company.product, store.clock()).values()] == [
        "Dashboard"
    ]
    assert read(store, feature_choices, company.rep, store.clock()) == {}
    assert answered(store, company, second, feature=feature) == feature
    file = read(store, feature_file, company.rep, feature, store.clock())
    assert [(c.day, c.person) for c in file.dates] == [(date(2026, 4, 10), "Product")]
    with pytest.raises(NotFound):
        read(store, feature_file, company.stranger, feature, store.clock())


def promised(store, company, on, **more):
    return make_promise(store, company.rep, company.customer, PromiseInput("Then", on, **more))


def test_the_board_counts_and_adds_each_opportunity_once(store, company):
    with store.writing() as session:
        opportunity = session.get_one(Opportunity, company.opportunity)
        opportunity.amount = Decimal(1000)
    demand = filed(store, company, opportunity_id=company.opportunity)
    answered(store, company, demand)
    early = promised(store, company, date(2026, 4, 1), demand_id=demand)
    unplanned = promised(store, company, date(2026, 5, 1))
    close = promised(store, company, date(2026, 4, 11), demand_id=demand)
    fits = promised(store, company, date(2026, 4, 30), demand_id=demand)
    board = read(store, promise_board, company.manager, Board.AHEAD, store.clock())
    assert [row.promise.id for row in board.rows] == [unplanned, early, close, fits]
    assert dict(board.counts) == {
        "ahead": 4,
        "red": 2,
        "amber": 1,
        "green": 1,
        "past": 0,
        "delivered": 0,
        "taken_back": 0,
    }
    assert board.at_stake == {"CNY": Decimal(1000)}
    assert [s.name for s in board.rows[0].stakes] == ["Haihe Pumps 2026"]
    assert read(store, promise_board, company.mate, Board.AHEAD, store.clock()).rows == []
    assert read(store, promise_board, company.rep, Board.GREEN, store.clock()).rows[0].promise.id == fits


def test_what_is_over_leaves_the_board(store, company, clock):
    demand = filed(store, company)
    answered(store, company, demand)
    promised(store, company, date(2026, 4, 1), demand_id=demand)
    clock.move(days=60)
    board = read(store, promise_board, company.rep, Board.AHEAD, store.clock())
    assert (board.rows, board.counts["past"], board.counts["red"], board.at_stake) == ([], 1, 0, {})
    assert len(read(store, promise_board, company.rep, Board.PAST, store.clock()).rows) == 1


def test_all_three_ways_out_stay_in_the_history(store, company, clock):
    demand = filed(store, company)
    feature = answered(store, company, demand)
    promise = promised(store, company, date(2026, 4, 1), demand_id=demand)
    clock.move(days=1)
    escalate_promise(store, company.rep, promise, "They open a plant")
    file = read(store, promise_file, company.director, promise, store.clock())
    assert (file.row.escalated.by, file.row.escalated.reason) == ("Rep", "They open a plant")
    clock.move(days=1)
    move_feature(store, company.product, feature, date(2026, 4, 5), "One more developer")
    file = read(store, promise_file, company.director, promise, store.clock())
    assert file.row.escalated is None  # another pair of dates
    clock.move(days=1)
    move_promise(store, company.rep, promise, date(2026, 4, 9), "Agreed on the phone")
    file = read(store, promise_file, company.rep, promise, store.clock())
    assert [(c.day.day, c.reason) for c in file.told] == [(1, ""), (9, "Agreed on the phone")]
    assert [(c.day.day, c.reason) for c in file.planned] == [
        (10, "One table more"),
        (5, "One more developer"),
    ]
    assert [e.reason for e in file.escalations] == ["They open a plant"]
    assert file.row.promise.state.light == "green"
    with pytest.raises(NotFound):
        read(store, promise_file, company.stranger, promise, store.clock())


def test_a_day_that_has_passed_is_no_plan(store, company, clock):
    today, yesterday = date(2026, 3, 4), date(2026, 3, 3)
    demand, other = filed(store, company), filed(store, company)

    def refused(tried, *args):
        with pytest.raises(Invalid) as wrong:
            tried(store, *args)
        return [(p.field, p.code) for p in wrong.value.problems]

    over = [("planned_on", "day_over")]
    assert refused(answered, company, demand, yesterday) == over
    feature = answered(store, company, demand, today)
    assert refused(answered, company, other, yesterday, feature) == over
    assert refused(move_feature, company.product, feature, yesterday, "A mistyped year") == over
    clock.move(days=1)
    assert refused(answered, company, other, today, feature) == [("planned_on", "plan_over")]
    assert answered(store, company, other, date(2026, 3, 5), feature) == feature


def test_the_schedule_is_what_ones_customers_wait_for(store, company, clock):
    demand = filed(store, company)
    feature = answered(store, company, demand)
    clock.move(days=1)
    move_feature(store, company.product, feature, date(2026, 4, 20), "A slip")
    (line,) = read(store, schedule, company.rep, store.clock(), earlier=False)
    assert (line.name, line.planned_on, line.waiting, line.moves) == (
        "Dashboard", date(2026, 4, 20), ("Haihe Pumps",), 1,
    )  # fmt: skip
    assert read(store, schedule, company.stranger, store.clock(), earlier=True) == []
    clock.move(days=90)
    assert read(store, schedule, company.rep, store.clock(), earlier=False) == []
    assert len(read(store, schedule, company.product, store.clock(), earlier=True)) == 1


def test_a_promise_is_recorded_once_per_key(store, company):
    demand = filed(store, company)
    desk = read(store, promise_desk, company.rep, company.customer)
    assert desk.demands == {demand: "Words"}
    told = PromiseInput("Then", date(2026, 4, 1), demand_id=demand)
    ids = {make_promise.once(store, company.rep, "k", company.customer, told) for _ in range(2)}
    assert len(ids) == 1
    with store.reading() as session:
        assert session.scalar(select(func.count(Promise.id))) == 1
    answered(store, company, demand)
    with pytest.raises(Conflict):
        answered(store, company, demand)
