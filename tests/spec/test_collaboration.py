"""The quarterly collaboration report: figures, means, what falls behind, quarters: PRODUCT.md C5."""

from __future__ import annotations

from datetime import date
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.promises.causes import check_assignment, check_conclusion
from core.promises.collaboration import (
    Fact,
    Level,
    Measure,
    cause_key,
    collaboration,
    last_quarter,
    next_quarter,
    quarter_of,
    rows_of,
)
from data.collaboration_json import report_from, report_json

QUARTER = date(2026, 1, 1)


def facts(measure, person, team, values, peers=None) -> list[Fact]:
    """Rows of a person (a number) in a team (a number)."""
    return [
        Fact(
            measure,
            n,
            "Haihe",
            person,
            f"P{person}",
            team,
            f"T{team}",
            peers if peers is not None else team,
            v,
        )
        for n, v in enumerate(values)
    ]


def report(*rows, least=5):
    return collaboration(QUARTER, [fact for some in rows for fact in some], share=0.2, least=least)


def judged(found) -> dict[tuple[str, str, int], bool]:
    return {(f.measure.value, f.level.value, f.id): f.below for f in found.figures}


KEPT = [1.0, 1.0, 1.0, 1.0, 0.0]

# fmt: off
BEHIND = [
    # one of the team    another of the team   the first is behind
    (KEPT,               KEPT,                 False),  # alike
    ([1, 1, 0, 0, 0],    [1, 1, 1, 1, 1],      True),   # 40% against a mean of 70%
    ([1, 1, 1, 1, 0],    [1, 1, 1, 1, 1],      False),  # 80% against 90%: 11% below
    ([1, 1, 1, 1, 0],    [1] * 100,            False),  # 80% against 99%: 19.2% below
    ([1, 0, 0, 0],       [1, 1, 1, 1, 1],      False),  # four rows say nothing
]
# fmt: on


@pytest.mark.parametrize(("mine", "others", "behind"), BEHIND)
def test_a_person_is_held_against_the_mean_of_the_team(mine, others, behind):
    found = report(facts(Measure.KEPT, 1, 7, mine), facts(Measure.KEPT, 2, 7, others))
    assert judged(found)["kept", "person", 1] is behind


def test_a_team_is_held_against_all_and_a_person_only_against_colleagues():
    weak = [facts(Measure.KEPT, n, 1, [1, 0, 0, 0, 0]) for n in (1, 2)]
    strong = [facts(Measure.KEPT, n, 2, [1, 1, 1, 1, 1]) for n in (3, 4)]
    found = judged(report(*weak, *strong))
    assert found["kept", "team", 1] is True
    assert found["kept", "team", 2] is False
    assert found["kept", "person", 1] is False  # like the colleagues
    assert ("kept", "company", 0) in found


def test_of_answers_the_slow_ones_fall_behind():
    quick = facts(Measure.RESPONSE, 1, 7, [0.4] * 5, peers=0)
    slow = facts(Measure.RESPONSE, 2, 8, [0.8] * 5, peers=0)
    found = report(quick, slow)
    assert judged(found)["response", "person", 2] is True
    assert judged(found)["response", "person", 1] is False
    assert judged(found)["response", "team", 8] is True
    who = next(f for f in found.figures if f.level is Level.PERSON and f.id == 2)
    assert (who.mean, who.team_id) == (pytest.approx(0.6), None)  # who answers does so for every team


def test_what_was_not_measured_is_said_and_nothing_is_invented():
    found = report(facts(Measure.RESPONSE, 1, 7, [0.5]))
    assert found.unmeasured == (Measure.KEPT, Measure.SECOND)
    assert {f.measure for f in found.figures} == {Measure.RESPONSE}
    assert report().unmeasured == tuple(Measure)
    assert report().figures == ()


rows = st.lists(
    st.builds(
        Fact,
        st.sampled_from(list(Measure)),
        st.integers(1, 99),
        st.just("Haihe"),
        st.sampled_from([None, 1, 2, 3]),
        st.just("P"),
        st.sampled_from([None, 7, 8]),
        st.just("T"),
        st.sampled_from([0, 7, 8]),
        st.floats(0, 3),
        st.floats(0, 50),
    ),
    max_size=30,
)


@given(rows)
def test_the_rows_behind_a_figure_add_up_to_it_and_survive_the_store(drawn):
    found = collaboration(QUARTER, drawn, share=0.2, least=3)
    for figure in found.figures:
        behind = rows_of(found, figure)
        assert len(behind) == figure.n
        assert fmean(fact.value for fact in behind) == pytest.approx(figure.value)
    assert report_from(report_json(found)) == found
    assert len({cause_key(QUARTER, f) for f in found.figures}) == len(found.figures)


@pytest.mark.parametrize(
    ("day", "quarter", "before", "after"),
    [
        ("2026-01-01", "2026-01-01", "2025-10-01", "2026-04-01"),
        ("2026-12-31", "2026-10-01", "2026-07-01", "2027-01-01"),
        ("2024-02-29", "2024-01-01", "2023-10-01", "2024-04-01"),
    ],
)
def test_quarters(day, quarter, before, after):
    found = quarter_of(date.fromisoformat(day))
    assert [d.isoformat() for d in (found, last_quarter(found), next_quarter(found))] == [
        quarter,
        before,
        after,
    ]


def test_an_analysis_needs_a_name_a_day_a_cause_and_an_outcome():
    today = date(2026, 4, 1)
    assert [p.field for p in check_assignment(None, None, today)] == ["owner", "due_on"]
    assert [p.code for p in check_assignment(1, date(2026, 3, 31), today)] == ["not_in_future"]
    assert check_assignment(1, today, today) == ()
    assert [p.field for p in check_conclusion("", " ")] == ["cause", "outcome"]
    assert [p.code for p in check_conclusion("x" * 5_000, "y")] == ["too_long"]
    assert check_conclusion("x", "y") == ()
