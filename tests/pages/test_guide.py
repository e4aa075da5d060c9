"""The guides of the roles: in both languages, with words that stand on the screens; shown in the app."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.terms import Role
from data.text import LANGUAGES
from tests.company import found

ROOT = Path(__file__).parents[2]


def sentences(words: dict) -> Iterator[str]:
    for word in words.values():
        if isinstance(word, dict):
            yield from sentences(word)
        else:
            yield word


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_guide_calls_by_name_is_called_so_on_the_screen(language, role):
    files = (ROOT / "data" / "locale" / language).glob("*.toml")
    shown = {s for file in files for s in sentences(tomllib.loads(file.read_text(encoding="utf-8")))}
    text = (ROOT / "docs" / "guide" / language / f"{role}.md").read_text(encoding="utf-8")
    named = {" ".join(name.split()) for name in re.findall(r"\*\*(.+?)\*\*", text, re.DOTALL)}
    assert named
    assert named - shown == set()


@pytest.mark.parametrize(("language", "says"), [("en", "Ask headquarters"), ("zh", "向总部提需求")])
def test_everybody_reads_their_own_first(open_page, sqlite_store, language, says):
    page = open_page("guide", found(sqlite_store).store_manager, language)
    assert any(says in text.value for text in page.markdown)
    assert not any("](../" in text.value for text in page.markdown)  # the app serves no documents


def test_another_roles_guide_is_in_the_address(open_page, sqlite_store):
    page = open_page("guide", found(sqlite_store).store_manager, role="admin")
    assert any("Check all rows" in text.value for text in page.markdown)
