"""What each factor says: rows in, value out (B1). The tables ask about day 100."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.forecast.factors import FACTOR_NAMES, FACTORS, factor_values
from core.forecast.history import Track
from core.forecast.signals import Mark
from data.forecast_words import measured
from data.text import LANGUAGES, has
from tests.drawn_marks import T, drawn, signals

NONE = np.nan
FIRST = np.array([0])


def value(history, name: str, t: float = T, of=FIRST) -> float:
    return factor_values(history, t, of)[0, FACTOR_NAMES.index(name)]


# fmt: off
TABLE = [
    # two-way touches in 14 days
    ("touches_14d", "", NONE),                                # nothing on record: unknown, not zero
    ("touches_14d", "OUTREACH@99", 0),                        # we tried, nobody took part
    ("touches_14d", "ANSWER@40", 0),                          # long ago: on record, none lately
    ("touches_14d", "ANSWER@99 ANSWER@95 OUTREACH@98", 2),
    ("touches_14d", "ANSWER@86", 0),                          # exactly 14 days ago has left the window
    ("touches_14d", "ANSWER@86.01", 1),
    ("touches_14d", "ANSWER@99.99", 1),
    ("touches_14d", "ANSWER@100", NONE),                      # what begins is not known
    ("touches_14d", "ANSWER@99~101", NONE),                   # nor what is entered tomorrow
    ("touches_14d", "ANSWER@99~99.9", 1),
    ("touches_14d", "ANSWER@99!99.9", NONE),                   # undone by now
    ("touches_14d", "ANSWER@99!101", 1),                      # undone later: it stands today
    # days since the customer last answered
    ("days_since_answer", "", NONE),
    ("days_since_answer", "ANSWER@90 ANSWER@84", 10),
    ("days_since_answer", "ANSWER@84 OUTREACH@99", 16),       # our mail is no answer
    ("days_since_answer", "OUTREACH@70 OUTREACH@95", 30),     # never answered: since we first tried
    ("days_since_answer", "ANSWER@99~101 ANSWER@84", 16),
    # questions in 30 days
    ("questions_30d", "ANSWER@99", NONE),                     # touches, but nobody noted questions
    ("questions_30d", "QUESTIONS@99=0", 0),
    ("questions_30d", "QUESTIONS@99=2 QUESTIONS@80=3 QUESTIONS@70=9", 5),
    # effective talk time in 30 days
    ("talk_minutes_30d", "ANSWER@99", NONE),
    ("talk_minutes_30d", "TALK@99=2.9", 0),                   # under three minutes says nothing
    ("talk_minutes_30d", "TALK@99=3 TALK@90=42 TALK@70=60", 45),
    # decision maker engaged
    ("decision_maker", "ANSWER@99", NONE),
    ("decision_maker", "PERSON@99=0", 0),
    ("decision_maker", "PERSON@20=1 PERSON@99=0", 1),         # once met is met
    ("decision_maker", "PERSON@99=1~101 PERSON@50=0", 0),
    # contract or quote changes in 30 days
    ("quote_changes_30d", "", NONE),
    ("quote_changes_30d", "ACTION@99", 0),
    ("quote_changes_30d", "ACTION@95 QUOTE@95", 0),           # the first quote changes nothing
    ("quote_changes_30d", "QUOTE@60 QUOTE@95 QUOTE@99", 2),
    ("quote_changes_30d", "QUOTE@90 QUOTE@95 CONTRACT@99", 2),
    # competitor contact in 30 days
    ("competitor_30d", "ANSWER@99", NONE),                    # nobody in the company notes it
    ("competitor_30d", "COMPETITOR@99 COMPETITOR@60", 1),
    ("competitor_30d", "COMPETITOR@70", 0),
    # open objections
    ("open_objections", "ANSWER@99", NONE),
    ("open_objections", "ACTION@99", 0),
    ("open_objections", "OBJECTION@80=1 OBJECTION@90=1", 2),
    ("open_objections", "OBJECTION@80=1 OBJECTION@90=-1", 0),
    ("open_objections", "OBJECTION@80=-1 OBJECTION@90=1", 1),  # settled at once owes nothing to a later one
    ("open_objections", "OBJECTION@80=1 OBJECTION@90=-1~101", 1),
    # industry signal in 30 days
    ("industry_signal_30d", "", NONE),
    ("industry_signal_30d", "TRIAL@99=40 DRAWING@90 TRIAL@60", 2),
    # new customers
    ("downloads_7d", "DOWNLOAD@93 DOWNLOAD@93.5 DOWNLOAD@99", 2),
    ("video_meetings_7d", "VIDEO@99", 1),
    ("video_meetings_7d", "VIDEO@93", 0),
    # renewals
    ("ticket_hours_90d", "TICKET@99=4 TICKET@50=8 TICKET@10=90", 6),
    ("ticket_hours_90d", "TICKET@10=90", NONE),               # no ticket lately: no response time
    ("categories_added_365d", "CATEGORY@20=2 CATEGORY@99=1", 3),
    ("satisfaction_365d", "SATISFACTION@20=5 SATISFACTION@99=2", 3.5),
]  # fmt: skip
# fmt: on


@pytest.mark.parametrize(("name", "marks", "said"), TABLE)
def test_rows_in_value_out(name, marks, said):
    assert value(drawn(marks), name) == pytest.approx(said, nan_ok=True)


@pytest.mark.parametrize(
    "name", ["competitor_30d", "industry_signal_30d", "downloads_7d", "video_meetings_7d"]
)
def test_what_is_noted_only_when_it_happens_is_zero_where_the_company_notes_it(name):
    kind = {"competitor_30d": "COMPETITOR", "industry_signal_30d": "TRIAL", "downloads_7d": "DOWNLOAD"}
    told = f"{kind.get(name, 'VIDEO')}@99"
    assert value(drawn("", told), name) == 0
    assert np.isnan(value(drawn("", told), name, t=98))


@pytest.mark.parametrize(
    ("events", "benchmarks", "said"),
    [
        ("", (2.0, 4.0), NONE),
        ("0@94", (2.0, 4.0), 3.0),
        ("0@90 1@96", (2.0, 4.0), 1.0),
        ("0@90 1@96~101", (2.0, 4.0), 5.0),  # the step is entered tomorrow
        ("0@90 1@96!99", (2.0, 4.0), 5.0),  # or undone
        ("0@90 1@96", (2.0, NONE), NONE),  # no benchmark, and too few stays to say what is usual
        ("2@90", (2.0, 4.0), NONE),
    ],
)
def test_days_in_stage_against_the_benchmark(events, benchmarks, said):
    history = drawn(events=events, benchmarks=np.array(benchmarks))
    assert value(history, "stage_dwell_ratio") == pytest.approx(said, nan_ok=True)


def test_without_a_benchmark_the_usual_stay_is_the_median_of_those_finished_by_then():
    stays = "0@0 1@2 0@3 1@6 0@10 1@14 0@20 1@25 0@30 1@36 0@90"
    assert value(drawn(events=stays), "stage_dwell_ratio") == 10 / 4
    assert np.isnan(value(drawn(events=stays), "stage_dwell_ratio", t=35))  # the fifth stay is not over


def test_the_stage_is_its_place_and_none_without_events():
    assert value(drawn(events="0@90 2@95 1@99"), "stage") == 1
    assert np.isnan(value(drawn(), "stage"))


@pytest.mark.parametrize(
    ("t", "said"),
    [(50, 0), (51, 1), (61, 1), (71, 2)],  # pushed on day 50, pulled in on 60, pushed again on 70
)
def test_only_later_dates_are_pushes(t, said):
    moved = Track(np.array([80.0, NONE]), np.array([0, 1, 0, 0]), np.array([50.0, 55, 60, 70]),
                  np.array([90.0, 99, 85, 95]))  # fmt: skip
    assert value(drawn(close_on=moved), "close_date_pushes", t=t) == said
    assert value(drawn(close_on=moved), "close_date_pushes", t=56, of=np.array([1])) == 0
    assert np.isnan(value(drawn(close_on=moved), "close_date_pushes", t=54, of=np.array([1])))


TWELVE = {  # of B1; others may join them
    "stage", "stage_dwell_ratio", "touches_14d", "days_since_answer", "questions_30d", "talk_minutes_30d",
    "decision_maker", "quote_changes_30d", "competitor_30d", "open_objections", "close_date_pushes",
    "industry_signal_30d",
}  # fmt: skip
BARE = {"place", "count"}  # units of numbers that are read without a word


def test_every_factor_is_whole_and_has_its_words():
    assert len(set(FACTOR_NAMES)) == len(FACTORS)
    assert {f.name for f in FACTORS if f.layer == "all"} >= TWELVE
    for factor in FACTORS:
        assert factor.low < factor.high
        assert factor.direction in (-1, 0, 1)
        for language in LANGUAGES:
            assert has(language, f"factors.name.{factor.name}"), factor.name
            assert factor.unit in BARE or measured(language, factor.unit, 2.0) != "2", factor.unit


MARKS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from([m for m in Mark if m not in (Mark.OBJECTION, Mark.SATISFACTION)]),
        st.integers(0, 200),  # happened
        st.integers(0, 60),  # entered so much later
        st.one_of(st.none(), st.integers(0, 60)),  # undone so much later still
        st.integers(0, 40),
    ),
    max_size=30,
)


def _text(marks, of: int) -> str:
    words = []
    for whose, kind, at, late, undone, said in marks:
        if whose == of:
            gone = "" if undone is None else f"!{at + late + undone}"
            words.append(f"{kind.name}@{at}={said}~{at + late}{gone}")
    return " ".join(words)


@settings(max_examples=60)
@given(marks=MARKS)
def test_nothing_entered_or_undone_later_changes_a_past_value(marks):
    everything = drawn(*(_text(marks, of) for of in range(3)))
    then = [(*m[:4], None if m[4] is None or m[2] + m[3] + m[4] > T else m[4], *m[5:]) for m in marks]
    then = [m for m in then if m[2] + m[3] <= T]
    of = np.arange(3)
    known = drawn(*(_text(then, n) for n in range(3)))
    np.testing.assert_array_equal(factor_values(everything, T, of), factor_values(known, T, of))


@settings(max_examples=60)
@given(marks=MARKS)
def test_values_keep_their_range_and_each_opportunity_its_own(marks):
    texts = [_text(marks, of) for of in range(3)]
    values = factor_values(drawn(*texts), T, np.arange(3))
    for n, factor in enumerate(FACTORS):
        known = values[np.isfinite(values[:, n]), n]
        if factor.name not in ("satisfaction_365d",):
            assert ((known >= factor.low) & (known <= factor.high)).all(), factor.name
    np.testing.assert_array_equal(values[[2, 0]], factor_values(drawn(*texts), T, np.array([2, 0])))


def test_a_planted_signal_from_the_future_reaches_no_model_row():
    from core.forecast.features import open_rows

    history = drawn("ANSWER@80 TALK@80=10", "ANSWER@99")
    future = signals("ANSWER@80 TALK@80=10 COMPETITOR@150 ANSWER@90~150", "ANSWER@99 TICKET@120=3")
    np.testing.assert_array_equal(
        open_rows(history, T).x, open_rows(replace(history, signals=future, _seen={}), T).x
    )
