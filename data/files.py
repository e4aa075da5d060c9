"""Uploaded files, kept under the hash of their content: the same bytes lie once."""

import hashlib
import os
import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.access import Who
from core.messages import Invalid, NotFound, Problem
from data.commands.transcripts import ask
from data.engine import Store
from data.outages import room
from data.queries.policies import policy_in_force
from data.schema import StoredFile
from data.speech import Language
from data.speech.audio import measure

AUDIO = {
    "audio/wav", "audio/x-wav", "audio/webm", "video/webm", "audio/ogg", "application/ogg", "audio/mp4",
    "audio/x-m4a", "audio/m4a", "video/mp4", "audio/mpeg", "audio/mp3", "audio/amr",
}  # fmt: skip


_BEGINNINGS = (b"RIFF", b"\x1a\x45\xdf\xa3", b"OggS", b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"#!AMR")
ATTACHED = (
    "pdf", "docx", "xlsx", "pptx", "csv", "txt", "png", "jpg", "jpeg", "webp", "mp3", "m4a", "wav",
    "mp4", "zip",
)  # fmt: skip
DOWNLOAD = "application/octet-stream"  # what no browser draws
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe")
HALF, HALF_LIVES = ".part", timedelta(days=1)  # of a file that is being written; a kill leaves it behind
_WAV_HEAD = 44  # bytes before the first sample


def sounds(content: bytes) -> bool:
    """Whether bytes begin as one of the audio formats that are kept, whatever their name says.

    >>> sounds(b"RIFF....WAVE" + bytes(99)), sounds(b"....ftypM4A "), sounds(b"these are words")
    (True, True, False)
    """
    return content.startswith(_BEGINNINGS) or content[4:8] == b"ftyp"


def _no_recording(content: bytes, media_type: str, limit: int) -> Problem | None:
    """Why these bytes are no recording that is kept; None where they are. `limit` in megabytes."""
    if media_type not in AUDIO:
        return Problem("recording", "not_audio")
    if not content or (content.startswith(b"RIFF") and len(content) <= _WAV_HEAD):
        return Problem("recording", "empty_file")
    if not sounds(content):
        return Problem("recording", "not_audio")
    if len(content) > limit * 2**20:
        return Problem("recording", "file_too_large", {"limit": limit})
    return None


def keep_recording(
    store: Store,
    who: Who,
    content: bytes,
    media_type: str,
    *,
    language: Language | None = None,
    customer_id: int | None = None,
) -> str:
    """Keep a recording and measure what can be heard in it; returns its SHA-256, its name everywhere else.

    The bytes are on disk before the row is: a crash between leaves a file without a row, never a
    row without its file.

    Args:
        language: that it is spoken in; its transcript is asked for then.
        customer_id: whose names are likely to be said in it.

    Raises:
        Invalid: not audio, without a sound in it, or larger than the policy allows.
    """
    media_type = media_type.split(";")[0].strip().lower()
    with store.reading(fresh=True) as session:
        limit = policy_in_force(session).max_recording_mb
    if problem := _no_recording(content, media_type, limit):
        raise Invalid([problem])
    digest = _on_disk(store, content)
    sound = measure(file_path(store, digest)).packed()
    with store.writing() as session:
        _row(session, store, who.person_id, content, digest, media_type).sound = sound
        if language:
            session.flush()
            ask(session, store.clock(), digest, language, customer_id)
    return digest


def keep(store: Store, owner_id: int | None, content: bytes, media_type: str) -> str:
    """Keep bytes that somebody has looked at; returns their SHA-256."""
    digest = _on_disk(store, content)
    with store.writing() as session:
        _row(session, store, owner_id, content, digest, media_type)
    return digest


def attachable(name: str, content: bytes) -> bool:
    """Whether a file is of a kind that people pass on at work, and no program under such a name.

    >>> attachable("offer.PDF", b"%PDF-1.7"), attachable("page.html", b"hello"), attachable("a.pdf", b"MZ..")
    (True, False, False)
    """
    return name.rpartition(".")[2].lower() in ATTACHED and not content.startswith(_PROGRAMS)


def keep_attachment(store: Store, who: Who, content: bytes, name: str) -> str:
    """Keep a file that is passed on; returns its SHA-256. It is only ever given out as a download.

    Raises:
        Invalid: empty, of a kind that is not kept, or larger than the policy allows.
    """
    with store.reading(fresh=True) as session:
        limit = policy_in_force(session).max_attachment_mb
    if not content:
        raise Invalid([Problem("file", "empty_file")])
    if not attachable(name, content):
        raise Invalid([Problem("file", "not_attachable", {"types": ", ".join(ATTACHED)})])
    if len(content) > limit * 2**20:
        raise Invalid([Problem("file", "file_too_large", {"limit": limit})])
    return keep(store, who.person_id, content, DOWNLOAD)


def _on_disk(store: Store, content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    _write(file_path(store, digest), content)
    return digest


def _row(
    session: Session, store: Store, owner_id: int | None, content: bytes, digest: str, media_type: str
) -> StoredFile:
    """The row of these bytes; whoever kept them first stays named."""
    row = session.get(StoredFile, digest)
    if row is not None:
        row.erased_at = None  # the bytes are there again
        return row
    row = StoredFile(sha256=digest, media_type=media_type, size=len(content))
    row.owner_id, row.created_at = owner_id, store.clock()
    with suppress(IntegrityError), session.begin_nested():  # the same bytes may be kept twice at once
        session.add(row)
    return session.get_one(StoredFile, digest)


def read_file(store: Store, sha256: str) -> tuple[bytes, str]:
    """Content and media type of a kept file; whoever calls has checked that it may be seen.

    Raises:
        NotFound: no such file.
    """
    with store.reading(fresh=True) as session:
        row = session.get(StoredFile, sha256)
    path = file_path(store, sha256)
    if row is None or not path.exists():
        raise NotFound(entity="file")
    return path.read_bytes(), row.media_type


def file_path(store: Store, digest: str) -> Path:
    """Where a kept file's bytes lie."""
    return kept_at(store.files, digest)


def kept_at(files: Path, digest: str) -> Path:
    """The same, by the folder of files."""
    return files / digest[:2] / digest


def _write(path: Path, content: bytes) -> None:
    if path.exists():
        return
    with room():
        path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(f".{secrets.token_hex(8)}{HALF}")
    try:
        with room(), half.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
    _keep_name(path.parent)


def sweep_halves(store: Store, now: datetime) -> int:
    """Delete what writers that were killed left half written, a day later; returns how many there were."""
    old = (now - HALF_LIVES).timestamp()
    halves = [half for half in store.files.glob(f"*/*{HALF}") if half.stat().st_mtime < old]
    for half in halves:
        half.unlink(missing_ok=True)
    return len(halves)


def _keep_name(folder: Path) -> None:
    """A file's new name is on disk only when its folder is."""
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)
