"""The weekly health report, specified: drawn histories of one week, and what is counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.process.health import behind, rows, weekly_health
from core.process.stages import STAGES, StageEvent
from core.process.stays import About, Case, DueStep, Week, last_monday, week_name, week_of
from tests.history import LETTERS, day, drawn

WEEK = Week(day(100), day(107))
HELD = {  # benchmark days
    "appointment": 3.0,
    "needs_diagnosis": 2.0,
    "solution_demo": 4.0,
    "objection_handling": 3.0,
    "quote_confirmation": 7.0,
}
PLACE = {stage: n for n, stage in enumerate(STAGES)}


def case(history, closed=None, *, number=1, next_step=True, due=(), **about) -> Case:
    """An opportunity as drawn; `due` holds (stage's letter, day, number of the event or None)."""
    return Case(
        About(number, f"Line {number}", **about),
        tuple(drawn(history)),
        None if closed is None else day(closed),
        next_step,
        tuple(DueStep(LETTERS[letter], day(at), event) for letter, at, event in due),
    )


def report(*cases, held=HELD, least=1):
    return weekly_health(rows(cases, STAGES, held, WEEK), STAGES, held, least=least)


def stage(health, letter):
    return next(s for s in health.stages if s.stage == LETTERS[letter])


# A appointment, N needs diagnosis, S solution demo, O objection, Q quote, with the day. The week runs from
# day 100 to day 107. Per case: history, closed, then the stays of the week as stage, days, of which lost.
STAYS = [
    # history                closed  stays
    ("A101",                 None,   [("A", 6, 3)]),          # still there when the week ends
    ("A101 N103",            None,   [("A", 2, 0), ("N", 4, 2)]),
    ("A90 N101",             None,   [("A", 11, 1), ("N", 6, 4)]),  # only this week's day is lost now
    ("A50",                  None,   [("A", 57, 7)]),         # a week has seven days to lose
    ("A90 N100",             None,   [("A", 10, 0), ("N", 7, 5)]),  # it ended as the week began
    ("A90 N99",              102,    [("N", 3, 1)]),          # a closing ends a stay
    ("A90 N99",              107,    [("N", 8, 6)]),          # closed as the next week began
    ("A90",                  99,     []),
    ("A107",                 None,   []),
    ("A99 A101 A103 N104",   None,   [("A", 5, 2), ("N", 3, 1)]),  # repeats neither end nor begin a stay
    ("S95 A101 S102",        None,   [("S", 12, 7)]),         # nor does going back and coming again
    ("Q90 O102 Q103",        None,   [("Q", 17, 7)]),
    ("A101 Q101",            None,   [("A", 0, 0), ("Q", 6, 0)]),
    ("S90?",                 None,   [("S", 17, 7)]),         # seen there: so long at least
    ("S90? O101",            None,   [("O", 6, 3)]),          # and nobody knows how long in all
    ("S90< O101",            None,   [("S", 11, 1), ("O", 6, 3)]),
    ("",                     None,   []),
]  # fmt: skip


@pytest.mark.parametrize(("history", "closed", "expected"), STAYS)
def test_stays(history, closed, expected):
    found = rows([case(history, closed)], STAGES, HELD, WEEK)
    assert [(s.stage, s.days, s.lost_days) for s in found.stays] == [
        (LETTERS[letter], pytest.approx(days), pytest.approx(lost)) for letter, days, lost in expected
    ]


def test_a_stays_lost_days_add_up_over_the_weeks():
    long = case("A90 N123.5")
    lost = [rows([long], STAGES, HELD, Week(day(start), day(start + 7))).stays for start in range(86, 135, 7)]
    of_the_stay = sum(s.lost_days for stays in lost for s in stays if s.stage == "appointment")
    assert of_the_stay == pytest.approx(33.5 - 3)


def test_a_stage_by_hand():
    """Three ended after 2, 4 and 9 days, two still lie there; the benchmark is 3."""
    health = report(
        case("A99 N101"), case("A99 N103"), case("A94 N103"), case("A102"), case("A106"), least=3
    )  # fmt: skip
    a = stage(health, "A")
    assert (a.stays, a.ended, a.standing, a.past) == (5, 3, 2, 3)
    assert (a.median_days, a.mean_days) == (pytest.approx(4), pytest.approx(5))
    assert a.lost_days == pytest.approx(0 + 1 + 3 + 2 + 0)  # 94+3 lies before the week
    assert a.ratio(3) == pytest.approx(4 / 3)
    assert a.ratio(4) is None  # too few
    assert stage(report(case("A99 N101"), held={}), "A").ratio(1) is None


# history, and of the week: visits, repeats; then each stage that was passed, and whether it was skipped.
PASSED = [
    ("A101 N102",           (2, 0), {"A": False}),
    ("A90 N102",            (1, 0), {"A": False}),
    ("A90 S102",            (1, 0), {"A": False, "N": True}),
    ("S102",                (1, 0), {"A": True, "N": True}),
    ("A90 S102 N103",       (1, 0), {"A": False, "N": True}),  # a diagnosis afterwards heals no skip
    ("A90 S95 O102",        (1, 0), {"S": False}),  # the diagnosis was skipped in another week
    ("A101 A102 A103",      (3, 2), {}),
    ("A90 A101",            (1, 1), {}),
    ("A101 N102 A103 N104", (4, 2), {"A": False}),
    ("A101 N107",           (1, 0), {}),
    ("S102?",               (1, 0), {}),  # a list says nothing of the stages before
    ("S102<",               (1, 0), {}),
    ("A90 S102?",           (1, 0), {"A": False}),
    ("S90? Q102",           (1, 0), {"S": False, "O": True}),  # from there on all is known
]  # fmt: skip


@pytest.mark.parametrize(("history", "visits", "passed"), PASSED)
def test_visits_and_skips(history, visits, passed):
    found = rows([case(history)], STAGES, HELD, WEEK)
    seen = [m.yes for m in found.marks if m.kind == "visit"]
    assert (len(seen), sum(seen)) == visits
    assert {m.stage: m.yes for m in found.marks if m.kind == "passed"} == {
        LETTERS[letter]: skipped for letter, skipped in passed.items()
    }


# history, steps due as (stage, day, number of the event that it left), and (due, completed) per stage.
STEPS = [
    ("A90 N102",      [("N", 101, 1)],                    {"N": (1, 1)}),
    ("A90",           [("N", 101, None)],                 {"N": (1, 0)}),
    ("A90 A102",      [("A", 101, 1)],                    {}),  # nowhere new: neither way
    ("A90 A102",      [("A", 101, 1), ("A", 104, None)],  {"A": (1, 0)}),
    ("A90 N102 N103", [("N", 102, 1), ("N", 103, 2)],     {"N": (1, 1)}),
    ("A90 N102",      [("N", 102, 1), ("N", 104, None)],  {"N": (1, 0)}),  # one was left: not kept
    ("A90 N102",      [("N", 102, 1), ("S", 104, None)],  {"N": (1, 1), "S": (1, 0)}),
]  # fmt: skip


@pytest.mark.parametrize(("history", "due", "expected"), STEPS)
def test_completion(history, due, expected):
    health = report(case(history, due=due))
    assert {s.stage: (s.due, s.completed) for s in health.stages if s.due} == {
        LETTERS[letter]: counts for letter, counts in expected.items()
    }


def test_rates_are_of_what_there_is():
    s = stage(report(case("A90 S102"), case("A90 N102 S103 S104", number=2)), "N")
    assert (s.went_further, s.skipped, s.skip_rate) == (2, 1, 0.5)
    assert (stage(report(case("A90")), "N").skip_rate, stage(report(case("A90")), "N").completion_rate) == (
        None,
        None,
    )


LI, HAN = {"rep_id": 1, "rep": "Li"}, {"rep_id": 2, "rep": "Han"}
SOUTH = {"team": "South"}
FOOD, CHEM = {"industry": "food"}, {"industry": "chemicals"}
# Opportunities that lie at the demo, whose benchmark is 4: LONG lost all seven days of the week, SHORT one
# day, NEW none. Then the cause with its name, its share of the lost days, and the stays that carry it.
LONG, SHORT, NEW = "A1 N2 S90", "A99 N100.5 S102", "A99 N101 S103"
AGAIN = LONG + " S95"
CAUSES = [
    ([(LONG, HAN), (LONG, HAN), (SHORT, LI), (NEW, LI)],      ("rep", "Han", 14 / 15, 2)),
    ([(LONG, HAN), (SHORT, LI), (NEW, LI)],                   ("single", "Line 0", 7 / 8, 1)),
    ([(LONG, HAN), (LONG, LI)],                               ("spread", "", 1, 2)),
    ([(LONG, LI), (LONG, LI), (LONG, LI)],                    ("spread", "", 1, 3)),  # all are Li's
    ([(LONG, FOOD), (LONG, FOOD), (NEW, CHEM), (NEW, CHEM)],  ("industry", "food", 1, 2)),
    ([(LONG, FOOD), (NEW, CHEM), (NEW, CHEM)],                ("single", "Line 0", 1, 1)),
    ([(AGAIN, {}), (AGAIN, {}), (SHORT, {}), (NEW, {})],      ("repeats", "", 14 / 15, 2)),
    ([("A1 S90", {}), ("A1 S90", {}), (LONG, {})],            ("skipped", "N", 2 / 3, 2)),
    ([(LONG, HAN | {"next_step": False}), (SHORT, LI)],       ("no_next_step", "", 7 / 8, 1)),
    ([(LONG, HAN | SOUTH), (LONG, LI | SOUTH), (SHORT, LI)],  ("team", "South", 14 / 15, 2)),
]  # fmt: skip


@pytest.mark.parametrize(("cases", "expected"), CAUSES)
def test_the_bottleneck_and_its_cause(cases, expected):
    health = report(*(case(history, number=n, **more) for n, (history, more) in enumerate(cases)))
    found = health.bottleneck
    assert found is not None
    assert (found.stage, found.stays, found.share) == ("solution_demo", len(cases), pytest.approx(1))
    assert found.lost_days == pytest.approx(stage(health, "S").lost_days)
    code, name, share, stays = expected
    told = found.cause
    assert (told.code, told.name, told.stays, told.of) == (code, LETTERS.get(name, name), stays, len(cases))
    assert told.share == pytest.approx(share, abs=1e-6)
    assert told.lost_days == pytest.approx(share * found.lost_days, abs=1e-6)


def test_the_bottleneck_is_where_most_days_were_lost_in_all():
    """One quote that lies for weeks against three demos a day over: 7 days and 3 days."""
    health = report(case("A1 Q50"), *(case(SHORT, number=n) for n in (2, 3, 4)))
    assert health.bottleneck is not None
    assert (health.bottleneck.stage, health.bottleneck.share) == ("quote_confirmation", pytest.approx(0.7))


# cases, benchmarks, least, and the gaps that are said instead of a bottleneck
GAPS = [
    ([],                         HELD, 3, ["no_stays"]),
    ([case("A90", 95)],          HELD, 3, ["no_stays"]),
    ([case("A90"), case("A90")], HELD, 3, ["few_stays"]),
    ([case("A90")] * 3,          {},   3, ["no_benchmark"]),
    ([case("A106")] * 3,         HELD, 3, []),  # nothing was lost: no bottleneck, and nothing is missing
]  # fmt: skip


@pytest.mark.parametrize(("cases", "held", "least", "codes"), GAPS)
def test_not_enough_data_is_said(cases, held, least, codes):
    health = report(*cases, held=held, least=least)
    assert health.bottleneck is None
    assert [g.code for g in health.gaps] == codes
    if codes == ["few_stays"]:
        assert (health.gaps[0].n, health.gaps[0].needed) == (2, 3)


steps = some.tuples(some.sampled_from("ANSOQ"), some.integers(80, 110))


@some.composite
def histories(draw):
    events = [
        StageEvent(LETTERS[s], day(d), n) for n, (s, d) in enumerate(draw(some.lists(steps, max_size=6)))
    ]
    due = [
        DueStep(LETTERS[s], day(min(d, 106)), draw(some.sampled_from([None, *(e.order for e in events)])))
        for s, d in draw(some.lists(steps, max_size=3))
        if d >= 100
    ]
    known = tuple(e for e in events if e.happened_at < WEEK.ends_at)
    closed = draw(some.one_of(some.none(), some.integers(100, 110)))
    return Case(About(1, "Line 1"), known, closed and day(closed), draw(some.booleans()), tuple(due))


def padded(one: Case, draw) -> Case:
    """The case with actions that bring it nowhere new, some of them planned and carried out as planned."""
    events, due = list(one.events), list(one.due)
    for n in range(draw(some.integers(1, 8))):
        at = day(draw(some.integers(80, 106)) + 0.5)
        so_far = [e for e in one.events if e.happened_at <= at]
        if so_far:
            reached = max(PLACE[e.stage] for e in so_far)
            where = STAGES[draw(some.integers(0, reached))]
            events.append(StageEvent(where, at, 1000 + n))
            if WEEK.has(at) and draw(some.booleans()):
                due.append(DueStep(where, at, 1000 + n))
    return replace(one, events=tuple(events), due=tuple(due))


@given(some.lists(histories(), min_size=1, max_size=5), some.data())
def test_actions_without_content_improve_nothing(cases, data):
    honest = report(*cases)
    faked = report(*(padded(one, data.draw) for one in cases))
    for before, after in zip(honest.stages, faked.stages, strict=True):
        for same in ("stays", "ended", "standing", "past", "median_days", "mean_days", "lost_days",
                     "went_further", "skipped", "due", "completed"):  # fmt: skip
            assert getattr(before, same) == getattr(after, same), same
        assert (after.repeat_rate or 0) >= (before.repeat_rate or 0)
    told = [h.bottleneck and (h.bottleneck.stage, h.bottleneck.lost_days) for h in (honest, faked)]
    assert told[0] == told[1]


@given(some.lists(histories(), max_size=5))
def test_rows_add_up_to_the_figures(cases):
    found = rows(cases, STAGES, HELD, WEEK)
    health = weekly_health(found, STAGES, HELD, least=1)
    assert health.total(lambda s: s.lost_days) == pytest.approx(sum(s.lost_days for s in found.stays))
    assert health.total(lambda s: s.stays) == len(found.stays)
    assert len(behind(found, "late").stays) == health.total(lambda s: s.past)
    for show, measure in (("visit", "repeats"), ("passed", "skips"), ("step", "completion")):
        marks = behind(found, show).marks
        assert health.parts(measure) == (sum(m.yes for m in marks), len(marks))
        assert sum(len(behind(found, show, stage).marks) for stage in STAGES) == len(marks)
    assert all(0 <= s.lost_days <= 7 and s.lost_days <= s.days for s in found.stays)
    if health.bottleneck:
        assert 0.5 <= health.bottleneck.cause.share <= 1
        assert health.bottleneck.cause.lost_days <= health.bottleneck.lost_days + 1e-9


# fmt: off
WEEKS = [
    # Monday              zone              begins (UTC)        hours
    (date(2026, 3, 2),   "Asia/Shanghai",  "2026-03-01 16:00", 168),
    (date(2026, 3, 23),  "Europe/Berlin",  "2026-03-22 23:00", 167),
    (date(2026, 10, 19), "Europe/Berlin",  "2026-10-18 22:00", 169),
    (date(2026, 3, 2),   "America/Denver", "2026-03-02 07:00", 167),
]
# fmt: on


@pytest.mark.parametrize(("monday", "zone", "begins", "hours"), WEEKS)
def test_a_week_is_by_the_clock_of_its_place(monday, zone, begins, hours):
    week = week_of(monday, zone)
    assert week.starts_at == datetime.fromisoformat(begins).replace(tzinfo=UTC)
    assert week.ends_at - week.starts_at == timedelta(hours=hours)
    assert last_monday(week.ends_at, zone) == monday
    assert last_monday(week.ends_at - timedelta(seconds=1), zone) == monday - timedelta(days=7)
    assert date.fromisoformat(week_name(monday)) == monday
