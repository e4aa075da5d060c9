"""Laying out Today in the studio and for oneself, in both languages (F1, F2)."""

from __future__ import annotations

from dataclasses import replace

from core.home import Kind, Layout, with_shown
from data.commands.home import keep_own
from data.queries.policies import policy_in_force
from data.text import translate
from tests.data.test_home import company, of, put
from tests.pages.reading import check_words, does, words
from tests.pages.test_studio import LANGUAGES, fill, press


def hide(page, key, kind):
    next(w for w in page.toggle if w.key.startswith(f"{key}-{kind}-")).set_value(False)
    return page.run()


@LANGUAGES
def test_a_role_is_laid_out_looked_at_and_published(open_page, sqlite_store, language):
    people = company(sqlite_store)
    page = open_page("studio", people.director, language, part="home")
    check_words(page)
    red = next(w for w in page.toggle if w.key.startswith("home-rep-overdue-"))
    assert red.disabled  # it burns
    page = hide(page, "home-rep", Kind.UNPLANNED)
    next(b for b in page.button if b.key == "home-rep-grade-up").click()
    page = press(page.run(), "studio.keep", language)
    check_words(page)
    hidden = translate(language, "home.not_shown")
    table = next(d.value for d in page.dataframe if translate(language, "home.then") in d.value)
    assert hidden in set(table[translate(language, "home.then")])
    fill(page, "studio.note", "Plan in the evening.", language)
    page = press(page, "studio.publish", language)
    check_words(page)
    with sqlite_store.reading() as session:
        (layout,) = policy_in_force(session).home
    assert (layout.role, layout.hidden) == ("rep", ("unplanned",))
    today = open_page("today", people.rep, language)
    check_words(today)
    assert translate(language, "today.unplanned_do") not in [does(b) for b in today.button]
    next(b for b in today.button if b.key == "aside-unplanned").click().run()
    assert translate(language, "today.unplanned_do") in [does(b) for b in today.button]


@LANGUAGES
def test_ones_own_order_is_kept_and_reset(open_page, sqlite_store, language):
    people = company(sqlite_store, steps=1)
    page = hide(open_page("account", people.rep, language), "home-own", Kind.GRADE)
    limit = next(n for n in page.number_input if n.key.startswith("home-own-overdue-limit"))
    page = press(limit.set_value(2).run(), "home.keep", language)
    check_words(page)
    mine = of(sqlite_store, people.rep)
    assert (mine.own, mine.aside, mine.layout.limit(Kind.OVERDUE)) == (True, (Kind.GRADE,), 2)
    page = press(page, "home.reset", language)
    check_words(page)
    assert not of(sqlite_store, people.rep).own


@LANGUAGES
def test_nothing_shown_is_not_called_all_done(open_page, sqlite_store, language):
    people = company(sqlite_store, steps=0)
    layout = with_shown(with_shown(Layout(), Kind.GRADE, False), Kind.UNPLANNED, False)
    put(sqlite_store, people.director, replace(layout, role="rep"))
    keep_own(sqlite_store, people.stranger, layout)
    page = open_page("today", people.stranger, language)
    check_words(page)
    assert translate(language, "home.nothing_shown") in words(page)
    assert translate(language, "today.nothing") not in words(page)
