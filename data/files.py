"""Uploaded files, kept under the hash of their content: the same bytes lie once."""

import hashlib
import os
from pathlib import Path

from core.access import Who
from core.messages import Invalid, NotFound, Problem
from data.engine import Store
from data.queries.policies import policy_in_force
from data.schema import StoredFile

AUDIO = {
    "audio/wav", "audio/x-wav", "audio/webm", "video/webm", "audio/ogg", "application/ogg", "audio/mp4",
    "audio/x-m4a", "audio/m4a", "video/mp4", "audio/mpeg", "audio/mp3", "audio/amr",
}  # fmt: skip


_BEGINNINGS = (b"RIFF", b"\x1a\x45\xdf\xa3", b"OggS", b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"#!AMR")
_WAV_HEAD = 44  # bytes before the first sample


def sounds(content: bytes) -> bool:
    """Whether bytes begin as one of the audio formats that are kept, whatever their name says.

    >>> sounds(b"RIFF....WAVE" + bytes(99)), sounds(b"....ftypM4A "), sounds(b"these are words")
    (True, True, False)
    """
    return content.startswith(_BEGINNINGS) or content[4:8] == b"ftyp"


def keep_recording(store: Store, who: Who, content: bytes, media_type: str) -> str:
    """Keep a recording; returns its SHA-256, its name everywhere else.

    Raises:
        Invalid: not audio, without a sound in it, or larger than the policy allows.
    """
    media_type = media_type.split(";")[0].strip().lower()
    with store.reading() as session:
        limit = policy_in_force(session).max_recording_mb
    if media_type not in AUDIO:
        raise Invalid([Problem("recording", "not_audio")])
    if not content or (content.startswith(b"RIFF") and len(content) <= _WAV_HEAD):
        raise Invalid([Problem("recording", "empty_file")])
    if not sounds(content):
        raise Invalid([Problem("recording", "not_audio")])
    if len(content) > limit * 2**20:
        raise Invalid([Problem("recording", "file_too_large", {"limit": limit})])
    return keep(store, who.person_id, content, media_type)


def keep(store: Store, owner_id: int | None, content: bytes, media_type: str) -> str:
    """Keep bytes that somebody has looked at; returns their SHA-256.

    The bytes are on disk before the row is: a crash between leaves a file without a row, never a
    row without its file.
    """
    digest = hashlib.sha256(content).hexdigest()
    _write(file_path(store, digest), content)
    with store.writing() as session:
        if session.get(StoredFile, digest) is None:
            session.add(
                StoredFile(
                    sha256=digest,
                    media_type=media_type,
                    size=len(content),
                    owner_id=owner_id,
                    created_at=store.clock(),
                )
            )
    return digest


def read_file(store: Store, sha256: str) -> tuple[bytes, str]:
    """Content and media type of a kept file; whoever calls has checked that it may be seen.

    Raises:
        NotFound: no such file.
    """
    with store.reading() as session:
        row = session.get(StoredFile, sha256)
    path = file_path(store, sha256)
    if row is None or not path.exists():
        raise NotFound(entity="file")
    return path.read_bytes(), row.media_type


def file_path(store: Store, digest: str) -> Path:
    """Where a kept file's bytes lie."""
    return store.files / digest[:2] / digest


def _write(path: Path, content: bytes) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(f".{os.getpid()}.part")
    with half.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
