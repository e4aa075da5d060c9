"""Lines of a list: all of one leads somewhere, or its button alone does something at once."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.reading import does, lines


def listed() -> None:
    import streamlit as st

    from components.blocks import Row, Tone, rows

    pressed = rows(
        [
            Row("leads", "A*B", "since *Monday*", mark="Overdue", tone=Tone.RED, action="Open"),
            Row("now", "This session", action="End it", at_once=True),
            Row("still", "Nothing to do"),
        ],
        "list",
    )
    st.text(f"pressed {pressed}")


@pytest.fixture
def page() -> AppTest:
    return AppTest.from_function(listed).run()


def test_all_of_a_line_that_leads_somewhere_is_its_button(page):
    whole = page.button(key="list-leads")
    assert does(whole) == "Open"
    assert whole.label.startswith(r":red-badge[:material/error: Overdue] **A\*B**")
    assert r"since \*Monday\*" in whole.label
    assert whole.click().run().text[0].value == "pressed leads"


def test_what_happens_at_once_has_a_button_of_its_own(page):
    assert page.button(key="list-now").label == "End it"
    assert [m.value for m in page.markdown] == ["**This session**", "**Nothing to do**"]
    assert page.button(key="list-now").click().run().text[0].value == "pressed now"


def test_a_line_without_an_action_cannot_be_pressed(page):
    assert [b.key for b in page.button] == ["list-leads", "list-now"]
    assert len(lines(page)) == 3
