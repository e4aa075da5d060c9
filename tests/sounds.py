"""Recordings of known sound, in every format that is kept."""

from __future__ import annotations

import io
import wave

import numpy as np

RATE = 16_000
FORMATS = {  # ending: container, codec, samples a second, media type
    "webm": ("webm", "libopus", 48_000, "audio/webm"),
    "ogg": ("ogg", "libopus", 48_000, "audio/ogg"),
    "m4a": ("ipod", "aac", 16_000, "audio/mp4"),
    "mp3": ("mp3", "libmp3lame", 16_000, "audio/mpeg"),
    "amr": ("amr", "libopencore_amrnb", 8_000, "audio/amr"),
}


def wav(samples: np.ndarray, rate: int = RATE) -> bytes:
    """A 16-bit mono file of samples between -1 and 1."""
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes((samples * 32767).astype("<i2").tobytes())
    return out.getvalue()


def hum(seconds: float, loudness: float = 0.3, pitch: int = 220, rate: int = RATE) -> bytes:
    """A steady tone; its peak is `loudness` of full scale."""
    at = np.arange(int(seconds * rate)) / rate
    return wav(loudness * np.sin(2 * np.pi * pitch * at), rate)


def silence(seconds: float) -> bytes:
    """Digital silence with a constant offset, as cheap sound cards have it."""
    return wav(np.full(int(seconds * RATE), 0.1))


def click(seconds: float) -> bytes:
    """Silence with the click of a button at its end."""
    samples = np.zeros(int(seconds * RATE))
    samples[-800:-700] = 0.8
    return wav(samples)


def encoded(sound: bytes, ending: str) -> bytes:
    """A wav recording in another format."""
    import av

    container, codec, rate, _ = FORMATS[ending]
    out = io.BytesIO()
    with av.open(io.BytesIO(sound)) as source, av.open(out, "w", format=container) as target:
        stream = target.add_stream(codec, rate=rate, layout="mono")
        for frame in source.decode(audio=0):
            frame.pts = None
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return out.getvalue()
