"""From a kept recording to its words: once, in the background, through crashes and refusals."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from core.customers import ContactInput
from core.messages import NotAllowed
from core.process.recordings import Writing
from data import speech
from data.commands.customers import add_contact
from data.commands.transcripts import ask_transcript
from data.files import file_path, keep_recording
from data.jobs.registry import job
from data.jobs.runner import LEASE, TRIES, run_due
from data.jobs.schedule import work
from data.queries.inbox import inbox
from data.queries.recordings import transcript, transcripts
from data.schema import JobRun, Transcript
from data.speech.base import SpeechRefused
from data.speech.base import Transcript as Heard
from tests.company import found
from tests.importing import count
from tests.sounds import hum, silence


class Killed(BaseException):
    """What ends the process; nothing of the runner catches it."""


@dataclass
class Fake:
    """A transcriber that says what it is told to, after doing what `meanwhile` does."""

    text: str = "They want it by May."
    faults: list[BaseException] = field(default_factory=list)
    asked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    meanwhile: object = None

    def transcribe(self, path, language, hot_words=(), told=None) -> Heard:
        self.asked.append((language, tuple(hot_words)))
        assert path.is_file()
        told(0.5)
        if callable(self.meanwhile):
            self.meanwhile()
        if self.faults:
            raise self.faults.pop(0)
        return Heard(self.text, language, 12.0, "fake")


@pytest.fixture
def fake(monkeypatch) -> Fake:
    made = Fake()
    monkeypatch.setattr(speech, "is_configured", lambda: True)
    monkeypatch.setattr(speech, "transcriber", lambda: made)
    return made


@pytest.fixture
def people(store):
    return found(store)


def keep(store, people, content: bytes = hum(12), language="en") -> str:
    return keep_recording(
        store, people.rep, content, "audio/wav", language=language, customer_id=people.customer
    )


def read(store, people, recording, language="en"):
    with store.reading() as session:
        return transcript(session, people.rep, recording, language)


def told(store, who) -> list[tuple[str, str]]:
    with store.reading() as session:
        return [(m.kind, m.params["error"]) for m in inbox(session, who).messages]


def test_a_kept_recording_is_written_down_with_the_names_as_hints(store, people, fake):
    add_contact(store, people.rep, people.customer, ContactInput("Wu Min"))
    recording = keep(store, people)
    assert read(store, people, recording).state is Writing.WAITING
    assert run_due(store) == 1
    written = read(store, people, recording)
    assert (written.state, written.share, written.text, written.doubt) == (
        Writing.DONE, 1.0, "They want it by May.", None,
    )  # fmt: skip
    assert fake.asked == [("en", ("Haihe Pumps", "Wu Min"))]


def test_how_far_it_is_shows_while_it_works_and_nobody_waits(store, people, fake):
    seen = []

    def look() -> None:
        seen.append(read(store, people, recording))
        keep(store, people, hum(13))  # another transaction writes at once

    fake.meanwhile = look
    recording = keep(store, people)
    run_due(store, limit=1)
    assert [(w.state, w.share) for w in seen] == [(Writing.WORKING, 0.5)]


def test_the_same_content_is_written_down_once_in_each_language(store, people, fake, clock):
    recording = keep(store, people)
    clock.move(seconds=1)
    assert keep(store, people) == recording
    run_due(store)
    assert len(fake.asked) == 1
    clock.move(seconds=1)
    keep(store, people)
    ask_transcript(store, people.rep, recording, "zh", people.customer)
    ask_transcript(store, people.rep, recording, "zh", people.customer)
    run_due(store)
    assert [language for language, _ in fake.asked] == ["en", "zh"]


def test_without_an_adapter_nothing_is_asked_for(store, people):
    recording = keep(store, people)
    ask_transcript(store, people.rep, recording, "zh")
    assert read(store, people, recording) is None
    assert count(store, JobRun) == 0


@pytest.mark.parametrize("content", [silence(12), b"OggS junk"])
def test_nothing_is_made_up_over_silence(store, people, fake, content):
    recording = keep(store, people, content)
    assert run_due(store) == 0
    assert (read(store, people, recording).state, fake.asked) == (Writing.REFUSED, [])


@pytest.mark.parametrize(
    ("text", "doubt"),
    [("Haihe Pumps.", "prompt_echo"), ("", "no_words"), ("Thank you for watching.", "repeated_text")],
)
def test_what_nobody_said_is_marked(store, people, fake, text, doubt):
    fake.text = text
    recording = keep(store, people)
    run_due(store)
    written = read(store, people, recording)
    assert (written.state, written.text, written.doubt) == (Writing.DONE, text, doubt)


def test_a_killed_worker_leaves_it_to_the_next(store, people, fake, clock):
    fake.faults = [Killed()]
    recording = keep(store, people)
    with pytest.raises(Killed):
        run_due(store)
    assert read(store, people, recording).state is Writing.WORKING
    assert run_due(store) == 0
    clock.move(seconds=LEASE.total_seconds() + 1)
    assert run_due(store) == 1
    assert (read(store, people, recording).text, len(fake.asked)) == ("They want it by May.", 2)


def test_a_run_killed_at_its_very_end_does_not_write_twice(store, people, fake, clock):
    recording = keep(store, people)
    run_due(store)
    with store.writing() as session:  # as if the runner had not got to mark its run
        session.query(JobRun).update({"state": "running", "leased_until": clock.at})
    clock.move(seconds=1)
    assert run_due(store) == 1
    assert len(fake.asked) == 1
    assert read(store, people, recording).state is Writing.DONE


def test_a_fault_is_tried_again(store, people, fake, clock):
    fake.faults = [RuntimeError("out of memory"), OSError("gone for a moment")]
    recording = keep(store, people)
    run_due(store)
    assert read(store, people, recording).state is Writing.WAITING
    for _ in range(4):
        clock.move(minutes=2)
        run_due(store)
    assert (read(store, people, recording).state, len(fake.asked)) == (Writing.DONE, 3)


def test_after_several_faults_it_is_given_up_and_can_be_asked_for_again(store, people, fake, clock):
    fake.faults = [RuntimeError("no luck")] * TRIES
    recording = keep(store, people)
    for _ in range(40):
        run_due(store)
        clock.move(minutes=1)
    assert read(store, people, recording).state is Writing.FAILED
    assert told(store, people.admin) == [("job_failed", "RuntimeError: no luck")]
    ask_transcript(store, people.rep, recording, "en", people.customer)
    assert read(store, people, recording).state is Writing.WAITING
    run_due(store)
    assert read(store, people, recording).text == "They want it by May."


def test_a_worker_that_dies_each_time_gives_it_up_too(store, people, fake, clock):
    fake.faults = [Killed() for _ in range(TRIES)]
    recording = keep(store, people)
    for _ in range(TRIES):
        with pytest.raises(Killed):
            run_due(store)
        clock.move(seconds=LEASE.total_seconds() + 1)
    run_due(store)
    assert read(store, people, recording).state is Writing.FAILED


def test_a_refusal_is_not_tried_again_and_the_administrators_hear_of_it_once_a_day(store, people, fake):
    fake.faults = [SpeechRefused("there is no folder x") for _ in range(3)]
    recordings = [keep(store, people, hum(12 + n)) for n in range(3)]
    assert run_due(store) == 3
    assert {read(store, people, r).state for r in recordings} == {Writing.REFUSED}
    assert read(store, people, recordings[0]).doubt is None  # a path of the server is not for the rep
    assert told(store, people.admin) == [("speech_refused", "there is no folder x")]
    assert run_due(store) == 0


def test_a_setting_that_names_no_adapter_and_a_lost_file_are_refusals(store, people, monkeypatch):
    monkeypatch.setattr(speech, "settings", lambda: speech.Settings(speech="parrot:/x"))
    speech.transcriber.cache_clear()
    recording = keep(store, people)
    run_due(store)
    speech.transcriber.cache_clear()
    lost = keep(store, people, hum(13))
    file_path(store, lost).unlink()
    monkeypatch.setattr(speech, "settings", lambda: speech.Settings(speech="whisper:/nowhere"))
    run_due(store)
    speech.transcriber.cache_clear()
    assert {read(store, people, r).state for r in (recording, lost)} == {Writing.REFUSED}
    assert {"parrot" in why or "is not there" in why for _, why in told(store, people.admin)} == {True}


def test_other_jobs_do_not_wait_for_it(store, people, fake):
    ran: list[str] = []
    job("trial")(lambda _, run: ran.append(run.key))
    try:
        keep(store, people)
        with store.writing() as session:
            session.add(JobRun(job="trial", key="a", due_at=store.clock(), params={}))
        work(store)
    finally:
        from data.jobs.registry import JOBS

        JOBS.pop("trial")
    assert (ran, fake.asked) == (["a"], [])
    run_due(store, slow=True)
    assert len(fake.asked) == 1


def test_who_records_nothing_asks_for_nothing(store, people, fake):
    recording = keep_recording(store, people.rep, hum(12), "audio/wav")
    with pytest.raises(NotAllowed):
        ask_transcript(store, people.product, recording, "en")
    assert count(store, Transcript) == 0


def test_of_several_the_best_is_shown(store, people, fake, clock):
    recording = keep(store, people)
    run_due(store)
    clock.move(seconds=1)
    ask_transcript(store, people.rep, recording, "zh")
    with store.reading() as session:
        assert transcripts(session, [recording])[recording].state is Writing.DONE
        assert transcripts(session, []) == {}
        assert session.scalars(select(Transcript.state)).all() == ["done", "waiting"]
