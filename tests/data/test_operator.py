"""The operator's desk: its figures from rows, what was given up, sessions of others; for administrators."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select, text

from core.messages import Conflict, Invalid, NotAllowed, NotFound
from data.cli.backup import _backup as backup_by_command
from data.commands.command import COMMANDS
from data.commands.outboxes import drop, retry
from data.commands.sessions import SEEN_EVERY, end_any_session, end_sessions_of, open_session, session_used
from data.jobs.registry import Run
from data.jobs.tidy import tidy
from data.queries.operator import SIZES, operator_desk
from data.queries.sessions import by_id
from data.schema import (
    Audit,
    Delivery,
    GroupStep,
    JobRun,
    Message,
    RoomGroup,
    Setting,
    StoredFile,
    TeamChannel,
    UserSession,
    Webhook,
    WebhookDelivery,
    WebhookEvent,
)
from data.watching.statements import LATEST, watch_statements
from tests.company import found
from tests.rooms import room_of


@pytest.fixture
def company(store):
    return found(store)


def desk(store, who):
    with store.reading() as session:
        return operator_desk(session, who, store.clock())


def stuck(store, company):
    """In each outbox one that waits, one that is retried, one that was given up; ids of the last by kind."""
    now, room = store.clock(), room_of(store, company)
    with store.writing() as session:
        message = Message(
            person_id=company.rep.person_id,
            kind="alert",
            key="k",
            params={},
            page="today",
            query={},
            posted_at=now,
        )
        hook = Webhook(name="ERP", url="https://x.test", secret="s", kinds=[], created_at=now)
        event = WebhookEvent(key="e", kind="action.recorded", subject_id=1, body={}, happened_at=now)
        group = RoomGroup(room_id=room, kind="wecom", name="Together · Haihe", key="k", users={"1": "u"})
        session.add_all((message, hook, event, group))
        session.flush()
        more = [
            WebhookEvent(key=f"e{n}", kind="alert.raised", subject_id=1, body={}, happened_at=now)
            for n in (1, 2)
        ]
        session.add_all(more)
        session.flush()
        made = {
            "message": [Delivery(message_id=message.id, channel=f"c{n}", due_at=now) for n in range(3)],
            "webhook": [
                WebhookDelivery(webhook_id=hook.id, event_id=e.id, due_at=now) for e in (event, *more)
            ],
            "group": [GroupStep(group_id=group.id, what="make", key=str(n), due_at=now) for n in range(3)],
            "job": [JobRun(job="tidy", key=str(n), due_at=now, params={}) for n in range(3)],
        }
        for kind, rows in made.items():
            rows[0].due_at = now - timedelta(hours=3)
            rows[1].attempts = 2
            rows[2].state, rows[2].attempts = "failed" if kind == "job" else "dead", 24
            rows[2].error = "it said no"
            session.add_all(rows)
        session.flush()
        return {kind: rows[2].id for kind, rows in made.items()}


def test_every_outbox_says_what_waits_was_retried_and_given_up(store, company, clock):
    stuck(store, company)
    shown = desk(store, company.admin)
    hours = clock.at - timedelta(hours=3)
    assert [(b.kind, b.waiting, b.retried, b.given_up, b.oldest) for b in shown.boxes] == [
        (kind, 2, 1, 1, hours) for kind in ("message", "webhook", "group", "job")
    ]
    assert sorted((i.kind, i.of, i.what, i.error) for i in shown.given_up) == [
        ("group", "Together · Haihe", "make", "it said no"),
        ("job", "tidy", "2", "it said no"),
        ("message", "c2", "alert", "it said no"),
        ("webhook", "ERP", "alert.raised", "it said no"),
    ]


def test_what_was_given_up_is_tried_again_or_let_be_for_a_reason(store, company):
    ids = stuck(store, company)
    for kind, row in ids.items():
        retry(store, company.admin, kind, row)
        with pytest.raises(Conflict):
            retry(store, company.admin, kind, row)
    assert [(b.waiting, b.given_up) for b in desk(store, company.admin).boxes] == [(3, 0)] * 4
    with store.reading() as session:
        assert (
            session.scalars(select(RoomGroup.users)).one() == {}
        )  # asked for anew with who is known by then


def test_what_was_for_a_webhook_or_a_robot_that_is_off_is_not_tried_again(store, company):
    ids = stuck(store, company)
    with store.writing() as session:
        session.scalars(select(Webhook)).one().active = False
        robot = TeamChannel(
            team_id=company.rep.team_id, kind="wecom", url="", secret="", language="en", active=False,
            changed_at=store.clock(),
        )  # fmt: skip
        session.add(robot)
        session.flush()
        session.get_one(Delivery, ids["message"]).channel = f"team:{robot.id}"
    for kind in ("webhook", "message"):
        with pytest.raises(Conflict, match="receiver_off"):
            retry(store, company.admin, kind, ids[kind])
        drop(store, company.admin, kind, ids[kind], "Nobody listens.")


def test_letting_be_asks_for_a_reason_and_keeps_it(store, company):
    ids = stuck(store, company)
    for kind, row in ids.items():
        with pytest.raises(Invalid):
            drop(store, company.admin, kind, row, "  ")
        drop(store, company.admin, kind, row, "The ERP is gone.")
    assert [(b.waiting, b.given_up) for b in desk(store, company.admin).boxes] == [(2, 0)] * 4
    with store.reading() as session:
        said = session.scalars(select(Audit.after).where(Audit.command == "outbox.drop")).all()
        assert {row["reason"] for row in said} == {"The ERP is gone."}
    for kind, row in (("message", 999), ("nothing", 1)):
        with pytest.raises(NotFound):
            drop(store, company.admin, kind, row, "x")


def test_sessions_are_seen_and_ended_one_or_all_of_a_person(store, company, clock):
    first, second, other = (
        open_session(store, who.person_id, 12, "10.0.0.1", "Firefox/128 Windows").session_id
        for who in (company.rep, company.rep, company.mate)
    )
    clock.move(minutes=7)
    session_used(store, second, None)
    clock.move(minutes=1)
    session_used(store, second, clock.at - timedelta(minutes=1))  # just now: nothing is written
    shown = desk(store, company.admin)
    assert shown.signed_in == 3
    assert [(s.id, s.person, s.seen_at) for s in shown.sessions] == [
        (second, "Rep", clock.at - timedelta(minutes=1)),
        (other, "Mate", None),
        (first, "Rep", None),
    ]
    end_any_session(store, company.admin, other)
    with pytest.raises(NotFound):
        end_any_session(store, company.admin, other)
    assert end_sessions_of(store, company.admin, company.rep.person_id) == 2
    assert desk(store, company.admin).sessions == ()
    with store.reading() as session:
        assert [by_id(session, i, clock.at) for i in (first, second, other)] == [None] * 3
    assert timedelta(minutes=1) < SEEN_EVERY


def test_what_another_kind_of_database_measured_is_no_growth(store, company, clock):
    tidy(store, Run(clock.at - timedelta(hours=21)))  # made up for now: the size is that of now
    measured = clock.at
    clock.move(days=2)
    with store.writing() as session:
        row = session.get_one(Setting, SIZES)
        (night,) = row.value
        row.value = [[night[0], 1, "elsewhere"]]
    assert desk(store, company.admin).storage.grown is None
    with store.writing() as session:
        session.get_one(Setting, SIZES).value = [night, [night[0], 1, "elsewhere"]]
    assert desk(store, company.admin).storage.since == measured


def test_sizes_growth_and_the_latest_backup(store, company, clock, tmp_path, monkeypatch):
    with store.writing() as session:
        for n, days in ((1, 40), (2, 3)):
            at = clock.at - timedelta(days=days)
            session.add(StoredFile(sha256=f"{n:064}", media_type="a/b", size=1000 * n, created_at=at))
    kept = desk(store, company.admin).storage
    assert (kept.files, kept.file_count, kept.new_files, kept.grown, kept.backup) == (
        3000,
        2,
        2000,
        None,
        None,
    )
    assert kept.database > 100_000
    assert kept.engine == store.engine.dialect.name
    tidy(store, Run(clock.at))
    with store.writing() as session:
        session.execute(text("CREATE TABLE ballast (words TEXT)"))
        words = Random(1).randbytes(500_000).hex()  # of a million letters no database saves much
        session.execute(text("INSERT INTO ballast VALUES (:words)"), {"words": words})
    kept = desk(store, company.admin).storage
    assert kept.since == clock.at
    assert 200_000 < kept.grown < 2_000_000
    monkeypatch.setattr("data.cli.backup.this_store", lambda: store)
    with store.writing() as session:
        session.execute(text("DROP TABLE ballast"))

    class Chosen:
        file = tmp_path / "nightly.zip"

    assert backup_by_command(Chosen) == 3  # the two files are not in the folder
    made = desk(store, company.admin).storage.backup
    assert (made.at, made.name, made.files, made.missing) == (clock.at, "nightly.zip", 0, 2)
    assert made.rows > 10


def test_a_worker_is_silent_half_an_hour_after_its_last_job(sqlite_store, clock):
    company = found(sqlite_store)
    assert (desk(sqlite_store, company.admin).worked_at, desk(sqlite_store, company.admin).alive) == (
        None,
        False,
    )
    with sqlite_store.writing() as session:
        run = JobRun(job="tidy", key="", due_at=clock.at, params={}, state="done", started_at=clock.at)
        session.add(run)
    clock.move(minutes=30)
    assert desk(sqlite_store, company.admin).alive
    clock.move(seconds=1)
    assert not desk(sqlite_store, company.admin).alive


def test_slow_statements_are_kept_without_their_values(sqlite_store):
    LATEST.clear()
    stop = watch_statements(0)
    try:
        with sqlite_store.reading() as session:
            session.scalars(select(UserSession.id).where(UserSession.agent == "secret-value")).all()
    finally:
        stop()
    assert any("user_session" in slow.statement for slow in LATEST)
    assert all("secret-value" not in slow.statement for slow in LATEST)
    LATEST.clear()


def test_nobody_but_an_administrator_sees_or_does_any_of_it(sqlite_store):
    company = found(sqlite_store)
    for who in (company.rep, company.manager, company.director, company.product, company.store_manager):
        with pytest.raises(NotAllowed):
            desk(sqlite_store, who)
        for name, given in (
            ("outbox.retry", ("message", 1)),
            ("outbox.drop", ("message", 1, "x")),
            ("session.end_any", (1,)),
            ("session.end_all_of", (company.admin.person_id,)),
        ):
            with pytest.raises(NotAllowed):
                COMMANDS[name](sqlite_store, who, *given)
