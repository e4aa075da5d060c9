"""The morning brief's ranking, and what proves that a commitment was kept: PRODUCT.md D4."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.policies import DEFAULTS, override
from core.reports.brief import KEPT, Cause, Deal, Source, brief
from core.reports.commitments import (
    Checked,
    Commitment,
    Kept,
    Proof,
    Record,
    asked_once,
    check,
    expected,
    renewed,
)
from core.terms import Severity
from data.brief_json import brief_from, brief_json
from data.brief_words import cause_words, risk_words
from data.text import translate

EIGHT = datetime(2026, 3, 4, tzinfo=UTC)
KINDS = {"P": Source.PROMISE, "D": Source.DEMAND, "A": Source.ALERT, "Q": Source.QUOTE, "S": Source.STEP}


def deal(n: int, said: str) -> Deal:
    """`"Haihe 300 CNY"`: customer, amount in thousands (– for none), currency."""
    customer, amount, currency = said.split()
    known = {"Haihe": 1, "Taihu": 2, "Minjiang": 3, "Wuyi": 4, "Luoyang": 5}
    money = None if amount == "–" else Decimal(amount) * 1000
    return Deal(n, f"Line {n}", known[customer], customer, 10 + n, f"Rep {n}", money, currency)


def causes(said: str) -> list[Cause]:
    """`"Pr1 Aa2"`: source, red or amber, the opportunity."""
    found = []
    for n, word in enumerate(said.split()):
        severity = Severity.RED if word[1] == "r" else Severity.AMBER
        due = EIGHT + timedelta(hours=10 if severity is Severity.RED else 34)
        rule = "stalled" if word[0] == "A" else ""
        found.append(Cause(KINDS[word[0]], n, severity, (int(word[2]),), due, rule))
    return found


# fmt: off
RANKED = [
    # open opportunities                       causes         the top: customer, at risk in thousands
    (["Haihe 300 CNY", "Taihu 500 CNY"],   "Ar1 Aa2",     "Haihe 150, Taihu 100"),
    (["Haihe 300 CNY", "Taihu 900 CNY"],   "Ar1 Aa2",     "Taihu 180, Haihe 150"),
    (["Haihe 300 CNY"],                    "Ar1 Pr1 Aa1", "Haihe 150"),   # causes do not add up
    (["Haihe 300 CNY", "Haihe 100 CNY"],   "Ar1 Aa2",     "Haihe 170"),   # opportunities do
    (["Haihe 300 CNY", "Taihu 300 CNY"],   "Ar1 Ar2 Aa2", "Taihu 150, Haihe 150"),  # more causes
    (["Haihe – CNY", "Taihu 10 CNY"],      "Pr1 Aa2",     "Taihu 2, Haihe 0"),  # no amount entered
    (["Haihe 300 CNY", "Taihu 200 CNY", "Minjiang 100 CNY", "Wuyi 50 CNY"],
                                               "Ar1 Ar2 Ar3 Ar4", "Haihe 150, Taihu 100, Minjiang 50"),
    (["Haihe 300 CNY"],                    "",            ""),
]
# fmt: on


@pytest.mark.parametrize(("deals", "said", "top"), RANKED)
def test_the_most_value_at_risk_comes_first(deals, said, top):
    told = brief([deal(n, d) for n, d in enumerate(deals, 1)], causes(said), DEFAULTS)
    shown = [f"{i.name} {i.at_risk.get('CNY', Decimal()) / 1000:.0f}" for i in told.top]
    assert ", ".join(shown) == top


def test_what_is_at_risk_is_a_part_of_the_amounts_of_the_same_opportunities():
    """One without an amount, and one that nothing puts at risk, are in neither."""
    deals = [deal(n, f"Haihe {amount} CNY") for n, amount in enumerate((300, 100, "–", 70), 1)]
    (item,) = brief(deals, causes("Ar1 Aa2 Ar3"), DEFAULTS).top
    assert (item.at_risk, item.amounts) == ({"CNY": 170_000}, {"CNY": 400_000})
    assert risk_words("en", item) == "CN¥170,000 of CN¥400,000 at risk"
    (bare,) = brief(deals[2:3], causes("Ar3"), DEFAULTS).top
    assert risk_words("zh", bare) == "未填金额"


def test_a_promise_says_what_to_do_before_an_alert_does():
    told = brief([deal(1, "Haihe 300 CNY")], causes("Aa1 Sa1 Ar1 Pr1 Dr1"), DEFAULTS)
    assert [c.source.value for c in told.top[0].causes] == ["promise", "demand", "alert", "alert", "step"]
    assert told.top[0].due_at == EIGHT + timedelta(hours=10)


@pytest.mark.parametrize(
    ("rule", "source", "n"),
    [("next_step_overdue", "S", 1), ("quote_expiring", "Q", 1), ("next_step_overdue", "Q", 2)],
)
def test_one_fact_is_one_cause(rule, source, n):
    """An alert that says what a cause of another source says at the same opportunity is left out."""
    alert = Cause(Source.ALERT, 9, Severity.AMBER, (1,), EIGHT, rule)
    told = brief([deal(1, "Haihe 300 CNY")], [alert, *causes(f"{source}a1")], DEFAULTS)
    assert len(told.top[0].causes) == n


def test_currencies_are_never_added_or_compared():
    deals = [
        deal(1, "Haihe 10 CNY"),
        deal(2, "Taihu 900 USD"),
        deal(3, "Taihu 40 CNY"),
        deal(4, "Wuyi 5 EUR"),
    ]
    told = brief(deals, causes("Ar1 Ar2 Ar3 Ar4"), override({"brief_top": 1}, 1))
    assert told.currency == "CNY"
    assert told.top[0].at_risk == {"CNY": 20_000, "USD": 450_000}
    assert told.top[0].amounts == {"CNY": 40_000, "USD": 900_000}
    assert [i.name for i in told.others] == ["Wuyi"]
    assert told.at_risk == {"CNY": 25_000, "EUR": 2_500, "USD": 450_000}


def test_a_team_that_sells_in_one_foreign_currency_is_ranked_in_it():
    told = brief([deal(1, "Haihe 10 USD"), deal(2, "Taihu 20 USD")], causes("Ar1 Ar2"), DEFAULTS)
    assert (told.currency, [i.name for i in told.top]) == ("USD", ["Taihu", "Haihe"])


def test_another_teams_opportunity_is_not_in_it():
    told = brief([deal(1, "Haihe 10 CNY")], [Cause(Source.PROMISE, 1, Severity.RED, (1, 7), EIGHT)], DEFAULTS)
    assert [r.deal.id for r in told.top[0].risks] == [1]
    assert brief([], causes("Ar7"), DEFAULTS).top == ()


@given(
    st.lists(
        st.tuples(st.integers(1, 30), st.sampled_from("PDAQS"), st.booleans(), st.integers(0, 10**7)),
        max_size=60,
    )
)
def test_every_value_adds_up_and_comes_back_from_the_store(drawn):
    deals = {
        n: Deal(n, f"L{n}", n % 9 or None, f"C{n % 9}", 1, "R", Decimal(a), "CNY") for n, _, _, a in drawn
    }
    found = [
        Cause(KINDS[k], i, Severity.RED if red else Severity.AMBER, (n,), EIGHT)
        for i, (n, k, red, _) in enumerate(drawn)
    ]
    told = brief(deals.values(), found, DEFAULTS)
    shown = [*told.top, *told.following]
    assert all(i.at_risk.get("CNY", 0) == sum(r.at_risk for r in i.risks) for i in shown)
    assert all(r.at_risk <= (r.deal.amount or 0) for i in shown for r in i.risks)
    values = [i.at_risk.get("CNY", 0) for i in shown]
    assert values == sorted(values, reverse=True)
    assert len(shown) == min(told.customers, KEPT)
    if told.customers <= KEPT:
        assert told.at_risk.get("CNY", 0) == sum(values)
    assert brief_from(brief_json(told)) == told
    every = brief(deals.values(), found, DEFAULTS, kept=None)
    every_value = sum(i.at_risk.get("CNY", 0) for i in (*every.top, *every.following))
    assert told.at_risk.get("CNY", 0) == every_value


MADE, DUE = EIGHT, EIGHT + timedelta(hours=10)


def committed(expects: str, **more) -> Commitment:
    given_ = {"opportunity_id": None, "about": None} | more
    return Commitment(
        1, "Call", 2, "Li", 1, "Haihe", expects=Proof(expects), due_at=DUE, made_at=MADE, **given_
    )  # fmt: skip


def record(kind: str, hours: float, customer: int = 1, deal: int | None = 4, of: int = 8) -> Record:
    return Record(Proof(kind), of, customer, deal, EIGHT + timedelta(hours=hours), "x", "Li")


# fmt: off
CHECKED = [
    # expects  narrowed to              records, hours after the meeting                  at   state
    ("action",  {},                      [],                                               9,   "open"),
    ("action",  {},                      [],                                               11,  "missed"),
    ("action",  {},                      [record("action", 2)],                            11,  "kept"),
    ("action",  {},                      [record("quote", 2)],                             11,  "kept"),
    ("action",  {},                      [record("action", 11)],                           12,  "late"),
    ("action",  {},                      [record("action", 11), record("action", 3)],      12,  "kept"),
    ("action",  {},                      [record("action", -1)],                           11,  "missed"),
    ("action",  {},                      [record("action", 2, customer=2)],                11,  "missed"),
    ("action",  {"opportunity_id": 4},   [record("action", 2)],                            11,  "kept"),
    ("action",  {"opportunity_id": 5},   [record("action", 2)],                            11,  "missed"),
    ("quote",   {},                      [record("action", 2)],                            11,  "missed"),
    ("quote",   {},                      [record("quote", 2)],                             11,  "kept"),
    ("promise", {},                      [record("promise", 2, deal=None)],                11,  "kept"),
    ("promise", {"about": 8},            [record("promise", 2, deal=None)],                11,  "kept"),
    ("promise", {"about": 9},            [record("promise", 2, deal=None)],                11,  "missed"),
    ("promise", {},                      [record("action", 2)],                            11,  "missed"),
    ("demand",  {},                      [record("demand", 2, deal=None)],                 11,  "kept"),
    ("step",    {"about": 8},            [record("step", 2)],                              11,  "kept"),
    ("step",    {"about": 9},            [record("step", 2)],                              11,  "missed"),
    ("step",    {"about": 9},            [record("action", 2)],                            11,  "kept"),
    ("step",    {"about": 9},            [record("quote", 12)],                            13,  "late"),
    ("step",    {"about": 8},            [record("action", -1)],                           11,  "missed"),
    ("action",  {},                      [record("step", 2)],                              11,  "missed"),
    ("action",  {"dropped_at": DUE},     [record("action", 2)],                            11,  "dropped"),
]
# fmt: on


@pytest.mark.parametrize(("expects", "narrowed", "records", "hours", "state"), CHECKED)
def test_a_record_says_that_it_was_done_and_nothing_else(expects, narrowed, records, hours, state):
    found = check(committed(expects, **narrowed), records, EIGHT + timedelta(hours=hours))
    assert found.state is Kept(state)
    assert (found.record is not None) == (state in ("kept", "late"))


# what was agreed on, day by day: owner, words, state; what is asked for: day, how often before
# fmt: off
REPEATED = [
    ([(2, "Call", "missed")],                                              [(0, 0)]),
    ([(2, "Call", "missed"), (2, "Call", "missed"), (2, "Call", "open")],  [(2, 2)]),
    ([(2, "Call", "missed"), (2, "Write", "missed")],                      [(0, 0), (1, 0)]),
    ([(2, "Call", "missed"), (3, "Call", "missed")],                       [(0, 0), (1, 0)]),
    ([(2, "Call", "kept"), (2, "Call", "missed")],                         [(0, 0), (1, 0)]),
    ([(2, "Call", "missed"), (2, "Call", "dropped")],                      [(1, 1)]),
    ([],                                                                   []),
]
# fmt: on


@pytest.mark.parametrize(("agreed", "asked"), REPEATED)
def test_what_was_agreed_on_again_is_asked_for_once(agreed, asked):
    found = [
        Checked(replace(committed("action"), id=day, owner_id=owner, what=what), Kept(state))
        for day, (owner, what, state) in enumerate(agreed)
    ]
    assert [(c.commitment.id, c.before) for c in asked_once(found)] == asked


@pytest.mark.parametrize(
    ("made", "again"),
    [
        ({"what": "Call"}, {1}),
        ({"what": "Write"}, {2}),
        ({"what": "Call", "owner_id": 9}, {1}),  # somebody else takes it over
        ({"what": "Go there"}, {1, 2}),  # in other words: about the same
        ({"what": "Call", "customer_id": 2}, set()),
        ({"what": "Call", "dropped_at": DUE}, set()),
        ({"what": "Call", "expects": Proof.QUOTE}, set()),
    ],
)
def test_what_was_not_done_is_agreed_on_again_about_the_same(made, again):
    missed = [replace(committed("action"), id=i, what=what) for i, what in enumerate(("Call", "Write"), 1)]
    assert renewed(missed, [replace(committed("action"), id=3, **made)]) == again


@pytest.mark.parametrize(
    ("source", "proof", "about"),
    [
        ("P", "promise", 0),
        ("D", "demand", 0),
        ("A", "action", 0),
        ("Q", "quote", None),
        ("S", "step", 0),
    ],
)
def test_each_cause_is_dealt_with_by_a_record_of_its_own_kind(source, proof, about):
    assert expected(causes(f"{source}r1")[0]) == (Proof(proof), about)


def test_a_quotes_last_day_is_still_a_day_to_decide():
    ends = replace(causes("Qa1")[0], params={"valid_on": "2026-03-04"})
    said = {language: cause_words(language, ends).action for language in ("en", "zh")}
    assert said["en"] == "Get the decision by 4 Mar 2026, or renew the quote."
    assert said["zh"] == "最晚 2026年3月4日 促成决定，或更新报价。"


@pytest.mark.parametrize(("language", "most"), [("en", 60), ("zh", 24)])
def test_what_shows_it_done_fits_the_field_of_the_meetings_form(language, most):
    assert [p for p in Proof if len(translate(language, f"morning.proof.{p}")) > most] == []
