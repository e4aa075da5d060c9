"""Recordings: kept as they are, and only when they are recordings."""

import io
import wave

import pytest

from core.messages import Invalid
from data.files import keep_recording, read_file
from tests.company import found


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
