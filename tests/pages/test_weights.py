"""The page of weights: sliders make a version, the past judges it, and only then it can be applied."""

from __future__ import annotations

import pytest

from core.forecast.factors import FACTORS
from data.schema import WeightVersion
from data.text import translate
from tests.company import found
from tests.pages.reading import check_words, words
from tests.pages.twice import rows_of_two


def button(page, language, key):
    return next(b for b in page.button if b.label == translate(language, key))


def field(page, language, name):
    return next(i for i in page.text_input if i.label == translate(language, f"weights.{name}"))


def slider(page, language="en", name="stage"):
    return next(s for s in page.slider if s.label == translate(language, f"factors.name.{name}"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_from_a_slider_to_weights_in_force_and_back(open_page, sqlite_store, language):
    director = found(sqlite_store).director
    page = open_page("weights", director, language)
    check_words(page)
    assert "weights." not in words(page)
    labels = [s.label for s in page.slider]
    assert len(labels) == len(FACTORS)
    assert not [label for label in labels if "." in label]
    button(page, language, "weights.draft").click().run()
    assert translate(language, "problems.reason_required") in words(page)
    slider(page, language).set_value(2.0)
    field(page, language, "note").set_value("Stages tell more.").run()
    button(page, language, "weights.draft").click().run()
    check_words(page)
    assert button(page, language, "weights.apply").disabled
    button(page, language, "weights.backtest").click().run()
    assert translate(language, "weights.no_past") in words(page)  # a company without a past
    field(page, language, "apply_note").set_value("Agreed.").run()
    page = open_page("weights", director, language, version=1)  # after a look at something else
    button(page, language, "weights.apply").click().run()
    check_words(page)
    said = next(i.value for i in page.info)
    assert "Director" in said
    assert translate(language, "factors.name.stage") in said
    assert slider(page, language).value == 2.0
    field(page, language, "apply_note").set_value("Not yet.")
    button(page, language, "weights.apply").click().run()
    assert translate(language, "weights.shipped") in [i.value for i in page.info]


def test_an_industrys_weights_lie_over_the_others(open_page, sqlite_store):
    page = open_page("weights", found(sqlite_store).director, industry="chemicals")
    slider(page).set_value(0.5)
    field(page, "en", "note").set_value("Long cycles.")
    button(page, "en", "weights.draft").click().run()
    assert "Chemicals: Stage × 0.50" in words(page)


def test_what_was_set_is_there_after_a_look_at_something_else_until_thrown_away(open_page, sqlite_store):
    director = found(sqlite_store).director
    page = open_page("weights", director)
    slider(page).set_value(2.0).run()
    page = open_page("weights", director, industry="chemicals")
    assert slider(page).value == 1.0  # each industry has its own
    slider(page, name="decision_maker").set_value(0.5).run()
    page = open_page("weights", director)  # as after a reload
    assert (slider(page).value, slider(page, name="decision_maker").value) == (2.0, 1.0)
    field(page, "en", "note").set_value("Stages tell more.").run()
    button(page, "en", "weights.draft").click().run()
    assert "Every industry: Stage × 2.00" in words(page)
    assert slider(page).value == 1.0  # what is in force
    page = open_page("weights", director, industry="chemicals")
    assert slider(page, name="decision_maker").value == 0.5
    button(page, "en", "demands.discard").click().run()
    assert slider(page, name="decision_maker").value == 1.0


def test_two_presses_write_one_version(open_page, sqlite_store):
    def draft(page):
        slider(page).set_value(2.0)
        field(page, "en", "note").set_value("Stages tell more.")
        return button(page, "en", "weights.draft").click().run()

    page = open_page("weights", found(sqlite_store).director)
    assert rows_of_two(page, draft, sqlite_store, WeightVersion) == 1
