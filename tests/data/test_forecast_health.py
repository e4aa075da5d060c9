"""Forecast health in the store: which run and decision count, who sees whom, and what opens coaching."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from sqlalchemy import update

from core.access import OPERATOR
from core.messages import Invalid, NotFound
from data.commands.coaching import assign_coaching, close_coaching, note_coaching
from data.commands.currencies import set_rate
from data.jobs.open_coaching import open_coaching
from data.jobs.registry import Run
from data.jobs.schedule import SCHEDULE
from data.queries.attribution import attribution
from data.queries.coaching import coaches, coaching_tasks
from data.queries.forecast_health import forecast_health, rep_months
from data.queries.forecast_health_rows import Narrow
from data.queries.outlook_course import progress
from data.queries.today import Kind, today
from data.schema import CoachingTask, Message, Opportunity, Person, Pipeline
from tests.company import found
from tests.forecasts import deal, knew, noon, run

NOV, DEC, JAN, FEB = date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)
MAR = date(2026, 3, 1)


@pytest.fixture
def office(store, clock):
    """It is the 4th of March 2026."""
    people = found(store)

    def look(who=None, months=12, **ask):
        with store.reading() as session:
            ask = {"pipeline": None, "group": None} | ask
            return forecast_health(session, who or people.director, clock.at, months=months, **ask)

    def tasks(who=None):
        with store.reading() as session:
            return coaching_tasks(session, who or people.manager)

    def coach():
        open_coaching(store, Run(clock.at))

    return SimpleNamespace(people=people, look=look, tasks=tasks, coach=coach, store=store)


def months_of(found, key):
    (group,) = [g for g in found.groups if g.key == key]
    return {m.month.month: (float(m.forecast), float(m.actual)) for m in group.months}


def test_the_earliest_run_of_the_first_days_counts(office):
    store, rep = office.store, office.people.rep.person_id
    run(store, DEC, value=10, taken=8)  # too late to count
    late = run(store, JAN, value=70, taken=5)
    first = run(store, JAN, value=50, taken=2)
    run(store, FEB, value=20, taken=7)
    run(store, date(2026, 3, 1), value=99)  # has not ended
    deal(store, rep, run_id=first, won_on=date(2026, 1, 30))
    deal(store, rep, run_id=late)
    assert months_of(office.look(), "company") == {1: (50, 100), 2: (20, 0)}
    assert months_of(office.look(months=1), "company") == {2: (20, 0)}


def test_a_run_computed_when_the_month_is_over_changes_nothing(office):
    """What was shown counts; a replay asked for later neither replaces it nor opens coaching."""
    store, rep = office.store, office.people.rep.person_id
    for month in (JAN, FEB):
        replayed = run(store, month, value=10, recorded_at=noon(date(2026, 3, 3)))
        deal(store, rep, run_id=replayed, chance=0.1, won_on=month.replace(day=9))
    office.coach()
    assert (office.look().groups, office.tasks(office.people.director)) == ((), ())
    for month in (JAN, FEB):
        shown = run(store, month, value=200, taken=2)
        for won_on in (month.replace(day=9), None):
            deal(store, rep, run_id=shown, won_on=won_on)
    assert months_of(office.look(), "company") == {1: (200, 200), 2: (200, 200)}
    assert months_of(office.look(), f"rep-{rep}") == {1: (100, 200), 2: (100, 200)}


def test_a_run_computed_within_the_month_counts_where_none_was_shown(office):
    store, rep = office.store, office.people.rep.person_id
    for month in (JAN, FEB):
        deal(store, rep, run_id=run(store, month, value=40, recorded_at=noon(month.replace(day=20))))
    deal(store, rep, run_id=run(store, FEB, value=60, taken=5))
    assert months_of(office.look(), "company") == {1: (40, 0), 2: (60, 0)}


def test_a_month_begins_at_the_companys_midnight(office):
    store, rep = office.store, office.people.rep.person_id
    made = run(store, JAN)
    deals = [deal(store, rep, run_id=made, won_on=date(2026, 1, 5)) for _ in range(2)]
    with store.writing() as session:  # 23:59 of 31 December and midnight of 1 February, in Shanghai
        for opportunity, at in zip(deals, ((2025, 12, 31, 15, 59), (2026, 1, 31, 16, 0)), strict=True):
            session.get_one(Opportunity, opportunity).closed_at = datetime(*at, tzinfo=UTC)
    assert months_of(office.look(), "company") == {1: (0, 0)}


def test_the_latest_decision_of_the_first_days_counts(office):
    store, rep = office.store, office.people.rep.person_id
    made = run(store, JAN)
    early = datetime(2026, 1, 4, tzinfo=UTC)
    for decision, at in (
        ("rejected", early),
        ("accepted", early),
        ("rejected", early + timedelta(days=20)),  # knows too much of the month
        (None, early),
    ):
        deal(store, rep, run_id=made, decision=decision, decided=at)
    shown = office.look(group=f"rep-{rep}")
    lines = sorted((row.of for row in shown.rows.shown), key=lambda line: line.id)
    assert [line.decision for line in lines] == ["rejected", "accepted", None, None]
    assert months_of(shown, f"rep-{rep}") == {1: (190, 0)}
    assert shown.chosen.total.adoption == 0.5
    assert shown.chosen.overrides.added == 10


def test_the_rows_and_what_is_beyond_them_add_up_to_the_months(office):
    """Of everybody, for all months and for each: what was forecast, and what was won."""
    store, people = office.store, office.people
    for n, month in enumerate((JAN, FEB)):
        made = run(store, month, value=700 - 500 * n, fresh=40)
        for who, decision in ((people.rep, "rejected"), (people.mate, None), (people.stranger, "accepted")):
            deal(store, who.person_id, run_id=made, amount=333, decision=decision)
        deal(store, people.rep.person_id, run_id=made, won_on=month.replace(day=9), paid=77)
        knew(store, made, deal(store, people.mate.person_id, amount=25, won_on=month))
        deal(store, people.stranger.person_id, amount=60, won_on=month.replace(day=20))
    deal(store, people.rep.person_id, run_id=run(store, DEC, value=10))
    deal(store, people.mate.person_id, amount=11, won_on=DEC.replace(day=9))  # who had no forecast of it
    for key in office.look().names:
        for month in ("", JAN.isoformat(), FEB.isoformat()):
            shown = office.look(group=key, narrow=Narrow(month))
            months = [m for m in shown.chosen.months if month in ("", m.month.isoformat())]
            rows, beyond = shown.rows, shown.rows.beyond
            assert beyond.months == len(months) > 0
            assert rows.counted + beyond.fresh + beyond.rest == beyond.whole
            won_before = 25 * sum(m.month in (JAN, FEB) for m in months)
            theirs = key in (f"rep-{people.mate.person_id}", f"team-{people.mate.team_id}")
            assert key == "company" or abs(beyond.rest - won_before * theirs) < Decimal("0.01")  # cents
            assert abs(beyond.whole - sum(m.forecast for m in months)) < Decimal("1e-9")
            assert rows.came == sum(m.actual for m in months)


def test_the_rows_of_the_others_add_up_to_their_part_of_the_miss(office, clock):
    made = run(office.store, JAN, value=900)
    for n in range(1, 8):
        deal(office.store, office.people.rep.person_id, run_id=made, amount=100 * n)
    deal(office.store, office.people.rep.person_id, won_on=JAN.replace(day=9))  # in no run, so no other
    rows = office.look(narrow=Narrow(JAN.isoformat(), others=True)).rows
    with office.store.reading() as session:
        asked = {"pipeline": None, "month": JAN.isoformat()}
        month = attribution(session, office.people.director, clock.at, **asked).chosen
    assert rows.total == month.parts.n_others == 2
    assert rows.came - rows.counted == month.parts.others.gap != 0


PARTS = [
    Narrow(JAN.isoformat(), 5),
    Narrow(JAN.isoformat(), rejected=True),
    Narrow(JAN.isoformat(), others=True),
]


@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_a_months_rows_adds_up_to_none_of_its_forecasts(office, part):
    deal(office.store, office.people.rep.person_id, run_id=run(office.store, JAN, value=60))
    assert office.look(narrow=Narrow(JAN.isoformat())).rows.beyond.whole == 60
    assert office.look(narrow=part).rows.beyond is None


def test_everybody_sees_their_own_reach(office):
    store, people = office.store, office.people
    made = run(store, JAN, value=300)
    for who in (people.rep, people.mate, people.stranger):
        deal(store, who.person_id, run_id=made, won_on=date(2026, 1, 9))
    reps = {n: f"rep-{getattr(people, n).person_id}" for n in ("rep", "mate", "stranger")}
    teams = [f"team-{who.team_id}" for who in (people.rep, people.stranger)]
    assert {g.key for g in office.look().groups} == {"company", *teams, *reps.values()}
    assert {g.key for g in office.look(people.manager).groups} == {teams[0], reps["rep"], reps["mate"]}
    assert {g.key for g in office.look(people.rep).groups} == {reps["rep"]}
    assert office.look(people.rep).rows.total == 1
    assert office.look(people.admin).groups == ()
    assert office.look(people.manager, group=reps["stranger"]).chosen.key == teams[0]


def test_who_changed_teams_shows_no_figures_of_the_former_team(office):
    """The stranger came to the manager's team, and the mate was of none, after the run."""
    store, people = office.store, office.people
    made = run(store, JAN, value=300)
    deal(store, people.rep.person_id, run_id=made)
    deal(store, people.stranger.person_id, run_id=made)
    deal(store, people.mate.person_id, run_id=made, team_id=None)
    with store.writing() as session:
        session.get_one(Person, people.stranger.person_id).team_id = people.manager.team_id
    reps = {f"rep-{getattr(people, n).person_id}" for n in ("rep", "mate", "stranger")}
    shown = office.look(people.manager)
    assert {g.key for g in shown.groups} == {f"team-{people.manager.team_id}", *reps}
    assert months_of(shown, f"team-{people.manager.team_id}") == {1: (50, 0)}
    assert f"team-{people.stranger.team_id}" in {g.key for g in office.look().groups}


