"""A month's attribution in the store: evidence from records, decisions, and what they lead to."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from core.forecast.findings import DECLINED, TAKEN_UP, EventInput
from core.forecast.month_causes import Cause
from core.messages import Conflict, Invalid, NotAllowed, NotFound
from data.commands.attribution import (
    add_event,
    answer_factor,
    ask_for_factor,
    coach_finding,
    decide_finding,
    withdraw_event,
)
from data.queries.attribution import Coached, attribution
from data.queries.attribution_records import Record, by_record
from data.queries.audit_log import AuditFilters, audit_log
from data.queries.coaching import coaching_tasks
from data.queries.followed import followed
from data.queries.forecast_history import forecast_history
from data.schema import (
    Action,
    AttributionFinding,
    Customer,
    Demand,
    Opportunity,
    OpportunityChange,
    Stage,
    StageEvent,
)
from tests.company import found
from tests.forecasts import deal, knew, run

FEB = date(2026, 2, 1)
TAKEN = datetime(2026, 1, 31, 19, tzinfo=UTC)  # three in the morning of the first, in Shanghai


@pytest.fixture
def office(store, clock):
    """It is the 4th of March; February was forecast with one deal of each person."""
    people = found(store)
    number = run(store, FEB, value=260, fresh=10)
    deals = {
        name: deal(
            store,
            getattr(people, name).person_id,
            run_id=number,
            amount=amount,
            customer=people.customer,
            **more,
        )
        for name, amount, more in (
            ("rep", 300, {}),
            ("mate", 100, {"won_on": FEB.replace(day=9)}),
            ("stranger", 50, {}),
        )
    }

    def look(who=None, month=None, team=None):
        asked = {"pipeline": None, "month": month, "team": team}
        with store.reading() as session:
            return attribution(session, who or people.director, clock.at, **asked).chosen

    def one(name="rep", who=None):
        return next(d for d in look(who).deviations if d.line.opportunity == deals[name])

    def codes(name="rep"):
        return {e.code for e in one(name).proposal.evidence}

    return SimpleNamespace(
        store=store, people=people, run=number, deals=deals, look=look, one=one, codes=codes
    )


def add(office, *rows):
    with office.store.writing() as session:
        session.add_all(rows)


def test_parts_of_the_companys_month_add_up(office):
    deal(office.store, office.people.rep.person_id, amount=33, won_on=FEB.replace(day=3))
    month = office.look()
    gaps = [d.part.gap for d in month.deviations]
    assert gaps == [-150, 50, -25]
    assert (month.parts.fresh.gap, month.parts.rest.gap) == (33 - 10, -(260 - 225 - 10))
    assert sum(gaps) + month.parts.fresh.gap + month.parts.rest.gap == 133 - 260 == month.parts.whole.gap


def test_a_manager_sees_the_team_alone(office):
    month = office.look(office.people.manager)
    assert month.team == office.people.manager.team_id
    assert {d.line.opportunity for d in month.deviations} == {office.deals["rep"], office.deals["mate"]}
    assert month.parts.whole.forecast == month.figures.forecast


def test_a_director_takes_one_team_s_month_and_decides_on_what_is_large_in_it(office, monkeypatch):
    people, team = office.people, office.people.stranger.team_id
    month = office.look(team=team)
    assert [d.line.opportunity for d in month.deviations] == [office.deals["stranger"]]
    assert (month.team, month.parts.whole.forecast) == (team, month.figures.forecast)
    assert office.look(people.manager, team=team) == office.look(people.manager)  # who sees one team alone
    assert office.look(team=999).team is None
    monkeypatch.setattr("core.forecast.month_attribution.LARGEST", 2)
    decide_finding(office.store, people.director, office.run, office.deals["stranger"], "chance", "So it is.")
    assert [d.decided.note for d in office.look(team=team).deviations] == ["So it is."]


@pytest.mark.parametrize(
    ("moved", "at", "seen"),
    [
        (("2026-02-20", "2026-03-15"), TAKEN + timedelta(days=9), True),
        (("2026-02-20", "2026-02-27"), TAKEN + timedelta(days=9), False),  # still within the month
        (("2026-03-02", "2026-03-15"), TAKEN + timedelta(days=9), False),
        (("2026-02-20", "2026-03-15"), TAKEN - timedelta(days=1), False),  # the forecast knew
        (("2026-02-20", "2026-03-15"), datetime(2026, 2, 28, 15, 59, tzinfo=UTC), True),
        (("2026-02-20", "2026-03-15"), datetime(2026, 2, 28, 16, 0, tzinfo=UTC), False),  # March in Shanghai
    ],
)
def test_a_close_that_was_pushed_out_of_the_month(office, moved, at, seen):
    add(
        office,
        OpportunityChange(
            opportunity_id=office.deals["rep"],
            field="close_on",
            before=moved[0],
            after=moved[1],
            happened_at=at,
            recorded_at=at,
        ),
    )
    assert ("pushes" in office.codes()) == seen
    pushed = [(r.code, *(day.isoformat() for day in r.moved)) for r in office.one().behind]
    assert pushed == ([("pushes", *moved)] if seen else [])


@pytest.mark.parametrize(
    ("happened", "recorded", "code"),
    [(-5, -4, None), (-5, -2, "backdated"), (-5, 3, "backdated"), (2, 3, None), (-70, -2, None)],
)
def test_events_that_were_entered_late(office, happened, recorded, code):
    with office.store.writing() as session:
        stage = session.scalars(select(Stage.id).order_by(Stage.position)).first()
        for name in ("rep", "mate"):
            session.add(
                StageEvent(
                    opportunity_id=office.deals[name],
                    stage_id=stage,
                    happened_at=TAKEN + timedelta(days=happened),
                    recorded_at=TAKEN + timedelta(days=recorded),
                )
            )
    assert ("backdated" in office.codes()) == (code == "backdated")
    assert ("unseen" in office.codes("mate")) == (happened < 0 < recorded)  # more came than was said
    unseen = "unseen" if recorded > 0 else "backdated"
    assert [record.code for record in office.one().behind] == ([unseen] if code else [])


def test_a_demand_that_waited(office):
    words = {"customer_id": office.people.customer, "words": "w", "pain": "cost", "metric": "m", "unit": "h"}
    words |= {"effect_before": Decimal(2), "effect_after": Decimal(1), "urgency": "P2"}
    before = TAKEN - timedelta(days=3)
    add(
        office,
        Demand(**words, opened_at=before, recorded_at=before, answered_at=TAKEN + timedelta(days=5)),
        Demand(**words, opened_at=before, recorded_at=before, answered_at=TAKEN - timedelta(days=1)),
    )
    evidence = {e.code: e.params for e in office.one().proposal.evidence}
    assert evidence["demands"] == {"n": 1}
    assert [(record.code, record.what) for record in office.one().behind] == [("demands", "P2")]
    assert office.one().proposal.cause is Cause.MISSING


def test_records_that_stood_out_before_the_run(office):
    rows = []
    for n in range(5):
        at = TAKEN - timedelta(days=2, hours=3 * n)
        rows.append(
            Action(
                type="appointment",
                status="completed",
                customer_id=office.people.customer,
                opportunity_id=office.deals["rep" if n else "mate"],
                owner_id=office.people.rep.person_id,
                started_at=at,
                ended_at=at + timedelta(minutes=50),
                recorded_at=TAKEN - timedelta(days=1, minutes=n),
                summary=f"Another visit, number {n}",
                fields={"place": "Plant 2"},
            )
        )
    add(office, *rows)
    evidence = {e.code: e.params for e in office.one().proposal.evidence}
    assert evidence["signs"] == {"n": 4}
    behind = office.one().behind
    assert [record.code for record in behind] == ["signs"] * 4
    assert len({record.of for record in behind}) == 4
    assert {kind for record in behind for kind in record.signs} == {"bursts"}
    assert office.one().proposal.cause is Cause.EMBELLISHED


def test_an_action_that_speaks_of_two_things_is_one_record():
    rows = [
        Record(1, code, TAKEN, TAKEN, of=of)
        for code, of in (("signs", 5), ("backdated", 5), ("demands", 5), ("pushes", None), ("pushes", None))
    ]
    codes = [[record.code for record in same] for same in by_record(rows)]
    assert codes == [["signs", "backdated"], ["demands"], ["pushes"], ["pushes"]]


def test_an_event_of_the_calendar_is_a_shock_in_its_industry(office):
    with office.store.writing() as session:
        session.get_one(Customer, office.people.customer).industry = "chemicals"
    director = office.people.director
    add_event(office.store, director, EventInput("Fair", FEB.replace(day=27), date(2026, 3, 3), "food"))
    assert "event" not in office.codes()
    made = add_event(office.store, director, EventInput("Port closed", date(2026, 1, 20), FEB, "chemicals"))
    assert office.one().proposal.cause is Cause.SHOCK
    withdraw_event(office.store, director, made)
    assert "event" not in office.codes()
    with pytest.raises(NotFound):
        withdraw_event(office.store, director, made)


def test_forecasts_read_an_event_from_when_it_was_recorded(office, clock):
    made = add_event(office.store, office.people.director, EventInput("Port closed", FEB, FEB))
    recorded = clock.at
    clock.move(days=2)
    withdraw_event(office.store, office.people.director, made)
    with office.store.reading() as session:
        (occasion,) = forecast_history(session, "firebreak").occasions
    at = recorded.timestamp() / 86_400
    assert [occasion.known(at + x) for x in (-0.01, 0.01, 1.99, 2.01)] == [False, True, True, False]


def became(office, **now):
    with office.store.writing() as session:
        row = session.get_one(Opportunity, office.deals["rep"])
        for name, value in now.items():
            setattr(row, name, value)


MARCH_1 = date(2026, 3, 1)
MIDNIGHT = datetime(2026, 2, 28, 16, tzinfo=UTC)  # in Shanghai: March has begun


@pytest.mark.parametrize(
    ("now", "cause", "code", "params"),
    [
        (
            {"outcome": "won", "closed_at": MIDNIGHT, "amount": Decimal(280)},
            Cause.TIMING,
            "won_soon",
            {"on": MARCH_1, "value": 280, "n": 1},
        ),
        (
            {"outcome": "won", "closed_at": MIDNIGHT, "amount": None},
            Cause.CHANCE,
            "won_unpriced_since",
            {"on": MARCH_1},
        ),
        ({"outcome": "lost", "closed_at": MIDNIGHT}, Cause.CHANCE, "lost_since", {"on": MARCH_1}),
        ({"close_on": date(2026, 4, 2)}, Cause.CHANCE, "open_since", {"on": date(2026, 4, 2)}),
        ({}, Cause.CHANCE, "open_undated", {}),
    ],
)
def test_what_became_of_it_since(office, now, cause, code, params):
    became(office, **now)
    proposal = office.one().proposal
    said = {e.code: e.params for e in proposal.evidence}
    assert proposal.cause is cause
    assert said[code] == params
    assert "handed_over" not in said


def test_a_deal_that_somebody_else_has_by_now(office):
    became(office, owner_id=office.people.stranger.person_id)
    said = {e.code: e.params for e in office.one().proposal.evidence}
    assert said["handed_over"] == {"name": "Stranger"}
    assert not any(
        e.code.endswith("_since") for e in office.one("mate").proposal.evidence
    )  # won in the month


def decide(office, who=None, cause="chance", note="A coin fell."):
    people = office.people
    return decide_finding(office.store, who or people.manager, office.run, office.deals["rep"], cause, note)


def test_a_manager_confirms_or_changes_the_cause(office):
    first = decide(office)
    assert decide(office, cause="shock", note="The port.") == first
    decided = office.one().decided
    assert (decided.cause, decided.proposed, decided.note, decided.by) == (
        "shock",
        "chance",
        "The port.",
        "Manager",
    )
    with office.store.reading() as session:
        row = session.get_one(AttributionFinding, first)
        assert row.evidence[-1]["code"] == "odds_open"
        assert (row.forecast, row.actual) == (150, 0)
    for cause, note in (("weather", "w"), ("chance", " ")):
        with pytest.raises(Invalid):
            decide(office, cause=cause, note=note)


def test_only_within_reach_and_only_the_largest(office):
    store, people = office.store, office.people
    with pytest.raises(NotFound):
        decide_finding(store, people.manager, office.run, office.deals["stranger"], "chance", "Not mine.")
    with pytest.raises(NotFound):
        decide_finding(store, people.director, office.run, office.people.opportunity, "chance", "No line.")
    with pytest.raises(NotFound):
        decide_finding(store, people.director, 99, office.deals["rep"], "chance", "No run.")
    with pytest.raises(NotAllowed):
        decide(office, people.rep)
    finding = decide_finding(store, people.director, office.run, office.deals["stranger"], "chance", "Seen.")
    with pytest.raises(NotFound):
        coach_finding(store, people.manager, finding)


def test_a_finding_becomes_coaching_once(office):
    finding = decide(office, cause="embellished")
    coach_finding(office.store, office.people.director, finding)
    with pytest.raises(Conflict):
        coach_finding(office.store, office.people.manager, finding)
    with office.store.reading() as session:
        (task,) = coaching_tasks(session, office.people.manager)
        (seen,) = coaching_tasks(session, office.people.rep)
    assert (task.rep, task.owner) == ("Rep", "Manager")
    found, one = task.finding, office.one()
    assert (found.opportunity, found.month, found.forecast, found.actual) == (
        one.names.opportunity,
        FEB,
        one.part.forecast,
        one.part.actual,
    )
    assert (found.cause, found.note, found.by) == ("embellished", one.decided.note, one.decided.by)
    assert (seen.finding.opportunity, seen.finding.cause, seen.finding.note, seen.finding.by) == (
        found.opportunity, "", "", None,
    )  # fmt: skip
    with office.store.reading() as session:
        log = audit_log(
            session, office.people.director, AuditFilters(entity="coaching"), office.store.clock()
        )
    assert [(e.command, e.name) for e in log.entries] == [("finding.coach", "Rep")]
    assert one.decided.coached == Coached(task.id, "Manager", task.due_on)


@pytest.mark.parametrize(
    "event",
    [
        EventInput(" ", FEB, FEB),
        EventInput("Fair", FEB, date(2026, 1, 31)),
        EventInput("Fair", FEB, date(2028, 2, 1)),
        EventInput("Fair", FEB, FEB, "moon"),
    ],
)
def test_a_wrong_event_is_refused(office, event):
    with pytest.raises(Invalid):
        add_event(office.store, office.people.manager, event)


def test_a_factor_is_asked_for_and_answered(office):
    store, people = office.store, office.people
    finding = decide(office, cause="missing_factor")
    wish = ask_for_factor(store, people.manager, "Open demands", "Three waited.", finding)
    with pytest.raises(Invalid):
        ask_for_factor(store, people.manager, "", "Three waited.")
    with pytest.raises(NotAllowed):
        answer_factor(store, people.manager, wish, TAKEN_UP, "Yes.")
    for state, why in (("asked", "x"), (DECLINED, " ")):
        with pytest.raises(Invalid):
            answer_factor(store, people.director, wish, state, why)
    answer_factor(store, people.director, wish, TAKEN_UP, "Read from the next release on.")
    with pytest.raises(Conflict):
        answer_factor(store, people.director, wish, DECLINED, "No.")
    with store.reading() as session:
        ((shown, change),) = followed(session, people.manager, "firebreak").wishes
    assert (shown.state, shown.answered_by, change) == (TAKEN_UP, "Director", None)


def test_the_next_run_of_the_month_shows_what_changed(office, clock):
    store = office.store
    march = date(2026, 3, 1)
    run(store, march, value=100, taken=4, parts={"prophet": 120.0})
    add_event(store, office.people.manager, EventInput("Port closed", march, march))

    def change(who=office.people.director):
        with store.reading() as session:
            return followed(session, who, "firebreak").events[0][1]

    assert change() is None
    next_run = run(store, march, value=70, taken=6, parts={"prophet": 80.0})
    run(store, march, value=60, taken=7)
    found_change = change()
    assert (found_change.before, found_change.after) == (100, 70)
    assert (found_change.season_before, found_change.season_after) == (120, 80)
    for who in (office.people.rep, office.people.stranger):
        deal(store, who.person_id, run_id=next_run, amount=24)
    knew(store, next_run, deal(store, office.people.mate.person_id, amount=5, won_on=march))
    part = change(office.people.manager)  # the team's alone
    assert (part.before, part.after, part.whole) == (0, 12 + 5, False)
    assert (part.season_before, part.season_after) == (None, None)


def test_another_month_can_be_asked_for(office):
    jan = run(office.store, date(2026, 1, 1), value=9)
    deal(office.store, office.people.rep.person_id, run_id=jan)
    assert office.look().month == FEB
    assert office.look(month="2026-01-01").month == date(2026, 1, 1)
    assert office.look(month="2031-01-01").month == FEB
