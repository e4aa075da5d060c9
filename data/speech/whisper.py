"""A faster-whisper model on this machine: English well, Mandarin fairly, and it knows hot words."""

import threading
from collections.abc import Collection
from pathlib import Path
from typing import Any

from data.speech.audio import RATE, samples
from data.speech.base import MOST_SECONDS, Language, Segment, SpeechRefused, Told, Transcript, missing

FILES = ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt|vocabulary.json")
_SPACELESS = ("zh", "ja")


class WhisperTranscriber:
    """Loads the model at its first use and keeps it; one transcription at a time."""

    def __init__(self, folder: Path, threads: int = 2) -> None:
        self._folder, self._threads = folder, threads
        self._lock = threading.Lock()
        self._model: Any = None

    def transcribe(
        self, path: Path, language: Language, hot_words: Collection[str] = (), told: Told | None = None
    ) -> Transcript:
        """See `Transcriber`; `mixed` is recognised stretch by stretch."""
        with self._lock:
            model = self._loaded()
            audio = samples(path, MOST_SECONDS)
            if not len(audio):
                raise SpeechRefused("the recording cannot be decoded")
            found, info = model.transcribe(
                audio,
                language=None if language == "mixed" else language,
                multilingual=language == "mixed",
                beam_size=5,
                vad_filter=True,
                condition_on_previous_text=False,
                hotwords=", ".join(hot_words) or None,
            )
            segments = tuple(self._segments(found, len(audio) / RATE, language, told))
        joint = "" if info.language in _SPACELESS else " "
        text = joint.join(s.text for s in segments)
        return Transcript(text, info.language, len(audio) / RATE, self._folder.name, segments)

    def _segments(self, found: Any, seconds: float, language: Language, told: Told | None) -> list[Segment]:
        simplified = _simplifier() if language != "en" else str
        segments = []
        for s in found:
            segments.append(Segment(s.start, s.end, simplified(s.text.strip())))
            if told:
                told(min(1.0, s.end / seconds))
        return segments

    def _loaded(self) -> Any:
        """The model; a folder that is not there would be taken for a name to download."""
        if self._model is None:
            if lacks := missing(self._folder, *FILES):
                raise SpeechRefused(lacks)
            try:
                from faster_whisper import WhisperModel
            except ImportError as error:
                raise SpeechRefused("faster-whisper is not installed: pip install faster-whisper") from error
            self._model = WhisperModel(
                str(self._folder), device="auto", compute_type="auto", cpu_threads=self._threads,
                local_files_only=True,
            )  # fmt: skip
        return self._model


def _simplifier() -> Any:
    """Traditional characters as simplified ones: Whisper writes both."""
    from opencc import OpenCC

    return OpenCC("t2s").convert
