"""Saying what is wrong with a form: each message right below its field, their number above.

    marks = Marks(view)                      # draw first: the place of the summary
    with marks.field("name"):
        name = st.text_input(…)
    if st.form_submit_button(…):
        if marks.sent(lambda: view.do(edit_customer, …)):
            st.rerun()

A form that keeps its problems calls `marks.show(problems)` after the last field, on every run.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import streamlit as st

from components.blocks import plain
from components.text import say, t
from core.messages import AppError, Invalid, Problem


class Explainer(Protocol):
    """What turns a problem into a sentence; `components.frame.View` does."""

    def explain(self, problem: Problem) -> str: ...


class Marks:
    """Places for messages: one above the form, one below each field; make one per run."""

    def __init__(self, view: Explainer) -> None:
        self._view = view
        self._top = st.empty()
        self._places: dict[str, Any] = {}

    @contextmanager
    def field(self, *names: str) -> Iterator[None]:
        """Draw a widget inside; problems of these fields and of their parts (`name.x`) stand below it."""
        with st.container(gap="xxsmall"):
            yield
            place = st.empty()
        self._places.update(dict.fromkeys(names, place))

    def show(self, problems: Sequence[Problem]) -> None:
        """Put every problem at its field; what has no field here stands above, below the count."""
        if not problems:
            return
        below: dict[int, tuple[Any, list[str]]] = {}
        above = [t("errors.invalid", n=len(problems))]
        for problem in problems:
            place = self._place(problem.field)
            sentence = plain(self._view.explain(problem))
            if place is None:
                above.append(sentence)
            else:
                below.setdefault(id(place), (place, []))[1].append(sentence)
        self._top.error("\n\n".join(above), icon=":material/error:")
        for place, sentences in below.values():
            place.markdown("  \n".join(f":red[:material/error: {s}]" for s in sentences))

    def sent(self, work: Callable[[], Any]) -> bool:
        """Do the work; when it is refused, show why and return False."""
        try:
            work()
        except Invalid as error:
            self.show(error.problems)
        except AppError as error:
            self._top.error(say(error), icon=":material/block:")
        else:
            return True
        return False

    def _place(self, field: str) -> Any:
        while field and field not in self._places:
            field = field.rpartition(".")[0]
        return self._places.get(field)