def test_months_of_another_currency_are_neither_added_nor_judged(office):
    """Wins were counted until the first had an amount: then three wins were forecast, not three yuan."""
    store, rep = office.store, office.people.rep.person_id
    for month, currency in ((DEC, ""), (JAN, ""), (FEB, "CNY")):
        made = run(store, month, value=3, currency=currency)
        deal(store, rep, run_id=made, amount=1, won_on=month.replace(day=9), paid=50_000)
    assert months_of(office.look(), "company") == {2: (3, 50_000)}
    office.coach()
    assert office.tasks() == ()
    run(store, MAR, value=3, currency="")
    run(store, MAR, value=9, taken=3)
    with store.reading() as session:
        (point,) = progress(session, office.people.director, "firebreak", "month", MAR)
    assert (point.taken_on.day, point.value) == (3, 9)


def test_teams_and_reps_add_up_to_the_lines_and_what_is_fresh(office):
    store, people = office.store, office.people
    made = run(store, JAN, value=300, fresh=90)
    deal(store, people.rep.person_id, run_id=made, chance=0.2)
    deal(store, people.mate.person_id, run_id=made, chance=0.4, decision="rejected", scorecard=0.1)
    deal(store, people.stranger.person_id, run_id=made, chance=0.3)
    deal(store, None, run_id=made, chance=0.1)
    shown = office.look()
    for kind in ("team", "rep"):
        groups = [months_of(shown, g.key)[1][0] for g in shown.groups if g.key.startswith(kind)]
        assert sum(groups) == pytest.approx(20 + 10 + 30 + 10 + 90)


