"""Words that Streamlit brings along in English only, in the reader's language: a style sheet says them."""

import json

import streamlit as st

from components.text import t

_DROP = '[data-testid="stFileUploaderDropzone"]'
_PLACES = {
    "choose_file": f'{_DROP} button [data-testid="stMarkdownContainer"] p',
    "drop_file": f'{_DROP} [data-testid="stFileUploaderDropzoneInstructions"] span',
    "date_year": '.react-aria-DateField [data-placeholder][data-type="year"]',
    "date_month": '.react-aria-DateField [data-placeholder][data-type="month"]',
    "date_day": '.react-aria-DateField [data-placeholder][data-type="day"]',
}


def speak() -> None:
    """Replace them on the whole page."""
    st.html(f"<style>{''.join(_rule(place, t(f'shell.{key}')) for key, place in _PLACES.items())}</style>")


def _rule(place: str, words: str) -> str:
    said = json.dumps(words, ensure_ascii=False)
    return f"{place}{{font-size:0}}{place}::before{{content:{said};font-size:0.9rem}}"
