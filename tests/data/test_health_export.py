"""The weekly health report as files: the workbook opened again, the printed page read again."""

from __future__ import annotations

import io
from functools import partial
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from core.access import OPERATOR
from core.messages import Invalid, NotAllowed, NotFound
from core.process.health import behind
from data.commands.health import export_health, issue_health
from data.health_words import verdict
from data.schema import Audit, Customer, Opportunity
from data.text import LANGUAGES, translate
from tests.company import found
from tests.data.test_health import MONDAY, SEVEN, WEEK, at, shown, write
from tests.data.test_health import behind as rows_of

DANGEROUS = ("=HYPERLINK(\"http://x\")", "+1+1", "-2-2", "@SUM(A1)", "<script>alert(1)</script>")  # fmt: skip


@pytest.fixture
def company(store, clock):
    """A team with names that a spreadsheet or a browser might run; two reports."""
    clock.at = SEVEN
    people = found(store)
    with store.writing() as session:
        for row in session.scalars(select(Opportunity)):
            row.recorded_at = at(-100)
        session.get_one(Customer, people.customer).name = DANGEROUS[0]
    for name in DANGEROUS:
        write(store, people.rep, "A-9 S-6 S2 O3", name=name, customer_id=people.customer)
    write(store, people.mate, "A-9 N-7 S-6")
    for back in (1, 0):
        issue_health(store, OPERATOR, people.rep.team_id, MONDAY - WEEK * back)
    return people


def book_of(store, company, language="en"):
    content = export_health(store, company.manager, company.rep.team_id, MONDAY, "xlsx", language)
    return load_workbook(io.BytesIO(content))


def title(language: str, name: str) -> str:
    return translate(language, f"health.col.{name}")


def cells(sheet):
    head, *lines = sheet.iter_rows(values_only=True)
    return [dict(zip(head, line, strict=True)) for line in lines]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_has_the_rows_behind_its_numbers(store, company, language):
    book, team = book_of(store, company, language), company.rep.team_id
    health, found_rows = shown(store, company.manager, team).health, rows_of(store, company.manager, team)
    assert book.sheetnames == [
        translate(language, f"health.sheet.{name}")
        for name in ("report", "stages", "weeks", "stays", "visit", "passed", "step")
    ]
    word = partial(title, language)
    sheet = {name: cells(book[translate(language, f"health.sheet.{name}")]) for name in
             ("stages", "weeks", "stays", "visit", "passed", "step")}  # fmt: skip
    for line, stage in zip(sheet["stages"], health.stages, strict=True):
        name = translate(language, f"terms.stage.{stage.stage}")
        stays = [row for row in sheet["stays"] if row[word("stage")] == name]
        assert line[word("stage")] == name
        assert line[word("stays")] == len(stays) == stage.stays
        assert line[word("late")] == sum(row[word("is_late")] for row in stays)
        assert line[word("lost")] == pytest.approx(sum(row[word("lost")] for row in stays))
        for kind, whole, part in (("visit", "visits", "repeats"), ("passed", "passed", "skips")):
            marks = [row for row in sheet[kind] if row[word("stage")] == name]
            assert line[word(whole)] == len(marks)
            assert line[word(part)] == sum(row[word(f"yes_{kind}")] for row in marks)
    assert len(sheet["stays"]) == len(found_rows.stays) > 0
    assert len(sheet["step"]) == len(behind(found_rows, "step").marks)
    assert len(sheet["weeks"]) == 2
    front = dict(book.worksheets[0].iter_rows(values_only=True, min_row=2))
    assert front[translate(language, "health.head.verdict")] == verdict(language, health).sentence


def test_no_cell_of_the_workbook_is_a_formula(store, company):
    book = book_of(store, company)
    kinds = {cell.data_type for sheet in book for line in sheet.iter_rows() for cell in line}
    assert "f" not in kinds
    said = {row["Opportunity"] for row in cells(book["Stays"])}
    assert set(DANGEROUS) <= said
    assert {row["Customer"] for row in cells(book["Stays"])} == {DANGEROUS[0], "–"}