def test_wins_without_a_line_count_for_their_owner(office):
    store, people = office.store, office.people
    made = run(store, JAN)
    deal(store, people.rep.person_id, run_id=made)
    deal(store, people.rep.person_id, won_on=date(2026, 1, 20), amount=33)
    deal(store, people.stranger.person_id, won_on=date(2026, 1, 20), amount=5)
    assert months_of(office.look(), f"rep-{people.rep.person_id}") == {1: (50, 33)}
    assert months_of(office.look(), "company") == {1: (0, 38)}
    assert months_of(office.look(people.manager), f"team-{people.rep.team_id}") == {1: (50, 33)}


def test_of_many_groups_the_figures_are_those_of_the_chosen_one_and_of_the_largest(office):
    store, people = office.store, office.people
    made = run(store, JAN)
    for who in (people.rep, people.mate, people.mate, people.stranger):
        deal(store, who.person_id, run_id=made)
    every, chosen = office.look(), f"rep-{people.stranger.person_id}"
    some = office.look(group=chosen, most=3)
    assert {g.key for g in some.groups} == {chosen, "company", f"team-{people.manager.team_id}"}
    assert set(some.groups) <= set(every.groups)
    assert (some.names, some.chosen.key, some.rows.total) == (every.names, chosen, 1)
    assert len(every.groups) == len(every.names) == 6


