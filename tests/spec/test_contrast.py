"""Words can be read in both themes: 4.5 to 1 against what they stand on (WCAG 2.2, 1.4.3)."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.colours import contrast, laid

ROOT = Path(__file__).parents[2]
THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
SHELL = (ROOT / "components" / "assets" / "shell.css").read_text(encoding="utf-8")
LEAST = 4.5
FADED = 0.6  # captions and labels, as Streamlit lays them over the ground
TINT = 0.1  # what is chosen: the accent's words on a tint of it
CASES = [
    (theme, place, ground)
    for theme in ("light", "dark")
    for place in ("page", "sidebar")
    for ground in ("backgroundColor", "secondaryBackgroundColor")
]


@pytest.mark.parametrize(("theme", "place", "ground"), CASES)
@pytest.mark.parametrize("words", ["textColor", "linkColor", "redTextColor", "grayTextColor", "primaryColor"])
def test_words_stand_out_from_every_ground(theme, place, ground, words):
    assert contrast(THEME[theme][words], _ground(theme, place, ground)) >= LEAST


@pytest.mark.parametrize(("theme", "place", "ground"), CASES)
def test_faded_words_stand_out_too(theme, place, ground):
    under = _ground(theme, place, ground)
    assert contrast(laid(THEME[theme]["textColor"], under, FADED), under) >= LEAST


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_is_chosen_stands_out_from_its_tint(theme):
    accent, page = THEME[theme]["primaryColor"], THEME[theme]["backgroundColor"]
    assert contrast(accent, laid(accent, page, TINT)) >= LEAST


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_words_of_a_filled_button_stand_out(theme):
    words = re.search(r"--on-accent: light-dark\((#\w+), (#\w+)\)", SHELL).groups()
    assert contrast(words[theme == "dark"], THEME[theme]["primaryColor"]) >= LEAST
    accent, towards = r"color-mix\(in srgb, var\(--accent\) (\d+)%", r"light-dark\((#\w+), (#\w+)\)\)"
    share, *ends = re.search(f"{accent}, {towards}", SHELL).groups()  # under the pointer
    pointed = laid(THEME[theme]["primaryColor"], ends[theme == "dark"], int(share) / 100)
    assert contrast(words[theme == "dark"], pointed) >= LEAST
    assert contrast(THEME[theme]["grayTextColor"], THEME[theme]["grayBackgroundColor"]) >= LEAST


@pytest.mark.parametrize("sheet", ["data/templates/acceptance.css", "data/offline/page/app.css"])
def test_the_pages_beside_the_app_can_be_read(sheet):
    text = (ROOT / sheet).read_text(encoding="utf-8")
    for root in re.findall(r":root\{([^}]*)\}", text):
        of = dict(re.findall(r"--([\w-]+):(#\w+)", root))
        words = [of[name] for name in ("ink", "soft", "red", "amber") if name in of]
        assert all(contrast(word, of[ground]) >= LEAST for word in words for ground in ("paper", "ground"))
        assert contrast(of["on-go"], of["go"]) >= LEAST


def _ground(theme: str, place: str, ground: str) -> str:
    given: dict[str, str] = THEME[theme] if place == "page" else THEME[theme]["sidebar"]
    return given[ground]
