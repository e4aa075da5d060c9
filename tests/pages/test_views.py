"""The menu of saved views on a report page, and the page that manages them; in both languages."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from data.commands.views import save_view, subscribe
from data.queries.views import views
from data.schema import Message, SavedView
from data.text import translate
from tests.company import found
from tests.pages.reading import check_words, words
from tests.pages.test_demands import press


def kept(store, who):
    with store.reading() as session:
        return views(session, who)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_address_of_a_page_is_saved_under_a_name(open_page, sqlite_store, language):
    people = found(sqlite_store)
    page = open_page("outlook", people.manager, language, period="month")
    press(page, translate(language, "views.save"))
    assert translate(language, "problems.required") in words(page)
    name, shared = (translate(language, f"views.{key}") for key in ("name", "shared"))
    next(x for x in page.text_input if x.label == name).set_value("Month *now*")
    next(x for x in page.toggle if x.label == shared).set_value(True)
    opened = popovers(page)
    press(page, translate(language, "views.save"))
    check_words(page)
    [view] = kept(sqlite_store, people.manager)
    assert (view.page, view.query, view.name, view.shared) == (
        "outlook", {"period": "month"}, "Month *now*", True,
    )  # fmt: skip
    assert "Month *now*" in words(page)
    assert [x.value for x in page.text_input if x.label == name] == [""]
    assert not opened & popovers(page)  # under new keys, so they are closed


def popovers(page):
    """Their identities in the browser."""
    return {block.proto.id for block in page.get("popover")}


# page, address, whose reach, and what is said of its filters in each language
SAID = [
    ("board", {}, "As", {"en": "as the page opens, without a filter", "zh": "页面默认显示，未加筛选"}),
    ("reports", {"period": "quarter"}, "As", {"en": "Period: Last full quarter", "zh": "期间：上个整季"}),
    ("board", {"by": "rep", "show": "red"}, "As", {"en": "By: Rep · and 1 further choice",
                                                  "zh": "维度：销售 · 另有 1 项设置"}),
    ("outlook", {"start": "2026-03-01"}, "As", {"en": "From: 1 Mar 2026", "zh": "起始：2026年3月1日"}),
    ("outlook", {"start": "x"}, "As", {"en": "and 1 further choice", "zh": "另有 1 项设置"}),
]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("page", "query", "name", "said"), SAID)
def test_a_view_says_its_filters(open_page, sqlite_store, page, query, name, said, language):
    people = found(sqlite_store)
    save_view(sqlite_store, people.manager, page, query, name, True)
    assert said[language] in words(open_page("views", people.manager, language))


def test_a_view_calls_nobody_by_name_who_is_out_of_reach(open_page, sqlite_store):
    people = found(sqlite_store)
    save_view(sqlite_store, people.manager, "reports", {"rep": str(people.mate.person_id)}, "Mate", True)
    assert "Rep: Mate" in words(open_page("views", people.manager))
    theirs = words(open_page("views", people.rep))
    assert "Rep: not within your reach" in theirs
    assert "Rep: Mate" not in theirs


@pytest.mark.parametrize("language", ["en", "zh"])
def test_views_are_renamed_subscribed_to_and_deleted(open_page, sqlite_store, language):
    people = found(sqlite_store)
    view = save_view(sqlite_store, people.manager, "reports", {"period": "quarter"}, "Ours", True)
    page = open_page("views", people.rep, language)
    assert translate(language, "views.by", owner="Manager") in words(page)
    assert translate(language, "views.delete") not in words(page)
    page.selectbox(key=f"weekday-{view}").set_value(3)
    opened = popovers(page)
    press(page, translate(language, "views.subscribe"))
    assert not opened & popovers(page)
    assert [(v.every, v.weekday) for v in kept(sqlite_store, people.rep)] == [("week", 3)]
    press(page, translate(language, "views.unsubscribe"))
    assert [v.every for v in kept(sqlite_store, people.rep)] == [None]
    page = open_page("views", people.manager, language)
    page.text_input(key=f"name-{view}").set_value("")
    press(page, translate(language, "views.rename"))
    assert translate(language, "problems.required") in words(page)
    page.text_input(key=f"name-{view}").set_value("This quarter")
    press(page, translate(language, "views.rename"))
    assert "This quarter" in words(page)
    press(page, translate(language, "views.delete"))
    check_words(page)
    assert translate(language, "views.none") in words(page)
    with sqlite_store.reading() as session:
        assert session.scalars(select(SavedView.id)).all() == session.scalars(select(Message.id)).all() == []


def test_a_shared_view_shows_each_what_they_may_see(open_page, sqlite_store):
    people = found(sqlite_store)
    query = {"rep": str(people.mate.person_id)}
    view = save_view(sqlite_store, people.manager, "reports", query, "Mate", True)
    subscribe(sqlite_store, people.rep, view, "week")
    page = open_page("reports", people.rep, **query)
    assert not page.exception
    assert translate("en", "reports.out_of_reach") in [i.value for i in page.info]
