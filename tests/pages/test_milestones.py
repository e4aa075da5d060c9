"""The page of milestones in both languages: no date, the path, rows behind a criterion, the launch form."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from data.commands.milestone_results import appeal_result, decide_appeal, sign_result
from data.commands.milestone_samples import draw_sample
from data.commands.milestones import issue_milestone, set_launch
from data.jobs.milestones import milestones
from data.jobs.registry import Run
from data.milestone_sheets import stop_table
from data.queries.milestones import milestone_path, proof
from data.text import translate
from tests.company import found
from tests.data.test_milestones import LAUNCH, MONTHS, action, day
from tests.deliveries import Handover
from tests.forecasts import deal, noon, run
from tests.pages.reading import check_words, does, words
from tests.pages.test_demands import labels, press


@pytest.fixture
def company(sqlite_store):
    return found(sqlite_store)


@pytest.fixture
def launched(sqlite_store, company, clock):
    """Day 33: six follow-ups recorded, the first milestone kept."""
    set_launch(sqlite_store, company.director, None, LAUNCH)
    for n in range(6):
        action(sqlite_store, company, day(n + 1))
    clock.at = noon(day(33))
    milestones(sqlite_store, Run(clock.at))
    return company


@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_a_launch_date_the_page_asks_for_one(open_page, sqlite_store, company, clock, language):
    page = open_page("milestones", company.director, language)
    check_words(page)
    assert translate(language, "milestones.no_launch") in words(page)
    page.date_input[0].set_value(None)
    press(page, translate(language, "milestones.save_launch"))
    assert translate(language, "problems.required") in words(page)
    page.date_input[0].set_value(clock.at.date() - timedelta(days=1))
    press(page, translate(language, "milestones.save_launch"))
    check_words(page)
    with sqlite_store.reading() as session:
        path = milestone_path(session, company.director, None, clock.at)
    assert path.day_number == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_form_for_a_launch_date_says_whose_it_sets(open_page, launched, language):
    of_team = translate(language, "milestones.launch_of_team", team="East")
    assert of_team not in words(open_page("milestones", launched.director, language))
    assert of_team in words(open_page("milestones", launched.director, language, team=launched.rep.team_id))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_day_that_is_over_asks_for_no_more(open_page, sqlite_store, company, clock, language):
    set_launch(sqlite_store, company.director, None, LAUNCH)
    clock.at = noon(day(33))
    milestones(sqlite_store, Run(clock.at))
    text = words(open_page("milestones", company.manager, language, day=30))
    assert (
        text.count(translate(language, "milestones.next_over")) == 2
    )  # nobody had begun, and too little data


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_path_says_where_it_stands_and_what_comes_next(open_page, launched, language):
    page = open_page("milestones", launched.manager, language, day=30)
    check_words(page)
    text = words(page)
    assert translate(language, "milestones.inherited") in text
    assert translate(language, "milestones.of.completeness") in text
    assert translate(language, "milestones.state.missed") in text
    assert translate(language, "milestones.outlook_over") in text
    assert not page.date_input  # a manager sets no date
    running = open_page("milestones", launched.director, language)
    check_words(running)
    assert translate(language, "milestones.of.adoption") in words(running)
    assert translate(language, "milestones.outlook_none") in words(running)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", ["recording", "completeness"])
def test_a_criterion_opens_its_rows(open_page, launched, language, name):
    page = open_page("milestones", launched.director, language, day=30, criterion=name)
    check_words(page)
    assert translate(language, "milestones.behind_note") in words(page)
    rows = page.dataframe[0].value
    yes, no = (translate(language, f"milestones.{answer}.{name}") for answer in ("yes", "no"))
    expected = {"recording": {yes: ["Rep"], no: ["Mate", "Stranger"]}, "completeness": {no: ["Rep"] * 6}}
    _, who, _, value, why = rows.columns
    assert json.loads(page.dataframe[0].proto.columns)[why]["width"] == 400  # two reasons in full
    assert rows.groupby(value)[who].agg(list).to_dict() == expected[name]


@pytest.mark.parametrize("of_team", [False, True])
def test_a_month_of_the_accuracy_opens_its_rows_of_whose_it_is(
    open_page, sqlite_store, company, missed, clock, monkeypatch, of_team
):
    left = []
    monkeypatch.setattr(
        "streamlit.switch_page", lambda path, query_params: left.append((path.stem, query_params))
    )
    team = company.rep.team_id if of_team else None
    with sqlite_store.reading() as session:
        january = proof(session, company.director, team, 60, "accuracy", clock.at).rows[0]
    at = {"team": team} if team else {}
    page = open_page("milestones", company.director, day=60, criterion="accuracy", **at)
    assert translate("en", "milestones.behind_weighed") in words(page)
    page.session_state["milestone-rows-clicked"] = (f"{january.of}-{january.on}-{january.about}", "")
    page.run()
    whose = f"team-{team}" if team else "company"
    asked = {"part": "rows", "month": "2026-01-01", "group": whose, "months": "12"}
    assert left == [("forecast_health", asked)]


JANUARY = {"part": "rows", "month": "2026-01-01", "group": "company", "months": "12"}


@pytest.mark.parametrize(
    ("today", "decision", "leads_to", "asked"),
    [
        (date(2026, 1, 20), "rejected", "calibrate", None),
        (date(2026, 2, 10), "accepted", "forecast_health", JANUARY),
        (date(2026, 2, 10), "rejected", "forecast_health", JANUARY | {"rows": "rejected"}),
    ],
)
def test_an_answer_opens_where_it_is_asked_for_and_once_its_month_is_over_what_came_of_it(
    open_page, sqlite_store, company, clock, monkeypatch, today, decision, leads_to, asked
):
    left = []
    monkeypatch.setattr(
        "streamlit.switch_page", lambda path, query_params: left.append((path.stem, query_params))
    )
    set_launch(sqlite_store, company.director, None, MONTHS)
    january = run(sqlite_store, date(2026, 1, 1), value=100)
    deal(sqlite_store, company.rep.person_id, run_id=january, decision=decision)
    clock.at = noon(today)
    page = open_page("milestones", company.director, day=60, criterion="adoption")
    with sqlite_store.reading() as session:
        (row,) = proof(session, company.director, None, 60, "adoption", clock.at).rows
    page.session_state["milestone-rows-clicked"] = (f"{row.of}-{row.on}-{row.about}", "")
    page.run()
    assert left == [(leads_to, asked or {"opportunity": str(row.link)})]


def test_rows_of_nothing_say_so(open_page, launched):
    page = open_page("milestones", launched.director, day=60, criterion="adoption")
    check_words(page)
    assert translate("en", "milestones.no_rows") in words(page)


def test_another_teams_path_is_not_a_managers(open_page, launched):
    asked = {"day": 30, "criterion": "recording"}
    page = open_page("milestones", launched.manager, team=launched.stranger.team_id, **asked)
    check_words(page)
    assert words(page) == words(open_page("milestones", launched.manager, **asked))
    assert page.dataframe[0].value["Who"].tolist() == ["Mate", "Rep"]
    whole = open_page("milestones", launched.director, team=launched.stranger.team_id, **asked)
    assert whole.dataframe[0].value["Who"].tolist() == ["Stranger"]


def test_a_change_needs_a_reason_and_keeps_what_was_typed(open_page, sqlite_store, launched):
    page = open_page("milestones", launched.admin)
    page.date_input[0].set_value(date(2026, 3, 3))
    press(page, translate("en", "milestones.save_launch"))
    assert translate("en", "problems.reason_required") in words(page)
    assert page.date_input[0].value == date(2026, 3, 3)
    page.text_input[0].set_value("Training came a day later")
    press(page, translate("en", "milestones.save_launch"))
    check_words(page)
    assert "Training came a day later" in words(page)


@pytest.fixture
def missed(sqlite_store, company):
    """Day 60 of the company was two days ago, and missed."""
    set_launch(sqlite_store, company.director, None, MONTHS)
    january = run(sqlite_store, date(2026, 1, 1), value=100)
    for _ in range(6):
        deal(sqlite_store, company.rep.person_id, run_id=january, decision="accepted")
    issue_milestone(sqlite_store, company.director, company.rep.team_id, 60)
    return issue_milestone(sqlite_store, company.director, None, 60)


def appeal(page, language):
    """Send the appeal against the last result, the company's."""
    [b for b in page.button if does(b) == translate(language, "milestones.appeal")][-1].click().run()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_appeal_rejected_by_mistake_is_upheld(open_page, company, missed, sqlite_store, clock, language):
    number = appeal_result(sqlite_store, company.manager, missed, "The holidays were not counted")
    decide_appeal(sqlite_store, company.director, number, False, "They were")
    clock.move(hours=1)
    page = open_page("milestones", company.manager, language, day=60)
    assert translate(language, "milestones.uphold") not in labels(page)
    lead = open_page("milestones", company.director, language, day=60)
    assert translate(language, "milestones.reject") not in labels(lead)
    press(lead, translate(language, "milestones.uphold"))
    assert translate(language, "problems.reason_required") in words(lead)
    lead.text_area[0].set_value("They were *not*").run()
    press(lead, translate(language, "milestones.uphold"))
    check_words(lead)
    assert [m.value for m in lead.toast] == [translate(language, "milestones.decided")]
    assert translate(language, "milestones.counts_met") in words(lead)
    assert "They were" in next(c.value for c in lead.caption if ":material/history:" in c.value)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_signature_by_mistake_is_taken_back(open_page, company, missed, sqlite_store, clock, language):
    sign_result(sqlite_store, company.director, missed)
    back = translate(language, "milestones.unsign")
    assert back not in labels(open_page("milestones", company.manager, language, day=60))
    page = open_page("milestones", company.director, language, day=60)
    press(page, back)
    assert translate(language, "problems.reason_required") in words(page)
    page.text_input[0].set_value("The lower card").run()
    press(page, back)
    check_words(page)
    assert [m.value for m in page.toast] == [translate(language, "milestones.unsigned_done")]
    assert translate(language, "milestones.sign") in labels(page)
    sign_result(sqlite_store, company.director, missed)
    clock.move(hours=25)
    assert back not in labels(open_page("milestones", company.director, language, day=60))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_manager_appeals_and_a_director_decides_and_signs(open_page, company, missed, language):
    page = open_page("milestones", company.manager, language, day=60)
    check_words(page)
    appeal(page, language)
    assert translate(language, "problems.reason_required") in words(page)
    page.text_area[-1].set_value("The holidays were not counted").run()
    page = open_page("milestones", company.manager, language, day=60)  # after a look at something else
    assert page.text_area[-1].value == "The holidays were not counted"
    appeal(page, language)
    check_words(page)
    assert [m.value for m in page.toast] == [translate(language, "milestones.appealed")]
    assert len(page.text_area) == 1  # the team's result
    assert "The holidays were not counted" in words(page)
    lead = open_page("milestones", company.director, language, day=60)
    check_words(lead)
    assert translate(language, "milestones.force_appealed") in words(lead)
    assert translate(language, "milestones.sign") not in labels(lead)
    press(lead, translate(language, "milestones.reject"))
    assert translate(language, "problems.reason_required") in words(lead)
    lead.text_area[0].set_value("They were").run()
    lead = open_page("milestones", company.director, language, day=60)  # after a look at something else
    assert lead.text_area[0].value == "They were"
    press(lead, translate(language, "milestones.reject"))
    assert [m.value for m in lead.toast] == [translate(language, "milestones.decided")]
    note = next(i for i in lead.text_input if i.label == translate(language, "milestones.sign_note"))
    note.set_value("As it is").run()
    lead = open_page("milestones", company.director, language, day=60)  # after a look at something else
    press(lead, translate(language, "milestones.sign"))
    check_words(lead)
    assert "As it is" in words(lead)
    assert translate(language, "milestones.force.in_force") in words(lead)
    for name in ("demands", "promises"):
        shown = open_page(name, company.product, language)
        assert not shown.exception
        assert len(shown.warning) == 1
        assert "2026" in shown.warning[0].value


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_manager_reads_until_when_a_result_could_be_appealed(open_page, company, missed, clock, language):
    clock.move(days=15)
    page = open_page("milestones", company.manager, language, day=60)
    check_words(page)
    assert translate(language, "milestones.appeal") not in labels(page)
    over = [part.strip() for part in translate(language, "milestones.appeal_over", until="|").split("|")]
    assert all(part in words(page) for part in over)
    over_for = words(open_page("milestones", company.director, language, day=60))
    assert over[0] not in over_for  # who signs appeals to nobody


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_appeal_that_is_upheld_stands_at_the_path(
    open_page, sqlite_store, company, clock, missed, language
):
    page = open_page("milestones", company.manager, language, day=60)
    page.text_area[-1].set_value("The holidays were not counted").run()
    appeal(page, language)
    lead = open_page("milestones", company.director, language, day=60)
    said = translate(language, "milestones.counts_met_short")
    assert said not in words(lead)
    lead.text_area[0].set_value("They were not").run()
    press(lead, translate(language, "milestones.uphold"))
    check_words(lead)
    assert said in words(lead)
    with sqlite_store.reading() as session:
        path = milestone_path(session, company.director, None, clock.at)
    assert said in stop_table(language, next(s for s in path.stops if s.day == 60)).title


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_director_goes_on_to_the_next_result_that_waits(open_page, company, missed, monkeypatch, language):
    left = []
    monkeypatch.setattr("streamlit.switch_page", lambda path, query_params: left.append(query_params))
    team = company.manager.team_id
    page = open_page("milestones", company.director, language, day=60)
    check_words(page)
    press(page, translate(language, "milestones.go_on", place="East", day=60))
    assert left == [{"day": "60", "team": str(team)}]
    there = open_page("milestones", company.director, language, day=60, team=team)
    assert not there.exception
    assert translate(language, "milestones.still_waiting", n=1) not in words(
        there
    )  # the company's is shown too
    mine = open_page("milestones", company.manager, language, day=60)
    assert translate(language, "milestones.still_waiting", n=1) not in words(mine)


