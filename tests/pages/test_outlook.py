"""The outlook and its replay as each role sees them: figures that add up, rows behind, empty states."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.access import OPERATOR
from data.commands.exchange import undo_import
from data.forecasting import AT
from data.jobs import forecast as job
from data.jobs.registry import Run
from data.jobs.runner import run_due
from data.queries.backtests import backtests
from data.queries.outlook import snapshot
from data.queries.outlook_course import progress
from data.queries.outlook_imports import late_import
from data.schema import ForecastBacktest, ForecastModel, JobRun, Opportunity, Pipeline
from data.text import translate
from tests.company import found
from tests.data.test_forecast_runs import TODAY, sold
from tests.forecasts import run
from tests.importing import import_text
from tests.pages.reading import check_words, figures, values, words
from tests.pages.twice import rows_of_two

EARLIER = TODAY - timedelta(days=1)
FIRST = datetime(2025, 9, 1, tzinfo=UTC)


def morning(store, day: date) -> None:
    due = datetime.combine(day, AT, tzinfo=UTC) - timedelta(hours=8)
    job.forecast(store, Run(due, "firebreak"))


@pytest.fixture(scope="module")
def written(write_once):
    return write_once(world)


@pytest.fixture
def company(written, sqlite_store, clock):
    return written.into(sqlite_store, clock)


def world(store, clock):
    """Wins of rep and stranger since September, open ones of the mate; snapshots of two mornings."""
    people = found(store)
    with store.writing() as session:
        pipeline = session.scalars(select(Pipeline.id).where(Pipeline.key == "firebreak")).one()
        for n in range(13):
            opened = FIRST + timedelta(days=14 * n)
            owner = (people.rep, people.stranger)[n % 2].person_id
            sold(session, pipeline, owner, n, opened, opened + timedelta(days=14), 1000 + n)
        for n in range(3):
            opened = clock.at - timedelta(days=1, hours=4 + 9 * n)
            sold(session, pipeline, people.mate.person_id, 20 + n, opened, None, 500)
    clock.move(days=-1)
    morning(store, EARLIER)
    clock.move(days=1)
    morning(store, TODAY)
    return people


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("role", ["manager", "director"])
@pytest.mark.parametrize("name", ["outlook", "replay"])
def test_both_pages_speak_both_languages(open_page, company, name, role, language):
    page = open_page(name, getattr(company, role), language, period="month")
    check_words(page)
    assert "outlook." not in words(page)
    assert "replay." not in words(page)
    check_words(open_page(name, getattr(company, role), language, period="month", look="made"))
    assert len(figures(page)) == {"manager": 3, "director": 5}[role]
    few = {"manager": "outlook.few_team", "director": "outlook.few"}[role]  # a team's total is its rows alone
    assert translate(language, few, n=30) in words(page)  # thirteen wins are no model


def test_a_manager_sees_the_team_and_a_director_all(open_page, company):
    own, whole = (
        open_page("outlook", who, period="month", look="made", show="won")
        for who in (company.manager, company.director)
    )
    assert list(values(own).values()) == ["CN¥2.51K", "CN¥1.01K", "CN¥1.5K"]
    rows = own.dataframe[-1]
    assert rows.value["opportunity"].tolist() == ["Deal 12"]
    amount = json.loads(rows.proto.columns)["amount"]
    assert (amount["label"], amount["type_config"]["type"]) == ("Amount, CN¥", "number")
    assert "Stranger" not in words(own)
    assert list(values(whole).values()) == ["CN¥1.01K", "CN¥1.5K", "CN¥3.22K", "CN¥1.72K", "−CN¥1.01K"]
    assert [table.value["name"].tolist()[:-1] for table in (own.dataframe[1], whole.dataframe[1])] == [
        ["Mate", "Rep"], ["East", "Not yet in the books", "Season and past misses"],
    ]  # fmt: skip


@pytest.mark.parametrize(("language", "said"), [("en", ["3 Mar", "4 Mar"]), ("zh", ["3月3日", "3月4日"])])
def test_the_days_of_the_course_are_in_the_readers_words(open_page, company, language, said):
    page = open_page("outlook", company.director, language, period="month")
    [spec] = [json.loads(c.proto.spec) for c in page.get("plotly_chart") if "outlook-course" in c.proto.id]
    assert spec["layout"]["xaxis"]["ticktext"] == said


@pytest.mark.parametrize(("role", "ranged"), [("manager", False), ("director", True)])
def test_the_course_speaks_of_a_range_where_it_draws_one(open_page, company, role, ranged):
    page = open_page("outlook", getattr(company, role), "en", period="month")
    [spec] = [json.loads(c.proto.spec) for c in page.get("plotly_chart") if "outlook-course" in c.proto.id]
    assert ("its range" in json.dumps(spec["layout"]).replace("<br>", " ")) is ranged
    assert ("80% range" in [trace["name"] for trace in spec["data"]]) is ranged


def test_rows_of_the_roll_up_add_up_to_the_total(sqlite_store, company):
    with sqlite_store.reading() as session:
        shown = snapshot(session, company.director, "firebreak", "month", TODAY)
    assert shown.source == "shown"
    for groups in (shown.by_team(), shown.by_rep()):
        parts = sum((g.value for g in groups), Decimal(0))
        assert parts + shown.run.fresh + shown.adjustment == shown.run.value
        assert sum(g.lines for g in groups) == len(shown.lines)
    assert sum((w.amount for w in shown.wins), Decimal(0)) == shown.run.won_so_far


def test_a_course_is_the_snapshots_and_a_managers_is_the_rows_in_reach(sqlite_store, company):
    with sqlite_store.reading() as session:
        whole = progress(session, company.director, "firebreak", "month", date(2026, 3, 1))
        team = progress(session, company.manager, "firebreak", "month", date(2026, 3, 1))
        mine = snapshot(session, company.manager, "firebreak", "month", TODAY)
    assert [p.taken_on for p in whole] == [EARLIER, TODAY]
    assert not any(p.computed for p in whole)
    assert team[-1].value == mine.won + mine.open
    assert team[-1].low is None


def test_a_managers_snapshot_holds_nothing_of_the_company(sqlite_store, company):
    with sqlite_store.reading() as session:
        whole = snapshot(session, company.director, "firebreak", "quarter", TODAY)
        mine = snapshot(session, company.manager, "firebreak", "quarter", TODAY)
    assert whole.run.parts
    assert (mine.run.value, mine.run.low, mine.run.high, mine.run.fresh) == (None, None, None, 0)
    assert (mine.run.parts, mine.run.weights, mine.adjustment) == ({}, {}, None)
    assert mine.run.won_so_far == mine.won < whole.run.won_so_far


def test_a_click_on_a_category_opens_its_rows(open_page, company):
    page = open_page("outlook", company.director, period="month", look="made", show="commit")
    categories, rows = page.dataframe[0].value, page.dataframe[-1].value
    assert rows["opportunity"].tolist() == ["Deal 20", "Deal 21", "Deal 22"]
    for told in ("amount", "value"):
        assert rows[told].sum() == pytest.approx(categories[told][0], abs=3)  # each row is rounded
    empty = open_page("outlook", company.director, period="month", look="made", show="pipeline")
    assert len(empty.dataframe) == len(page.dataframe) - 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_why_it_moved_is_one_click_away(open_page, company, monkeypatch, language):
    gone = []
    monkeypatch.setattr(
        "streamlit.switch_page", lambda path, query_params: gone.append((path.stem, query_params))
    )
    page = open_page("outlook", company.director, language, period="month")
    next(b for b in page.button if b.label == translate(language, "outlook.why_moved")).click().run()
    assert gone[-1][0] == "replay"
    assert gone[-1][1]["day"] == TODAY.isoformat()


def test_the_replay_tells_the_move_and_its_rows(open_page, company):
    page = open_page("replay", company.director, period="month", since=EARLIER.isoformat())
    check_words(page)
    assert "Why it moved" in words(page)
    moves = page.dataframe[0].value
    assert moves["part"].tolist() == ["New", "Not yet in the books", "Season and past misses"]
    assert moves["opportunity"].tolist()[0] == "Deal 20"
    part = open_page("replay", company.director, period="month", part="new")
    assert part.dataframe[0].value["opportunity"].tolist() == ["Deal 20"]


def test_of_many_moves_the_largest_are_sent_and_all_are_summed(open_page, company, monkeypatch):
    asked = {"period": "month", "since": EARLIER.isoformat()}
    every = open_page("replay", company.director, **asked)
    monkeypatch.setattr("components.tables.MOST", 2)
    some = open_page("replay", company.director, **asked)
    moves = every.dataframe[0].value
    assert some.dataframe[0].value.equals(moves.head(2))
    captions = {c.value for c in some.caption} - {c.value for c in every.caption}
    assert captions == {translate("en", "board.first_of", shown=2, total=len(moves))}


def test_snapshots_in_two_currencies_are_not_compared(open_page, company, sqlite_store):
    """On the second wins were counted, as none had an amount yet."""
    run(sqlite_store, TODAY.replace(day=1), value=3, taken=2, currency="")
    page = open_page("replay", company.director, period="month", since=TODAY.replace(day=2).isoformat())
    check_words(page)
    assert "The two are not in one currency" in words(page)
    assert "Why it moved" in words(page)


def test_a_day_without_a_snapshot_is_computed_and_marked(open_page, company, sqlite_store):
    day = TODAY - timedelta(days=20)
    page = open_page("replay", company.director, period="month", day=day.isoformat())
    next(b for b in page.button if b.label == "Compute it as of that day").click().run()
    assert "being computed" in " ".join(i.value for i in page.info)
    assert run_due(sqlite_store) == 1
    page = open_page("replay", company.director, period="month", day=day.isoformat())
    check_words(page)
    assert "computed afterwards" in words(page)
    with sqlite_store.reading() as session:
        assert snapshot(session, OPERATOR, "firebreak", "month", day).source == "computed"


def test_a_backtest_runs_once_in_the_background_and_is_kept(open_page, company, sqlite_store):
    page = open_page("replay", company.director, period="month", look="backtests")
    page.date_input(key="backtest-first").set_value(date(2025, 12, 1))
    page.date_input(key="backtest-last").set_value(date(2026, 1, 31))
    next(b for b in page.button if b.label == "Run the backtest").click().run()
    assert "Running" in " ".join(i.value for i in page.info)
    assert run_due(sqlite_store) == 1
    page = open_page("replay", company.director, period="month", look="backtests")
    check_words(page)
    assert "Accuracy" in words(page)
    assert "Were the chances right?" in words(page)
    named = [c.get("label") for c in json.loads(page.dataframe[1].proto.columns).values()]
    assert "Baseline: last period" in named
    assert "The forecast was more accurate than" in words(page)
    with sqlite_store.reading() as session:
        (kept,) = backtests(session, company.director, "firebreak")
        assert [o["origin"] for o in kept.result["origins"]] == ["2025-12-01", "2026-01-01"]
        assert sum(b["n"] for b in kept.result["reliability"]) == kept.result["totals"]["n"]
        assert session.scalar(select(JobRun.progress).where(JobRun.job == "backtest")) == "100%"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_period_is_asked_for_where_it_changes_something(open_page, company, language):
    asked = {
        look: translate(language, "outlook.period")
        in [
            group.label
            for group in open_page("replay", company.director, language, look=look).get("button_group")
        ]
        for look in ("day", "backtests", "record")
    }
    assert asked == {"day": True, "backtests": False, "record": False}


def test_two_presses_ask_for_one_backtest(open_page, company, sqlite_store):
    def ask(page):
        return next(b for b in page.button if b.label == "Run the backtest").click().run()

    page = open_page("replay", company.director, period="month", look="backtests")
    assert rows_of_two(page, ask, sqlite_store, ForecastBacktest) == 1


def test_days_in_the_wrong_order_are_told_at_their_field(open_page, company):
    page = open_page("replay", company.manager, look="backtests")
    page.date_input(key="backtest-first").set_value(date(2026, 2, 1))
    page.date_input(key="backtest-last").set_value(date(2026, 1, 1))
    next(b for b in page.button if b.label == "Run the backtest").click().run()
    assert "The end must be after the start." in words(page)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", ["outlook", "replay"])
def test_without_snapshots_it_says_what_will_come(open_page, sqlite_store, name, language):
    people = found(sqlite_store)
    page = open_page(name, people.director, language)
    check_words(page)
    assert {"en": "No forecast yet", "zh": "还没有预测"}[language] in words(page)


@pytest.mark.parametrize(
    ("language", "title"), [("en", "What the model in use looks at"), ("zh", "在用模型看重什么")]
)
def test_what_the_model_in_use_looks_at_is_drawn_by_factor(open_page, company, sqlite_store, language, title):
    with sqlite_store.writing() as session:
        pipeline = session.scalars(select(Pipeline.id).where(Pipeline.key == "firebreak")).one()
        session.add(
            ForecastModel(
                pipeline_id=pipeline, layer="all", version=1, state="in_use", reason="first", content="",
                trained_at=FIRST, recorded_at=FIRST, data_until=FIRST, rows=10, wins=5,
                metrics={"importance": {"amount": 0.75, "calendar": 0.25}, "rhythm": [0.6] * 12 + [2.4]},
            )
        )  # fmt: skip
    page = open_page("replay", company.director, language, period="month", look="record")
    assert not page.exception
    assert title in words(page)
    (chart,) = [c for c in page.get("plotly_chart") if "model-looks-at" in c.proto.id]
    (weeks,) = [json.loads(c.proto.spec) for c in page.get("plotly_chart") if "model-rhythm" in c.proto.id]
    assert weeks["data"][0]["y"] == [0.6] * 12 + [2.4]
    assert "2.4" in weeks["layout"]["title"]["text"]
    assert '"text": ["25%", "75%"]' in chart.proto.spec.replace('":["', '": ["').replace('","', '", "')


@pytest.mark.parametrize("language", ["en", "zh"])
def test_before_the_first_win_an_amount_without_a_rate_is_said_to_be_in_no_sum(
    open_page, sqlite_store, clock, language
):
    people = found(sqlite_store)
    import_text(
        sqlite_store, "opportunities", "name,owner,amount,currency\nPumps,rep,9000,CNY\nFar,rep,45000,USD\n"
    )
    clock.move(days=1)
    morning(sqlite_store, TODAY + timedelta(days=1))
    page = open_page("outlook", people.director, language, period="month")
    check_words(page)
    assert translate(language, "outlook.unknown", n=3) in words(page)  # with the company's first two


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Quote confirmation (told later)"), ("zh", "报价确认（后来得知）")]
)
def test_a_stage_that_a_list_told_only_after_that_morning_is_said_so(open_page, sqlite_store, language, said):
    people = found(sqlite_store)
    import_text(
        sqlite_store,
        "opportunities",
        "name,owner,opened_at,stage\nPumps,rep,2026-01-10,Quote confirmation\nTalk,rep,2026-01-10,\n",
    )
    morning(sqlite_store, TODAY)
    page = open_page("outlook", people.director, language, period="month")
    rows = page.dataframe[-1].value
    assert dict(zip(rows["opportunity"], rows["stage"], strict=True)) == {
        "Pumps": said, "Talk": translate(language, "board.no_stage"),
    }  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_amount_that_is_not_the_deals_own_says_what_it_rests_on(open_page, sqlite_store, language):
    people = found(sqlite_store)
    import_text(
        sqlite_store,
        "opportunities",
        "name,owner,amount,currency,opened_at,outcome,closed_at\n"
        "Won,rep,9000,CNY,2026-01-10,won,2026-02-10\nFar gone,rep,45000,USD,2026-01-10,won,2026-03-02\n"
        "Pumps,rep,8000,CNY,2026-01-10,,\nFar,rep,45000,USD,2026-01-10,,\nTalk,rep,,CNY,2026-01-10,,\n",
    )
    morning(sqlite_store, TODAY)
    page = open_page("outlook", people.director, language, period="month", look="made", show="all")
    check_words(page)
    rows = page.dataframe[-1].value
    usual, unknown = (
        translate(language, f"forecast.amount.{kind}_unpriced", amount="US$45,000")
        for kind in ("usual", "unknown")
    )
    assert dict(zip(rows["opportunity"], rows["rests"], strict=True)) == {
        "Pumps": translate(language, "outlook.rests_booked"),
        "Far": usual,
        "Talk": translate(language, "forecast.amount.usual"),
        "Far gone": unknown,
    }
    not_in_won = translate(language, "outlook.unknown_wins", n=1)
    assert not_in_won in words(page)
    assert not_in_won in words(open_page("leadership", people.director, language))
    with sqlite_store.reading() as session:
        far = session.scalars(select(Opportunity.id).where(Opportunity.name == "Far")).one()
    assert usual in words(open_page("calibrate", people.rep, language, period="month", opportunity=far))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_import_of_which_the_forecast_knows_not_all_is_told(open_page, sqlite_store, clock, language):
    """New records of the past are in it; a change is not, nor what came after it was made."""
    people = found(sqlite_store)
    head = "name,owner,amount,opened_at\n"

    def said() -> list[str]:
        page = open_page("outlook", people.director, language, period="month")
        at = translate(language, "outlook.late", at="\0").split("\0")
        return [w for w in words(page).splitlines() if all(part in w for part in at)]

    import_text(sqlite_store, "opportunities", head + "Pumps,rep,8000,2026-01-10\n")
    clock.move(minutes=1)
    morning(sqlite_store, TODAY)
    assert said() == []
    clock.move(minutes=1)
    import_text(sqlite_store, "customers", "name\nFar\n")
    assert said() == []
    later = import_text(sqlite_store, "opportunities", head + "Valves,rep,8000,2026-01-10\n").batch_id
    (line,) = said()
    assert "12:02" in line
    undo_import(sqlite_store, OPERATOR, later)
    assert said() == []


def test_a_change_by_an_import_before_a_late_forecast_is_not_in_it(sqlite_store, clock):
    people = found(sqlite_store)
    for amount in (8000, 9000):
        file = f"name,owner,amount,opened_at\nPumps,rep,{amount},2026-01-10\n"
        import_text(sqlite_store, "opportunities", file)
        clock.move(minutes=1)
    morning(sqlite_store, TODAY)
    with sqlite_store.reading() as session:
        run = snapshot(session, people.director, "firebreak", "month", TODAY)
        known = (run.run.taken_at, run.run.recorded_at)
        told = late_import(session, people.director, "firebreak", *known)
    assert [line.booked for line in run.lines] == [8000]
    assert told == clock.at - timedelta(minutes=1)
