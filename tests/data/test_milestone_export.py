"""The path as files: a workbook whose rows add up, a page for printing, and nothing that runs."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from core.messages import Invalid, NotFound
from data.commands.milestone_export import export_milestones
from data.commands.milestones import issue_milestone, set_launch
from data.schema import Audit, Customer
from data.text import translate
from tests.company import found
from tests.data.test_milestones import LAUNCH, MONTHS, action, day
from tests.forecasts import deal, noon, run


@pytest.fixture
def company(sqlite_store, clock):
    people = found(sqlite_store)
    set_launch(sqlite_store, people.director, None, LAUNCH)
    with sqlite_store.writing() as session:
        session.get_one(Customer, people.customer).name = "=HYPERLINK(1)<b>"
    for n in range(6):
        action(sqlite_store, people, day(n), summary="short" if n == 5 else "They want to see the line run")
    clock.at = noon(day(30))
    issue_milestone(sqlite_store, people.director, None, 30)
    return people


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_workbook_holds_every_row(sqlite_store, company, language):
    content = export_milestones(sqlite_store, company.director, None, "xlsx", language)
    book = load_workbook(io.BytesIO(content))
    sheet = book[translate(language, "milestones.of.completeness")]
    lines = list(sheet.iter_rows(values_only=True))[1:]
    assert len(lines) == 6
    assert {line[2] for line in lines} == {"=HYPERLINK(1)<b>"}
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    numbers = [line[3] for line in lines]
    front = [str(c) for row in book.worksheets[0].iter_rows(values_only=True) for c in row if c]
    assert f"{sum(numbers) / len(numbers):.0%}" in front
    assert translate(language, "milestones.next_over") in front  # two reps had no record; they may by now
    with sqlite_store.reading() as session:
        (after,) = session.scalars(select(Audit.after).where(Audit.command == "milestone.export"))
    assert (after["form"], after["rows"]) == ("xlsx", 9 + 0)  # three reps, six follow-ups


@pytest.mark.parametrize(("language", "january"), [("en", "Jan 2026"), ("zh", "2026年1月")])
def test_a_month_has_its_name_in_the_workbook(sqlite_store, clock, language, january):
    people = found(sqlite_store)
    set_launch(sqlite_store, people.director, None, MONTHS)
    deal(sqlite_store, people.rep.person_id, run_id=run(sqlite_store, MONTHS, value=100))
    clock.at = noon(day(30))
    book = load_workbook(io.BytesIO(export_milestones(sqlite_store, people.director, None, "xlsx", language)))
    sheet = book[translate(language, "milestones.of.accuracy")]
    assert january in [line[2] for line in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_for_printing_says_the_same_and_carries_no_markup(sqlite_store, company, language):
    page = export_milestones(sqlite_store, company.director, None, "html", language).decode()
    assert "<b>" not in page
    assert "=HYPERLINK(1)&lt;b&gt;" in page
    assert translate(language, "milestones.brings_none") in page
    for name in ("recording", "completeness", "adoption", "located"):
        assert translate(language, f"milestones.of.{name}") in page
    assert "milestones." not in page.replace("milestones.css", "")


def test_another_teams_path_and_unknown_forms_are_refused(sqlite_store, company):
    with pytest.raises(NotFound):
        export_milestones(sqlite_store, company.manager, None, "xlsx", "en")
    with pytest.raises(Invalid):
        export_milestones(sqlite_store, company.director, None, "pdf", "en")