def test_without_a_freeze_no_line_is_drawn(open_page, company, missed):
    page = open_page("demands", company.product)
    check_words(page)
    assert translate("en", "demands.none_hint") in words(page)
    assert not page.warning


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_sample_is_drawn_and_checked_row_by_row(open_page, sqlite_store, launched, language):
    page = open_page("milestones", launched.director, language, day=30, criterion="completeness")
    check_words(page)
    assert translate(language, "milestones.sample_none") in words(page)
    assert [b.key for b in page.button].index("draw-sample") < [b.label for b in page.button].index(
        translate(language, "milestones.close_rows")
    )  # where the rows begin that it is drawn from
    page.button(key="draw-sample").click().run()
    check_words(page)
    assert page.button(key="draw-sample").disabled  # one a day
    first = next(b for b in page.button if does(b) == translate(language, "milestones.look"))
    first.click().run()
    check_words(page)
    assert page.text[0].value == "They want to see the line run"
    press(page, translate(language, "milestones.check_save"))
    assert translate(language, "problems.required") in words(page)
    page.get("button_group")[0].set_value("differs")
    press(page, translate(language, "milestones.check_save"))
    assert translate(language, "problems.reason_required") in words(page)
    page.text_input[0].set_value("Nobody knows of it")
    press(page, translate(language, "milestones.check_save"))
    check_words(page)
    assert translate(language, "milestones.found.differs") in words(page)
    assert "Nobody knows of it" in words(page)
    watching = open_page("milestones", launched.admin, language, day=30, criterion="completeness")
    check_words(watching)
    assert "draw-sample" not in [b.key for b in watching.button]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_drawn_promise_is_held_against_what_its_record_says(open_page, sqlite_store, clock, language):
    handover = Handover(sqlite_store)
    director = handover.people.director
    set_launch(sqlite_store, director, None, LAUNCH)
    clock.move(days=20)
    draw_sample(sqlite_store, director, None, "kept")
    page = open_page("milestones", director, language, day=90, criterion="kept", item=handover.promise)
    check_words(page)
    assert translate(language, "milestones.no.kept") in page.get("button_group")[0].label


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_fit_score_stands_beside_the_companys_path(open_page, launched, language):
    page = open_page("milestones", launched.director, language)
    check_words(page)
    assert translate(language, "milestones.fit_coverage") in words(page)
    assert translate(language, "milestones.fit") not in words(
        open_page("milestones", launched.manager, language)
    )
