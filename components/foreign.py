"""Words that Streamlit brings along in English only, in the reader's language.

What stands in boxes of its own is said by a style sheet; labels, hints and tooltips by a script that
tells screen readers the page's language too, keeps icons beside words from them, and Markdown out of names.
"""

import json
from functools import cache
from pathlib import Path

import streamlit as st

from components.text import language
from data.text import LANGUAGES, catalogue, translate

_SCRIPT = (Path(__file__).parent / "assets" / "foreign.js").read_text(encoding="utf-8")
_speaker = st.components.v2.component("firebreak_foreign", js=_SCRIPT)
_TAGS = {"en": "en", "zh": "zh-CN"}

_DROP = '[data-testid="stFileUploaderDropzone"]'
_REFUSED = '[data-testid="stFileChips"] [data-testid="stTooltipErrorHoverTarget"]'
_PLACES = {
    "choose_file": f'{_DROP} button [data-testid="stMarkdownContainer"] p',
    "drop_file": f'{_DROP} [data-testid="stFileUploaderDropzoneInstructions"] span',
    "date_year": '.react-aria-DateField [data-placeholder][data-type="year"]',
    "date_month": '.react-aria-DateField [data-placeholder][data-type="month"]',
    "date_day": '.react-aria-DateField [data-placeholder][data-type="day"]',
}


def speak() -> None:
    """Replace them on the whole page; drawn in every run, at one place."""
    st.html(_rules(language()))
    with st.container(key="browser_work_foreign"):
        _speaker(key="foreign", data=said(language()))


@cache
def _rules(language: str) -> str:
    words = ((place, translate(language, f"shell.{key}")) for key, place in _PLACES.items())
    refused = _refused(translate(language, "shell.file_refused"))
    return f"<style>{''.join(_rule(*said) for said in words)}{refused}</style>"


@cache
def said(language: str) -> dict[str, object]:
    """Each word in any other language beside ours, so that a change of language finds what it said before."""
    others = [other for other in LANGUAGES if other != language]
    words = {before: now for other in others for before, now in _pairs("browser", other, language)}
    heads = [pair for other in others for pair in _pairs("browser_before", other, language)]
    return {"language": _TAGS[language], "words": words, "before": heads}


def _pairs(area: str, before: str, now: str) -> list[tuple[str, str]]:
    ours, theirs = catalogue(now), catalogue(before)
    return [(theirs[key], said) for key, said in ours.items() if key.startswith(f"shell.{area}.")]


def _rule(place: str, words: str) -> str:
    said = json.dumps(words, ensure_ascii=False)
    return f"{place}{{font-size:0}}{place}::before{{content:{said};font-size:0.9rem}}"


def _refused(words: str) -> str:
    """Below a file that the browser did not take, for the tooltip's words a finger never sees."""
    said = json.dumps(words, ensure_ascii=False)
    below = f"content:{said};flex-basis:100%;font-size:0.9rem;padding-top:0.25rem"
    return f"{_REFUSED}{{flex-wrap:wrap}}{_REFUSED}::after{{{below}}}"
