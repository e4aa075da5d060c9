"""A plan that is moved: what customers were told about the feature, and who is told of a conflict."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from core.promises.demands import PromiseInput
from data.commands.promises import make_promise, move_promise
from data.text import translate
from tests.conftest import Hands
from tests.pages.test_demands import press, shown
from tests.pages.test_promises import Desk


class Running(Hands):
    """A clock that goes on each time it is looked at: a page is older than what is done on it."""

    def __call__(self) -> datetime:
        self.move(seconds=1)
        return self.at


@pytest.fixture
def desk(sqlite_store) -> Desk:
    """Both dates fit, after a conflict that is over."""
    desk = Desk(sqlite_store)
    move_promise(sqlite_store, desk.people.rep, desk.promise, date(2026, 4, 20), "Agreed")
    sqlite_store.clock = Running(sqlite_store.clock())
    return desk


def told(language: str) -> str:
    people = ("Manager", "Product")
    return translate(language, "promises.told_of", people=translate(language, "shell.comma").join(people))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_whom_a_moved_plan_hurts_and_who_was_told_stands_beside_it(open_page, desk, language):
    page = open_page("promises", desk.people.product, language, feature=desk.feature)
    day = "20 Apr 2026" if language == "en" else "2026年4月20日"
    assert day in shown(page)
    assert told(language) not in shown(page)  # the earlier conflict's
    assert translate(language, "promises.no_later", on=day, customer="Haihe Pumps") in shown(page)
    page.date_input[0].set_value(date(2026, 4, 12))
    page.text_area[0].set_value("It still fits").run()
    page = open_page(
        "promises", desk.people.product, language, feature=desk.feature
    )  # after a look elsewhere
    press(page, translate(language, "promises.way.plan"))
    assert [toast.value for toast in page.toast] == [translate(language, "promises.moved")]
    page.date_input[0].set_value(date(2026, 5, 2))
    page.text_area[0].set_value("A supplier is late")
    press(page, translate(language, "promises.way.plan"))
    assert not page.exception
    assert [toast.value for toast in page.toast] == [
        translate(language, "promises.moved_behind", customers="Haihe Pumps")
    ]
    assert translate(language, "promises.why.before_plan", n=12) in shown(page)
    assert told(language) in shown(page)
    assert (page.date_input[0].value, page.text_area[0].value) == (None, "")  # it is done: the form is empty
    rep = open_page("promises", desk.people.rep, language, promise=desk.promise)
    assert told(language) in shown(rep)
    page.date_input[0].set_value(date(2026, 4, 19))
    page.text_area[0].set_value("It came after all")
    press(page, translate(language, "promises.way.plan"))
    assert [toast.value for toast in page.toast] == [translate(language, "promises.moved")]
    assert translate(language, "promises.light.amber") in shown(page)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_promise_that_moves_the_plan_tells_of_the_others_that_hang_on_it(open_page, desk, language):
    who, on = desk.people, date(2026, 4, 25)
    other = PromiseInput("The same screen", on, demand_id=desk.demand)
    make_promise(desk.store, who.rep, who.customer, other)
    page = open_page("promises", who.product, language, promise=desk.promise)
    page = page.button_group(f"promise-way-{desk.promise}").set_value("plan").run()
    day = {"en": "25 Apr 2026", "zh": "2026年4月25日"}[language]
    assert translate(language, "promises.same_plan", n=1) in shown(page)
    assert translate(language, "promises.no_later", on=day, customer="Haihe Pumps") in shown(page)
    page.date_input[0].set_value(on).run()
    assert not page.warning
    page.date_input[0].set_value(date(2026, 4, 26)).run()
    late = {"en": "26 Apr 2026", "zh": "2026年4月26日"}[language]
    words = translate(language, "promises.breaks", n=1, on=late, customers="Haihe Pumps")
    assert [w.value.replace("\\", "") for w in page.warning] == [words]
