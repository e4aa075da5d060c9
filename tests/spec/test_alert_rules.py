"""When each alert speaks, drawn: PRODUCT.md A3. The three demos stand in test_alerts.py."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from core.policies import DEFAULTS
from core.process.alerts import RULES, findings
from core.process.alerts.facts import Heard, OpportunityFacts, Quote, Reached
from core.process.recordings import Sound
from core.terms import Severity
from data.jsontext import to_json
from data.notices import alert_words
from data.text import translate

NOW = datetime(2026, 3, 20, 4, 0, tzinfo=UTC)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def stands(days: float, by: int = 7, benchmark: float | None = 4.0) -> Reached:
    return Reached("solution_demo", ago(days), by, benchmark)


CALM = OpportunityFacts(
    1, "solution_demo", ago(2), 1, 7, as_of=NOW, reached=stands(2), last_event_at=ago(2),
    next_step_id=9, next_step_at=ago(-1), last_answer_at=ago(2), met=2, actions=3,
)  # fmt: skip
OLD = Quote(20, ago(9), date(2026, 3, 31))
NEW = Quote(21, ago(3), date(2026, 4, 30))
SPOKEN = Sound(True, 30.0, -27.0, -6.0, 0.6)
SOON = date(2026, 3, 21)
DAY_BEFORE = {"en": "19 Mar 2026", "zh": "2026年3月19日"}

RED = {"demos_without_quote"}  # rules that speak in red; the others are amber
UNTOUCHED = {"stage": "", "stage_since": None, "reached": None, "last_event_at": None, "run_length": 0}

# fmt: off
TABLE = [
    # rule                 what is different                                             speaks?
    ("stalled",            {"reached": stands(5.9)},                                      False),
    ("stalled",            {"reached": stands(6)},                                        True),
    ("stalled",            {"reached": stands(6), "stage": "appointment", "stage_since": ago(1)}, True),
    ("stalled",            {"reached": stands(2), "stage_since": ago(90)},                False),
    ("stalled",            {"reached": stands(90, benchmark=None)},                       False),
    ("stalled",            {"reached": replace(stands(6), only_seen=True)},               True),
    ("stalled",            {"reached": None},                                             False),
    ("next_step_overdue",  {"next_step_at": ago(0.9)},                                    False),
    ("next_step_overdue",  {"next_step_at": ago(1)},                                      True),
    ("next_step_missing",  {"next_step_at": None, "next_step_id": None},                  True),
    ("next_step_missing",  {"next_step_at": None, "last_event_at": ago(0.5)},             False),
    ("next_step_missing",  {"next_step_at": None, "own": False},                          False),
    ("next_step_missing",  {"next_step_at": None, **UNTOUCHED, "opened_at": ago(1)},      True),
    ("next_step_missing",  {"next_step_at": None, **UNTOUCHED, "opened_at": ago(0.9)},    False),
    ("next_step_missing",  {**UNTOUCHED, "opened_at": ago(9)},                            False),
    ("next_step_overdue",  {**UNTOUCHED, "opened_at": ago(9), "next_step_at": ago(1)},    True),
    ("customer_silent",    {"last_answer_at": ago(90), **UNTOUCHED},                      False),
    ("customer_silent",    {"last_answer_at": ago(13.9)},                                 False),
    ("customer_silent",    {"last_answer_at": ago(14)},                                   True),
    ("customer_silent",    {"last_answer_at": ago(14), "own": False},                     False),
    ("customer_silent",    {"last_answer_at": None},                                      False),
    ("quote_unanswered",   {"quotes": (OLD,)},                                            False),
    ("quote_unanswered",   {"quotes": (OLD, NEW)},                                        True),
    ("quote_expiring",     {"last_quote": Quote(5, ago(9), date(2026, 3, 24))},           False),
    ("quote_expiring",     {"last_quote": Quote(5, ago(9), date(2026, 3, 23))},           True),
    ("quote_expiring",     {"last_quote": Quote(5, ago(9), date(2026, 2, 18))},           True),
    ("quote_expiring",     {"last_quote": Quote(5, ago(9), date(2026, 2, 17))},           False),
    ("quote_expiring",     {"last_quote": Quote(5, ago(9), None)},                        False),
    ("stage_skipped",      {"skipped": ("needs_diagnosis",)},                             True),
    ("stage_skipped",      {"skipped": ("objection_handling",)},                          False),
    ("stage_skipped",      {"skipped": ("needs_diagnosis",), "own": False},               False),
    ("single_contact",     {"met": 1},                                                    True),
    ("single_contact",     {"met": 1, "actions": 2},                                      False),
    ("single_contact",     {"met": 0, "actions": 9},                                      False),
    ("recording_reused",   {"reused": (4,)},                                              True),
    ("recording_implausible", {"recordings": (Heard(4, SPOKEN),)},                        False),
    ("recording_implausible", {"recordings": (Heard(4, None),)},                          False),
    ("recording_implausible", {"recordings": (Heard(4, Sound(False)),)},                  True),
    ("recording_implausible", {"recordings": (Heard(4, replace(SPOKEN, seconds=9.0)),)},  True),
    ("recording_implausible", {"recordings": (Heard(4, replace(SPOKEN, peak_dbfs=-60.0)),)}, True),
    ("recording_implausible", {"recordings": (Heard(4, SPOKEN, unspoken=True),)},         True),
    ("recording_implausible", {"recordings": (Heard(4, None, unspoken=True),)},           True),
]
# fmt: on


@pytest.mark.parametrize(("rule", "different", "speaks"), TABLE)
def test_when_a_rule_speaks(rule, different, speaks):
    found = {f.rule: f for f in findings(replace(CALM, **different), DEFAULTS)}
    assert (rule in found) == speaks
    if speaks:
        assert found[rule].severity is (Severity.RED if rule in RED else Severity.AMBER)
        again = RULES[rule](replace(CALM, **different, as_of=NOW + timedelta(hours=3)), DEFAULTS)
        assert again is not None
        assert again.key == found[rule].key  # time alone makes no new cause
        for language in ("en", "zh"):
            said = alert_words(language, rule, to_json(dict(found[rule].params)))
            assert all(said.values())
            assert "{" not in said["why"]


def test_a_calm_opportunity_is_left_in_peace():
    assert list(findings(CALM, DEFAULTS)) == []


def test_every_rule_stands_in_the_table():
    assert {rule for rule, _, _ in TABLE} | {"demos_without_quote"} == set(RULES)
    assert set(RULES) >= RED


COUNTED = [  # 16:00 of the day before the elapsed days would say: people count one more
    ("next_step_overdue", {"next_step_at": ago(3.5)}, 4),
    ("next_step_missing", {"next_step_at": None, "last_event_at": ago(3.5)}, 4),
    ("customer_silent", {"last_answer_at": ago(20.5)}, 21),
    ("quote_unanswered", {"quotes": (replace(OLD, made_at=ago(5.5)), NEW)}, 6),
]


@pytest.mark.parametrize(("rule", "facts", "days"), COUNTED)
def test_days_are_counted_by_the_calendar(rule, facts, days):
    finding = RULES[rule](replace(CALM, **facts), DEFAULTS)
    assert finding is not None
    assert finding.params["days"] == days


NEW_CAUSES = [
    ("stalled", {"reached": stands(9)}, {"reached": stands(8, by=8)}),
    ("next_step_overdue", {"next_step_at": ago(3)}, {"next_step_id": 10}),
    ("next_step_missing", {"next_step_at": None}, {"last_event_at": ago(3)}),
    ("customer_silent", {"last_answer_at": ago(20)}, {"last_answer_at": ago(15)}),
    ("quote_unanswered", {"quotes": (OLD, NEW)}, {"quotes": (NEW, Quote(22, ago(1), None))}),
    (
        "quote_expiring",
        {"last_quote": replace(OLD, valid_until=SOON)},
        {"last_quote": replace(NEW, valid_until=SOON)},
    ),
    (
        "recording_implausible",
        {"recordings": (Heard(4, Sound(False)),)},
        {"recordings": (Heard(4, Sound(False)), Heard(5, Sound(False)))},
    ),
    ("stage_skipped", {"skipped": ("needs_diagnosis",)}, {"skipped": ("solution_demo",)}),
]


@pytest.mark.parametrize(("rule", "first", "then"), NEW_CAUSES)
def test_a_new_cause_has_a_new_key(rule, first, then):
    one = RULES[rule](replace(CALM, **first), DEFAULTS)
    other = RULES[rule](replace(CALM, **(first | then)), DEFAULTS)
    assert one is not None
    assert other is not None
    assert one.key != other.key


def test_a_company_can_switch_a_rule_off():
    quiet = replace(DEFAULTS, alerts_off=("single_contact",))
    assert list(findings(replace(CALM, met=1), quiet)) == []


@pytest.mark.parametrize(("language", "day"), [("en", "28 Nov 2026"), ("zh", "2026年11月28日")])
def test_its_words_write_dates_as_the_pages_do(language, day):
    assert day in alert_words(language, "quote_expiring", {"on": "2026-11-28"})["why"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_quote_that_has_ended_is_not_said_to_be_valid(language):
    def said(left: int) -> dict[str, str]:
        last = NOW.date() + timedelta(days=left)
        finding = RULES["quote_expiring"](replace(CALM, last_quote=Quote(5, ago(9), last)), DEFAULTS)
        assert finding is not None
        return alert_words(language, "quote_expiring", to_json(dict(finding.params)))

    today, yesterday = said(0), said(-1)
    assert yesterday["why"] == translate(language, "alerts.quote_expiring.why_ended", on=DAY_BEFORE[language])
    assert today["action"] != yesterday["action"]
