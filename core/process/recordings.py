"""Whether a recording can stand as a voice summary (PRODUCT.md A2): what is heard in it, and what came of it.

`Sound` is what was measured, `Echo` what is suspicious about a transcript. Nothing here decides about
people: a finding is evidence to look at.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from core.messages import Problem
from core.policies import Policy
from core.terms import Severity

FLOOR_DBFS = -120.0  # digital silence; a logarithm has no smaller number to give
HEARD_DBFS = -50.0  # a frame below it is nothing that a listener could make out
LEAST_HEARD = 0.01  # share of the recording; the click of a button is less
_REPEATS = 4  # times in a row that nobody says a phrase
_REPEATED_SHARE = 0.6  # of a transcript that is the same thing again and again
_STAMMER = r"(.{1,40}?)\1{4,}"  # five times running, without any pause
_LEARNT = frozenset(  # what Whisper and SenseVoice were trained to say over music and silence
    (
        "thank you for watching", "thanks for watching", "please subscribe",
        "subtitles by the amara org community", "謝謝觀看", "谢谢观看", "谢谢大家观看",
        "请不吝点赞订阅转发打赏支持明镜与点点栏目", "字幕由amara org社区提供",
    )
)  # fmt: skip


class Echo(StrEnum):
    """What is suspicious about a transcript."""

    PROMPT = "prompt_echo"  # it says back the names that were given as hints
    REPEATED = "repeated_text"  # one phrase over and over, or a sentence that models make up
    NO_WORDS = "no_words"


class Writing(StrEnum):
    """How far a transcript is. REFUSED: another try is useless; FAILED: given up after several."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes by itself."""
        return self not in (Writing.WAITING, Writing.WORKING)


@dataclass(frozen=True, slots=True)
class Sound:
    """What was measured in a recording.

    Attributes:
        readable: whether it could be decoded; without it the other values mean nothing.
        seconds: length.
        rms_dbfs, peak_dbfs: loudness against full scale, at most 0; FLOOR_DBFS is digital silence.
        voiced_share: share of 30 ms frames above HEARD_DBFS, 0–1.
    """

    readable: bool
    seconds: float = 0.0
    rms_dbfs: float = FLOOR_DBFS
    peak_dbfs: float = FLOOR_DBFS
    voiced_share: float = 0.0

    @property
    def is_heard(self) -> bool:
        """Whether there is anything in it that a listener could make out."""
        return self.readable and self.peak_dbfs >= HEARD_DBFS and self.voiced_share >= LEAST_HEARD

    def packed(self) -> dict[str, Any]:
        """As the store keeps it."""
        return asdict(self)


def unpack(kept: Mapping[str, Any] | None) -> Sound | None:
    """What the store kept; None where a recording was never measured."""
    return Sound(**kept) if kept else None


def check(sound: Sound | None, policy: Policy, *, reused: bool = False) -> tuple[Problem, ...]:
    """What is wrong with a recording, at the field `recording`; what was never measured is not judged.

    A recording in which nothing can be heard, or too little, is no voice evidence: an error where the
    policy asks for a recording, else a warning beside the typed summary. One that serves another action
    too is a warning: the manager sees it among the alerts.
    """
    problems = []
    if sound is not None and (found := fault(sound, policy)):
        code, params = found
        severity = Severity.ERROR if policy.recording_required else Severity.WARNING
        problems.append(Problem("recording", code, params, severity))
    if reused:
        problems.append(Problem("recording", "recording_reused", severity=Severity.WARNING))
    return tuple(problems)


def fault(sound: Sound, policy: Policy) -> tuple[str, dict[str, Any]] | None:
    """The one thing to say first, as code and parameters of a problem; None for a good recording.

    What cannot be read is not called silent, and what is silent not too short.
    """
    if not sound.readable:
        return "recording_corrupt", {}
    if not sound.is_heard:
        return "recording_silent", {}
    if sound.seconds < policy.min_recording_seconds:
        return "recording_short", {"least": policy.min_recording_seconds, "seconds": round(sound.seconds)}
    return None


def suspicion(text: str, hot_words: Collection[str] = ()) -> Echo | None:
    """What is suspicious about a transcript; None for one that reads as if somebody spoke.

    Args:
        hot_words: names that the transcriber was given as hints.

    >>> suspicion("Haihe Pumps, Wu Min.", ["Haihe Pumps", "Wu Min"])
    <Echo.PROMPT: 'prompt_echo'>
    >>> suspicion("Wu Min wants it by May.", ["Wu Min"]) is None
    True
    """
    words = _plain(text)
    if not words:
        return Echo.NO_WORDS
    if words in _LEARNT or _is_repeated(text):
        return Echo.REPEATED
    rest = words
    for name in sorted({_plain(w) for w in hot_words} - {""}, key=len, reverse=True):
        rest = rest.replace(name, " ")
    return Echo.PROMPT if hot_words and not rest.strip() else None


def _is_repeated(text: str) -> bool:
    pieces = [p for p in (_plain(s) for s in re.split(r"[.!?,;。！？，；\n]+", text)) if p]
    if not pieces:
        return False
    times = Counter(pieces).most_common(1)[0][1]
    if times >= _REPEATS and times >= _REPEATED_SHARE * len(pieces):
        return True
    whole = "".join(pieces).replace(" ", "")
    stammered = sum(len(found[0]) for found in re.finditer(_STAMMER, whole))
    return stammered >= _REPEATED_SHARE * len(whole)


def _plain(text: str) -> str:
    """Lower case, letters and digits with single blanks between them."""
    return " ".join(re.findall(r"\w+", text.lower()))
