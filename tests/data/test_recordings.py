"""Recordings as evidence: what is refused, what is only said, and what an import makes of it."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from core.messages import Invalid
from data.commands.actions import record_action
from data.commands.drafts import drop_draft
from data.commands.record import Link, open_record, save_record_fields, submit_record, take_back
from data.files import keep_recording
from data.jobs.registry import Run
from data.jobs.sweep_alerts import sweep_alerts
from data.queries.alerts import AlertFilters, alert_list
from data.queries.drafts import draft
from data.queries.recordings import doubts
from data.schema import Action, Alert, PolicyVersion, Transcript
from tests.company import found
from tests.data.test_drafts import GOOD
from tests.data.test_record_action import done
from tests.importing import count, import_text, shown
from tests.sounds import hum, silence

BAD = [(silence(12), "recording_silent"), (hum(3), "recording_short"), (b"OggS junk", "recording_corrupt")]


@pytest.fixture
def people(store):
    return found(store)


def demand_recordings(store) -> None:
    with store.writing() as session:
        changes = {"recording_required": True}
        session.add(PolicyVersion(version=1, changes=changes, published_at=store.clock()))


def keep(store, people, content: bytes) -> str:
    return keep_recording(store, people.rep, content, "audio/wav")


def said(store, people, recording: str) -> set[str]:
    with store.reading() as session:
        return {p.code for p in doubts(session, people.rep, recording)}


@pytest.mark.parametrize(("content", "code"), BAD)
def test_bad_ones_stand_beside_a_typed_summary_but_are_said(store, people, content, code):
    recording = keep(store, people, content)
    action = done(store, "appointment", hours_ago=1, recording=recording)
    assert said(store, people, recording) == {code}
    assert record_action(store, people.rep, people.opportunity, action)


@pytest.mark.parametrize(("content", "code"), BAD)
def test_they_are_no_evidence_where_the_company_asks_for_a_recording(store, people, content, code):
    demand_recordings(store)
    action = done(store, "appointment", hours_ago=1, recording=keep(store, people, content))
    with pytest.raises(Invalid) as refused:
        record_action(store, people.rep, people.opportunity, action)
    assert [(p.field, p.code) for p in refused.value.problems] == [("recording", code)]
    good = done(store, "appointment", hours_ago=1, recording=keep(store, people, hum(12)))
    assert record_action(store, people.rep, people.opportunity, good)


@pytest.mark.parametrize(("content", "code"), BAD)
def test_an_import_holds_them_to_the_same_rule(store, people, content, code):
    recording = keep(store, people, content)
    csv = (
        "opportunity,type,started_at,ended_at,summary,recording,next_type,next_at,purpose,attendees,place\n"
        "Haihe Pumps 2026,appointment,2026-03-04T01:00:00Z,2026-03-04T02:00:00Z,They want it by May.,"
        f"{recording},solution_demo,2026-03-09T02:00:00Z,talk,Wu (buyer),site\n"
    )
    demand_recordings(store)
    assert shown(import_text(store, "actions", csv)) == (0, 0, 0, [(2, "recording", code)])
    with store.writing() as session:
        session.query(PolicyVersion).delete()
    assert shown(import_text(store, "actions", csv)) == (1, 0, 0, [])


def test_the_same_content_with_another_action_is_said_until_that_one_is_taken_back(store, people):
    recording = keep(store, people, hum(12))
    assert said(store, people, recording) == set()
    first = open_record(store, people.rep, Link(people.customer))
    save_record_fields(store, people.rep, first, GOOD | {"recording": recording, "transcript": "By May."})
    submit_record(store, people.rep, first)
    assert said(store, people, keep(store, people, hum(12))) == {"recording_reused"}
    with store.reading() as session:
        assert session.query(Action.transcript).filter_by(recording=recording).one() == ("By May.",)
    take_back(store, people.rep, first)
    assert said(store, people, recording) == set()


def test_a_refused_record_names_only_what_stops_it(store, people):
    recording = keep(store, people, hum(3))
    id_ = open_record(store, people.rep, Link(people.customer))
    save_record_fields(store, people.rep, id_, GOOD | {"recording": recording, "summary": ""})
    submit_record(store, people.rep, id_)
    with store.reading() as session:
        assert [p.code for p in draft(session, people.rep, id_).problems] == ["summary_required"]
    drop_draft(store, people.rep, id_)
    assert count(store, Action) == 0


@pytest.mark.parametrize(
    ("content", "problems", "doubtful"),
    [
        (hum(12), [], False),
        (hum(3), [], True),
        (silence(12), [], True),
        (hum(12), [None], False),
        (hum(12), ["prompt_echo"], True),
        (hum(12), ["repeated_text", None], False),  # heard in the wrong language first, then in its own
        (hum(12), ["repeated_text", "no_words"], True),
    ],
)
def test_recordings_in_which_nobody_speaks_reach_the_manager(
    store, people, clock, content, problems, doubtful
):
    recording = keep(store, people, content)
    record_action(
        store, people.rep, people.opportunity, done(store, "appointment", hours_ago=1, recording=recording)
    )
    with store.writing() as session:
        for language, problem in zip(("en", "zh"), problems, strict=False):
            session.add(
                Transcript(recording=recording, language=language, state="done", share=1.0, text="x",
                           problem=problem, asked_at=clock.at)
            )  # fmt: skip
    clock.move(hours=1)
    sweep_alerts(store, Run(clock.at))
    with store.reading() as session:
        items = alert_list(session, people.manager, AlertFilters(), clock.at).items
    found_ = [i.params for i in items if i.rule == "recording_implausible"]
    assert found_ == ([{"actions": 1}] if doubtful else [])


def test_two_recordings_in_doubt_are_one_alert(store, people, clock):
    for hours_ago in (9, 5):
        recording = keep(store, people, silence(12 + hours_ago))
        record_action(
            store, people.rep, people.opportunity,
            done(store, "appointment", hours_ago=hours_ago, recording=recording, follows=last(store)),
        )  # fmt: skip
    assert count(store, Alert, Alert.rule == "recording_implausible") == 1


def last(store) -> int | None:
    with store.reading() as session:
        return session.scalar(select(func.max(Action.id)).where(Action.status == "completed"))
