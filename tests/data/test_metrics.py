"""Every metric counts what its definition says, on both databases, and its rows add up to it (D1, D3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from core.access import OPERATOR, Who
from core.policies import DEFAULTS
from core.reports.catalogue import METRICS, SPLITS, Dimension, Grain, metrics_of
from core.reports.facts import Fact, Tally, tallied
from core.reports.library import DRAWN
from core.reports.spans import Span
from data.commands.actions import record_action
from data.engine import Store
from data.queries.metrics.ask import Ask
from data.queries.metrics.beside import beside
from data.queries.metrics.course import course
from data.queries.metrics.rows import behind, opportunities_of
from data.queries.metrics.source import SELECTS
from data.queries.metrics.tallies import tallies
from data.schema import Action
from tests.company import found
from tests.data.test_board_query import plans
from tests.data.test_record_action import done
from tests.metric_company import drawn
from tests.metric_reference import REFERENCE, expected

DAYS = 91


def ask_of(store: Store, **changes) -> Ask:
    now = store.clock()
    span = Span(now - timedelta(days=DAYS), now)
    made = Ask(span, span.since, now, DEFAULTS, "firebreak", "CNY", "Asia/Shanghai")
    return replace(made, **changes)


def close(one: Tally, other: Tally) -> bool:
    pairs = zip(astuple(one), astuple(other), strict=True)
    return all(a == pytest.approx(b, rel=1e-9, abs=1e-6) for a, b in pairs)


def astuple(tally: Tally) -> tuple[float, ...]:
    return tally.n, tally.top, tally.of, tally.top2, tally.cross, tally.of2


def test_the_store_counts_what_the_definitions_say(store):
    """Row by row against plain Python, in both periods and in a pipeline of another shape."""
    drawn(store)
    now = ask_of(store)
    asks = (now, now.before(), replace(now, pipeline="other", currency="USD"))
    seen: set[str] = set()
    with store.reading() as session:
        for ask in asks:
            wanted = expected(session, ask)
            for metric in (m for m in METRICS.values() if m.grain in REFERENCE):
                rows = behind(session, OPERATOR, ask, metric, most=10_000).facts
                got = {fact.id: fact.values[metric.name][0] for fact in rows}
                assert len(got) == len(rows), metric.name
                assert got == pytest.approx(wanted.get(metric.name, {}), abs=1e-6), metric.name
                seen |= {metric.name} if got else set()
    assert seen == {m.name for m in METRICS.values() if m.grain in REFERENCE}


def test_sums_in_the_store_are_the_sums_of_the_rows(store):
    """Every moment of every metric, whole and by every split, as the plain reference adds it up."""
    drawn(store)
    with store.reading() as session:
        ask = ask_of(store)
        got = tallies(session, OPERATOR, ask, METRICS)
        for grain in SELECTS:
            rows: dict[int, Fact] = {}
            for metric in metrics_of(grain):
                every = behind(session, OPERATOR, ask, metric, most=10_000).facts
                rows |= {fact.id: fact for fact in every}
            for name, plain in tallied(rows.values(), grain).items():
                assert close(plain.whole, got[name].whole), name
                for split in SPLITS[grain]:
                    groups, others = plain.by.get(split, {}), got[name].by.get(split, {})
                    assert groups.keys() == others.keys(), (name, split)
                    for key, (called, tally) in groups.items():
                        assert others[key][0] == called
                        assert close(tally, others[key][1]), (name, split, key)


@pytest.mark.parametrize("grain", SELECTS)
def test_no_row_looks_through_all_others(sqlite_store, grain):
    """What a window computes has no index: joined from the other side it is read again for each row."""
    people = drawn(sqlite_store).people
    names = [metric.name for metric in metrics_of(grain)]
    for who in (people.director, people.manager):
        steps = plans(sqlite_store, partial(tallies, who=who, ask=ask_of(sqlite_store), names=names))
        assert [step for step in steps if step.startswith("SCAN") and "LEFT-JOIN" in step] == []


def test_only_what_is_asked_for_is_split(sqlite_store):
    drawn(sqlite_store)
    with sqlite_store.reading() as session:
        every = tallies(session, OPERATOR, ask_of(sqlite_store), METRICS)
        for name in ("wins", "kept_rate"):
            got = tallies(session, OPERATOR, ask_of(sqlite_store), METRICS, split={name})
            assert got[name] == every[name]
            assert every[name].by
            assert {other for other, found in got.items() if found.by} == {name}
            assert {other: found.whole for other, found in got.items()} == {
                other: found.whole for other, found in every.items()
            }


def test_rows_of_every_report_add_up_to_the_number_for_everybody(sqlite_store):
    """The invariant: each report, each metric, each split, each group, as rep, manager and director."""
    people = drawn(sqlite_store).people
    counted, ask = dict.fromkeys(("rep", "manager", "director"), 0), ask_of(sqlite_store)
    with sqlite_store.reading() as session:
        for role in counted:
            who: Who = getattr(people, role)
            found = tallies(session, who, ask, METRICS)
            for report in DRAWN.values():
                for metric in map(METRICS.__getitem__, report.metrics):
                    shown, rows = found[metric.name], behind(session, who, ask, metric, most=10_000).facts
                    counted[role] += len(rows)
                    assert sum(f.values[metric.name][0] for f in rows) == pytest.approx(shown.whole.top)
                    assert sum(f.values[metric.name][1] for f in rows) == pytest.approx(shown.whole.of)
                    for split in metric.splits:
                        adds: dict[str, float] = {}
                        for fact in rows:
                            key = fact.groups[split][0]
                            adds[key] = adds.get(key, 0.0) + fact.values[metric.name][0]
                        groups = shown.by.get(split, {})
                        assert adds == pytest.approx({key: tally.top for key, (_, tally) in groups.items()})
    assert 0 < counted["rep"] < counted["manager"] < counted["director"]


@pytest.mark.parametrize("name", ["win_rate", "answered_in_time_rate"])
def test_one_groups_rows_are_those_of_its_number(store, name):
    """By the store's narrowing, with a limit that cuts the rows and not their sum."""
    drawn(store)
    metric, ask = METRICS[name], ask_of(store)
    with store.reading() as session:
        split = Dimension.CUSTOMER
        for key, (_, tally) in tallies(session, OPERATOR, ask, [name])[name].by[split].items():
            rows = behind(session, OPERATOR, ask, metric, split, key, most=1)
            assert (rows.total.n, rows.total.top) == (tally.n, pytest.approx(tally.top))
            assert len(rows.facts) == 1
            assert rows.facts[0].groups[split][0] == key


