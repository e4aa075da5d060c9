"""Why a month missed: parts that add up exactly, and classes by evidence, drawn as deals and facts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.forecast.health import company_figures, group_figures
from core.forecast.month_attribution import Part, attribute
from core.forecast.month_causes import Cause, Facts, Since, propose
from core.forecast.month_surroundings import Surroundings, surroundings
from core.forecast.months import Line, MonthRun, Win
from core.terms import Outcome

MAY = date(2026, 5, 1)
CALM = Surroundings({}, {})


def line(n: int = 1, *, chance=0.5, amount=100, scorecard=0.4, decision=None, actual=0) -> Line:
    whole = Decimal(str(amount))
    values = whole * Decimal(str(chance)), whole * Decimal(str(scorecard))
    won = Decimal(str(actual))
    return Line(n, n, MAY, 1, 1, chance, scorecard, whole, *values, decision, won > 0, won)


def run(value, fresh=0, whole=100) -> MonthRun:
    money = [Decimal(str(x)) for x in (value, fresh, whole)]
    return MonthRun(1, MAY, date(2026, 6, 1), MAY, money[0], None, None, Decimal(0), *money[1:])


amounts = st.decimals(0, 10**7, places=4)
lines = st.lists(
    st.builds(
        lambda p, q, a, d, won: (p, q, a, d, won),
        st.floats(0, 1),
        st.floats(0, 1),
        amounts,
        st.sampled_from([None, "accepted", "rejected"]),
        st.none() | amounts,
    ),
    min_size=1,
    max_size=12,
)
wins = st.lists(st.tuples(amounts, st.booleans()), max_size=4)


@given(lines, wins, amounts, amounts, st.booleans())
def test_the_parts_add_up_to_the_miss(drawn, came, value, fresh, company):
    rows = [
        Line(n, n, MAY, 1, 1, p, q, a, a * Decimal(p), a * Decimal(q), d, won is not None, won or Decimal(0))
        for n, (p, q, a, d, won) in enumerate(drawn)
    ]
    out = [Win(100 + n, MAY, 1, 1, a, a + 1 if before else None) for n, (a, before) in enumerate(came)]
    said = run(value, fresh, float(sum(r.value for r in rows)))
    figures = (company_figures if company else group_figures)(said, rows, out)
    found = attribute(said, figures, rows, out, company=company)
    parts = [p for _, p in found.largest] + [found.others, found.fresh, found.rest]
    near = Decimal("1e-12")  # Decimal keeps 28 digits
    assert abs(sum(p.gap for p in parts) - found.whole.gap) <= near
    assert abs(sum(p.forecast for p in parts) - figures.forecast) <= near
    assert sum(p.actual for p in parts) == sum(r.actual for r in rows) + sum(w.actual for w in out)
    assert len(found.largest) + found.n_others == len(rows)


def test_the_five_largest_come_first_either_way():
    rows = [line(n, amount=100 * n, actual=100 * n if n % 2 else 0) for n in range(1, 8)]
    said = run(700)
    found = attribute(said, company_figures(said, rows, []), rows, [], company=True)
    assert [x.opportunity for x, _ in found.largest] == [7, 6, 5, 4, 3]
    assert [int(p.gap) for _, p in found.largest] == [350, -300, 250, -200, 150]
    assert (found.n_others, found.others.gap) == (2, 50 - 100)


def test_a_team_answers_for_what_counted_the_company_for_what_was_suggested():
    rows = [line(decision="rejected")]
    said = run(50, whole=50)
    as_team = attribute(said, group_figures(said, rows, []), rows, [], company=False)
    as_company = attribute(said, company_figures(said, rows, []), rows, [], company=True)
    assert as_team.largest[0][1].forecast == 40
    assert as_company.largest[0][1].forecast == 50


LOST, WON = 0, 100
APRIL_30, JUNE_3, LATER = date(2026, 4, 30), date(2026, 6, 3), date(2026, 6, 15)
PAID = Since(Outcome.WON, JUNE_3, 3, Decimal(100))


@pytest.mark.parametrize(
    ("deal", "facts", "cause", "codes"),
    [
        ({}, Facts(), Cause.CHANCE, ["odds_open"]),
        ({"actual": WON}, Facts(), Cause.CHANCE, ["odds_won"]),
        # embellished: only where less came than was said
        ({"decision": "rejected", "scorecard": 0.9}, Facts(), Cause.EMBELLISHED, ["rejected_lower"]),
        ({"decision": "rejected", "scorecard": 0.3}, Facts(), Cause.CHANCE, []),  # the lower one counted
        ({"decision": "accepted", "scorecard": 0.9}, Facts(), Cause.CHANCE, []),
        ({"decision": "rejected", "scorecard": 0.9, "actual": WON}, Facts(), Cause.CHANCE, []),
        ({}, Facts(pushes=1), Cause.CHANCE, ["pushes"]),  # nor does one push
        ({}, Facts(pushes=2), Cause.EMBELLISHED, ["pushes"]),
        ({}, Facts(pushes=1, backdated=1), Cause.EMBELLISHED, ["pushes", "backdated"]),
        ({"actual": WON}, Facts(pushes=2), Cause.CHANCE, []),
        ({}, Facts(signs=2), Cause.EMBELLISHED, ["signs"]),
        ({}, Facts(backdated=3), Cause.CHANCE, ["backdated"]),  # late entry alone proves nothing
        ({}, Facts(backdated=1, signs=1), Cause.EMBELLISHED, ["signs", "backdated"]),
        # a factor that the model lacks
        ({}, Facts(demands=1), Cause.MISSING, ["demands"]),
        ({"actual": WON}, Facts(unseen=2), Cause.MISSING, ["unseen"]),
        ({"actual": 40}, Facts(), Cause.CHANCE, ["amount"]),
        # something outside
        ({}, Facts(events=("Port closed",)), Cause.SHOCK, ["event"]),
        ({}, Facts(events=("Port closed",), pushes=1), Cause.SHOCK, ["event", "pushes"]),
        ({}, Facts(events=("Port closed",), pushes=3, signs=1), Cause.EMBELLISHED, ["signs", "pushes"]),
        ({}, Facts(demands=1, pushes=2), Cause.EMBELLISHED, ["pushes", "demands"]),  # a tie
        # it came shortly after the month
        ({}, Facts(since=PAID), Cause.TIMING, ["won_soon"]),
        ({}, Facts(since=Since(Outcome.WON, date(2026, 6, 14), 14, Decimal(50))), Cause.TIMING, ["won_soon"]),
        ({}, Facts(since=Since(Outcome.WON, LATER, 15, Decimal(100))), Cause.CHANCE, ["won_since"]),
        ({}, Facts(since=Since(Outcome.WON, JUNE_3, 3, Decimal(49))), Cause.CHANCE, ["won_since"]),
        ({}, Facts(since=Since(Outcome.WON, JUNE_3, 3)), Cause.CHANCE, ["won_unpriced_since"]),
        (
            {},
            Facts(since=Since(Outcome.WON, date(2026, 4, 30), -31, Decimal(100))),
            Cause.CHANCE,
            ["won_since"],
        ),
        ({}, Facts(since=Since(Outcome.LOST, JUNE_3, 3)), Cause.CHANCE, ["lost_since"]),
        ({}, Facts(since=Since(Outcome.OPEN, LATER, 15)), Cause.CHANCE, ["open_since"]),
        ({}, Facts(since=Since(Outcome.OPEN, owner="Mate")), Cause.CHANCE, ["open_undated", "handed_over"]),
        ({"decision": "rejected", "scorecard": 0.9}, Facts(signs=1, since=PAID), Cause.TIMING, ["won_soon"]),
        ({"chance": 0.9}, Facts(demands=1, since=PAID), Cause.TIMING, ["won_soon", "demands"]),
        (
            {},
            Facts(events=("Port closed",), since=PAID),
            Cause.SHOCK,
            ["event", "won_soon"],
        ),  # why it was late
        ({}, Facts(pushes=2, since=Since(Outcome.LOST, JUNE_3, 3)), Cause.EMBELLISHED, ["pushes"]),
    ],
)
def test_the_class_that_the_records_speak_for(deal, facts, cause, codes):
    drawn = line(**deal)
    found = propose(drawn, Part(drawn.counted, drawn.actual), facts, {}, CALM)
    assert found.cause is cause
    said = [e.code for e in found.evidence]
    assert said[: len(codes)] == codes
    assert said[-1].startswith("odds")


def test_what_looks_embellished_is_still_said_of_a_deal_that_came_soon_after():
    drawn = line(decision="rejected", scorecard=0.9)
    facts = Facts(signs=2, pushes=2, backdated=1, since=PAID)
    said = propose(drawn, Part(drawn.counted, drawn.actual), facts, {}, CALM).evidence
    weights = {e.code: e.weight for e in said if e.cause is Cause.EMBELLISHED}
    assert weights == {"rejected_lower": 0, "signs": 0, "pushes": 0, "backdated": 0}


@pytest.mark.parametrize(
    ("chance", "actual", "factors", "cause"),
    [
        (0.1, WON, {"a": 5, "b": 5, "c": 5}, Cause.MISSING),
        (0.25, WON, {"a": 5, "b": 5, "c": 5}, Cause.MISSING),
        (0.26, WON, {"a": 5, "b": 5, "c": 5}, Cause.CHANCE),  # no surprise
        (0.9, LOST, {"a": 5, "b": 5, "c": 5}, Cause.MISSING),
        (0.5, LOST, {"a": 5, "b": 5, "c": 5}, Cause.CHANCE),
        (0.1, WON, {"a": 5, "b": 5, "c": 11}, Cause.CHANCE),  # one factor stood out: the model knew
        (0.1, WON, {"a": 5, "b": 5}, Cause.CHANCE),  # two factors say too little
        (0.9, PAID, {"a": 5, "b": 5, "c": 5}, Cause.TIMING),  # it came three days later
    ],
)
def test_far_off_with_all_factors_normal(chance, actual, factors, cause):
    around = Surroundings(dict.fromkeys("abc", (1.0, 10.0)), {})
    since = actual if isinstance(actual, Since) else None
    drawn = line(chance=chance, actual=LOST if since else actual)
    facts = Facts(since=since)
    assert propose(drawn, Part(drawn.value, drawn.actual), facts, factors, around).cause is cause


def industry(outcomes, chance=0.5):
    rows = [line(n, chance=chance, actual=a) for n, a in enumerate(outcomes)]
    return rows, {n: ("chemicals", f"Customer {n}") for n in range(len(rows))}


@pytest.mark.parametrize(
    ("outcomes", "moved"),
    [
        ([LOST] * 6, True),  # all six lost, or all won, at one half each: one month in 32
        ([LOST] * 5, False),  # one month in 16
        ([LOST, LOST, LOST, WON], False),
        ([WON] * 6, True),
    ],
)
def test_an_industry_that_moved_together(outcomes, moved):
    rows, places = industry(outcomes)
    around = surroundings(rows, {}, places)
    assert bool(around.moved) == moved
    drawn = rows[0]
    found = propose(drawn, Part(drawn.value, drawn.actual), Facts(industry="chemicals"), {}, around)
    assert (found.cause is Cause.SHOCK) == moved
    other = propose(drawn, Part(drawn.value, drawn.actual), Facts(industry="food"), {}, around)
    assert other.cause is Cause.CHANCE


@pytest.mark.parametrize(("n", "moved"), [(3, False), (4, True)])
def test_three_customers_are_no_industry(n, moved):
    rows, places = industry([LOST] * n, chance=0.9)
    assert bool(surroundings(rows, {}, places).moved) == moved


def test_customers_that_moved_the_other_way_do_not_count():
    rows, places = industry([LOST] * 9 + [WON], chance=0.5)
    ((_, customers),) = surroundings(rows, {}, places).moved.values()
    assert customers == 9


def test_the_more_industries_are_looked_at_the_farther_one_must_have_moved():
    """Six lost at one half each are rare in the one industry there is, and not among four."""
    rows, places = industry([LOST] * 6)
    calm = [line(10 + n, chance=0.5, actual=(WON, LOST)[n % 2]) for n in range(12)]
    others = {10 + n: (f"calm {n // 4}", f"Customer {n}") for n in range(12)}
    assert surroundings([*rows, *calm], {}, {**places, **others}).moved == {}


def test_one_customer_with_many_deals_is_no_industry():
    rows, _ = industry([LOST] * 6)
    assert surroundings(rows, {}, dict.fromkeys(range(6), ("chemicals", "One"))).moved == {}


def test_what_is_usual_lies_between_the_runs_own_quantiles():
    rows = [line(n) for n in range(21)]
    around = surroundings(rows, {n: {"a": float(n)} for n in range(21)}, {})
    assert around.ends == {"a": (1.0, 19.0)}
