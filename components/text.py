"""t(): the sentence of a key in the language of the person who looks."""

from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any

import streamlit as st

from core.messages import AppError, Problem
from data.text import DEFAULT_LANGUAGE, details, has, translate

LANGUAGE = "language"
_heard: ContextVar[str | None] = ContextVar("heard", default=None)  # asked for each sentence of a run


def language() -> str:
    """The language of this session, set by the shell before any page runs."""
    found = _heard.get()
    if found is None:
        found = str(st.session_state.get(LANGUAGE, DEFAULT_LANGUAGE))
        _heard.set(found)
    return found


def speak(chosen: str | None = None) -> None:
    """Ask the session again from here on for its language.

    Args:
        chosen: the session's from now on, if it has none yet.
    """
    if chosen:
        st.session_state.setdefault(LANGUAGE, chosen)
    _heard.set(None)


def t(key: str, **params: Any) -> str:
    """The sentence of a key; `n` chooses a plural form."""
    return translate(language(), key, **params)


def pair(label: str, value: str) -> str:
    """`Grade: B`, with the language's own colon."""
    return t("shell.pair", label=label, value=value)


def listed(words: Iterable[str]) -> str:
    """Words one after another, with the language's own comma."""
    return t("shell.comma").join(words)


def clauses(said: Iterable[str]) -> str:
    """Parts that have commas of their own, one after another."""
    return t("shell.semicolon").join(said)


def term(area: str, key: str | None) -> str:
    """A word of the field, `terms.<area>.<key>`; a company's own key shows as it is."""
    if key is None:
        return ""
    name = f"terms.{area}.{key}"
    return t(name) if has(language(), name) else key


def say(error: AppError, **params: Any) -> str:
    """An error as a sentence."""
    extra = {"n": error.params["count"]} if "count" in error.params else {}
    return t(f"errors.{error.code}", **(details(language(), error.params) | extra | params))


def explain(problem: Problem, **params: Any) -> str:
    """A problem as a sentence; `params` replaces raw values by formatted ones.

    What a form was refused for as a whole, e.g. that somebody was faster, has its sentence among the errors.
    """
    own, other = f"problems.{problem.code}", f"errors.{problem.code}"
    whole = has(language(), other) and not has(language(), own)
    return t(other if whole else own, **(dict(problem.params) | params))