def test_a_win_without_a_rate_is_left_out_on_both_sides_until_the_rate_is_known(office):
    store, people = office.store, office.people
    made = run(store, JAN, value=180, fresh=30, low=80, high=280)
    dollars = [
        deal(store, people.rep.person_id, run_id=made, won_on=date(2026, 1, 20), paid=10),
        deal(store, people.rep.person_id, won_on=date(2026, 1, 21), amount=20),
    ]
    deal(store, people.rep.person_id, run_id=made, won_on=date(2026, 1, 22), paid=90)
    deal(store, people.stranger.person_id, run_id=made)
    with store.writing() as session:
        session.execute(update(Opportunity).where(Opportunity.id.in_(dollars)).values(currency="USD"))
    shown = office.look()
    assert months_of(shown, "company") == {1: (130, 90)}
    assert months_of(shown, f"rep-{people.rep.person_id}") == {1: (50 + 15, 90)}
    assert months_of(shown, f"rep-{people.stranger.person_id}") == {1: (50 + 15, 0)}
    assert (shown.left_out, shown.rows.total) == (2, 2)
    assert office.look(people.stranger).left_out == 0
    (figures,) = shown.groups[0].months
    assert (figures.low, figures.high) == (30, 230)
    set_rate(store, people.director, "USD", date(2026, 1, 1), 7.0)
    shown = office.look()
    assert months_of(shown, "company") == {1: (180, 90 + 70 + 140)}
    assert (shown.left_out, shown.rows.total) == (0, 4)


def test_later_entries_change_no_forecast(office):
    """What was won before the run is what the run kept: not what the books say of it today."""
    store, people = office.store, office.people
    made = run(store, JAN, taken=3)
    won = [deal(store, people.rep.person_id, won_on=JAN, amount=100) for _ in range(4)]
    for opportunity in won:
        knew(store, made, opportunity)
    deal(store, people.rep.person_id, run_id=made)
    mine = f"rep-{people.rep.person_id}"
    assert months_of(office.look(), mine) == {1: (450, 400)}
    deal(store, people.rep.person_id, won_on=JAN, amount=33)  # entered after the run
    with store.writing() as session:
        corrected, lost, moved, handed = (session.get_one(Opportunity, o) for o in won)
        corrected.amount = Decimal(70)
        lost.outcome = "lost"
        moved.closed_at = noon(FEB)
        handed.owner_id = people.stranger.person_id
    run(store, FEB, value=1)
    shown = office.look()
    assert months_of(shown, mine) == {1: (450, 70 + 100 + 33)}
    assert months_of(shown, f"team-{people.rep.team_id}") == {1: (450, 203)}
    assert f"rep-{people.stranger.person_id}" not in {group.key for group in shown.groups}
    assert months_of(shown, "company") == {1: (0, 203), 2: (1, 100)}
    assert months_of(office.look(people.rep), mine) == {1: (450, 203)}
    assert office.look(people.stranger).groups == ()