def test_whoever_guesses_ids_sees_nothing_of_others(sqlite_store):
    """Another team's rep and manager by id, in numbers, rows, courses and what stands beside them."""
    people = drawn(sqlite_store).people
    theirs = ask_of(sqlite_store, rep=people.stranger.person_id)
    with sqlite_store.reading() as session:
        west = ask_of(sqlite_store, team=people.stranger.team_id)
        for who, ask, reps in (
            (people.rep, theirs, [people.rep]),
            (people.manager, west, [people.rep, people.mate]),
        ):
            found = tallies(session, who, ask, METRICS)
            assert {name: t.whole.n for name, t in found.items() if t.whole.n} == {}
            whole = tallies(session, who, ask_of(sqlite_store), METRICS)
            owners = {key for t in whole.values() for key in t.by.get(Dimension.REP, {})}
            assert owners == {str(rep.person_id) for rep in reps}
        for metric in (metrics_of(grain)[0] for grain in Grain):
            assert behind(session, people.rep, theirs, metric).facts == ()
            assert course(session, people.rep, theirs, metric, metric.splits[0]) == {}
            near = beside(session, people.rep, theirs, metric, None, None, [])
            assert (near.mine.n, near.rest.n) == (0, 0)
        assert tallies(session, people.delivery, ask_of(sqlite_store), ["wins"])["wins"].whole.n == 0


def test_the_course_of_a_number_adds_up_to_it(store):
    drawn(store)
    ask = ask_of(store)
    with store.reading() as session:
        for name in ("won_amount", "talk_minutes", "evidenced_actions"):
            metric = METRICS[name]
            split = metric.splits[0]
            groups = tallies(session, OPERATOR, ask, [name])[name].by[split]
            pieces = course(session, OPERATOR, ask, metric, split)
            assert {key: sum(values) for key, values in pieces.items()} == pytest.approx(
                {key: tally.top for key, (_, tally) in groups.items()}
            )
        assert course(session, OPERATOR, ask, METRICS["open_amount"], METRICS["open_amount"].splits[0]) == {}


