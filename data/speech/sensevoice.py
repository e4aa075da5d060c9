"""A SenseVoice model through sherpa-onnx on this machine: better Mandarin, mixed speech, no hot words."""

import threading
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np

from data.speech.audio import RATE, Samples, samples
from data.speech.base import MOST_SECONDS, Language, Segment, SpeechRefused, Told, Transcript, missing

_WINDOW = 25 * RATE  # SenseVoice reads up to 30 seconds at a time
_SEARCHED = 5 * RATE  # of a window's end for the quietest place to cut
_STEP = RATE // 10


class SenseVoiceTranscriber:
    """Loads the model at its first use and keeps it; one transcription at a time."""

    def __init__(self, folder: Path, threads: int = 2) -> None:
        self._folder, self._threads = folder, threads
        self._lock = threading.Lock()
        self._models: dict[str, Any] = {}

    def transcribe(
        self, path: Path, language: Language, hot_words: Collection[str] = (), told: Told | None = None
    ) -> Transcript:
        """See `Transcriber`; the model takes no hot words."""
        del hot_words
        with self._lock:
            model = self._loaded("auto" if language == "mixed" else language)
            audio = samples(path, MOST_SECONDS)
            if not len(audio):
                raise SpeechRefused("the recording cannot be decoded")
            segments = []
            for start, end in windows(audio):
                if text := _heard(model, audio[start:end]):
                    segments.append(Segment(start / RATE, end / RATE, text))
                if told:
                    told(end / len(audio))
        joint = "" if language == "zh" else " "
        text = joint.join(s.text for s in segments)
        return Transcript(text, language, len(audio) / RATE, self._folder.name, tuple(segments))

    def _loaded(self, language: str) -> Any:
        if language not in self._models:
            if lacks := missing(self._folder, "model.int8.onnx|model.onnx", "tokens.txt"):
                raise SpeechRefused(lacks)
            try:
                from sherpa_onnx import OfflineRecognizer
            except ImportError as error:
                raise SpeechRefused("sherpa-onnx is not installed: pip install sherpa-onnx") from error
            small = self._folder / "model.int8.onnx"
            self._models = {  # one at a time: each takes the memory of the whole model
                language: OfflineRecognizer.from_sense_voice(
                    model=str(small if small.is_file() else self._folder / "model.onnx"),
                    tokens=str(self._folder / "tokens.txt"),
                    num_threads=self._threads,
                    language=language,
                    use_itn=True,
                )
            }
        return self._models[language]


def windows(audio: Samples) -> list[tuple[int, int]]:
    """Stretches of 20 to 25 seconds that end where it is quietest; together the whole recording."""
    cuts = [0]
    while len(audio) - cuts[-1] > _WINDOW:
        latest = cuts[-1] + _WINDOW
        near = audio[latest - _SEARCHED : latest].reshape(-1, _STEP)
        quietest = int(np.abs(near).mean(axis=1).argmin())
        cuts.append(latest - _SEARCHED + quietest * _STEP + _STEP // 2)
    return list(zip(cuts, [*cuts[1:], len(audio)], strict=True))


def _heard(model: Any, audio: Samples) -> str:
    stream = model.create_stream()
    stream.accept_waveform(RATE, audio)
    model.decode_stream(stream)
    return str(stream.result.text).strip()
