"""The page of records worth a look: facts, what often explains them, rows, and a note that settles them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from data.schema import Action
from data.text import translate
from tests.company import found
from tests.pages.reading import unfold


@pytest.fixture
def people(sqlite_store, clock):
    made = found(sqlite_store)
    with sqlite_store.writing() as session:
        for n in range(6):
            start = clock.at - timedelta(days=1, hours=2 * n, minutes=7 * n)
            session.add(
                Action(
                    type="appointment",
                    status="completed",
                    customer_id=made.customer,
                    opportunity_id=made.opportunity,
                    owner_id=made.rep.person_id,
                    started_at=start,
                    ended_at=start + timedelta(minutes=30),
                    recorded_at=clock.at - timedelta(minutes=n),
                    summary="Went *well*, next week again.",
                    fields={"place": "Plant 2"},
                )
            )
    return made


def shown(page) -> str:
    return " ".join(m.value for m in (*page.markdown, *page.caption)).replace("\\", "")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_says_what_it_saw_and_what_often_explains_it(open_page, people, language):
    page = open_page("plausibility", people.manager, language)
    assert not page.exception
    text = shown(page)
    for kind in ("identical_text", "bursts"):
        assert translate(language, f"plausibility.{kind}.name") in text
        assert translate(language, f"plausibility.{kind}.innocent") in text
    assert "Went *well*, next week again." in text
    assert "appointment" not in text
    rows = translate(language, "plausibility.rows", n=6)
    assert (len(page.dataframe), [e.label for e in page.expander]) == (0, [rows, rows])
    unfold(unfold(page, rows), rows, n=1)
    assert [len(table.value) for table in page.dataframe] == [6, 6]
    assert page.dataframe[0].value["type"].tolist() == [translate(language, "terms.stage.appointment")] * 6


def test_many_signs_come_in_portions(open_page, people):
    page = open_page("plausibility", people.manager, shown=1)
    assert translate("en", "plausibility.signs_of", shown=1, total=2) in shown(page)
    assert len(page.expander) == 1
    next(b for b in page.button if b.label == translate("en", "demands.more")).click().run()
    assert len(page.expander) == 2


def test_visits_with_no_time_between_are_shown_with_their_ends_and_places(open_page, people, sqlite_store):
    with sqlite_store.writing() as session:
        first, second, *_ = session.scalars(select(Action).order_by(Action.started_at)).all()
        first.ended_at, first.fields = second.started_at, {"place": "Gate 1"}
    page = open_page("plausibility", people.manager)
    assert "began 0 min after" in shown(page)
    rows = unfold(page, page.expander[-1].label, n=-1).dataframe[-1].value
    assert rows["ended"].tolist()[0] == rows["started"].tolist()[1]
    assert rows["place"].tolist() == ["Gate 1", "Plant 2"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_note_settles_it_and_is_asked_for_at_its_field(open_page, people, language):
    page = open_page("plausibility", people.manager, language)
    settle = translate(language, "plausibility.settle")
    next(b for b in page.button if b.label == settle).click().run()
    assert translate(language, "problems.reason_required") in shown(page)
    page.text_input[0].set_value("They agreed on the phrase.")
    next(b for b in page.button if b.label == settle).click().run()
    assert not page.exception
    assert len(page.expander) == 1
    assert "They agreed on the phrase." in shown(page)


def test_a_quiet_company_is_told_so(open_page, sqlite_store):
    people = found(sqlite_store)
    page = open_page("plausibility", people.director)
    assert translate("en", "plausibility.no_records", days=28) in shown(page)
