"""Sealing what may be read only later. The key lies in the files' folder, never in the database."""

import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

_NAME = "ballots.key"
_NO_TIME = 0  # a sealed text must not say when it was sealed


def seal(files: Path, text: str) -> str:
    """A text, unreadable without the key."""
    return _lock(files).encrypt_at_time(text.encode(), _NO_TIME).decode()


def unseal(files: Path, sealed: str) -> str | None:
    """The text; None where the key is another, as after a loss of the files."""
    try:
        return _lock(files).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _lock(files: Path) -> Fernet:
    return Fernet(_key(files / _NAME))


def _key(path: Path) -> bytes:
    """The key, made whole beside its place and linked there: of several makers, one wins."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}.{os.urandom(4).hex()}")
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(Fernet.generate_key())
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_bytes()
