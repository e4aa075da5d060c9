"""Sound out of a file, whatever its format: measured, or as the samples that models read.

PyAV decodes wav, webm and ogg (opus, vorbis), m4a (aac), mp3 and amr. Both functions read a stretch at a
time and stop at a limit, so neither a long nor a lying file takes more memory or time than that.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from core.process.recordings import FLOOR_DBFS, HEARD_DBFS, Sound

if TYPE_CHECKING:
    from av.container import InputContainer

RATE = 16_000  # samples a second, as speech models want them
LISTENED_SECONDS = 600  # of a recording are measured for loudness; of the rest only the length
_FRAME = RATE * 30 // 1000
Samples = npt.NDArray[np.float32]


def measure(path: Path) -> Sound:
    """Length and loudness of a recording; one that cannot be decoded is not readable."""
    import av

    loud = _Loudness()
    seconds = 0.0
    try:
        with av.open(str(path)) as container:
            for stretch in _stretches(container):
                loud.add(stretch)
                if loud.samples >= LISTENED_SECONDS * RATE:
                    seconds = _end(container)
                    break
    except _faults():  # a file cut short still has its beginning
        pass
    if not loud.samples:
        return Sound(readable=False)
    return Sound(True, round(max(seconds, loud.samples / RATE), 2), *loud.figures())


def samples(path: Path, most_seconds: int) -> Samples:
    """The first `most_seconds` of a recording as 16 kHz mono, -1 to 1; empty when nothing can be decoded."""
    import av

    parts: list[Samples] = []
    try:
        with av.open(str(path)) as container:
            length = 0
            for stretch in _stretches(container):
                parts.append(stretch)
                length += len(stretch)
                if length >= most_seconds * RATE:
                    break
    except _faults():
        pass
    whole = np.concatenate(parts) if parts else np.zeros(0, np.float32)
    return whole[: most_seconds * RATE]


class _Loudness:
    """Sums over frames of 30 ms, each without its mean: a constant is no sound."""

    def __init__(self) -> None:
        self.samples = self._frames = self._voiced = 0
        self._squares = self._peak = 0.0
        self._rest: Samples = np.zeros(0, np.float32)

    def add(self, stretch: Samples) -> None:
        self.samples += len(stretch)
        ready = np.concatenate((self._rest, stretch))
        whole = len(ready) // _FRAME * _FRAME
        self._rest = ready[whole:]
        if not whole:
            return
        frames = ready[:whole].reshape(-1, _FRAME).astype(np.float64)
        frames -= frames.mean(axis=1, keepdims=True)
        power = (frames**2).mean(axis=1)
        self._frames += len(frames)
        self._voiced += int((power > 10 ** (HEARD_DBFS / 10)).sum())
        self._squares += float(power.sum())
        self._peak = max(self._peak, float(np.abs(frames).max()))

    def figures(self) -> tuple[float, float, float]:
        """rms_dbfs, peak_dbfs, voiced_share."""
        frames = max(self._frames, 1)
        return _dbfs((self._squares / frames) ** 0.5), _dbfs(self._peak), round(self._voiced / frames, 4)


def _dbfs(amplitude: float) -> float:
    return round(max(FLOOR_DBFS, 20 * float(np.log10(amplitude))) if amplitude > 0 else FLOOR_DBFS, 1)


def _stretches(container: "InputContainer") -> Iterator[Samples]:
    """The first audio stream as 16 kHz mono; what cannot be decoded in between is left out."""
    import av

    to_mono = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    for packet in container.demux(container.streams.audio[0]):
        try:
            frames: list[Any] = list(packet.decode())
        except av.InvalidDataError:
            continue
        for frame in frames:
            frame.pts = None  # the resampler refuses the gaps that recordings of browsers have
            for out in to_mono.resample(frame):
                yield np.asarray(out.to_ndarray(), np.float32).reshape(-1)
    for out in to_mono.resample(None):
        yield np.asarray(out.to_ndarray(), np.float32).reshape(-1)


def _end(container: "InputContainer") -> float:
    """Seconds at which the last packet ends, without decoding it."""
    end = 0.0
    for packet in container.demux(container.streams.audio[0]):
        if packet.pts is not None and packet.time_base is not None:
            end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
    return end


def _faults() -> tuple[type[Exception], ...]:
    """What PyAV raises over files that are no audio, or end too soon."""
    import av

    return av.FFmpegError, IndexError, ValueError
