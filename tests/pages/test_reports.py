"""The reports page and the catalogue: why a number moved, and rows that add up to it, in both languages."""

from __future__ import annotations

import shutil
from functools import partial

import pytest

from components.report_charts import leads
from components.reports import Focus
from core.reports.catalogue import METRICS, Dimension
from core.reports.facts import Fact, Tallied, Tally
from core.reports.library import DRAWN, Picture
from data.engine import Store
from data.exchange.metric_rows import rows_file
from data.queries.metrics.rows import behind
from data.text import translate
from tests.company import found
from tests.conftest import NOON, Hands
from tests.data.test_metrics import ask_of
from tests.metric_company import Drawn, drawn
from tests.pages.reading import check_words, does, figures, unfold, words


@pytest.fixture(scope="module")
def company(installed_file, tmp_path_factory) -> tuple[Store, Drawn]:
    """One drawn company for all tests here: they only read."""
    path = tmp_path_factory.mktemp("drawn") / "firebreak.db"
    shutil.copyfile(installed_file, path)
    store = Store(f"sqlite:///{path}", path.parent / "files", clock=Hands())
    yield store, drawn(store)
    store.close()


@pytest.fixture
def open_report(open_page, company, monkeypatch):
    """open_report("director", "en", report="forecast") runs the page over the drawn company."""
    store, made = company
    monkeypatch.setattr("components.frame.this_store", lambda: store)
    return lambda role, language="en", **query: open_page(
        "reports", getattr(made.people, role), language, **query
    )


WALKS = [
    ("director", "en", "pipeline"),
    ("manager", "zh", "conversion"),
    ("rep", "en", "activity"),
    ("director", "zh", "promises"),
    ("manager", "en", "forecast"),
]


@pytest.mark.parametrize(("role", "language", "report"), WALKS)
def test_a_report_opens_with_why_its_number_moved(open_report, role, language, report):
    page = open_report(role, language, report=report)
    check_words(page)
    first = METRICS[DRAWN[report].metrics[0]]
    name = translate(language, first.title)
    assert any("lightbulb" in m.value and name in m.value for m in page.markdown)
    assert [m.label for m in figures(page)] == [
        translate(language, METRICS[metric].title) for metric in DRAWN[report].metrics
    ]
    assert not page.dataframe
    assert open_report(role, language, report=report, picture="table").dataframe
    unfold(page, translate(language, "reports.others_title"))
    elsewhere = {b.key for b in page.button if b.key and b.key.startswith("report-")}
    assert ("report-process_health" in elsewhere) is (role != "rep")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_figure_opens_the_rows_that_add_up_to_it(open_report, company, language):
    page = open_report("director", language)
    next(b for b in page.button if b.key == "tile-won_amount").click().run()
    check_words(page)
    assert page.query_params["show"] in ("won_amount", ["won_amount"])
    with company[0].reading() as session:
        rows = behind(session, company[1].people.director, ask_of(company[0]), METRICS["won_amount"])
    table = next(d.value for d in page.dataframe if "adds" in d.value)
    assert len(table) == rows.total.n > 0
    said = f"{rows.total.top:,.2f}".rstrip("0").rstrip(".")
    assert said in words(page)
    close = translate(language, "reports.close")
    next(b for b in page.button if b.label == close).click().run()
    assert "show" not in page.query_params


def test_a_link_opens_the_same_rows_and_what_stands_beside(open_report, company):
    link = {
        "report": "conversion",
        "show": "go_on_rate",
        "by": "stage",
        "pick": "appointment",
        "at": "before",
    }
    page = open_report("director", **link)
    check_words(page)
    text = words(page)
    assert "Stage: Appointment · the period before" in text
    for key in ("actions", "industries"):
        assert translate("en", f"reports.{key}") in text


def test_a_link_beyond_ones_reach_shows_ones_own_and_says_so(open_report, company):
    people = company[1].people
    link = {"show": "new_opportunities", "by": "rep", "pick": people.stranger.person_id}
    page = open_report("rep", rep=people.stranger.person_id, **link)
    assert [i.value for i in page.info] == [translate("en", "reports.out_of_reach")]
    assert translate("en", "reports.no_rows") in words(page)
    assert "Stranger" not in words(page)


