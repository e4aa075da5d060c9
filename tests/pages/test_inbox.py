"""The inbox: a red alert reaches the team's manager, once, and leads to the customer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.notices import Notice
from core.process.actions import ActionInput
from core.process.evidence import NextStep
from core.terms import ActionStatus
from data.commands.actions import record_action
from data.commands.outbox import post
from data.queries.inbox import inbox
from data.text import translate
from tests.company import found
from tests.pages.reading import does, lines


def demos(store, clock, company, count: int) -> None:
    """So many demos in a row on the rep's opportunity, one a day."""
    last = None
    for _ in range(count):
        clock.move(days=1)
        end = clock.at - timedelta(minutes=5)
        action = ActionInput(
            "solution_demo",
            ActionStatus.COMPLETED,
            started_at=end - timedelta(minutes=40),
            ended_at=end,
            summary="They watched and asked about prices.",
            follows=last,
            next_step=NextStep("solution_demo", clock.at + timedelta(hours=2), ""),
            fields={
                "shown": "Dispatching",
                "watchers": [{"name": "Wang", "role": "user"}],
                "reaction": "interested",
            },
        )
        last = record_action(store, company.rep, company.opportunity, action)


def told(store, who):
    with store.reading() as session:
        return inbox(session, who)


def test_three_demos_reach_the_manager_once_and_nobody_else(store, clock):
    company = found(store)
    demos(store, clock, company, 5)
    (message,) = told(store, company.manager).messages
    assert (message.kind, message.page, message.query) == (
        "alert",
        "customer",
        {"customer": company.customer},
    )
    for who in (company.rep, company.mate, company.stranger, company.director, company.admin):
        assert told(store, who).total == 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_manager_reads_it_and_marks_it_read(open_page, sqlite_store, clock, language):
    company = found(sqlite_store)
    demos(sqlite_store, clock, company, 3)
    page = open_page("inbox", company.manager, language)
    shown = " ".join(lines(page))
    assert translate(language, "alerts.demos_without_quote.name") in shown
    assert "Haihe Pumps" in shown
    assert translate(language, "inbox.new") in shown
    assert [c.value for c in page.caption] == [translate(language, "inbox.unread", n=1)]
    next(b for b in page.button if does(b) == translate(language, "inbox.read_all")).click().run()
    assert told(sqlite_store, company.manager).unread == 0
    assert [c.value for c in page.caption] == [translate(language, "inbox.all_read")]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_empty_inbox_says_so(open_page, sqlite_store, language):
    page = open_page("inbox", found(sqlite_store).rep, language)
    assert translate(language, "inbox.none") in " ".join(m.value for m in page.markdown)


def test_what_arrives_after_the_page_was_drawn_stays_unread(open_page, sqlite_store, clock):
    company = found(sqlite_store)
    demos(sqlite_store, clock, company, 3)
    page = open_page("inbox", company.manager)
    with sqlite_store.writing() as session:
        notice = Notice(company.manager.person_id, "job_failed", "job_failed:1", {"job": "x", "error": "y"})
        post(session, clock.at, [notice])
    next(b for b in page.button if does(b) == translate("en", "inbox.read_all")).click().run()
    assert not page.exception
    inbox_now = told(sqlite_store, company.manager)
    assert [(m.kind, m.read) for m in inbox_now.messages] == [("job_failed", False), ("alert", True)]
