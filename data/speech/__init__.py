"""Speech to text: three adapters behind one small protocol; which one, the operator says (PRODUCT.md A2)."""

from functools import lru_cache
from pathlib import Path

from data.settings import Settings, settings
from data.speech.base import LANGUAGES, Language, SpeechRefused, Transcriber
from data.speech.http import HttpTranscriber
from data.speech.sensevoice import SenseVoiceTranscriber
from data.speech.whisper import WhisperTranscriber

__all__ = [
    "LANGUAGES",
    "Language",
    "SpeechRefused",
    "Transcriber",
    "configured",
    "is_configured",
    "transcriber",
]


def is_configured() -> bool:
    """Whether recordings are transcribed here; whether the setting works shows when it is used."""
    return bool((settings().speech or "").strip())


def configured(chosen: Settings) -> Transcriber | None:
    """The adapter that the operator has configured; nothing is loaded before its first use.

    Raises:
        SpeechRefused: the setting names no adapter.
    """
    spec = (chosen.speech or "").strip()
    if not spec:
        return None
    if spec.startswith(("http://", "https://")):
        return HttpTranscriber(spec, chosen.speech_model, chosen.speech_key or "")
    kind, _, folder = spec.partition(":")
    if kind == "whisper" and folder:
        return WhisperTranscriber(Path(folder))
    if kind == "sensevoice" and folder:
        return SenseVoiceTranscriber(Path(folder))
    raise SpeechRefused(f"FIREBREAK_SPEECH is none of whisper:FOLDER, sensevoice:FOLDER, http(s)://…: {spec}")


@lru_cache
def transcriber() -> Transcriber | None:
    """The adapter of this process, made once: a model is slow to load."""
    return configured(settings())