def test_a_company_without_rows_is_told_so(open_page, sqlite_store):
    people = found(sqlite_store)
    page = open_page("reports", people.director, report="forecast")
    assert translate("en", "reports.nothing") in words(page)


def test_the_file_of_rows_runs_nothing(company):
    """Names that a spreadsheet would take for a formula are text in it; numbers stay numbers."""
    metric = METRICS["win_rate"]
    groups = {d: ("", None) for d in metric.splits} | {Dimension.TEAM: ("1", "@team")}
    fact = Fact(7, NOON, 1, "=1+1", 2, "+evil", None, groups, {"win_rate": (1.0, 1.0)})
    text = rows_file("en", metric, [fact], "Asia/Shanghai").decode("utf-8-sig")
    head, row = text.splitlines()
    assert head.startswith("id,Customer,Opportunity,When,Team,Rep")
    assert row.startswith("7,'+evil,'=1+1,2026-03-04 12:00,'@team,Without an owner")
    assert row.endswith(",1,1")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_catalogue_says_every_formula_and_what_is_refused(open_page, sqlite_store, language):
    people = found(sqlite_store)
    page = open_page("metrics", people.rep, language)
    check_words(page)
    text = words(page)
    assert all(translate(language, m.formula) in text for m in METRICS.values())
    assert translate(language, "metrics.refused.calls_dialled.why") in text
    search = translate(language, METRICS["talk_minutes"].title)
    page.text_input[0].set_value(search).run()
    assert translate(language, METRICS["talk_minutes"].formula) in words(page)
    assert translate(language, METRICS["wins"].formula) not in words(page)


def test_the_way_back_from_the_catalogue_leads_to_the_same_report(
    open_page, open_report, company, monkeypatch
):
    left = []
    monkeypatch.setattr(
        "streamlit.switch_page", lambda path, query_params: left.append((path.stem, query_params))
    )
    link = {"report": "conversion", "period": "week"}
    for page, key in (
        (open_report("director", **link), "reports.to_metrics"),
        (open_page("metrics", company[1].people.director, **link, q="win"), "metrics.back"),
    ):
        next(b for b in page.button if does(b) == translate("en", key)).click().run()
    assert left == [("metrics", link), ("reports", link)]


def _titled(of: dict[str, Tally], metric: str = "completion_rate") -> str:
    """What the bars of these groups say."""
    focus = Focus(METRICS[metric], Dimension.REP, Picture.GROUPS)
    groups = {name: (name, tally) for name, tally in of.items()}
    return leads(Tallied(sum(of.values(), Tally()), {Dimension.REP: groups}), focus, "", "en")


def test_groups_that_stand_alike_are_not_ranked(monkeypatch):
    monkeypatch.setattr("components.report_charts.t", partial(translate, "en"))
    assert "86%" in _titled({"a": Tally(7, 6, 7), "b": Tally(14, 12, 14)})
    assert "lowest" not in _titled({"a": Tally(7, 6, 7), "b": Tally(14, 12, 14)})
    assert "lowest" in _titled({"a": Tally(7, 5, 7), "b": Tally(14, 12, 14)})


def test_a_period_without_any_is_not_called_too_few_to_compare(monkeypatch):
    monkeypatch.setattr("components.report_charts.t", partial(translate, "en"))
    assert _titled({}, "wins") == _titled({"a": Tally(0, 0)}, "wins") == "Nothing of this in the period"


def test_rows_without_an_opportunity_do_not_say_that_nobody_acted(open_report, monkeypatch):
    monkeypatch.setattr("data.queries.metrics.rows.opportunities_of", lambda facts: [])
    text = words(open_report("director", report="promises", show="answered_in_time_rate"))
    assert translate("en", "reports.no_opportunities") in text
    assert translate("en", "reports.no_actions") not in text
