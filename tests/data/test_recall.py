"""Kept answers are those that would be asked: whatever is written, by whomever, and however late."""

from __future__ import annotations

import importlib
import pickle
import pkgutil
from datetime import UTC, datetime, timedelta
from functools import partial
from inspect import signature
from random import Random

import pytest
from sqlalchemy import text

from data import queries, recall
from data.commands.account import choose_language
from data.commands.actions import record_action
from data.commands.ballots import draw_paper, vote
from data.commands.drafts import drop_draft
from data.commands.record import Link, open_record, save_record_fields
from data.engine import Store
from data.jobs.registry import Run
from data.jobs.sweep_alerts import sweep_alerts
from data.once import RECALLED, recalled
from data.queries.board import board
from data.queries.board_ask import Ask, By
from data.queries.customer_file import customer_file
from data.queries.policies import company_zone
from data.queries.today import home
from data.schema import Setting
from tests.company import found
from tests.data.test_record_action import done

NOON = datetime(2026, 3, 3, 12, 0, 20, tzinfo=UTC)


@recalled
def zone(session, who, *told) -> tuple:
    """A small query: the zone, who asks, and what was told."""
    del told
    return company_zone(session), who.name


def ask(store, who, query, *args, now=NOON, **kwargs):
    with store.reading(fresh=True) as session:
        return recall.recall(store, session, who, now, query, args, kwargs)


def asked(store, who, query, *args, **kwargs):
    with store.reading(fresh=True) as session:
        return query(session, who, *args, **kwargs)


def mark(store):
    with store.reading() as session:
        return store.mark(session)


def set_zone(store, name):
    with store.writing() as session:
        session.merge(Setting(key="timezone", value=name))


@pytest.fixture
def hits(monkeypatch) -> list[bytes]:
    """The answers that were found kept."""
    told, get = [], recall.Answers.get

    def watched(self, key):
        answer = get(self, key)
        if answer is not None:
            told.append(answer)
        return answer

    monkeypatch.setattr(recall.Answers, "get", watched)
    return told


def test_readings_leave_the_mark_and_any_commit_makes_another(store):
    people = found(store)
    elsewhere = Store(store.url, store.files, clock=store.clock)
    seen = [mark(store)]
    for write in (
        partial(choose_language, store, people.rep, "zh"),  # audited
        partial(open_record, store, people.rep, Link(customer=people.customer)),  # a draft is not
        partial(set_zone, store, "Asia/Urumqi"),  # no command at all
        partial(set_zone, elsewhere, "Asia/Shanghai"),  # another process
    ):
        assert mark(store) == seen[-1]
        asked(store, people.rep, home, NOON)
        assert mark(store) == seen[-1]
        write()
        assert mark(store) not in seen
        seen.append(mark(store))
    elsewhere.close()


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_who_began_first_and_commits_last_is_seen(store, hits):
    """Ids are given out before the commit: a mark made of the highest would miss this."""
    people = found(store)
    set_zone(store, "Asia/Shanghai")
    with store.engine.connect() as late:
        late.execute(text("UPDATE setting SET value = '\"Asia/Urumqi\"' WHERE key = 'timezone'"))
        choose_language(store, people.rep, "zh")
        before = [ask(store, people.rep, zone)[0] for _ in range(2)]
        assert len(hits) == 1
        late.commit()
    assert ask(store, people.rep, zone)[0] == "Asia/Urumqi"
    assert "Asia/Urumqi" not in before


def test_an_answer_is_a_persons_own_and_its_arguments(store, hits):
    people = found(store)
    ask(store, people.rep, zone, 1)
    assert ask(store, people.mate, zone, 1)[1] == "Mate"
    ask(store, people.rep, zone, 2)
    ask(store, people.rep, zone, lambda: 1)  # nobody can tell whether another one is the same
    ask(store, people.rep, zone, lambda: 1)
    assert hits == []
    assert ask(store, people.rep, zone, 1)[1] == "Rep"
    assert len(hits) == 1


def test_only_the_instant_of_the_run_counts_to_the_minute(sqlite_store, hits):
    rep = found(sqlite_store).rep
    later, next_minute = NOON.replace(second=59), NOON.replace(minute=1)
    ask(sqlite_store, rep, zone, Ask(NOON, By.REP, "firebreak"))
    ask(sqlite_store, rep, zone, Ask(later, By.REP, "firebreak"), now=later)
    assert len(hits) == 1
    ask(sqlite_store, rep, zone, Ask(next_minute, By.REP, "firebreak"), now=next_minute)
    ask(sqlite_store, rep, zone, Ask(later, By.REP, "firebreak"), now=NOON)  # an instant of something else
    assert len(hits) == 1