def missed(office, *months, actual=200, owner=None, **more):
    """Each month forecast at 100 from two deals, and so much won."""
    for month in months:
        made = run(office.store, month, value=100, **more)
        owner_id = owner or office.people.rep.person_id
        for won in (actual, 0):
            deal(office.store, owner_id, run_id=made, won_on=month.replace(day=9) if won else None, paid=won)


@pytest.mark.parametrize(
    ("months", "actual", "opened"),
    [
        ((JAN, FEB), 126, 1),
        ((JAN, FEB), 125, 0),  # exactly a quarter
        ((NOV, JAN), 200, 0),  # December has no forecast
        ((NOV, DEC, JAN, FEB), 200, 1),
        ((FEB,), 200, 0),
    ],
)
def test_two_months_over_a_quarter_open_one_task(office, months, actual, opened):
    missed(office, *months, actual=actual)
    office.coach()
    assert len(office.tasks()) == opened
    office.coach()
    assert len(office.tasks()) == opened


def test_a_row_that_goes_on_or_is_corrected_opens_nothing_new(office, clock):
    missed(office, JAN, FEB)
    office.coach()
    missed(office, date(2026, 3, 1))
    clock.move(days=31)
    office.coach()
    missed(office, DEC)  # as if corrected: the row now begins earlier
    office.coach()
    (task,) = office.tasks()
    assert [m["month"] for m in task.figures] == ["2026-01-01", "2026-02-01"]


def test_each_pipelines_row_is_a_cause_of_its_own(office):
    with office.store.writing() as session:
        for key in ("renewals", "renewals_2"):
            session.add(Pipeline(key=key, name=key.title()))
    missed(office, JAN, FEB)
    office.coach()
    missed(office, JAN, FEB, pipeline="renewals_2")
    missed(office, JAN, FEB, pipeline="renewals")
    for _ in range(2):
        office.coach()
        assert len(office.tasks()) == 3


def test_the_manager_is_told_and_has_it_among_the_to_dos(office):
    missed(office, JAN, FEB)
    office.coach()
    (task,) = office.tasks()
    assert (task.rep, task.owner, task.due_on) == ("Rep", "Manager", date(2026, 3, 18))
    assert task.figures[0]["forecast"] == "100.00"
    assert task.figures[0]["deviation"] == 1.0
    with office.store.reading() as session:
        (message,) = session.query(Message)
        todos = {g.kind: g for g in today(session, office.people.manager, office.store.clock())}
    assert (message.person_id, message.kind) == (office.people.manager.person_id, "coaching_deviation")
    assert (message.page, message.query) == ("forecast_health", {"task": task.id})
    assert [x.person for x in todos[Kind.COACHING].todos] == ["Rep"]


def test_without_a_manager_a_director_has_it(office):
    with office.store.writing() as session:
        session.get_one(Person, office.people.manager.person_id).active = False
    missed(office, JAN, FEB)
    office.coach()
    assert [t.owner for t in office.tasks(office.people.director)] == ["Director"]


def test_who_left_is_not_coached(office):
    missed(office, JAN, FEB)
    with office.store.writing() as session:
        session.get_one(Person, office.people.rep.person_id).active = False
    office.coach()
    assert office.tasks(office.people.director) == ()


