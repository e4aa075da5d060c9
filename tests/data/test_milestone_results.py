"""A result in the store: signed, appealed, decided; the freeze that it brings holds in the commands."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.messages import Conflict, Invalid, NotAllowed, NotFound
from core.milestones.assess import State
from core.milestones.consequences import Force
from core.promises.demands import Answer
from data.commands.demands import answer_demand
from data.commands.features import move_feature
from data.commands.milestone_results import (
    appeal_result,
    decide_anew,
    decide_appeal,
    sign_result,
    unsign_result,
)
from data.commands.milestones import issue_milestone, set_launch
from data.notices import sentence
from data.queries.milestone_results import (
    Decision,
    all_results,
    freeze_in_force,
    freeze_now,
    freezes_in_force,
    results,
)
from data.schema import Audit, Message, MilestoneAppeal, MilestoneResult, PolicyVersion
from tests.company import found
from tests.data.test_demands import filed
from tests.data.test_milestones import MONTHS, read
from tests.forecasts import deal, noon, run
from tests.importing import import_text, shown

TODAY = date(2026, 3, 4)
FROZEN = date(2026, 4, 1), date(2026, 7, 1)


@pytest.fixture
def company(store):
    """Day 60 was two days ago: January missed by half, six answers accepted; company and teams are judged."""
    people = found(store)
    set_launch(store, people.admin, None, MONTHS)
    january = run(store, date(2026, 1, 1), value=100)
    for _ in range(6):
        deal(store, people.rep.person_id, run_id=january, decision="accepted")
    deal(store, people.rep.person_id, won_on=date(2026, 1, 20), paid=50)
    return people


@pytest.fixture
def missed(store, company) -> int:
    return issue_milestone(store, company.director, None, 60)


def of(store, who, team=None):
    return read(store, results, who, team, 60)


def frozen(store, on=TODAY):
    with store.reading() as session:
        return freeze_in_force(session, on)


def test_a_result_waits_for_its_signature_then_it_is_in_force(store, company, missed):
    (result,) = of(store, company.director)
    assert (result.verdict, result.force) == (State.MISSED, Force.UNSIGNED)
    assert (result.brings.frozen_from, result.brings.frozen_until) == FROZEN
    assert frozen(store) is None
    sign_result(store, company.director, missed, "As agreed in the board")
    (signed,) = of(store, company.director)
    assert (signed.force, signed.signed_by, signed.note) == (
        Force.IN_FORCE, "Director", "As agreed in the board",
    )  # fmt: skip
    assert frozen(store).brings == signed.brings
    assert frozen(store, FROZEN[1]) is None
    with pytest.raises(Conflict):
        sign_result(store, company.director, missed)
    with store.reading() as session:
        (told,) = session.scalars(select(Message).where(Message.kind == "features_frozen"))
        assert told.person_id == company.product.person_id
        assert "1 Apr 2026" in sentence("en", told.kind, told.params)[1]
        assert freeze_now(session, company.product, TODAY) is not None
        assert freeze_now(session, company.admin, TODAY) is None


def test_a_signature_by_mistake_is_taken_back_for_a_day(store, company, missed, clock):
    with pytest.raises(Conflict, match="not_signed"):
        unsign_result(store, company.director, missed, "The wrong button")
    sign_result(store, company.director, missed)
    with pytest.raises(NotAllowed):
        unsign_result(store, company.manager, missed, "Not mine to say")
    with pytest.raises(Invalid):
        unsign_result(store, company.director, missed, " ")
    unsign_result(store, company.director, missed, "The wrong button")
    (result,) = of(store, company.director)
    assert (result.force, result.signed_at, frozen(store)) == (Force.UNSIGNED, None, None)
    clock.move(minutes=1)
    sign_result(store, company.director, missed)
    assert frozen(store) is not None
    with store.reading() as session:
        told = session.scalars(select(Message).order_by(Message.id)).all()
        kinds = [m.kind for m in told if m.person_id == company.product.person_id]
        assert kinds == ["features_frozen", "features_thawed", "features_frozen"]
        said = session.scalars(select(Audit.after).where(Audit.command == "milestone.unsign")).one()
        assert said["reason"] == "The wrong button"
    clock.move(days=1, minutes=1)
    with pytest.raises(Conflict, match="signature_stands"):
        unsign_result(store, company.director, missed, "Too late")


def test_an_appeal_holds_it_up_and_when_upheld_turns_it(store, company, missed):
    with pytest.raises(Invalid):
        appeal_result(store, company.manager, missed, " ")
    appeal = appeal_result(store, company.manager, missed, "A win of January was booked in February")
    with pytest.raises(Conflict):
        appeal_result(store, company.manager, missed, "Again")
    with pytest.raises(Conflict):
        sign_result(store, company.director, missed)
    assert of(store, company.director)[0].force is Force.APPEALED
    with pytest.raises(Invalid):
        decide_appeal(store, company.director, appeal, True, "")
    decide_appeal(store, company.director, appeal, True, "The booking was ours")
    with pytest.raises(Conflict):
        decide_appeal(store, company.director, appeal, False, "No")
    sign_result(store, company.director, missed)
    (result,) = of(store, company.director)
    assert (result.verdict, result.counts_as, result.brings.factor) == (State.MISSED, State.MET, 1.2)
    assert frozen(store) is None
    with store.reading() as session:
        kinds = session.execute(select(Message.kind, Message.person_id).order_by(Message.id)).all()
        assert ("milestone_appealed", company.director.person_id) in kinds
        assert ("appeal_upheld", company.manager.person_id) in kinds
        said = session.scalars(select(Audit.command).where(Audit.entity == "milestone_appeal"))
        assert list(said) == ["milestone.appeal", "milestone.decide"]


def test_a_rejected_appeal_leaves_the_result_and_a_signature_before_it_waits(store, company, missed):
    sign_result(store, company.director, missed)
    assert frozen(store) is not None
    appeal = appeal_result(store, company.manager, missed, "The holidays were not counted")
    assert frozen(store) is None  # nothing is in force while it waits
    decide_appeal(store, company.director, appeal, False, "They were: see the calendar")
    assert frozen(store) is not None


def test_a_decision_by_the_wrong_button_gives_way_to_the_other_and_stays_to_be_read(
    store, company, missed, clock
):
    appeal = appeal_result(store, company.manager, missed, "A win of January was booked in February")
    with pytest.raises(Conflict, match="appeal_waits"):
        decide_anew(store, company.director, appeal, True, "Not decided yet")
    decide_appeal(store, company.director, appeal, False, "The booking was ours")
    clock.move(days=1)
    with pytest.raises(NotAllowed):
        decide_anew(store, company.manager, appeal, True, "Mine")
    with pytest.raises(Invalid):
        decide_anew(store, company.director, appeal, True, " ")
    with pytest.raises(Conflict, match="appeal_decided"):
        decide_anew(store, company.director, appeal, False, "The same again")
    decide_anew(store, company.director, appeal, True, "The wrong button")
    (result,) = of(store, company.director)
    (kept,) = result.appeals
    assert (result.counts_as, kept.upheld, kept.answer) == (State.MET, True, "The wrong button")
    assert kept.earlier == (Decision(False, "The booking was ours", "Director", clock.at),)
    with store.reading() as session:
        told = session.scalars(select(Message.kind).where(Message.person_id == company.manager.person_id))
        assert [kind for kind in told if kind.startswith("appeal_")] == ["appeal_rejected", "appeal_upheld"]
    clock.move(hours=1)
    sign_result(store, company.director, missed)
    with pytest.raises(Conflict, match="milestone_signed"):  # it was put into force on the decision
        decide_anew(store, company.director, appeal, False, "Too late")


def test_an_appeal_comes_in_time_and_against_something(store, company, missed, clock):
    clock.move(days=15)
    with pytest.raises(Conflict):
        appeal_result(store, company.manager, missed, "Too late")


def test_a_manager_appeals_the_own_teams_and_the_companys_only(store, company, missed):
    mine = issue_milestone(store, company.director, company.manager.team_id, 60)
    theirs = issue_milestone(store, company.director, company.stranger.team_id, 60)
    assert [r.id for r in of(store, company.manager, company.manager.team_id)] == [mine, missed]
    for team in (None, company.stranger.team_id):
        with pytest.raises(NotFound):
            of(store, company.manager, team)
    with pytest.raises(NotFound):
        appeal_result(store, company.manager, theirs, "Not mine")
    with pytest.raises(NotAllowed):
        sign_result(store, company.manager, mine)
    with pytest.raises(NotFound):
        sign_result(store, company.director, 999)
    with store.reading() as session:
        assert session.scalars(select(MilestoneAppeal)).all() == []
        assert {r.team for r in all_results(session, company.director, [60])} == {"", "East", "West"}
        with pytest.raises(NotFound):
            all_results(session, company.manager, [60])


def test_a_teams_miss_freezes_nothing(store, company):
    east = issue_milestone(store, company.director, company.manager.team_id, 60)
    sign_result(store, company.director, east)
    assert frozen(store) is None


def planned(on: date) -> Answer:
    return Answer("Dashboard", "One table more", "Two weeks", "screen", "YQ-1", on)


def test_the_freeze_restrains_new_features_only(store, company, missed, clock):
    old = answer_demand(store, company.product, filed(store, company), planned(date(2026, 3, 20)))
    clock.move(minutes=1)
    sign_result(store, company.director, missed)
    clock.move(minutes=1)
    waits = filed(store, company)
    with pytest.raises(Invalid) as refused:
        answer_demand(store, company.product, waits, planned(date(2026, 4, 1)))
    assert [(p.field, p.code) for p in refused.value.problems] == [("planned_on", "features_frozen")]
    assert refused.value.problems[0].params == {"until": "2026-07-01"}
    move_feature(store, company.product, old, date(2026, 5, 4), "Took longer")  # planned before: goes on
    answer_demand(store, company.product, waits, planned(date(2026, 5, 4)), feature_id=old)
    later = answer_demand(store, company.product, filed(store, company), planned(FROZEN[1]))
    with pytest.raises(Invalid):
        move_feature(store, company.product, later, date(2026, 6, 30), "Sooner after all")
    with pytest.raises(Invalid):
        answer_demand(
            store, company.product, filed(store, company), planned(date(2026, 6, 30)), feature_id=later
        )


PROMISE = "customer,words,promised_on,feature,planned_on{more}\nHaihe Pumps,A dashboard,2026-08-01,{rest}\n"


def test_a_file_plans_no_new_feature_into_a_freeze_either(store, company, missed, clock):
    sign_result(store, company.director, missed)
    clock.move(minutes=1)

    def told(rest, more=""):
        return shown(import_text(store, "promises", PROMISE.format(rest=rest, more=more)))

    assert told("New,2026-05-04") == (0, 0, 0, [(2, "planned_on", "features_frozen")])
    assert told("New,2026-05-04,2026-03-04T04:01:00Z", ",recorded_at")[3][0][1] == "planned_on"
    assert told("After,2026-07-01") == (1, 0, 0, [])
    assert told("Before,2026-05-04,2026-02-20", ",recorded_at")[3] == []  # as an export of ours says
    rows = "customer,urgency,opened_at,answered_at,words,feature,planned_on\n"
    rows += "Haihe Pumps,P1,2026-03-01,2026-03-02,x,Newer,2026-05-04\n"
    assert shown(import_text(store, "demands", rows))[3] == [(2, "planned_on", "features_frozen")]


def test_the_line_is_drawn_where_plans_are_made(store, company, missed):
    assert read(store, freeze_now, company.rep, noon(TODAY).date()) is None
    sign_result(store, company.director, missed)
    assert read(store, freeze_now, company.rep, noon(TODAY).date()).day == 60


def rules(store, **changes):
    with store.batch() as session:
        session.add(PolicyVersion(version=1, changes=changes, published_at=store.clock()))


def test_rules_that_are_published_later_move_no_result(store, company, missed, clock):
    sign_result(store, company.director, missed)
    rules(store, freeze_milestones=[], bonus_factors=[1.0, 2.0, 1.0, 1.0], appeal_days=90)
    (result,) = of(store, company.director)
    assert frozen(store).brings == result.brings
    clock.move(days=15)
    with pytest.raises(Conflict):
        appeal_result(store, company.manager, missed, "Under the new rules it would be in time")


def test_every_milestone_can_be_tied_and_two_freezes_hold_each_their_quarter(store, company, clock):
    rules(store, freeze_milestones=["30", "60"], bonus_factors=[1.1, 1.0, 1.0, 1.0])
    day30, day60 = (issue_milestone(store, company.director, None, day) for day in (30, 60))
    with store.writing() as session:  # as if day 30 had been missed in December
        early = session.get_one(MilestoneResult, day30)
        early.verdict, early.due_on = State.MISSED, date(2025, 12, 31)
    for result in (day30, day60):
        sign_result(store, company.director, result)
    with store.reading() as session:
        assert [r.day for r in all_results(session, company.director, [30]) if r.brings] == [30]
        found = {f.day: f.brings.frozen_from for f in freezes_in_force(session, TODAY)}
    assert found == {30: date(2026, 1, 1), 60: FROZEN[0]}
    assert frozen(store).day == 30  # the line on the pages tells of the nearest
    clock.move(minutes=1)
    with pytest.raises(Invalid):
        answer_demand(store, company.product, filed(store, company), planned(FROZEN[0]))