def test_where_a_period_begins_counts_to_the_minute_too(sqlite_store, hits):
    """It lies so many days before the run; the same days before another run of the minute will do."""
    rep = found(sqlite_store).rep
    back = timedelta(days=91, hours=1)
    for now in (NOON, NOON.replace(second=40, microsecond=7)):
        ask(sqlite_store, rep, zone, now - back, now=now)
    assert len(hits) == 1
    ask(sqlite_store, rep, zone, NOON - back + timedelta(minutes=1), now=NOON)
    ask(sqlite_store, rep, zone, NOON - back + timedelta(seconds=1), now=NOON)
    assert len(hits) == 1


def test_equal_arguments_are_the_same_question_whatever_they_share(sqlite_store, hits):
    who, name = found(sqlite_store).rep, "x" * 5 + str(NOON.year)
    for args in ((name, name), (name, "".join(name)), (pickle.loads(pickle.dumps(name)), name)):
        ask(sqlite_store, who, zone, args)
    assert len(hits) == 2


def test_whoever_gets_an_answer_may_do_with_it_as_they_like(sqlite_store):
    rep = found(sqlite_store).rep

    ask(sqlite_store, rep, _names).append("spoilt")
    ask(sqlite_store, rep, _names).append("spoilt")
    assert ask(sqlite_store, rep, _names) == ["rep"]


@recalled
def _names(session, who) -> list[str]:
    del session
    return [who.role.value]


def test_what_a_session_writes_itself_is_never_kept(sqlite_store, hits):
    rep = found(sqlite_store).rep
    ask(sqlite_store, rep, zone)
    with sqlite_store.batch() as session:
        session.merge(Setting(key="timezone", value="Asia/Urumqi"))
        session.flush()
        assert ask(sqlite_store, rep, zone)[0] == "Asia/Urumqi"
    assert hits == []


def test_the_room_is_bounded(monkeypatch):
    monkeypatch.setattr(recall, "ROOM", 100)
    answers = recall.Answers()
    for key in range(20):
        answers.put(key, b"x" * 30)
        answers.put(key, b"x" * 40)
        answers.get(0)
    assert [key for key in range(20) if answers.get(key)] == [0, 19]
    answers.put(20, b"x" * 200)
    assert answers.get(20) is None


def writes(store, people):
    """What may happen; each again and again."""
    number = iter(range(1000))

    def action():
        told = done(store, "appointment", hours_ago=3 + 3 * next(number))
        record_action(store, people.rep, people.opportunity, told)

    def draft():
        id_ = open_record(store, people.rep, Link(customer=people.customer))
        save_record_fields(store, people.rep, id_, {"summary": f"said {next(number)}"})

    def dropped():
        drop_draft(store, people.rep, open_record(store, people.rep, Link(customer=people.customer)))

    def paper():
        if told := draw_paper(store, people.rep):
            vote(store, people.rep, told, "forecast", 4)

    def zones():
        set_zone(store, "Asia/Urumqi" if next(number) % 2 else "Asia/Shanghai")

    return [action, draft, dropped, paper, zones, lambda: sweep_alerts(store, Run(store.clock()))]


def test_after_every_write_pages_read_what_they_would_without(store, hits):
    """For the rep, for their manager, and for one of another team."""
    people, draw = found(store), Random(8)
    do = writes(store, people)
    reads = (
        (people.rep, home, NOON),
        (people.stranger, home, NOON),
        (people.manager, board, Ask(NOON, By.REP, "firebreak")),
        (people.rep, customer_file, people.customer),
    )
    for write in [*do, *(draw.choice(do) for _ in range(3))]:
        write()
        for who, query, told in reads:
            kept = [ask(store, who, query, told) for _ in range(2)]
            assert kept == [asked(store, who, query, told)] * 2
    assert len(hits) >= 9 * len(reads)  # the second ones; the first where nothing came of the write


class Page:
    """A row of ten kilobytes that tells whether it was written out."""

    written = 0

    def __reduce__(self):
        Page.written += 1
        return bytes, (b"." * 10_000,)


@recalled
def book(session, who, pages) -> list[Page]:
    """A query with an answer of so many rows."""
    del session, who
    return [Page() for _ in range(pages)]


def test_an_answer_that_is_too_large_to_keep_is_not_written_out_first(sqlite_store, hits):
    rep = found(sqlite_store).rep
    for pages in (10, 10, 5000, 5000):
        ask(sqlite_store, rep, book, pages)
    assert len(hits) == 1
    assert Page.written < 10 + 2 * 900


def test_what_may_be_kept_is_a_pages_whole_question():
    """Module by module, so that it can be said in a key; and each takes who asks."""
    load_all()
    assert len(RECALLED) > 30
    for query in RECALLED:
        assert getattr(importlib.import_module(query.__module__), query.__name__) is query
        assert list(signature(query).parameters)[:2] == ["session", "who"]


def load_all() -> None:
    for one in pkgutil.walk_packages(queries.__path__, "data.queries."):
        importlib.import_module(one.name)
