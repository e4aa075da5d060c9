"""What browsers are told to refuse on every page of the product."""

import base64
import hashlib
import re
from pathlib import Path

import streamlit

_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def page_headers() -> dict[bytes, bytes]:
    """Headers of answers that set none of their own of the same name.

    Scripts come from this server, and as blobs, which is how Streamlit loads components; the one that stands
    in its page is allowed by its hash. Nobody may frame the product but itself.
    """
    return {
        b"content-security-policy": _policy().encode(),
        b"x-content-type-options": b"nosniff",
        b"referrer-policy": b"same-origin",
        b"x-frame-options": b"SAMEORIGIN",
        b"permissions-policy": b"microphone=(self), camera=(self), geolocation=()",
        b"cross-origin-opener-policy": b"same-origin",
    }


def _policy() -> str:
    rules = {
        "default-src": "'self'",
        "script-src": " ".join(["'self'", "blob:", "'wasm-unsafe-eval'", *_hashes()]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "media-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self' data: blob:",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'self'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _hashes() -> list[str]:
    """The scripts that stand in Streamlit's own page."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text()
    return [
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in _INLINE.findall(page)
    ]
