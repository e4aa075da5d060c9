"""A recording's words on the record page and in the timeline: a draft beside the player, in nobody's way."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.process.recordings import Writing
from data import speech
from data.commands.record import Link, open_record, save_record_fields, submit_record
from data.files import keep_recording
from data.jobs.runner import run_due
from data.queries.drafts import draft
from data.schema import Transcript
from data.text import LANGUAGES, translate
from tests.company import found
from tests.data.test_drafts import GOOD
from tests.data.test_transcribe import Fake
from tests.pages.reading import check_words, words
from tests.sounds import hum, silence

TEXT = "d1_transcript"


@pytest.fixture
def company(sqlite_store):
    return found(sqlite_store)


@pytest.fixture
def fake(monkeypatch) -> Fake:
    made = Fake()
    monkeypatch.setattr(speech, "is_configured", lambda: True)
    monkeypatch.setattr(speech, "transcriber", lambda: made)
    return made


@pytest.fixture
def opened(company, sqlite_store, open_page):
    """opened("zh") opens a draft with a recording in it."""

    def run(language="en", sound: bytes = hum(12), **values) -> AppTest:
        id_ = open_record(sqlite_store, company.rep, Link(company.customer))
        kept = keep_recording(sqlite_store, company.rep, sound, "audio/wav")
        save_record_fields(sqlite_store, company.rep, id_, {"recording": kept} | values)
        return open_page("record", company.rep, language, draft=id_)

    return run


def field(at: AppTest):
    return next(a for a in at.text_area if (a.key or "").startswith(TEXT))


def press(at: AppTest, name: str, language="en") -> AppTest:
    return (
        next(b for b in at.button if b.label == translate(language, f"record.written.{name}")).click().run()
    )


def offered(at: AppTest, language="en") -> set[str]:
    labels = {b.label for b in at.button}
    return {
        n for n in ("to_summary", "replace", "again") if translate(language, f"record.written.{n}") in labels
    }


def kept(store, company, name: str):
    with store.reading() as session:
        return draft(session, company.rep, 1).values.get(name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_land_as_a_draft_and_can_be_corrected(opened, company, sqlite_store, fake, language):
    at = opened(language)
    check_words(at)
    assert (field(at).value, field(at).disabled) == ("", True)
    assert run_due(sqlite_store) == 1
    assert fake.asked[0][0] == language  # the language that the rep reads
    at.run()
    assert (field(at).value, field(at).disabled) == ("They want it by May.", False)
    assert translate(language, "record.written.done") in words(at)
    field(at).set_value("They want it by June.").run()
    assert kept(sqlite_store, company, "transcript") == "They want it by June."
    at.run()
    assert field(at).value == "They want it by June."
    assert offered(at, language) == {"to_summary"}


def test_what_the_rep_typed_first_stays(opened, company, sqlite_store, fake):
    at = opened(transcript="My own words")
    assert not field(at).disabled
    run_due(sqlite_store)
    at.run()
    assert field(at).value == "My own words"
    assert translate("en", "record.written.own") in words(at)
    assert offered(at) == {"to_summary", "replace"}
    press(at, "replace")
    assert field(at).value == "They want it by May."
    assert offered(at) == {"to_summary"}


def test_what_the_rep_cleared_stays_cleared(opened, company, sqlite_store, fake):
    at = opened()
    run_due(sqlite_store)
    at.run()
    field(at).set_value("").run()
    at.run()
    assert (field(at).value, offered(at)) == ("", set())


def test_another_language_brings_other_words_unless_the_rep_worked_on_them(opened, sqlite_store, fake):
    at = opened()
    run_due(sqlite_store)
    fake.text = "他们五月要上线。"
    at.run().button_group(key="d1_recording-language").set_value("zh").run()
    assert field(at).disabled
    run_due(sqlite_store)
    at.run()
    assert field(at).value == "他们五月要上线。"
    field(at).set_value("他们六月要上线。").run()
    at.button_group(key="d1_recording-language").set_value("en").run()
    assert field(at).value == "他们六月要上线。"
    assert offered(at) == {"to_summary", "replace"}


def test_the_words_go_below_what_the_summary_says(opened, company, sqlite_store, fake):
    at = opened(summary="Good talk.")
    run_due(sqlite_store)
    at.run()
    press(at, "to_summary")
    assert kept(sqlite_store, company, "summary") == "Good talk.\nThey want it by May."
    assert "Good talk.\nThey want it by May." in {a.value for a in at.text_area}
    assert offered(at) == set()  # it stands there by now


def test_a_removed_recording_takes_its_words_along_but_not_the_reps(opened, company, sqlite_store, fake):
    at = opened()
    run_due(sqlite_store)
    at.run()
    at.button(key="d1_remove-recording").click().run()
    assert kept(sqlite_store, company, "transcript") is None
    at = opened(transcript="My own words")
    at.button(key="d1_remove-recording").click().run()
    assert kept(sqlite_store, company, "transcript") == "My own words"


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_an_adapter_it_says_so(opened, language):
    at = opened(language)
    check_words(at)
    assert translate(language, "record.not_transcribed") in words(at)
    assert [a.key for a in at.text_area if (a.key or "").startswith(TEXT)] == []


STATES = [
    # state            problem          text          what is said       what is offered
    ("waiting", None, "", None, set()),
    ("working", None, "", None, set()),
    ("done", None, "By May.", "written.done", {"to_summary"}),
    ("done", "prompt_echo", "Haihe.", "heard.prompt_echo", {"replace"}),
    ("done", "repeated_text", "Bye.", "heard.repeated_text", {"replace"}),
    ("done", "no_words", "", "heard.no_words", set()),
    ("failed", None, "", "written.none", {"again"}),
    ("refused", "no folder", "", "written.none", {"again"}),
    ("refused", None, "", "written.none", set()),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("state", "problem", "text", "said", "ways"), STATES)
def test_every_state_is_said(opened, sqlite_store, fake, language, state, problem, text, said, ways):
    at = opened(language)
    with sqlite_store.writing() as session:
        row = session.query(Transcript).one()
        row.state, row.problem, row.text, row.share = state, problem, text, 0.4
    at.run()
    check_words(at)
    assert "no folder" not in words(at)
    assert offered(at, language) == ways
    assert field(at).disabled == (state in ("waiting", "working"))
    if said:
        assert translate(language, f"record.{said}") in words(at)
    else:
        share = translate(language, f"record.written.{state}", share="40%")
        assert [p.proto.text for p in at.get("progress")] == [share]


def test_a_failed_one_is_asked_for_again(opened, sqlite_store, fake, clock):
    at = opened()
    with sqlite_store.writing() as session:
        session.query(Transcript).one().state = Writing.FAILED
    clock.move(seconds=1)
    press(at.run(), "again")
    run_due(sqlite_store)
    assert field(at.run()).value == "They want it by May."


def test_over_silence_nothing_is_made_up(opened, sqlite_store, fake):
    at = opened(sound=silence(12))
    assert translate("en", "problems.recording_silent") in words(at)
    assert (run_due(sqlite_store), fake.asked, offered(at)) == (0, [], set())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_record_does_not_wait_and_the_timeline_tells_how_it_stands(
    opened, company, sqlite_store, open_page, fake, language
):
    opened(language, **GOOD)
    submit_record(sqlite_store, company.rep, 1)

    def timeline() -> AppTest:
        at = open_page("customer", company.manager, language, customer=company.customer)
        check_words(at)
        return at

    assert translate(language, "customer.being_transcribed") in words(timeline())
    run_due(sqlite_store)
    at = timeline()
    assert translate(language, "customer.transcript_machine") in {e.label for e in at.expander}
    assert "They want it by May." in words(at)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_rep_corrected_is_the_evidence(opened, company, sqlite_store, open_page, fake, language):
    opened(language, **GOOD, transcript="By *June*, they said.")
    run_due(sqlite_store)
    submit_record(sqlite_store, company.rep, 1)
    at = open_page("customer", company.manager, language, customer=company.customer)
    assert translate(language, "customer.transcript") in {e.label for e in at.expander}
    assert "By *June*, they said." in words(at)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_record_without_an_adapter_says_that_it_is_not_transcribed(
    opened, company, sqlite_store, open_page, language
):
    opened(language, **GOOD)
    submit_record(sqlite_store, company.rep, 1)
    at = open_page("customer", company.manager, language, customer=company.customer)
    assert translate(language, "customer.not_transcribed") in words(at)
