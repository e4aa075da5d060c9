"""The adapters: what is sent to a service, what becomes of each answer, and what a local folder must hold."""

from __future__ import annotations

import io
import sys
import wave
from types import SimpleNamespace
from typing import ClassVar

import httpx
import numpy as np
import pytest

from data.settings import Settings
from data.speech import SpeechRefused, configured
from data.speech.http import HttpTranscriber
from data.speech.sensevoice import SenseVoiceTranscriber, windows
from data.speech.whisper import FILES, WhisperTranscriber
from tests.sounds import FORMATS, RATE, encoded, hum
from tests.speech_server import speech_service


@pytest.fixture
def service():
    with speech_service() as running:
        yield running


@pytest.fixture
def recording(tmp_path):
    """recording(content) lies on the disk as the store keeps it: without an ending."""

    def lay(content: bytes = hum(1)):
        path = tmp_path / "ab12"
        path.write_bytes(content)
        return path

    return lay


def test_it_asks_as_the_protocol_wants_and_takes_the_text(service, recording):
    speech = HttpTranscriber(service.address, "whisper-1", "secret")
    found = speech.transcribe(recording(), "zh", ["海河泵业", "Wu Min"])
    assert (found.text, found.model) == ("They want it by May.", "whisper-1")
    (asked,) = service.asked
    assert asked == {
        "path": "/v1/audio/transcriptions",
        "authorization": "Bearer secret",
        "model": "whisper-1",
        "response_format": "json",
        "language": "zh",
        "prompt": "海河泵业, Wu Min",
        "filename": "recording.wav",
        "file": hum(1),
    }


def test_mixed_speech_names_no_language_and_no_key_is_no_header(service, recording):
    HttpTranscriber(f"{service.address}/audio/transcriptions", "m").transcribe(recording(), "mixed")
    (asked,) = service.asked
    assert asked["path"] == "/v1/audio/transcriptions"
    assert {"language", "prompt"} & set(asked) == set()
    assert asked["authorization"] == ""


@pytest.mark.parametrize("ending", FORMATS)
def test_a_service_is_told_the_format_by_the_name(service, recording, ending):
    content = encoded(hum(1), ending)
    HttpTranscriber(service.address, "m").transcribe(recording(content), "en")
    (asked,) = service.asked
    if ending != "amr":
        assert (asked["filename"], asked["file"]) == (f"recording.{ending}", content)
        return
    assert asked["filename"] == "recording.wav"  # no service takes amr
    with wave.open(io.BytesIO(asked["file"])) as sound:
        assert (sound.getframerate(), sound.getnchannels()) == (RATE, 1)
        assert sound.getnframes() == pytest.approx(RATE, rel=0.1)


@pytest.mark.parametrize(
    ("status", "body", "raised"),
    [
        (400, b"bad language", SpeechRefused),
        (401, b"", SpeechRefused),
        (404, b"<html>", SpeechRefused),
        (413, b"", SpeechRefused),
        (408, b"", ConnectionError),
        (429, b"slow down", ConnectionError),
        (500, b"", ConnectionError),
        (503, b"<html>", ConnectionError),
        (302, b"", ConnectionError),
        (200, b"<html>", SpeechRefused),
        (200, b"", SpeechRefused),
        (200, b"\xff\xfe", SpeechRefused),
        (200, b'["text"]', SpeechRefused),
        (200, b'{"words": []}', SpeechRefused),
        (200, b'{"text": null}', SpeechRefused),
    ],
)
def test_what_another_try_cannot_mend_is_a_refusal(service, recording, status, body, raised):
    service.status, service.body = status, body
    with pytest.raises(raised):
        HttpTranscriber(service.address, "m").transcribe(recording(), "en")


def test_a_service_that_is_down_may_come_back(recording):
    with speech_service() as gone:
        pass
    with pytest.raises(httpx.TransportError):
        HttpTranscriber(gone.address, "m").transcribe(recording(), "en")


@pytest.mark.parametrize(
    ("setting", "kind"),
    [
        (None, type(None)),
        ("  ", type(None)),
        ("whisper:/models/base", WhisperTranscriber),
        ("sensevoice:/models/small", SenseVoiceTranscriber),
        ("https://speech.example/v1", HttpTranscriber),
    ],
)
def test_which_adapter_the_setting_names(setting, kind):
    assert type(configured(Settings(speech=setting))) is kind


@pytest.mark.parametrize("setting", ["whisper", "whisper:", "parrot:/x", "/models/base"])
def test_a_setting_that_names_none_is_refused(setting):
    with pytest.raises(SpeechRefused, match="FIREBREAK_SPEECH"):
        configured(Settings(speech=setting))


@pytest.mark.parametrize("adapter", [WhisperTranscriber, SenseVoiceTranscriber])
def test_a_folder_that_is_not_there_is_never_taken_for_a_name_to_download(tmp_path, recording, adapter):
    with pytest.raises(SpeechRefused, match="there is no folder"):
        adapter(tmp_path / "base").transcribe(recording(), "en")
    (tmp_path / "base").mkdir()
    with pytest.raises(SpeechRefused, match="lacks"):
        adapter(tmp_path / "base").transcribe(recording(), "en")
    assert "model.bin" in FILES


def test_windows_are_cut_where_it_is_quiet_and_leave_nothing_out():
    audio = np.ones(60 * RATE, np.float32)
    quiet = (22 * RATE, 22 * RATE + RATE // 5)
    audio[slice(*quiet)] = 0
    cuts = windows(audio)
    assert quiet[0] <= cuts[0][1] <= quiet[1]
    assert [start for start, _ in cuts] == [0, *(end for _, end in cuts[:-1])]
    assert cuts[-1][1] == len(audio)
    assert max(end - start for start, end in cuts) <= 25 * RATE


class FakeSense:
    """Stands in for sherpa-onnx: says how long each stretch is that it hears."""

    made: ClassVar[list[dict[str, object]]] = []

    @classmethod
    def from_sense_voice(cls, **how: object) -> FakeSense:
        cls.made.append(how)
        return cls()

    def create_stream(self):
        stream = SimpleNamespace(result=SimpleNamespace(text=""))
        stream.accept_waveform = lambda rate, audio: vars(stream).update(seconds=len(audio) / rate)
        return stream

    def decode_stream(self, stream) -> None:
        stream.result.text = f" {stream.seconds:.0f}s "


def test_a_long_recording_goes_through_sensevoice_in_stretches(tmp_path, recording, monkeypatch):
    monkeypatch.setitem(sys.modules, "sherpa_onnx", SimpleNamespace(OfflineRecognizer=FakeSense))
    for name in ("model.onnx", "tokens.txt"):
        (tmp_path / name).write_bytes(b"")
    shares: list[float] = []
    speech = SenseVoiceTranscriber(tmp_path)
    found = speech.transcribe(recording(hum(40)), "mixed", ["Wu Min"], shares.append)
    assert sum(s.end - s.start for s in found.segments) == pytest.approx(40, abs=0.1)
    assert found.text == " ".join(s.text for s in found.segments)
    assert (len(found.segments), shares[-1]) == (2, 1.0)
    speech.transcribe(recording(hum(1)), "zh")
    speech.transcribe(recording(hum(1)), "zh")
    assert [how["language"] for how in FakeSense.made] == ["auto", "zh"]
    with pytest.raises(SpeechRefused, match="decoded"):
        speech.transcribe(recording(b"OggS junk"), "zh")