def test_rates_are_numbers_that_show_as_percent(store, company):
    sheet = book_of(store, company)["Stages"]
    place = [c.value for c in sheet[1]].index("Share late")
    demo = next(line for line in sheet.iter_rows(min_row=2) if line[0].value == "Solution demo")
    assert (demo[place].value, demo[place].number_format) == (1, "0%")


def test_instants_are_dates_by_the_clock_of_the_team(store, company):
    stays = cells(book_of(store, company)["Stays"])
    there = {row["From"] for row in stays}
    kept = rows_of(store, company.manager, company.rep.team_id).stays
    zone = ZoneInfo(shown(store, company.manager, company.rep.team_id).timezone)
    assert there == {s.started_at.astimezone(zone).replace(tzinfo=None) for s in kept}


class Reader(HTMLParser):
    """What a page holds: texts, elements with their attributes."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(content.decode())

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.texts.append(data)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_needs_nothing_from_anywhere(store, company, language):
    team = company.rep.team_id
    content = export_health(store, company.manager, team, MONDAY, "html", language)
    page = Reader(content)
    tags = {tag for tag, _ in page.found}
    assert tags.isdisjoint({"script", "link", "img", "iframe", "object", "embed", "base", "a", "form"})
    named = {name for _, attributes in page.found for name in attributes}
    assert named.isdisjoint({"src", "href", "srcset", "action", "background", "data", "onload", "onclick"})
    style = next(text for text in page.texts if "@page" in text)
    assert "url(" not in style
    assert "@import" not in style
    without_names = content.replace(b"http://x", b"")
    assert b"://" not in without_names
    assert ("html", {"lang": {"en": "en", "zh": "zh-CN"}[language]}) in page.found


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_what_the_report_says(store, company, language):
    team = company.rep.team_id
    page = Reader(export_health(store, company.manager, team, MONDAY, "html", language))
    report, found_rows = shown(store, company.manager, team), rows_of(store, company.manager, team)
    said = verdict(language, report.health)
    assert {said.sentence, f" {said.action}"} <= set(page.texts)
    assert set(DANGEROUS) <= set(page.texts)  # as text, not as elements
    for show in ("stays", "visit", "passed"):
        kept = behind(found_rows, show)
        title = translate(language, f"health.sheet.{show}")
        assert f"{title} ({len(kept.stays or kept.marks)})" in page.texts
    tables = [tag for tag, _ in page.found].count("table")
    assert tables == 2 + sum(bool(behind(found_rows, s).stays or behind(found_rows, s).marks)
                             for s in ("stays", "visit", "passed", "step"))  # fmt: skip


@pytest.mark.parametrize("form", ["xlsx", "html"])
def test_an_export_leaves_one_audit_row(store, company, form):
    export_health(store, company.manager, company.rep.team_id, MONDAY, form, "en")
    found_rows = rows_of(store, company.manager, company.rep.team_id)
    with store.reading() as session:
        audit = session.scalars(select(Audit).where(Audit.command == "health.export")).one()
    assert (audit.entity, audit.actor_id) == ("export", company.manager.person_id)
    assert audit.after == {
        "team": "East",
        "week_start": MONDAY.isoformat(),
        "form": form,
        "rows": len(found_rows.stays) + len(found_rows.marks),
    }


def test_what_cannot_be_exported_is_refused(store, company):
    team = company.rep.team_id
    refusals = (
        (company.rep, team, MONDAY, "xlsx", NotAllowed),
        (company.manager, company.stranger.team_id, MONDAY, "xlsx", NotFound),
        (company.manager, None, MONDAY, "html", NotFound),
        (company.manager, team, MONDAY - WEEK * 5, "xlsx", NotFound),
        (company.manager, team, MONDAY, "exe", Invalid),
    )
    for who, asked, monday, form, error in refusals:
        with pytest.raises(error):
            export_health(store, who, asked, monday, form, "en")
    with store.reading() as session:
        assert session.scalars(select(Audit).where(Audit.command == "health.export")).all() == []
