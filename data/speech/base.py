"""What every adapter is."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

Language = Literal["zh", "en", "mixed"]
LANGUAGES: tuple[Language, ...] = ("zh", "en", "mixed")
MOST_SECONDS = 3600  # of a recording are transcribed: what one run may take of time and memory
Told = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of speech; seconds from the recording's start."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said.

    Attributes:
        language: the adapter's word for what it heard, e.g. `zh`; the one asked for where it does not tell.
        seconds: length of the recording; 0 where the adapter does not tell.
        model: which model wrote it.
    """

    text: str
    language: str
    seconds: float
    model: str
    segments: tuple[Segment, ...] = ()


class Transcriber(Protocol):
    """Speech to text."""

    def transcribe(
        self, path: Path, language: Language, hot_words: Collection[str] = (), told: Told | None = None
    ) -> Transcript:
        """The recording's words.

        Args:
            language: `mixed` leaves it to the adapter, stretch by stretch where it can.
            hot_words: names that are likely to be said; an adapter that cannot use them ignores them.
            told: called with the share done, 0–1.

        Raises:
            SpeechRefused: trying again will not help.
            Exception: anything else; trying again may help.
        """
        ...


class SpeechRefused(Exception):
    """The adapter cannot do it, today or tomorrow, until somebody changes something."""


def missing(folder: Path, *names: str) -> str | None:
    """What a model's folder lacks, as words for the operator; None when all is there."""
    if not folder.is_dir():
        return f"there is no folder {folder}"
    lacking = [n for n in names if not any((folder / one).is_file() for one in n.split("|"))]
    return f"{folder} lacks {', '.join(lacking)}" if lacking else None
