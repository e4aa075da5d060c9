"""A promise is begun from the board, and gone on with, in both languages."""

from __future__ import annotations

import pytest

from data.text import translate
from tests.company import found
from tests.pages.test_demands import press, shown


@pytest.fixture
def company(sqlite_store):
    return found(sqlite_store)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("role", ["rep", "manager", "director", "product", "delivery"])
def test_a_promise_can_be_begun_from_the_board(open_page, sqlite_store, company, role, language):
    who = getattr(company, role)
    page = open_page("promises", who, language)
    pick = [s for s in page.selectbox if s.key == "promise-customer"]
    assert bool(pick) is (role in ("rep", "manager", "director"))
    if not pick:
        return
    assert pick[0].label == translate(language, "promises.make_for")
    pick[0].set_value((company.customer, "Haihe Pumps")).run()
    assert not page.exception
    prefix = f"d{page.query_params['draft'][0]}_"
    page.text_area(f"{prefix}words").set_value("By Easter").run()
    page = open_page("promises", who, language)
    assert "By Easter" in shown(page)
    press(page, translate(language, "demands.go_on"))
    assert page.text_area(f"{prefix}words").value == "By Easter"
