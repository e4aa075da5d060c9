"""Stars below a report: given, changed, counted, gone offline, back again; in both languages."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.messages import Conflict
from data.commands.ratings import rate
from data.schema import SealedBallot
from data.sealing import unseal
from data.text import translate
from tests.company import found
from tests.data.test_ratings import give, night
from tests.pages.reading import check_words, words
from tests.pages.test_demands import press


def sealed(store):
    with store.reading() as session:
        return [unseal(store.files, s) for s in session.scalars(select(SealedBallot.sealed))]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_reader_rates_and_changes_it(open_page, sqlite_store, language):
    people = found(sqlite_store)
    page = open_page("morning", people.rep, language)
    assert translate(language, "rating.ask") in words(page)
    assert not page.feedback
    press(page, translate(language, "rating.start"))
    page.feedback[0].set_value(3).run()
    assert sealed(sqlite_store) == ["4"]
    page.feedback[0].set_value(1).run()
    check_words(page)
    assert sealed(sqlite_store) == ["2"]
    assert translate(language, "rating.given", until="").split("until")[0][:10] in words(page)


def test_a_second_browser_has_no_paper(open_page, sqlite_store):
    people = found(sqlite_store)
    press(open_page("morning", people.rep), translate("en", "rating.start"))
    page = open_page("morning", people.rep)
    assert not page.feedback
    assert translate("en", "rating.no_paper") in words(page)


def test_the_mean_shows_from_three_votes_on(open_page, sqlite_store, clock):
    people = found(sqlite_store)
    give(sqlite_store, people, "morning", rep=5, mate=4)
    night(sqlite_store, clock, days=31)
    assert translate("en", "rating.none_yet", least=3) in words(open_page("morning", people.rep))
    give(sqlite_store, people, "morning", stranger=5, mate=4, manager=5)
    night(sqlite_store, clock, days=30)
    assert translate("en", "rating.result", month="Apr 2026", mean="4.7", n=3) in words(
        open_page("morning", people.rep)
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_offline_it_shows_why_and_its_director_brings_it_back(open_page, sqlite_store, clock, language):
    people = found(sqlite_store)
    give(sqlite_store, people, "morning", rep=1, mate=3, manager=4)
    night(sqlite_store, clock, days=31)
    month = {"en": "Mar 2026", "zh": "2026年3月"}[language]
    why = translate(language, "rating.offline", month=month, mean="2.7", n=3, limit="3.5")
    page = open_page("morning", people.rep, language)
    assert not page.exception
    [warning] = [w.value for w in page.warning]
    assert warning.startswith(why)
    assert "Director" in warning
    assert not page.button
    assert not page.feedback
    page = open_page("morning", people.director, language)
    press(page, translate(language, "rating.revise"))
    assert translate(language, "problems.required") in words(page)
    page.text_area[0].set_value("Fewer words").run()
    page = open_page("morning", people.director, language)  # after a look at something else
    press(page, translate(language, "rating.revise"))
    assert not page.warning
    assert translate(language, "rating.version", n=2, change="Fewer words") in words(page)


def test_a_paper_that_is_not_ones_own_does_not_count(open_page, sqlite_store):
    people = found(sqlite_store)
    page = open_page("morning", people.rep)
    press(page, translate("en", "rating.start"))
    page.session_state[f"firebreak_paper_{people.rep.person_id}_2026-03"] = "from elsewhere"
    assert not page.run().feedback
    with pytest.raises(Conflict):
        rate(sqlite_store, people.rep, "from elsewhere", "morning", 3)