def test_a_task_leads_to_the_talk_only_where_one_is_held(office):
    """It lies in hands that do not lead the rep; then the rep leaves."""
    people, hand = office.people, office.people.stranger.person_id
    missed(office, JAN, FEB)
    office.coach()
    with office.store.writing() as session:
        session.query(CoachingTask).one().owner_id = hand
    assert [office.tasks(who)[0].talks for who in (people.manager, people.stranger)] == [True, False]
    with office.store.writing() as session:
        session.get_one(Person, people.rep.person_id).active = False
    assert [task.talks for task in office.tasks(people.director)] == [False]


def test_a_task_is_handed_on_noted_and_ended(office):
    store, people = office.store, office.people
    missed(office, JAN, FEB)
    office.coach()
    (task,) = office.tasks()
    assign_coaching(store, people.manager, task.id, people.director.person_id, date(2026, 4, 1))
    note_coaching(store, people.director, task.id, "Looked at three deals together.")
    for work in (note_coaching, close_coaching):
        with pytest.raises(Invalid):
            work(store, people.director, task.id, "  ")
    with pytest.raises(Invalid):
        assign_coaching(store, people.manager, task.id, people.rep.person_id, date(2026, 4, 1))
    with pytest.raises(Invalid):
        assign_coaching(store, people.manager, task.id, people.manager.person_id, date(2026, 3, 3))
    close_coaching(store, people.director, task.id, "Closing dates are asked for now.")
    (task,) = office.tasks()
    assert (task.owner, task.outcome) == ("Director", "Closing dates are asked for now.")
    assert [(n.person, n.note) for n in task.notes] == [("Director", "Looked at three deals together.")]
    with pytest.raises(NotFound):
        note_coaching(store, people.director, task.id, "Too late.")
    office.coach()
    assert len(office.tasks()) == 1
    with store.reading() as session:
        told = session.query(Message).filter_by(kind="coaching_assigned").one()
    assert told.person_id == people.director.person_id


def test_a_task_is_seen_and_handled_within_reach_alone(office):
    store, people = office.store, office.people
    missed(office, JAN, FEB, owner=people.stranger.person_id)
    office.coach()
    (task,) = office.tasks(people.director)
    assert office.tasks(people.manager) == ()
    assert office.tasks(people.rep) == ()
    (own,) = office.tasks(people.stranger)
    assert not own.may_handle
    with pytest.raises(NotFound):
        note_coaching(store, people.manager, task.id, "Not mine.")
    with store.reading() as session:
        assert {name for _, name in coaches(session, people.manager)} == {"Manager", "Director"}
        assert coaches(session, people.rep) == ()


def test_nobody_coaches_themselves(office):
    missed(office, JAN, FEB, owner=office.people.manager.person_id)
    office.coach()
    (task,) = office.tasks(office.people.manager)
    assert (task.owner, task.may_handle) == ("Director", False)
    with pytest.raises(NotFound):
        close_coaching(office.store, office.people.manager, task.id, "All is well.")


def test_the_rule_reads_the_same_figures_as_the_page(office, clock):
    missed(office, JAN, FEB)
    with office.store.reading() as session:
        months = rep_months(session, "firebreak", clock.at, 24)
    rep = office.people.rep.person_id
    (group,) = [g for g in office.look(OPERATOR).groups if g.key == f"rep-{rep}"]
    assert [(m.forecast, m.actual) for m in months[rep]] == [(m.forecast, m.actual) for m in group.months]


def test_it_is_due_on_the_third_of_each_month(office, clock):
    (scheduled,) = [s for s in SCHEDULE if s.job == "open_coaching"]
    with office.store.reading() as session:
        assert scheduled.due(session, clock.at) == [(datetime(2026, 3, 2, 21, tzinfo=UTC), "")]
        assert scheduled.due(session, datetime(2026, 3, 2, 20, tzinfo=UTC)) == []


def test_a_company_without_forecasts_has_no_health(office):
    shown = office.look()
    assert (shown.groups, shown.chosen, shown.pipelines) == ((), None, {})
    office.coach()
    with office.store.reading() as session:
        assert session.query(CoachingTask).count() == 0
