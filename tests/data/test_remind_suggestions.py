"""Reminders: before the deadline to those who have not answered, after it to those who lead them, once."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from data.commands.calibration import decide_suggestion
from data.jobs.registry import Run
from data.jobs.remind_suggestions import remind_suggestions
from data.notices import sentence
from data.schema import Message
from data.text import LANGUAGES
from tests.company import found
from tests.suggestions import line, month_run

# When the job runs (the fifth working day of March 2026 is Friday the 6th), and who is told what.
# fmt: off
TOLD = [
    (datetime(2026, 3, 4, 15, 59, tzinfo=UTC), []),                                # Wednesday
    (datetime(2026, 3, 4, 16, 1, tzinfo=UTC),  ["rep: suggestions_waiting", "stranger: suggestions_waiting"]),
    (datetime(2026, 3, 6, 15, 59, tzinfo=UTC), ["rep: suggestions_waiting", "stranger: suggestions_waiting"]),
    (datetime(2026, 3, 6, 16, 1, tzinfo=UTC),  ["manager: suggestions_late"]),     # the West has no manager
    (datetime(2026, 4, 1, 1, 0, tzinfo=UTC),   []),                                # another month
]
# fmt: on


def told(store, people):
    names = {getattr(people, n).person_id: n for n in ("rep", "stranger", "manager", "mate")}
    with store.reading() as session:
        rows = session.scalars(select(Message).where(Message.kind.startswith("suggestions")))
        return sorted(f"{names[m.person_id]}: {m.kind}" for m in rows)


def ask(store):
    people = found(store)
    run = month_run(store, date(2026, 3, 4))
    mine = line(store, run, people.opportunity, 340, 400)
    line(store, run, people.strange_opportunity, 500, 200)
    return people, mine


@pytest.mark.parametrize(("at", "who"), TOLD)
def test_who_is_told_when(store, clock, at, who):
    people, _ = ask(store)
    clock.at = at
    for _ in range(2):  # twice, and on the next day again: told once
        remind_suggestions(store, Run(at))
    assert told(store, people) == who


def test_who_has_answered_is_left_alone(store, clock):
    people, mine = ask(store)
    decide_suggestion(store, people.rep, mine, "accepted", "agreed")
    clock.at = datetime(2026, 3, 5, 1, tzinfo=UTC)
    remind_suggestions(store, Run(clock.at))
    clock.at = datetime(2026, 3, 9, 1, tzinfo=UTC)
    remind_suggestions(store, Run(clock.at))
    assert told(store, people) == ["stranger: suggestions_waiting"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said(sqlite_store, clock, language):
    ask(sqlite_store)
    clock.at = datetime(2026, 3, 5, 1, tzinfo=UTC)
    remind_suggestions(sqlite_store, Run(clock.at))
    with sqlite_store.reading() as session:
        message = session.scalars(select(Message).order_by(Message.id)).first()
    title, body = sentence(language, message.kind, message.params)
    assert "1" in title
    assert {"en": "6 Mar 2026", "zh": "2026年3月6日"}[language] in body
    assert message.page == "calibrate"
