"""Building a report in the studio and reading it, in both languages (F2, D1, D3)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.reports.catalogue import METRICS, Dimension
from core.reports.library import Readers
from data.queries.policies import policy_in_force
from data.text import translate
from tests.data.test_own_reports import put
from tests.metric_company import drawn
from tests.pages.reading import check_words, figures, words
from tests.pages.test_studio import LANGUAGES, fill, press
from tests.spec.test_own_reports import REPORT


def widget(widgets, ending):
    return next(w for w in widgets if w.key and w.key.endswith(ending))


@LANGUAGES
def test_a_report_is_built_looked_at_published_and_read(open_page, sqlite_store, language):
    people = drawn(sqlite_store).people
    page = open_page("studio", people.director, language, part="reports")
    check_words(page)
    assert translate(language, "builder.none") in words(page)
    page = press(page, "builder.add", language)
    assert translate(language, "builder.preview_choose") in words(page)
    fill(page, "builder.name_en", "Wins by rep", language)
    fill(page, "builder.name_zh", "各人赢单", language)
    widget(page.multiselect, "-metrics").set_value(["wins", "win_rate"])
    widget(page.selectbox, "-split").set_value(Dimension.REP)
    widget(page.button_group, "-roles").set_value(["manager"])
    page = page.run()
    check_words(page)
    assert translate(language, METRICS["win_rate"].title) in [m.label for m in figures(page)]
    page = press(page, "studio.keep", language)
    check_words(page)
    fill(page, "studio.note", "The heads ask.", language)
    page = press(page, "studio.publish", language)
    check_words(page)
    with sqlite_store.reading() as session:
        (report,) = policy_in_force(session).own_reports
    assert (report.name, report.metrics) == ("own_wins_by_rep", ("wins", "win_rate"))
    read = open_page("reports", people.manager, language, report=report.name, show="wins")
    check_words(read)
    assert [m.label for m in figures(read)] == [translate(language, METRICS[m].title) for m in report.metrics]
    assert any("adds" in d.value for d in read.dataframe)  # the rows behind the number
    other = open_page("reports", people.rep, language, report=report.name)
    assert [i.value for i in other.info] == [translate(language, "reports.no_such_report")]


@LANGUAGES
def test_what_makes_no_sense_is_refused_with_the_reason_at_its_field(open_page, sqlite_store, language):
    people = drawn(sqlite_store).people
    page = open_page("studio", people.director, language, part="reports", own="new")
    fill(page, "builder.name_en", "Busy", language)
    widget(page.multiselect, "-metrics").set_value(["kept_rate", "calls_dialled"])
    widget(page.selectbox, "-split").set_value(Dimension.STAGE)
    page = press(page.run(), "studio.keep", language)
    check_words(page)
    text = words(page)
    assert translate(language, "metrics.refused.calls_dialled.why") in text
    parts = {
        "metric": translate(language, METRICS["kept_rate"].title),
        "dimension": translate(language, "reports.dimension.stage"),
    }
    assert translate(language, "problems.split_without_meaning", **parts) in text
    assert widget(page.multiselect, "-metrics").value == ["kept_rate", "calls_dialled"]  # nothing is lost


@pytest.mark.parametrize("language", ["zh"])
def test_a_report_says_to_what_it_is_narrowed_and_draws_a_table_alone(open_page, sqlite_store, language):
    people = drawn(sqlite_store).people
    only = ((Dimension.INDUSTRY, ("food", "chemicals")),)
    put(sqlite_store, people.director, replace(REPORT, only=only, readers=Readers(), period="weeks52"))
    page = open_page("reports", people.director, language, report=REPORT.name)
    check_words(page)
    assert translate(language, "terms.industry.food") in words(page)
    assert REPORT.asks[language] in words(page)
    assert widget(page.selectbox, "address-period").value == "weeks52"
    assert page.dataframe
    studio = open_page("studio", people.director, language, part="reports", own=REPORT.name)
    check_words(studio)
    assert widget(studio.multiselect, "-only-industry").value == ["food", "chemicals"]
