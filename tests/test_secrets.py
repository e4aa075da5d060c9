"""No secret stands in the tree: they come from the environment (docs/security.md)."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from data.settings import Settings

ROOT = Path(__file__).parents[1]
SHAPES = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a cloud's key": re.compile(r"\b(?:AKIA|LTAI|AKID)[0-9A-Za-z]{16,}"),
    "a forge's token": re.compile(r"\b(?:ghp|gho|glpat|github_pat)[_-][0-9A-Za-z_]{20,}"),
    "a chat robot's address": re.compile(r"(?:send\?key=|access_token=|/hook/)[0-9a-f-]{32,}"),
    "a model service's key": re.compile(r"\bsk-[0-9A-Za-z]{32,}"),
    "a password in an address": re.compile(
        r"\b(?:postgresql|smtps?)://[^\s:/@`\"'{]+:[^\s@`\"'{]{6,}@(?!host|db)"
    ),
}
TOLD = (
    "user:password@",
    "firebreak:secret@",
    "fire:secret@",
    "firebreak:CHANGE-ME@",
)  # in documents and tests: not one of ours


def _tree() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False).stdout
    files = [ROOT / name for name in listed.decode().split("\0") if name]
    return files or [p for p in ROOT.rglob("*.py") if ".venv" not in p.parts]


def test_nothing_in_the_tree_looks_like_a_secret():
    found = []
    for path in (p for p in _tree() if p.is_file() and p.stat().st_size < 2**18):
        text = path.read_text(encoding="utf-8", errors="ignore")
        for what, shape in SHAPES.items():
            hits = [m[0] for m in shape.finditer(text) if not any(t in m[0] for t in TOLD)]
            found += [f"{path.relative_to(ROOT)}: {what}: {hit[:24]}…" for hit in hits]
    assert not found, "\n".join(found)


def test_what_is_secret_has_no_default():
    secret = [n for n in Settings.model_fields if re.search(r"secret|password|token|key$|smtp_url", n)]
    assert len(secret) > 3
    assert [n for n in secret if Settings.model_fields[n].default not in (None, "")] == []
