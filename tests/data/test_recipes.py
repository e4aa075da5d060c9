"""Recipes name what is there: whoever follows one finds each name in the file that it names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"((?:`[^`]+`(?:, | and )?)+) (?:of|in) `([\w/{},.-]+\.(?:py|toml))`")
BRACES = re.compile(r"\{([^}]*)\}")


def recipes() -> list[tuple[str, str]]:
    """By title, the text of each recipe of the README and the contributor's guide."""
    found = []
    for document in ("README.md", "docs/contributing.md"):
        _, _, text = (ROOT / document).read_text().partition("## Recipes\n")
        for part in text.strip().split("\n\n"):
            if part.startswith("**"):
                _, title, words = part.split("**", 2)
                found.append((title, " ".join(words.split())))
    return found


def files(path: str) -> list[Path]:
    """One file, or one for each name in braces."""
    braces = BRACES.search(path)
    names = braces[1].split(",") if braces else [""]
    return [ROOT / BRACES.sub(name, path) for name in names]


def stands(name: str, path: Path) -> bool:
    """Whether a name, up to what the newcomer fills in, stands in a file; in a catalogue as a section."""
    known = re.escape(name.strip("[]").partition("<")[0].partition("(")[0].rstrip("."))
    wanted = rf"^\[{known}" if path.suffix == ".toml" else rf"\b{known}\b"
    return bool(re.search(wanted, path.read_text(), re.MULTILINE))


@pytest.mark.parametrize(("title", "words"), recipes())
def test_a_recipe_names_what_is_there(title, words):
    named = [(name, path) for names, path in NAMED.findall(words) for name in re.findall(r"`([^`]+)`", names)]
    lost = [(name, path.name) for name, many in named for path in files(many) if not stands(name, path)]
    assert lost == [], title


def test_there_are_recipes():
    assert len(recipes()) > 25
