"""A form over a draft in the store: the draft is the truth, widgets only show it.

Each widget gets the draft's value as its `value=`, never through session state, and saves its field by itself
when it changes. What a widget returns is compared with the draft as well: after a restart of the server the
browser sends its values into a new session, and no callback runs. A field that changed elsewhere (another
device, a callback) gets a new key, so that the browser draws it anew.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from components.autosave import autosave
from components.blocks import plain
from components.outage import pressed
from components.scrolling import into_view
from core.access import Who
from core.messages import AppError, Problem, Unavailable
from data.queries.drafts import DraftView

if TYPE_CHECKING:
    from data.engine import Store

_RED, _RED_ON_DARK = "#B3261E", "#FF8A80"  # the theme's red texts, which no style sheet can name
_LOCKS: defaultdict[int | None, threading.Lock] = defaultdict(threading.Lock)


def lock_of(who: Who) -> threading.Lock:
    """Held while a person's submit runs and while a run reads the draft: Streamlit starts the run of a second
    click in another thread without waiting for the first."""
    return _LOCKS[who.person_id]


class DraftForm:
    """Draws widgets over one draft; make one per run, and `finish` it."""

    def __init__(
        self,
        draft: DraftView,
        *,
        save: Callable[[dict[str, Any]], None],
        mark: Callable[[Problem], None],
        explain: Callable[[Problem], str],
        begin: Callable[[Store, Who], int] | None = None,
        prefix: str = "",
    ) -> None:
        """
        Args:
            begin: opens the draft of a form in which nothing was typed yet; None where it is open.
            prefix: of the widgets' keys; the draft's own unless given.
        """
        self.draft, self.begin = draft, begin
        self.prefix = prefix or f"d{draft.id}_"
        self._save, self._store_mark, self._explain = save, mark, explain
        self._problems = list(draft.problems)
        self._values = dict(draft.values)
        self._typed: dict[str, str] = {}
        self._marked: list[str] = []
        self._memory: dict[str, Any] = st.session_state.setdefault(f"{self.prefix}memory", {})

    def get(self, field: str, default: Any = None) -> Any:
        """What the draft holds for a field."""
        value = self._values.get(field)
        return default if value is None else value

    def values(self) -> Mapping[str, Any]:
        """All that the draft holds in this run."""
        return self._values

    def set(self, values: dict[str, Any]) -> bool:
        """Save fields; False where they were not: a draft that was submitted or thrown away elsewhere is left
        alone, and what the store did not take just now is saved when the field is drawn."""
        try:
            return self._put(values)
        except Unavailable:
            return False

    def press(self, values: dict[str, Any]) -> None:
        """What a button's callback sets; saved once the store answers."""
        pressed(lambda: self._put(values))

    def _put(self, values: dict[str, Any]) -> bool:
        try:
            self._save(values)
        except Unavailable:
            raise
        except AppError:  # submitted or thrown away elsewhere: the run says so
            return False
        self._values |= values
        return True

    def mark(self, problem: Problem) -> None:
        """Keep and show a problem of one field."""
        self._store_mark(problem)
        self._problems = [*(p for p in self._problems if p.field != problem.field), problem]

    def is_marked(self, field: str) -> bool:
        """Whether a problem stands at the field."""
        return any(p.field == field for p in self._problems)

    @contextmanager
    def at(self, field: str, width: int | Literal["stretch"] = "stretch") -> Iterator[None]:
        """Around a widget: the field's problems stand right below it, and its label is marked."""
        with st.container(key=f"{self.prefix}at_{field}", gap="xsmall", width=width):
            yield
            self.problems(field)

    def problems(self, field: str) -> None:
        """The field's problems as sentences."""
        said = [self._explain(p) for p in self._problems if p.field.replace(".", "-") == field]
        for number, sentence in enumerate(said):
            if not number:
                self._marked.append(field)
            with st.container(key=f"{self.prefix}problem_{field}_{number}"):
                st.markdown(f":red[:material/error: {plain(sentence)}]")

    def text(self, field: str, label: str, **more: Any) -> str:
        """A line of text, saved while it is typed."""
        with self.at(field, more.get("width", "stretch")):
            shown = st.text_input(label, value=self.get(field, ""), **self._wire(field), **more)
            return str(self._keep(field, shown, typed=True) or "")

    def long_text(
        self, field: str, label: str, *, height: int | Literal["content"] = "content", **more: Any
    ) -> str:
        """A text that grows with what is typed unless its height is given, saved while it is typed."""
        with self.at(field):
            shown = st.text_area(label, value=self.get(field, ""), height=height, **self._wire(field), **more)
            return str(self._keep(field, shown, typed=True) or "")

    def number(
        self,
        field: str,
        label: str,
        *,
        least: float | None = 0.0,
        step: float = 0.01,
        form: str = "%.2f",
        **more: Any,
    ) -> Decimal | None:
        """A number; an amount, not negative, to two places, unless told otherwise.

        Args:
            least: the smallest that can be entered; None for any.
            step: by which its buttons change it.
            form: how it is written, e.g. `%g` with no more places than it needs.
        """
        with self.at(field, more.get("width", "stretch")):
            kept = self.get(field)
            shown = st.number_input(
                label,
                value=float(kept) if kept is not None else None,
                min_value=least,
                step=step,
                format=form,
                **self._wire(field),
                **more,
            )
            kept = self._keep(field, shown, typed=True)
            return Decimal(kept) if kept is not None else None

    def slider(
        self, field: str, label: str, ends: tuple[float, float], default: float, step: float, **more: Any
    ) -> float:
        """A number between two ends; the default is shown until another is chosen."""
        with self.at(field):
            kept = float(self.get(field, default))
            low, high = ends
            shown = st.slider(label, low, high, kept, step, **self._wire(field), **more)
            return float(self._keep(field, shown, default))

    def day(self, field: str, label: str, default: date | None = None, **more: Any) -> None:
        """A date; the default is shown until another is chosen."""
        with self.at(field, more.get("width", "stretch")):
            kept = self.get(field, _plain(default))
            shown = st.date_input(
                label,
                value=date.fromisoformat(kept) if kept else None,
                format="YYYY-MM-DD",
                **self._wire(field),
                **more,
            )
            self._keep(field, shown, default)

    def clock(self, field: str, label: str, default: time | None = None, **more: Any) -> None:
        """A time of day in the person's time zone; the default is shown until another is chosen."""
        with self.at(field, more.get("width", "stretch")):
            kept = self.get(field, _plain(default))
            shown = st.time_input(
                label, value=time.fromisoformat(kept) if kept else None, **self._wire(field), **more
            )
            self._keep(field, shown, default)

    def choice(
        self, field: str, label: str, options: Sequence[Any], say: Callable[[Any], str], **more: Any
    ) -> Any:
        """One of a few, all in sight."""
        with self.at(field):
            kept = self.get(field)
            shown = st.pills(
                label,
                options,
                default=kept if kept in options else None,
                format_func={o: say(o) for o in options}.__getitem__,
                **self._wire(field),
                **more,
            )
            return self._keep(field, shown)

    def switch(
        self, field: str, label: str, options: Sequence[Any], say: Callable[[Any], str], default: Any
    ) -> Any:
        """One of two or three states; always one."""
        with self.at(field):
            kept = self.get(field, default)
            shown = st.segmented_control(
                label,
                options,
                default=kept if kept in options else default,
                format_func={o: say(o) for o in options}.__getitem__,
                required=True,
                **self._wire(field),
            )
            return self._keep(field, shown, default)

    def select(
        self,
        field: str,
        label: str,
        options: Sequence[Any],
        say: Callable[[Any], str],
        *,
        default: Any = None,
        settle: bool = False,
        **more: Any,
    ) -> Any:
        """One of many.

        Args:
            default: shown until another is chosen.
            settle: whether the default is saved as if it had been chosen.
        """
        with self.at(field, more.get("width", "stretch")):
            kept = self.get(field, default)
            shown = st.selectbox(
                label,
                options,
                index=options.index(kept) if kept in options else None,
                format_func={o: say(o) for o in options}.__getitem__,
                **self._wire(field),
                **more,
            )
            return self._keep(field, shown, None if settle else default)

    def tick(self, field: str, label: str) -> None:
        """Something to say yes to."""
        with self.at(field):
            shown = st.checkbox(label, bool(self.get(field)), **self._wire(field))
            self._keep(field, shown, default=False)

    def names(self, field: str, label: str, options: Sequence[str], **more: Any) -> list[str]:
        """Several names: known ones, or new ones."""
        with self.at(field):
            kept = self.get(field, [])
            shown = st.multiselect(
                label,
                list(dict.fromkeys([*options, *kept])),
                default=kept,
                accept_new_options=True,
                select_all=False,
                **self._wire(field),
                **more,
            )
            return list(self._keep(field, shown) or [])

    def finish(self, *, by_keys: bool = False, lines: str = "", send: str = "") -> None:
        """Call last: marks the labels, brings the first problem into view, watches the typing.

        Args:
            by_keys: whether Ctrl+Enter in a text sends the form, as its button does.
            lines: key of a container in whose fields of one line Enter sends it.
            send: key of its button where it is not the form's own.
        """
        if self._marked or self._memory.get("marks"):  # none takes the place of those that were drawn
            self._memory["marks"] = True
            st.html(f"<style>{''.join(self._mark(f) for f in self._marked) or '/* none */'}</style>")
        if self._marked:
            first = f"{self.prefix}problem_{self._marked[0]}_0"  # some are said beside no field
            into_view(first, f"{self.prefix}{self.draft.refusals}", key=f"{self.prefix}scroll")
        button = send or (f"{self.prefix}submit" if by_keys else "")
        autosave(self.prefix, self._typed, send=button, lines=lines)

    def _mark(self, field: str) -> str:
        label = f".st-key-{self.prefix}at_{field} [data-testid=stWidgetLabel] p"
        red = _RED_ON_DARK if st.context.theme.type == "dark" else _RED
        return f"{label}{{color:{red}}}{label}::before{{content:'\\25CF\\0020'}}"

    def _key(self, field: str) -> str:
        turn = self._memory.get(f"turn {field}", 0)
        return f"{self.prefix}{field}__{turn}" if turn else f"{self.prefix}{field}"

    def _wire(self, field: str) -> dict[str, Any]:
        """Key and callback of a field's widget; a new key when it changed elsewhere since the last run."""
        kept = _plain(self._values.get(field))
        elsewhere = field in self._memory and self._memory[field] != kept
        key = self._key(field)
        if elsewhere and key in st.session_state and _plain(st.session_state[key]) != kept:
            self._memory[f"turn {field}"] = self._memory.get(f"turn {field}", 0) + 1
            key = self._key(field)
        self._memory[field] = kept
        return {"key": key, "on_change": self._changed, "args": (field, key)}

    def _changed(self, field: str, key: str) -> None:
        value = _plain(st.session_state[key])
        pressed(lambda: self._keep_now(field, value))

    def _keep(self, field: str, shown: Any, default: Any = None, *, typed: bool = False) -> Any:
        """The value that a widget shows; saved when the draft holds another."""
        value = _plain(shown)
        if value != _plain(self.get(field, default)):
            self._keep_now(field, value)
        if typed:
            self._typed[self._key(field)] = "" if value is None else str(value)
        return value

    def _keep_now(self, field: str, value: Any) -> None:
        """Save what a widget holds; while the store is away the widget holds it until the frame goes on."""
        if self._put({field: value}):
            self._memory[field] = value


def _plain(value: Any) -> Any:
    """A widget's value as the draft keeps it; nothing is None."""
    match value:
        case "" | []:
            return None
        case float():
            return str(Decimal(str(value)).normalize() + 0)
        case time():
            return f"{value:%H:%M}"
        case date():
            return value.isoformat()
        case _:
            return value
