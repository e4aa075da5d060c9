"""The demands page: the form over its draft, the list, one demand, product's answer, in both languages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from components import format
from core.policies import DEFAULTS
from core.promises.demands import Anew, Answer, Decline, DemandInput, Effect, PromiseInput
from core.studio import Area
from data.commands.demands import answer_demand, decline_demand, file_demand, pause_demand, resume_demand
from data.commands.promises import escalate_promise, make_promise
from data.commands.studio import keep_rules, publish
from data.queries.demand_file import demand_file
from data.queries.demand_files import demand_attachments
from data.queries.demands import Show, demand_list
from data.text import translate
from tests.company import found
from tests.data.test_demands import answered
from tests.pages.reading import does, lines

EFFECT = Effect("Changeover time", Decimal(45), Decimal(25), "minutes")
WORDS = "“Too slow.\n  *Every* day.”"


@pytest.fixture
def company(sqlite_store):
    return found(sqlite_store)


def filed(store, company, urgency="P1") -> int:
    return file_demand(
        store, company.rep, company.customer, DemandInput(WORDS, "efficiency", EFFECT, urgency)
    )


def shown(page) -> str:
    parts = (*page.caption, *page.text, *page.success, *page.header)
    return " ".join((*lines(page), *(str(m.value).replace("\\", "") for m in parts)))


def fill(page, prefix: str, after: float) -> None:
    """Type a demand into its form; 45 minutes come to so many."""
    page.text_area(f"{prefix}words").set_value(WORDS).run()
    page.button_group(f"{prefix}pain").set_value("efficiency").run()
    page.text_input(f"{prefix}effect-metric").set_value("Changeover time").run()
    page.number_input(f"{prefix}effect-before").set_value(45.0).run()
    page.number_input(f"{prefix}effect-after").set_value(after).run()
    page.text_input(f"{prefix}effect-unit").set_value("minutes").run()
    page.button_group(f"{prefix}urgency").set_value("P1").run()


def press(page, label: str):
    return next(b for b in page.button if does(b) == label).click().run()


def demands(store, who, show=Show.OPEN):
    with store.reading() as session:
        return demand_list(session, who, show, store.clock()).items


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("role", ["rep", "manager", "director", "product", "delivery"])
def test_the_list_says_who_what_and_by_when(open_page, sqlite_store, company, role, language):
    filed(sqlite_store, company)
    page = open_page("demands", getattr(company, role), language)
    assert not page.exception
    text = shown(page)
    assert "Haihe Pumps" in text
    assert "45 → 25 minutes" in text
    assert ("Thu 5 Mar, 14:00" if language == "en" else "3月5日周四 14:00") in text
    assert ("filed 4 Mar 2026, 12:00" if language == "en" else "2026年3月4日 12:00 提交") in text
    assert translate(language, "terms.urgency.P1") in text
    may_file = role in ("rep", "manager", "director")
    assert bool([s for s in page.selectbox if s.key == "demand-customer"]) is may_file


def test_a_filter_stands_in_the_address(open_page, sqlite_store, company, clock):
    filed(sqlite_store, company)
    clock.move(days=3)
    filed(sqlite_store, company)
    page = open_page("demands", company.rep, show="breached")
    assert sum("Haihe Pumps" in one for one in lines(page)) == 1
    assert translate("en", "demands.show.breached") in shown(page)
    page = open_page("demands", company.rep, show="paused")
    assert translate("en", "demands.none.paused") in shown(page)


def test_a_list_is_searched_by_customer_words_and_feature(open_page, sqlite_store, company):
    answered(sqlite_store, company, filed(sqlite_store, company))
    for search, there in (("haihe", 1), ("EVERY day", 1), ("pumps changeover", 1), ("dash", 1), ("100%", 0)):
        page = open_page("demands", company.rep, show="answered", q=search)
        assert sum("Haihe Pumps" in one for one in lines(page)) == there, search
        assert (translate("en", "demands.none.found") in shown(page)) == (not there)
        assert f"{translate('en', 'demands.show.answered')} ({there})" in page.button_group[0].options


def test_what_a_list_is_searched_for_stays_on_the_way_to_one_and_back(open_page, sqlite_store, company):
    filed(sqlite_store, company)
    page = open_page("demands", company.rep)
    page.text_input("address-q").set_value("haihe").run()
    press(page, translate("en", "demands.look"))
    press(page, translate("en", "demands.to_list"))
    assert page.query_params["q"] == "haihe"


def test_where_nobody_asked_for_anything_nothing_is_said_to_be_answered(open_page, company):
    text = shown(open_page("demands", company.rep))
    assert translate("en", "demands.none.ever") in text
    assert translate("en", "demands.none.open") not in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_from_a_customer_to_a_filed_demand(open_page, sqlite_store, company, language):
    page = open_page("demands", company.rep, language, customer=company.customer)
    prefix = f"d{page.query_params['draft'][0]}_"
    fill(page, prefix, after=45.0)
    due = "Thu 5 Mar, 14:00" if language == "en" else "3月5日周四 14:00"
    assert translate(language, "demands.answer_by", at=due) in shown(page)
    page.button(f"{prefix}submit").click().run()
    assert translate(language, "problems.changes_nothing") in shown(page)
    assert demands(sqlite_store, company.rep) == []
    page.number_input(f"{prefix}effect-after").set_value(25.0).run()
    assert translate(language, "problems.changes_nothing") not in shown(page)
    page.button(f"{prefix}submit").click().run()
    assert translate(language, "demands.done", at=due) in shown(page)
    (row,) = demands(sqlite_store, company.rep)
    assert (row.words, row.before, row.after) == (WORDS, Decimal(45), Decimal(25))


def test_what_is_typed_survives_and_similar_demands_appear(open_page, sqlite_store, company):
    filed(sqlite_store, company)
    page = open_page("demands", company.rep, customer=company.customer)
    number = page.query_params["draft"][0]
    assert translate("en", "demands.none_similar") in shown(page)
    page.text_area(f"d{number}_words").set_value("It is too slow every day").run()
    assert "*Every* day" in shown(page)
    page.text_area(f"d{number}_words").set_value("Invoices get lost").run()
    assert translate("en", "demands.none_alike") in shown(page)
    page.text_area(f"d{number}_words").set_value("It is too slow every day").run()
    again = open_page("demands", company.rep, draft=number)
    assert again.text_area(f"d{number}_words").value == "It is too slow every day"
    listed = open_page("demands", company.rep)
    assert translate("en", "demands.unfinished") in shown(listed)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_measured_is_compared_too(open_page, sqlite_store, company, language):
    filed(sqlite_store, company)
    page = open_page("demands", company.rep, language, customer=company.customer)
    prefix = f"d{page.query_params['draft'][0]}_"
    page.text_area(f"{prefix}words").set_value("Invoices get lost").run()
    page.text_input(f"{prefix}effect-metric").set_value("Invoices lost").run()
    assert translate(language, "demands.none_measured") in shown(page)
    page.text_input(f"{prefix}effect-metric").set_value("changeover time").run()
    assert translate(language, "demands.same_measure", metric="Changeover time") in shown(page)


def test_somebody_elses_customer_or_draft_opens_no_form(open_page, sqlite_store, company):
    page = open_page("demands", company.rep, customer=company.strange_customer)
    assert [e.value for e in page.error] == [translate("en", "errors.customer_gone")]
    assert not page.text_area
    page = open_page("demands", company.product, customer=company.customer)
    assert not page.error
    assert not page.text_area


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_words_are_shown_as_they_were_said(open_page, sqlite_store, company, language):
    number = filed(sqlite_store, company)
    page = open_page("demands", company.rep, language, demand=number)
    assert WORDS in [t.value for t in page.text]
    assert translate(language, "demands.no_answer_yet") in shown(page)
    assert not page.text_area  # a rep answers nothing


@pytest.mark.parametrize("language", ["en", "zh"])
def test_product_answers_with_everything_or_is_told_what_is_missing(
    open_page, sqlite_store, company, language
):
    number = filed(sqlite_store, company)
    page = open_page("demands", company.product, language, demand=number)
    press(page, translate(language, "demands.send_answer"))
    assert shown(page).count(translate(language, "problems.required")) == 5
    texts = {"new_feature": "Dashboard", "reference": "YQ-1"}
    for key, value in texts.items():
        next(i for i in page.text_input if i.label == translate(language, f"demands.{key}")).set_value(value)
    for area in page.text_area:
        area.set_value("Two weeks")
    page.date_input[0].set_value(date(2026, 4, 10))
    press(page, translate(language, "demands.send_answer"))
    assert not page.exception
    assert "Dashboard" in shown(page)
    (row,) = demands(sqlite_store, company.rep, Show.ANSWERED)
    assert (row.feature, row.planned_on) == ("Dashboard", date(2026, 4, 10))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_was_promised_of_the_demand_and_of_a_planned_feature_stands_beside_the_date(
    open_page, sqlite_store, company, language
):
    first, second = filed(sqlite_store, company), filed(sqlite_store, company)
    feature = answered(sqlite_store, company, first)
    told = PromiseInput("Then", date(2026, 4, 20), demand_id=first)
    make_promise(sqlite_store, company.rep, company.customer, told)
    own = PromiseInput("Soon", date(2026, 4, 21), demand_id=second)
    make_promise(sqlite_store, company.rep, company.customer, own)
    page = open_page("demands", company.product, language, demand=second)
    own_on = "21 Apr 2026" if language == "en" else "2026年4月21日"
    assert translate(language, "demands.promised_with", customer="Haihe Pumps", on=own_on) in shown(page)
    next(g for g in page.button_group if g.key.endswith("_way")).set_value("known").run()
    on = "20 Apr 2026" if language == "en" else "2026年4月20日"
    said = translate(language, "demands.promised_with", customer="Haihe Pumps", on=on)
    assert said not in shown(page)
    page.selectbox[0].set_value(feature).run()
    assert said in shown(page)
    breaks = translate(language, "promises.no_later", customer="Haihe Pumps", on=on)
    assert breaks not in shown(page)
    page.date_input[0].set_value(date(2026, 4, 21)).run()
    assert breaks in shown(page)


def test_what_was_asked_before_stands_above_the_answer_and_below_it_once_given(
    open_page, sqlite_store, company
):
    first, second = filed(sqlite_store, company), filed(sqlite_store, company)
    answered(sqlite_store, company, first)

    def heads(number):
        said = [head.value for head in open_page("demands", company.product, demand=number).subheader]
        names = {translate("en", f"demands.{n}"): n for n in ("answer", "similar", "do_answer")}
        return [name for value in said for words, name in names.items() if value.endswith(words)]

    assert heads(second) == ["answer", "similar", "do_answer"]
    assert heads(first) == ["answer", "similar"]
    said = [head.value for head in open_page("demands", company.product, demand=first).subheader]
    assert not any(head.endswith("before") for head in said)  # what is alike was filed later


@pytest.mark.parametrize(("language", "day"), [("en", "10 Apr 2026"), ("zh", "2026年4月10日")])
def test_a_planned_feature_can_answer(open_page, sqlite_store, company, language, day):
    first, second = filed(sqlite_store, company), filed(sqlite_store, company)
    feature = answered(sqlite_store, company, first)
    page = open_page("demands", company.product, language, demand=second)
    way = next(g for g in page.button_group if g.key.endswith("_way"))
    way.set_value("known").run()
    offered = f"Dashboard · {translate(language, 'promises.planned_for', on=day)}"
    assert page.selectbox[0].options == [offered]
    assert [area.placeholder for area in page.text_area] == [
        translate(language, "demands.path_hint"),
        translate(language, "demands.resources_hint"),
    ]
    day_label = translate(language, "demands.planned_on")
    assert page.date_input[0].label == day_label  # nothing is chosen whose day could stay
    page.selectbox[0].set_value(feature).run()
    assert page.date_input[0].label == translate(language, "demands.stays", what=day_label)
    kept = [(area.label, area.placeholder) for area in page.text_area]
    assert kept == [
        (translate(language, "demands.stays", what=translate(language, f"demands.{name}")), said)
        for name, said in (("path", "One table more"), ("resources", "Two weeks"))
    ]
    page.text_area[1].set_value("One day")
    press(page, translate(language, "demands.send_answer"))
    with sqlite_store.reading() as session:
        file = demand_file(session, company.rep, second, sqlite_store.clock())
    assert (file.row.feature_id, file.row.planned_on) == (feature, date(2026, 4, 10))
    assert (file.path, file.resources) == ("One table more", "One day")
    page = open_page("demands", company.rep, language, show="answered")
    assert shown(page).count(" · Dashboard · ") == 2


@pytest.mark.parametrize("language", ["en", "zh"])
def test_from_an_answer_on_to_the_next_that_waits(open_page, sqlite_store, company, language):
    first, second, paused = (filed(sqlite_store, company, u) for u in ("P2", "P1", "P1"))
    pause_demand(sqlite_store, company.product, paused, "A sample")
    answered(sqlite_store, company, first)
    page = open_page("demands", company.product, language, demand=paused)  # it waits for the customer now
    assert translate(language, "demands.still_waiting", n=1) in shown(page)
    press(page, translate(language, "demands.next", customer="Haihe Pumps"))
    assert page.query_params["demand"] == str(second)
    page = open_page("demands", company.product, language, demand=first)
    assert translate(language, "demands.still_waiting", n=1) in shown(page)
    press(page, translate(language, "demands.next", customer="Haihe Pumps"))
    assert page.query_params["demand"] == str(second)
    answered(sqlite_store, company, second)
    page = open_page("demands", company.product, language, demand=second)
    assert translate(language, "demands.all_answered") in shown(page)
    assert translate(language, "demands.all_answered") not in shown(
        open_page("demands", company.rep, language, demand=second)
    )


def test_another_way_of_answering_is_not_blamed_for_what_the_first_lacked(open_page, sqlite_store, company):
    first, second = filed(sqlite_store, company), filed(sqlite_store, company)
    answered(sqlite_store, company, first)
    page = open_page("demands", company.product, demand=second)
    press(page, translate("en", "demands.send_answer"))
    assert shown(page).count(translate("en", "problems.required")) == 5
    next(g for g in page.button_group if g.key.endswith("_way")).set_value("known").run()
    page = open_page("demands", company.product, demand=second)
    assert translate("en", "problems.required") not in shown(page)  # a planned feature brings all of it
    press(page, translate("en", "demands.send_answer"))
    assert shown(page).count(translate("en", "problems.required")) == 1  # which


def test_the_clock_is_stopped_with_a_reason_and_runs_again(open_page, sqlite_store, company):
    number = filed(sqlite_store, company)
    page = open_page("demands", company.product, demand=number)
    press(page, translate("en", "demands.pause"))
    assert translate("en", "problems.reason_required") in shown(page)
    reason = next(i for i in page.text_input if i.label == translate("en", "demands.pause_reason"))
    reason.set_value("Sample data")
    press(page, translate("en", "demands.pause"))
    assert "Sample data" in shown(page)
    assert [r.state for r in demands(sqlite_store, company.rep)] == ["paused"]
    press(page, translate("en", "demands.resume"))
    assert [r.state for r in demands(sqlite_store, company.rep)] == ["running"]


def test_an_answer_is_kept_to_be_copied_where_the_clock_was_let_run_meanwhile(
    open_page, sqlite_store, company
):
    number = filed(sqlite_store, company)
    pause_demand(sqlite_store, company.product, number, "How many a day?")
    page = open_page("demands", company.rep, demand=number)
    said = next(a for a in page.text_area if a.label == translate("en", "demands.customer_answer"))
    said.set_value("12 a day").run()
    resume_demand(sqlite_store, company.product, number)
    page = open_page("demands", company.rep, demand=number)
    assert [c.value for c in page.code] == ["12 a day"]


def test_a_year_without_holidays_is_said(open_page, sqlite_store, company, clock):
    clock.move(days=365 * 5)
    filed(sqlite_store, company)
    page = open_page("demands", company.rep)
    assert translate("en", "demands.unknown_years", years="2031") in shown(page)


def test_a_demand_out_of_reach_is_not_found(open_page, sqlite_store, company):
    number = filed(sqlite_store, company)
    page = open_page("demands", company.stranger, demand=number)
    assert [e.value for e in page.error] == [translate("en", "errors.not_found")]
    assert "Too slow" not in shown(page)


def test_an_answer_that_came_meanwhile_is_said(open_page, sqlite_store, company):
    number = filed(sqlite_store, company)
    page = open_page("demands", company.product, demand=number)
    answered(sqlite_store, company, number)
    press(page, translate("en", "demands.pause"))
    assert not page.exception
    assert "Dashboard" in shown(page)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_answer_survives_a_reload_with_what_it_was_refused_for(open_page, sqlite_store, company, language):
    number = filed(sqlite_store, company)
    page = open_page("demands", company.product, language, demand=number)
    next(a for a in page.text_area if a.key.endswith("_path")).set_value("One table more").run()
    press(page, translate(language, "demands.send_answer"))
    again = open_page("demands", company.product, language, demand=number)
    assert next(a for a in again.text_area if a.key.endswith("_path")).value == "One table more"
    assert shown(again).count(translate(language, "problems.required")) == 4
    assert demands(sqlite_store, company.rep, Show.ANSWERED) == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_files_are_filed_with_a_demand_and_added_later(open_page, sqlite_store, company, language):
    page = open_page("demands", company.rep, language, customer=company.customer)
    prefix = f"d{page.query_params['draft'][0]}_"
    page.file_uploader(f"{prefix}files-0").set_value([("layout.pdf", b"%PDF-1.7", "application/pdf")]).run()
    assert translate(language, "demands.remove_file", name="layout.pdf") in labels(page)
    page.file_uploader(f"{prefix}files-1").set_value([("tool.pdf", b"MZ", "application/pdf")]).run()
    assert "pdf" in shown(page)  # what may be attached is named
    number = filed(sqlite_store, company)
    page = open_page("demands", company.product, language, demand=number)
    assert translate(language, "demands.no_files") in shown(page)
    uploader = page.file_uploader[0]
    uploader.set_value(("screen.png", b"PNG", "image/png"))
    press(page, translate(language, "demands.attach_it"))
    assert not page.exception
    with sqlite_store.reading() as session:
        assert [f.name for f in demand_attachments(session, company.rep, number)] == ["screen.png"]


def test_a_refused_file_takes_no_other_along(open_page, company):
    page = open_page("demands", company.rep, customer=company.customer)
    prefix = f"d{page.query_params['draft'][0]}_"
    given = [("layout.pdf", b"%PDF-1.7", "application/pdf"), ("tool.pdf", b"MZ", "application/pdf"),
             ("screen.png", b"PNG", "image/png")]  # fmt: skip
    page.file_uploader(f"{prefix}files-0").set_value(given).run()
    assert not page.exception
    for name in ("layout.pdf", "screen.png"):
        assert translate("en", "demands.remove_file", name=name) in labels(page)
    assert translate("en", "demands.remove_file", name="tool.pdf") not in labels(page)
    assert "Files of this kind are not kept here" in shown(page)


def labels(page) -> list[str]:
    return [b.label.replace("\\", "") for b in page.button]


@pytest.mark.parametrize(
    ("hours", "said"),
    [(0.5, "within 0.5 hours, day and night"), (1.0, "within one hour, day and night"),
     (2.0, "within 2 hours, day and night")],
)  # fmt: skip
def test_half_an_hour_is_not_rounded_away(open_page, sqlite_store, company, hours, said):
    if hours != DEFAULTS.sla_hours[0]:
        keep_rules(sqlite_store, company.director, {"sla_hours.0": hours})
        publish(sqlite_store, company.director, Area.RULES, "Shorter")
    page = open_page("demands", company.rep, "en", customer=company.customer)
    page.button_group(f"d{page.query_params['draft'][0]}_urgency").set_value("P0").run()
    assert said in shown(page)


@pytest.mark.parametrize(("language", "said"), [("en", "hours, day and night"), ("zh", "小时，全天计时")])
def test_the_time_that_an_urgent_demand_used_has_its_unit(open_page, sqlite_store, company, language, said):
    number = filed(sqlite_store, company, "P0")
    page = open_page("demands", company.product, language, demand=number)
    label = translate(language, "demands.used")
    assert said in next(m for m in page.metric if m.label == label).delta


def field(page, kind, label, language="en"):
    return next(f for f in getattr(page, kind) if f.label == translate(language, f"demands.{label}"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_product_declines_and_answers_after_all(open_page, sqlite_store, company, language):
    number = filed(sqlite_store, company)
    page = open_page("demands", company.product, language, demand=number)
    press(page, translate(language, "demands.send_answer"))
    next(g for g in page.button_group if g.key.endswith("_way")).set_value("decline").run()
    page = open_page("demands", company.product, language, demand=number)
    assert translate(language, "problems.required") not in shown(page)  # of the other way
    press(page, translate(language, "demands.send_answer"))
    assert shown(page).count(translate(language, "problems.required")) == 2
    field(page, "button_group", "decline_reason", language).set_value("exists")
    field(page, "text_area", "reply", language).set_value("It is under *Shifts*.")
    press(page, translate(language, "demands.send_answer"))
    assert not page.exception
    assert not page.text_area
    for who in (company.product, company.rep):
        text = shown(open_page("demands", who, language, demand=number))
        assert translate(language, "terms.decline.exists") in text
        assert "It is under *Shifts*." in text
    listed = shown(open_page("demands", company.rep, language, show="declined"))
    assert translate(language, "terms.decline.exists") in listed
    assert not [b for b in open_page("demands", company.rep, language, demand=number).button
                if does(b) == translate(language, "demands.after_all")]  # fmt: skip
    page = open_page("demands", company.product, language, demand=number)
    press(page, translate(language, "demands.after_all"))
    press(page, translate(language, "demands.leave_answer"))
    assert translate(language, "demands.send_answer") not in [does(b) for b in page.button]
    press(page, translate(language, "demands.after_all"))
    options = next(g for g in page.button_group if g.key.endswith("_way")).options
    assert options == [translate(language, "demands.way.new")]
    for label in ("new_feature", "reference"):
        field(page, "text_input", label, language).set_value("Shifts")
    for area in page.text_area:
        area.set_value("Two weeks")
    page.date_input[0].set_value(date(2026, 4, 10))
    press(page, translate(language, "demands.send_answer"))
    assert translate(language, "demands.declined_before") in shown(page)
    assert [r.feature for r in demands(sqlite_store, company.rep, Show.ANSWERED)] == ["Shifts"]


def test_a_promise_stands_before_a_decline_and_is_one_click_away(open_page, sqlite_store, company):
    number = filed(sqlite_store, company)
    said = PromiseInput("By April", date(2026, 4, 1), demand_id=number)
    promise = make_promise(sqlite_store, company.rep, company.customer, said)
    page = open_page("demands", company.product, demand=number)
    next(g for g in page.button_group if g.key.endswith("_way")).set_value("decline").run()
    (warning,) = (w.value.replace("\\", "") for w in page.warning)
    assert warning == translate("en", "problems.promise_stands", words="By April")
    field(page, "button_group", "decline_reason").set_value("effort")
    field(page, "text_area", "reply").set_value("Too much for one screen.")
    press(page, translate("en", "demands.send_answer"))
    assert [r.state for r in demands(sqlite_store, company.rep)] == ["running"]
    assert page.text_area[0].value == "Too much for one screen."
    (said,) = (
        m.value.replace("\\", "") for m in page.markdown if "By April" in m.value and ":red" in m.value
    )
    assert warning in said  # in place of the box
    assert not page.warning
    escalate_promise(sqlite_store, company.product, promise, "We will not build it")
    page = open_page("demands", company.product, demand=number)
    assert not page.warning
    assert not page.error
    press(page, translate("en", "demands.send_answer"))
    assert [r.declined_for for r in demands(sqlite_store, company.rep, Show.DECLINED)] == ["effort"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_rep_asks_again_with_what_was_said(open_page, sqlite_store, company, language):
    number = filed(sqlite_store, company)
    decline_demand(sqlite_store, company.product, number, Decline("effort", "Too much."))
    page = open_page("demands", company.rep, language, demand=number)
    press(page, translate(language, "demands.again"))
    assert not page.exception
    assert field(page, "text_area", "words", language).value == WORDS
    assert translate(language, "terms.decline.effort") in shown(
        page
    )  # the one that was declined, among its likes
    assert "again" not in page.query_params


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_demand_filed_by_mistake_is_taken_back_and_filed_anew(open_page, sqlite_store, company, language):
    demand = filed(sqlite_store, company)
    page = open_page("demands", company.rep, language, demand=demand)
    (reason,) = [i for i in page.text_input if i.label == translate(language, "taking_back.reason")]
    reason.set_value("A wrong *number*")
    press(page, translate(language, "taking_back.send"))
    assert not page.exception
    assert "A wrong *number*" in shown(page)
    assert translate(language, "demands.no_answer_yet") not in shown(page)
    assert demands(sqlite_store, company.rep) == []
    gone = open_page("demands", company.rep, language, show="taken_back")
    assert translate(language, "demands.show.taken_back") in shown(gone)
    desk = open_page("demands", company.product, language, demand=demand)
    assert not desk.exception
    assert translate(language, "demands.send_answer") not in [does(b) for b in desk.button]
    press(page, translate(language, "demands.correct"))
    assert page.text_area[0].value == WORDS


def test_taking_a_demand_back_is_offered_while_it_has_no_answer(open_page, sqlite_store, company):
    demand = filed(sqlite_store, company)

    def offered(who) -> bool:
        page = open_page("demands", who, demand=demand)
        return translate("en", "taking_back.send") in [does(b) for b in page.button]

    people = (company.rep, company.manager, company.product, company.delivery)
    assert [offered(who) for who in people] == [True, True, False, False]
    answered(sqlite_store, company, demand)
    assert not offered(company.rep)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_product_answers_anew_and_the_answer_before_stays_to_be_read(
    open_page, sqlite_store, company, language
):
    filed(sqlite_store, company)  # the same was asked before
    demand = filed(sqlite_store, company)
    answered(sqlite_store, company, demand)
    page = open_page("demands", company.product, language, demand=demand)
    press(page, translate(language, "demands.anew"))
    heads = [h.value.rpartition(": ")[2] for h in page.subheader]
    own, form, alike = (translate(language, f"demands.{head}") for head in ("answer", "anew", "similar"))
    assert heads[heads.index(own) :][:3] == [own, form, alike]
    press(page, translate(language, "demands.leave_answer"))
    assert translate(language, "demands.send_answer") not in [does(b) for b in page.button]
    press(page, translate(language, "demands.anew"))
    (hint,) = [c.value for c in page.caption if translate(language, "demands.to_schedule") in c.value]
    assert translate(language, "demands.way.known") in hint  # where a word of the path is put right
    press(page, translate(language, "demands.send_answer"))
    assert translate(language, "problems.required") in shown(page)
    for label, said in (
        ("demands.new_feature", "Dashboard 2"),
        ("demands.reference", "D-2"),
    ):
        next(i for i in page.text_input if i.label == translate(language, label)).set_value(said)
    for label, said in (
        ("demands.path", "One more"),
        ("demands.resources", "Two weeks"),
        ("demands.anew_reason", "The *wrong* one."),
    ):
        next(i for i in page.text_area if i.label == translate(language, label)).set_value(said)
    page.date_input[0].set_value(date(2026, 4, 20))
    press(page, translate(language, "demands.send_answer"))
    assert not page.exception
    with sqlite_store.reading() as session:
        file = demand_file(session, company.rep, demand, sqlite_store.clock())
    assert (file.row.feature, [one.feature for one in file.earlier]) == ("Dashboard 2", ["Dashboard"])
    assert translate(language, "demands.anew_reason") not in [i.label for i in page.text_area]
    assert translate(language, "demands.anew") in [does(b) for b in page.button]
    rep = open_page("demands", company.rep, language, demand=demand)
    assert "The *wrong* one." in shown(rep)
    assert translate(language, "demands.anew") not in [does(b) for b in rep.button]
    planned = open_page("promises", company.product, language)
    press(planned, translate(language, "promises.replan"))
    assert translate(language, "promises.spread.nobody") in shown(planned)
    assert translate(language, "promises.new_planned") in [d.label for d in planned.date_input]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_product_puts_right_what_it_said_of_a_decline(open_page, sqlite_store, company, language):
    demand = filed(sqlite_store, company)
    decline_demand(sqlite_store, company.product, demand, Decline("direction", "no"))
    right = translate(language, "demands.declined_wrong")
    assert right not in [does(b) for b in open_page("demands", company.rep, language, demand=demand).button]
    page = open_page("demands", company.product, language, demand=demand)
    press(page, right)
    (said, why) = page.text_area
    assert said.value == "no"
    said.set_value("Other *makers* do it")
    why.set_value("Too short")
    press(page, translate(language, "demands.send_answer"))
    assert not page.exception
    text = shown(page)
    assert translate(language, "demands.send_answer") not in [does(b) for b in page.button]
    assert "Other *makers* do it" in text
    assert f"{translate(language, 'terms.decline.direction')} · no" in text


@pytest.mark.parametrize("declined", [False, True])
def test_who_came_from_today_to_answer_can_put_it_right_at_once(open_page, sqlite_store, company, declined):
    demand = filed(sqlite_store, company)
    if declined:
        decline_demand(sqlite_store, company.product, demand, Decline("direction", "no"))
    else:
        answered(sqlite_store, company, demand)
    page = open_page("demands", company.product, demand=demand, do="answer")
    offered = [does(b) for b in page.button]
    assert translate("en", "demands.declined_wrong" if declined else "demands.anew") in offered
    assert translate("en", "demands.send_answer") not in offered  # the answer just given is no question


def test_what_was_wrong_of_the_same_feature_stays_to_be_read(open_page, sqlite_store, company):
    demand = filed(sqlite_store, company)
    feature = answered(sqlite_store, company, demand)
    plan = Answer("Dashboard", "One view", "Two weeks", "screen", "YQ-1", date(2026, 4, 10))
    answer_demand(sqlite_store, company.product, demand, plan, feature, Anew("The wrong path."))
    before = "Dashboard · Technical path: One table more. The wrong path."
    assert before in shown(open_page("demands", company.rep, demand=demand))


def test_two_features_of_one_name_are_told_apart_by_their_reference(open_page, sqlite_store, company):
    first, second, third = (filed(sqlite_store, company) for _ in range(3))
    wrong = answered(sqlite_store, company, first)
    plan = Answer("Dashboard", "One table more", "Two weeks", "screen", "YQ-2", date(2026, 4, 10))
    right = answer_demand(sqlite_store, company.product, second, plan)
    page = open_page("demands", company.product, demand=third)
    next(g for g in page.button_group if g.key.endswith("_way")).set_value("known").run()
    planned = translate("en", "promises.planned_for", on="10 Apr 2026")
    assert page.selectbox[0].options == [f"Dashboard · {planned} · {n}" for n in ("YQ-2", "YQ-1")]
    answer_demand(sqlite_store, company.product, third, plan, wrong)
    answer_demand(sqlite_store, company.product, third, plan, right, Anew("The finished one."))
    page = open_page("demands", company.product, demand=third)
    assert ": Dashboard · YQ-1. The finished one." in shown(page)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_declined_after_an_answer_it_says_what_stood_before_and_when_it_was_first_answered(
    open_page, sqlite_store, company, clock, language
):
    demand = filed(sqlite_store, company)
    clock.move(hours=1)
    answered(sqlite_store, company, demand)
    first = format.instant(clock.at, language, company.product.timezone)
    clock.move(days=1)
    no = Decline("effort", "Not now.")
    decline_demand(sqlite_store, company.product, demand, no, Anew("The *wrong* one."))
    page = open_page("demands", company.product, language, demand=demand)
    assert not page.exception
    now = format.instant(clock.at, language, company.product.timezone)
    before = {"at": now, "what": "Dashboard", "reason": "The *wrong* one.", "by": "Product"}
    assert translate(language, "demands.until", **before) in shown(page)
    assert translate(language, "demands.first_answered_on", at=first, spent="") in shown(page)
