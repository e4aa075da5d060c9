"""The house keeps its own rules: layers, types, lint, both languages, no text of this machine."""

from __future__ import annotations

import re
import shutil
import string
import subprocess
import sys
from pathlib import Path

import pytest
from babel import Locale

from components.navigation import PAGES
from core.access import GRANTS, Role
from data.text import LANGUAGES, catalogue

ROOT = Path(__file__).parents[1]
CODE = ("app.py", "pages", "components", "core", "data")
BIN = Path(sys.executable).parent


def run(*command: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def copy_of_the_house(to: Path) -> Path:
    for name in (*CODE, "pyproject.toml"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, to / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, to / name)
    return to


def test_imports_point_down_only():
    result = run(str(BIN / "lint-imports"))
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("core/process/timing.py", "import data.engine"),
        ("core/policies.py", "import streamlit"),
        ("core/process/stages.py", "import core.promises"),
        ("components/format.py", "import sqlalchemy"),
        ("pages/today.py", "import pages.board"),
        ("data/engine.py", "import components.text"),
        ("pages/today.py", "import app"),
    ],
)
def test_a_planted_violation_is_found(tmp_path, file, line):
    house = copy_of_the_house(tmp_path)
    planted = house / file
    planted.write_text(planted.read_text() + f"\n{line}\n")
    assert run(str(BIN / "lint-imports"), "--no-cache", cwd=house).returncode != 0


def test_ruff_is_content():
    for check in (("check", "."), ("format", "--check", ".")):
        result = run(str(BIN / "ruff"), *check)
        assert result.returncode == 0, result.stdout


def test_types_hold():
    result = run(sys.executable, "-m", "mypy")
    assert result.returncode == 0, result.stdout


def test_no_form_of_a_sentence_is_never_said():
    """Chinese counts in one form: a second would be looked after, and shown to nobody."""
    for language in LANGUAGES:
        ones = {k for k in catalogue(language) if k.endswith(".one")}
        assert {k for k in ones if k.replace(".one", ".other") not in catalogue(language)} == set()
        assert not ones or "one" in Locale.parse(language).plural_form.tags, ones


def test_both_languages_say_the_same_things():
    english, *others = (catalogue(language) for language in LANGUAGES)
    plural = re.compile(r"\.(zero|one|two|other)$")
    for other in others:
        assert {plural.sub("", k) for k in english} == {plural.sub("", k) for k in other}
        for key, sentence in other.items():
            twin = english.get(key) or english[plural.sub(".other", key)]
            assert placeholders(sentence) - {"n"} == placeholders(twin) - {"n"}, key


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_every_word_is_in_its_language():
    """A Chinese sentence has Chinese in it, an English one has none."""
    han = re.compile(r"[\u4e00-\u9fff]")
    latin = re.compile(r"^[\W\d_a-zA-Z]*$")  # e.g. "CSV"
    placeholder = re.compile(r"\{[^}]*\}")
    assert [k for k, s in catalogue("en").items() if han.search(s) and k not in BILINGUAL] == []
    own_words = {k: placeholder.sub("", s) for k, s in catalogue("zh").items()}
    english_in_chinese = [k for k, s in own_words.items() if latin.match(s) and re.search("[a-z]{5}", s)]
    assert [k for k in english_in_chinese if k not in BILINGUAL] == []


BILINGUAL = {  # people and regions of the demo company are called so in both
    f"tour.stop.{name}" for name in ("luck", "quarter", "stuck_region", "skipping_team", "padding", "leaver")
}


def keys_used() -> set[str]:
    """Catalogue keys written out in the code as t("area.key")."""
    call = re.compile(r"""\bt\(\s*["']([a-z_]+\.[a-z_.0-9]+)["']""")
    files = [p for part in ("pages", "components") for p in (ROOT / part).rglob("*.py")]
    return {key for path in files for key in call.findall(path.read_text())}


def test_every_key_in_the_code_has_its_sentence():
    english = catalogue("en")
    missing = {k for k in keys_used() if k not in english and f"{k}.other" not in english}
    assert missing == set()


def test_pages_are_layout():
    """A page is 80 lines or less and knows no SQL (contracts above) and no literal sentence."""
    assert {
        p.name: n for p in (ROOT / "pages").glob("*.py") if (n := len(p.read_text().splitlines())) > 80
    } == {}


def test_documents_name_files_that_exist():
    """A guide that leads to a file that was moved is worse than none."""
    named = re.compile(r"`((?:core|data|components|pages|tests|docs)/[\w/.-]+\.(?:py|toml|md|js|css))")
    documents = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    lost = {
        f"{document.name}: {path}"
        for document in documents
        for path in named.findall(document.read_text())
        if not (ROOT / path).exists()
    }
    assert lost == set()


def test_links_between_documents_lead_somewhere():
    link = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
    documents = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    lost = {
        f"{document.name}: {to}"
        for document in documents
        for to in link.findall(document.read_text())
        if not (document.parent / to).exists()
    }
    assert lost == set()


ROLES = {
    Role.REP: "reps", Role.MANAGER: "managers", Role.DIRECTOR: "director", Role.PRODUCT: "product",
    Role.DELIVERY: "delivery", Role.STORE_MANAGER: "store managers", Role.ADMIN: "administrators",
}  # fmt: skip


@pytest.mark.parametrize("page", [page for page in PAGES if page.section], ids=lambda page: page.name)
def test_the_readme_says_for_whom_a_page_is(page):
    """Its row stands under the menu's heading and names exactly the roles that may open it."""
    readme, english = (ROOT / "README.md").read_text(), catalogue("en")
    _, _, part = readme.partition(f"\n### {english[f'shell.section_{page.section}']}\n")
    row = re.search(rf"^\| {re.escape(english[page.title])} \|.*\| (.+) \|$", part.partition("\n#")[0], re.M)
    assert row is not None
    allowed = {words for role, words in ROLES.items() if page.needs in GRANTS[role]}
    assert set(row[1].split(", ")) == ({"everybody"} if allowed == set(ROLES.values()) else allowed)
