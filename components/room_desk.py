"""What the parts of a room's page share: its desk, and doing a thing once however often it is pressed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from components.blocks import plain
from components.form_turns import next_turn, turn_of
from components.frame import View, show_error
from core.messages import AppError, Invalid
from data.queries.room_file import RoomFile


@dataclass(frozen=True, slots=True)
class Desk:
    """What is done in a room.

    Attributes:
        does: commands by name, already those of this person.
        people: (id, name, role) of those who could be called in; asked for when needed.
    """

    file: RoomFile
    view: View
    does: Mapping[str, Callable[..., Any]]
    people: Callable[[], tuple[tuple[int, str, str], ...]]

    @property
    def writes(self) -> bool:
        """Whether this person may write here now."""
        return self.file.open and self.file.there


def press(desk: Desk, label: str, key: str, what: str, *values: Any, tertiary: bool = False) -> None:
    """A button that does one thing, once however often it is pressed; when it is refused, says why."""
    kind: Any = "tertiary" if tertiary else "secondary"
    if not st.button(label, key=key, type=kind):
        return
    try:
        desk.does[what](turn_of(key), *values)
    except Invalid as error:
        st.error("  \n".join(plain(desk.view.explain(p)) for p in error.problems), icon=":material/block:")
    except AppError as error:
        show_error(error)
    else:
        next_turn(key)
        st.rerun()
