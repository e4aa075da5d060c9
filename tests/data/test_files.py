"""Recordings: kept as they are, and only when they are recordings."""

import io
import os
import sqlite3
import threading
import wave
from contextlib import closing

import pytest
from sqlalchemy import make_url

from core.messages import Invalid
from core.policies import DEFAULTS
from core.process.recordings import fault
from data.engine import Store
from data.files import file_path, keep, keep_recording, read_file
from data.jobs.registry import Run
from data.jobs.tidy import tidy
from data.queries.recordings import sound_of
from data.schema import StoredFile
from data.speech.audio import RATE, samples
from tests.company import found
from tests.sounds import FORMATS, click, encoded, hum, silence

FILM = b"\x00\x00\x00\x18ftypisom" + bytes(99)


def wav(samples: int) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\x01\x02" * samples)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (wav(8), "audio/wav"),
        (b"\x1a\x45\xdf\xa3 webm", "audio/webm;codecs=opus"),
        (b"OggS rest", "audio/ogg"),
        (b"\x00\x00\x00\x20ftypM4A rest", "audio/x-m4a"),
        (b"ID3 rest", "audio/mpeg"),
        (b"\xff\xfb rest", "AUDIO/MP3"),
        (b"#!AMR\n rest", "audio/amr"),
    ],
)
def test_each_format_comes_back_as_it_was(sqlite_store, content, media_type):
    rep = found(sqlite_store).rep
    kept = keep_recording(sqlite_store, rep, content, media_type)
    assert keep_recording(sqlite_store, rep, content, media_type) == kept
    assert read_file(sqlite_store, kept) == (content, media_type.split(";")[0].lower())


@pytest.mark.parametrize(
    ("content", "media_type", "code"),
    [
        (b"", "audio/wav", "empty_file"),
        (wav(0), "audio/wav", "empty_file"),
        (b"these are words", "audio/wav", "not_audio"),
        (b"<html><script>", "audio/mpeg", "not_audio"),
        (wav(8), "text/html", "not_audio"),
        (wav(8) + bytes(25 * 2**20), "audio/wav", "file_too_large"),
    ],
)
def test_what_is_no_recording_is_refused(sqlite_store, content, media_type, code):
    rep = found(sqlite_store).rep
    with pytest.raises(Invalid) as refused:
        keep_recording(sqlite_store, rep, content, media_type)
    assert [p.code for p in refused.value.problems] == [code]
    assert list(sqlite_store.files.rglob("*")) == []


def heard(store, content: bytes, media_type: str = "audio/wav"):
    kept = keep_recording(store, found(store).rep, content, media_type)
    with store.reading() as session:
        return kept, sound_of(session, kept)


@pytest.mark.parametrize("ending", FORMATS)
def test_every_format_is_measured_and_gives_its_samples(sqlite_store, ending):
    kept, sound = heard(sqlite_store, encoded(hum(12), ending), FORMATS[ending][3])
    assert sound.seconds == pytest.approx(12, abs=0.2)
    assert sound.peak_dbfs == pytest.approx(-10.5, abs=2.5)  # 0.3 of full scale
    assert fault(sound, DEFAULTS) is None
    assert len(samples(file_path(sqlite_store, kept), 5)) == 5 * RATE


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (hum(12), None),
        (hum(9), "recording_short"),
        (hum(12, loudness=0.002), "recording_silent"),
        (silence(12), "recording_silent"),
        (click(12), "recording_silent"),
        (b"OggS and no more of it", "recording_corrupt"),
        (b"RIFF" + bytes(999), "recording_corrupt"),
        (b"\x1a\x45\xdf\xa3 webm", "recording_corrupt"),
        (hum(60)[: 30 * RATE * 2], None),  # cut short, as by a lost connection: its beginning is there
    ],
)
def test_what_cannot_be_heard_is_found(store, content, code):
    _, sound = heard(store, content)
    found_ = fault(sound, DEFAULTS)
    assert (found_[0] if found_ else None) == code


def test_a_long_recording_tells_its_length_and_only_its_beginning_is_listened_to(sqlite_store, monkeypatch):
    monkeypatch.setattr("data.speech.audio.LISTENED_SECONDS", 2)
    _, sound = heard(sqlite_store, encoded(hum(30), "webm"), "audio/webm")
    assert sound.seconds == pytest.approx(30, abs=0.2)


def test_the_same_file_kept_twice_at_once_is_there_once(store, monkeypatch):
    both, kept, synced = threading.Barrier(2), [], os.fsync

    def together(descriptor: int) -> None:
        synced(descriptor)
        both.wait(timeout=10)  # neither is done before the other has begun

    monkeypatch.setattr("data.files.os.fsync", together)
    presses = [
        threading.Thread(target=lambda: kept.append(keep(store, None, FILM, "video/mp4"))) for _ in "ab"
    ]
    for press in presses:
        press.start()
    for press in presses:
        press.join()
    assert kept == [kept[0]] * 2
    assert read_file(store, kept[0]) == (FILM, "video/mp4")
    assert [path.name for path in store.files.rglob("*") if path.is_file()] == [kept[0]]


def test_bytes_that_were_kept_again_stay_whatever_a_replica_has_not_heard(sqlite_store, tmp_path):
    """The nightly job takes off the disk what an erasure left there; of that the store itself must tell."""
    sound = hum(1)
    sha256 = keep(sqlite_store, None, sound, "audio/wav")
    with sqlite_store.writing() as session:
        session.get_one(StoredFile, sha256).erased_at = sqlite_store.clock()
    behind = tmp_path / "behind.db"
    shown = make_url(sqlite_store.url).database
    with closing(sqlite3.connect(shown)) as now, closing(sqlite3.connect(behind)) as copy:
        now.backup(copy)
    keep(sqlite_store, None, sound, "audio/wav")
    store = Store(
        sqlite_store.url, sqlite_store.files, read_url=f"sqlite:///{behind}", clock=sqlite_store.clock
    )
    tidy(store, Run(store.clock()))
    store.close()
    assert read_file(sqlite_store, sha256)[0] == sound
