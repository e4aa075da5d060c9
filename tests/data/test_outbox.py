"""A notice is posted once per person and cause, a run asked for once per job, key and due time."""

from sqlalchemy import func, select

from core.notices import Notice
from data.commands.outbox import post
from data.jobs.registry import enqueue
from data.schema import JobRun, Message
from tests.company import found


def test_the_same_key_is_told_once_to_each(store):
    company = found(store)
    rep, mate = company.rep.person_id, company.mate.person_id
    told = [Notice(rep, "alert", "a:1", {"n": 3}, "customer", {"customer": 1}), Notice(mate, "alert", "a:1")]
    for expected in (2, 0):
        with store.writing() as session:
            assert post(session, store.clock(), told) == expected
    with store.reading() as session:
        kept = session.execute(select(Message.person_id, Message.params, Message.query)).all()
    assert sorted(kept) == sorted([(rep, {"n": 3}, {"customer": 1}), (mate, {}, {})])


def test_a_run_is_asked_for_once(store):
    now = store.clock()
    with store.writing() as session:
        assert enqueue(session, "transcribe", now, "7", {"recording": "x"})
        assert not enqueue(session, "transcribe", now, "7")
        assert enqueue(session, "transcribe", now, "8")
        assert session.scalar(select(func.count()).select_from(JobRun)) == 2


def test_thousands_at_once_are_posted(store):
    rep = found(store).rep.person_id
    with store.writing() as session:
        assert post(session, store.clock(), [Notice(rep, "alert", str(n)) for n in range(6_000)]) == 6_000
