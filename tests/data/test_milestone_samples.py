"""Samples: drawn once a day from a seed that anybody can repeat, checked row by row, within reach."""

from __future__ import annotations

from random import Random

import pytest
from sqlalchemy import select

from core.messages import Conflict, Invalid, NotFound
from core.milestones.samples import Found, draw
from data.commands.milestone_samples import check_item, draw_sample
from data.commands.milestones import set_launch
from data.files import keep_recording
from data.queries.milestone_samples import looked_at, sample_of
from data.schema import Audit, ProofCheck
from tests.company import found
from tests.data.test_milestones import LAUNCH, action, day, plan, read, rows
from tests.deliveries import Handover
from tests.forecasts import noon
from tests.sounds import hum


@pytest.fixture
def company(store, clock):
    """Thirty follow-ups of the rep, one step that nobody recorded; day 29."""
    people = found(store)
    set_launch(store, people.director, None, LAUNCH)
    for n in range(28):
        action(store, people, day(n % 28), summary=f"They want to see line {n} run")
    plan(store, people, day(2))
    clock.at = noon(day(29))
    return people


def taken(store, who, team=None, criterion="completeness"):
    return read(store, sample_of, who, team, criterion)


def test_twenty_rows_are_drawn_and_anybody_can_draw_the_same(store, company, clock):
    assert taken(store, company.director) is None
    draw_sample(store, company.director, None, "completeness")
    sample = taken(store, company.director)
    assert (len(sample.items), sample.population, sample.tally.checked) == (20, 28, 0)
    known = [r for r in rows(store, "completeness", clock.at) if r.why != "not_recorded"]
    assert tuple(i.row for i in sample.items) == draw(known[::-1], 20, Random(sample.key))
    with pytest.raises(Conflict):
        draw_sample(store, company.director, None, "completeness")
    clock.move(days=1)
    draw_sample(store, company.director, None, "completeness")
    again = taken(store, company.director)
    assert (again.earlier, again.key != sample.key) == (1, True)


def test_recordings_are_drawn_from_where_there_are_any(store, company):
    sound = keep_recording(store, company.rep, hum(12), "audio/wav")
    heard = action(store, company, day(5), recording=sound, transcript="They said so")
    draw_sample(store, company.manager, company.manager.team_id, "completeness")
    sample = taken(store, company.manager, company.manager.team_id)
    assert [i.row.of for i in sample.items] == [heard]
    looked = read(store, looked_at, company.manager, sample.id, heard)
    assert (looked.recording, looked.transcript) == (sound, "They said so")


def test_a_check_stays_and_a_second_look_counts(store, company):
    number = draw_sample(store, company.director, None, "completeness")
    first, second, *_ = [i.row.of for i in taken(store, company.director).items]
    with pytest.raises(Invalid):
        check_item(store, company.director, number, first, "")
    with pytest.raises(Invalid):
        check_item(store, company.director, number, first, "differs", " ")
    check_item(store, company.director, number, first, "differs", "Nobody knows of this visit")
    check_item(store, company.director, number, first, "confirmed")
    check_item(store, company.director, number, second, "unclear", "The line is broken")
    sample = taken(store, company.director)
    told = sample.tally
    assert (told.checked, told.confirmed, told.differs, told.unclear) == (2, 1, 0, 1)
    assert told.low == pytest.approx(0.2065, abs=1e-4)  # one of one: Wilson's interval is wide
    assert told.high == 1.0
    assert {i.check.result for i in sample.items if i.check} == {Found.CONFIRMED, Found.UNCLEAR}
    with store.reading() as session:
        assert len(session.scalars(select(ProofCheck)).all()) == 3
        said = session.scalars(select(Audit.command).where(Audit.entity == "proof_sample"))
        assert list(said) == ["milestone.sample"] + ["milestone.check"] * 3


def test_promises_are_drawn_too(store, clock):
    handover = Handover(store)
    people = handover.people
    set_launch(store, people.director, None, LAUNCH)
    with pytest.raises(Invalid):
        draw_sample(store, people.director, None, "kept")  # no promise's day has come
    clock.move(days=20)
    draw_sample(store, people.director, None, "kept")
    (item,) = taken(store, people.director, criterion="kept").items
    assert (item.row.of, item.row.value) == (handover.promise, 0.0)
    looked = read(store, looked_at, people.director, 1, handover.promise)
    assert (looked.words, looked.recording) == ("By the 12th", None)


def test_another_teams_sample_is_out_of_reach(store, company):
    west = company.stranger.team_id
    with pytest.raises(Invalid):
        draw_sample(store, company.director, west, "completeness")  # nothing there
    number = draw_sample(store, company.director, None, "completeness")
    of = taken(store, company.director).items[0].row.of
    for team in (None, west):
        with pytest.raises(NotFound):
            draw_sample(store, company.manager, team, "completeness")
        with pytest.raises(NotFound):
            taken(store, company.manager, team)
    for attempt in (
        lambda: check_item(store, company.manager, number, of, "confirmed"),
        lambda: read(store, looked_at, company.manager, number, of),
        lambda: read(store, looked_at, company.director, number, 999),
        lambda: check_item(store, company.director, 999, of, "confirmed"),
        lambda: check_item(store, company.director, number, 999, "confirmed"),
    ):
        with pytest.raises(NotFound):
            attempt()
    with pytest.raises(Invalid):
        draw_sample(store, company.director, None, "adoption")
