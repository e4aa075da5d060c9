"""A speech service that speaks OpenAI's protocol: `POST {address}/audio/transcriptions`."""

import io
import wave
from collections.abc import Collection
from pathlib import Path

import httpx
import numpy as np

from data.speech.audio import RATE, samples
from data.speech.base import MOST_SECONDS, Language, SpeechRefused, Told, Transcript

_TIMEOUT = 240.0  # seconds; less than the lease of a job that cannot tell how far it is
_TRY_AGAIN = (408, 425, 429)
_KINDS = {b"RIFF": "wav", b"\x1a\x45\xdf\xa3": "webm", b"OggS": "ogg", b"#!AMR": "amr"}


class HttpTranscriber:
    """One multipart POST a recording; hot words go along as the prompt."""

    def __init__(self, address: str, model: str, key: str = "") -> None:
        path = "/audio/transcriptions"
        self._url = address if address.endswith(path) else address.rstrip("/") + path
        self._model, self._key = model, key

    def transcribe(
        self, path: Path, language: Language, hot_words: Collection[str] = (), told: Told | None = None
    ) -> Transcript:
        """See `Transcriber`; the service does not tell how far it is.

        Raises:
            SpeechRefused: the service answered 4xx, other than to try again, or without a text.
            ConnectionError, httpx.HTTPError: it did not answer, or could not just now.
        """
        del told
        form = {"model": self._model, "response_format": "json"}
        form |= {} if language == "mixed" else {"language": language}
        form |= {"prompt": ", ".join(hot_words)} if hot_words else {}
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        answer = httpx.post(
            self._url, data=form, files={"file": _upload(path)}, headers=headers, timeout=_TIMEOUT
        )
        if 400 <= answer.status_code < 500 and answer.status_code not in _TRY_AGAIN:
            raise SpeechRefused(f"the service answered {answer.status_code}: {answer.text[:200]}")
        if not answer.is_success:  # httpx's own words tell the whole address, with secrets in it
            raise ConnectionError(f"HTTP {answer.status_code}")
        return Transcript(_text(answer), language, 0.0, self._model)


def _text(answer: httpx.Response) -> str:
    try:
        said = answer.json()
    except ValueError as error:
        raise SpeechRefused("the service did not answer in JSON") from error
    if not isinstance(said, dict) or not isinstance(said.get("text"), str):
        raise SpeechRefused("the service's answer has no text")
    return str(said["text"]).strip()


def _upload(path: Path) -> tuple[str, bytes]:
    """Name and content: services go by the name's ending, and none takes amr."""
    content = path.read_bytes()
    kind = next((k for start, k in _KINDS.items() if content.startswith(start)), None)
    kind = kind or ("m4a" if content[4:8] == b"ftyp" else "mp3")
    if kind != "amr":
        return f"recording.{kind}", content
    return "recording.wav", _as_wav(path)


def _as_wav(path: Path) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes((samples(path, MOST_SECONDS) * 32767).astype(np.int16).tobytes())
    return out.getvalue()
