"""A button that is pressed twice, faster than its page answers."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest

from data.engine import Store


def rows_of_two(page: AppTest, press: Callable[[AppTest], object], store: Store, table: type) -> int:
    """How many rows two presses of the same form make: the second comes from it as it stood at the first.

    Args:
        press: fills the form in and sends it.
        table: of the schema.
    """
    turns = dict(page.session_state["form-turns"])
    press(page)
    page.session_state["form-turns"] = turns
    page.run()
    press(page)
    assert not page.exception
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0
