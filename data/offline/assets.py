"""The offline page's files: served as they are, kept by its service worker, all of one version."""

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from data.offline.words import words

_FOLDER = Path(__file__).parent / "page"
_TYPES = {
    ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".png": "image/png",
    ".svg": "image/svg+xml", ".json": "application/json", ".webmanifest": "application/manifest+json",
}  # fmt: skip
_WORKER = "sw.js"
PAGE = "index.html"
WORDS = "words.json"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file with its media type."""

    content: bytes
    media_type: str


@lru_cache
def assets() -> dict[str, Asset]:
    """Every file of the page by its name, and its words."""
    files = {p.name: p.read_bytes() for p in sorted(_FOLDER.iterdir()) if p.name != _WORKER}
    files[WORDS] = json.dumps(words(), ensure_ascii=False, sort_keys=True).encode()
    return {name: Asset(content, _TYPES[Path(name).suffix]) for name, content in files.items()}


@lru_cache
def worker() -> Asset:
    """The service worker; a changed file makes it another one, and the browser fetches all anew."""
    kept = assets()
    digest = hashlib.sha256(b"".join(name.encode() + kept[name].content for name in sorted(kept)))
    names = json.dumps(["offline", *(f"offline/{name}" for name in sorted(kept) if name != PAGE)])
    script = (_FOLDER / _WORKER).read_text(encoding="utf-8")
    script = script.replace("__VERSION__", digest.hexdigest()[:16]).replace("__FILES__", names)
    return Asset(script.encode(), _TYPES[".js"])