def test_what_stands_beside_compares_a_group_with_the_others(store):
    drawn(store)
    metric, ask = METRICS["new_opportunities"], ask_of(store)
    with store.reading() as session:
        split = next(d for d in metric.splits if d.value == "industry")
        every = behind(session, OPERATOR, ask, metric, most=10_000).facts
        key = next(f.groups[split][0] for f in every if f.groups[split][0] and f.customer_id)
        mine = {f.customer_id for f in every if f.groups[split][0] == key and f.customer_id}
        rest = {f.customer_id for f in every if f.groups[split][0] != key and f.customer_id}
        rows = behind(session, OPERATOR, ask, metric, split, key)
        near = beside(session, OPERATOR, ask, metric, split, key, opportunities_of(rows.facts))
        assert (near.mine.n, near.rest.n) == (len(mine), len(rest))
        assert near.mine.industries == {key: len(mine)}
        assert all(ask.span.since <= a.at < ask.span.until for a in near.actions)


@pytest.mark.parametrize("name", ["open_amount", "red_promises"])
def test_of_what_stands_only_what_came_or_went_is_fresh(sqlite_store, name):
    drawn(sqlite_store)
    now = ask_of(sqlite_store)
    with sqlite_store.reading() as session:
        after, before = (
            {f.id: f.fresh for f in behind(session, OPERATOR, ask, METRICS[name], most=10_000).facts}
            for ask in (now, now.before())
        )
    assert after
    assert {key for key, fresh in after.items() if fresh} == after.keys() - before.keys()
    assert {key for key, fresh in before.items() if fresh} == before.keys() - after.keys()


def test_filters_show_what_the_splits_show(sqlite_store):
    """A team's and a rep's own report is their line in everybody's."""
    people = drawn(sqlite_store).people
    names = ("wins", "talk_minutes", "answered_in_time_rate", "adoption_rate")
    with sqlite_store.reading() as session:
        every = tallies(session, people.director, ask_of(sqlite_store), names)
        for dimension, narrow in (
            (Dimension.REP, people.mate.person_id),
            (Dimension.TEAM, people.mate.team_id),
        ):
            ask = ask_of(sqlite_store, **{dimension.value: narrow})
            one = tallies(session, people.director, ask, names)
            for name in names:
                assert close(one[name].whole, every[name].group(dimension, str(narrow))), name


def test_where_recordings_are_asked_for_a_summary_is_no_evidence(sqlite_store):
    drawn(sqlite_store)
    ask = ask_of(sqlite_store)
    strict = replace(ask, policy=replace(DEFAULTS, recording_required=True))
    names = ("evidenced_actions", "recording_rate")
    with sqlite_store.reading() as session:
        loose, hard = (tallies(session, OPERATOR, a, names) for a in (ask, strict))
    recorded = hard["recording_rate"].whole.top
    assert hard["evidenced_actions"].whole.top == recorded
    assert loose["evidenced_actions"].whole.top > recorded


def test_many_records_that_lead_nowhere_improve_no_number(store, clock):
    """A rep who logs five more visits at the stage where the deal stands looks no better for it (A6)."""
    people = found(store)
    first = record_action(store, people.rep, people.opportunity, done(store, "appointment", hours_ago=1))
    names = [m.name for m in METRICS.values() if m.grain in (Grain.ACTION, Grain.STEP, Grain.STAY)]

    def told():
        with store.reading() as session:
            found_ = tallies(session, OPERATOR, ask_of(store), names)
        return {name: (t.whole.n, t.whole.top) for name, t in found_.items()}

    before = told()
    assert (before["evidenced_actions"], before["entry_hours"]) == ((1, 1.0), (1, pytest.approx(1.0)))
    for _ in range(5):
        clock.move(hours=2)
        again = done(store, "appointment", hours_ago=0, follows=first)
        record_action(store, people.rep, people.opportunity, again)
    assert told() == before


@pytest.mark.parametrize(("hours_ago", "overdue"), [(8, 0), (20, 1)])  # before 6 p.m. in Shanghai
def test_a_step_is_overdue_once_its_day_is_over(store, clock, hours_ago, overdue):
    """As to-dos and briefs say it; number, rows and the plain reference alike."""
    people, names = found(store), ("next_step_rate", "overdue_steps")
    clock.move(hours=6)
    planned, day = store.clock() - timedelta(hours=hours_ago), timedelta(days=1)
    with store.writing() as session:
        step = {"type": "demo", "status": "planned", "planned_for": planned, "recorded_at": planned - day}
        who = {"opportunity_id": people.opportunity, "owner_id": people.rep.person_id}
        session.add(Action(customer_id=people.customer, fields={}, summary="", **step, **who))
    with store.reading() as session:
        ask = ask_of(store)
        told = tallies(session, OPERATOR, ask, names)
        assert [told[name].whole.top for name in names] == [1 - overdue, overdue]
        rows = behind(session, OPERATOR, ask, METRICS["overdue_steps"]).facts
        assert {f.id: 1.0 for f in rows} == expected(session, ask).get("overdue_steps", {})
