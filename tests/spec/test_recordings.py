"""What makes a recording good evidence, and a transcript believable, as tables: PRODUCT.md A2."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.policies import DEFAULTS
from core.process.recordings import Sound, Writing, check, suspicion, unpack
from core.terms import Severity

GOOD = Sound(True, 42.0, -27.0, -6.0, 0.6)
STRICT = replace(DEFAULTS, recording_required=True)

# fmt: off
SOUNDS = [
    # what is different                              problem
    ({},                                             set()),
    ({"seconds": 10.0},                              set()),
    ({"seconds": 9.9},                               {"recording_short"}),
    ({"peak_dbfs": -50.1},                           {"recording_silent"}),
    ({"peak_dbfs": -50.0},                           set()),
    ({"voiced_share": 0.009},                        {"recording_silent"}),
    ({"voiced_share": 0.01},                         set()),
    ({"readable": False},                            {"recording_corrupt"}),
    ({"readable": False, "seconds": 0.0},            {"recording_corrupt"}),  # the one thing to say first
    ({"voiced_share": 0.0, "seconds": 1.0},          {"recording_silent"}),
]

NAMES = ["Haihe Pumps", "Wu Min", "海河泵业", "吴敏"]
TEXTS = [
    # transcript                                                 what is suspicious
    ("Wu Min wants the pilot to start in May.",                  None),
    ("海河泵业的吴敏说五月要上线，预算还没批。",                        None),
    ("yes, yes, the price is fine, yes",                         None),
    ("",                                                         "no_words"),
    (" … ! ",                                                    "no_words"),
    ("Haihe Pumps, Wu Min.",                                     "prompt_echo"),
    ("haihe pumps haihe pumps",                                  "prompt_echo"),
    ("海河泵业，吴敏。",                                            "prompt_echo"),
    ("Wu Min.",                                                  "prompt_echo"),
    ("Thank you for watching!",                                  "repeated_text"),
    ("谢谢观看",                                                  "repeated_text"),
    ("We agreed. We agreed. We agreed. We agreed. We agreed.",   "repeated_text"),
    ("好的好的好的好的好的",                                         "repeated_text"),
    ("轻轻轻轻轻轻轻轻轻",                                          "repeated_text"),  # English as Chinese
    ("对对对对对，价格没问题，下周三我们去工厂演示。",                    None),
    ("再见。再见。再见。我们下周演示。",                               None),
]
# fmt: on


@pytest.mark.parametrize(("different", "codes"), SOUNDS)
def test_what_is_heard_in_it(different, codes):
    found = check(replace(GOOD, **different), DEFAULTS)
    assert {p.code for p in found} == codes
    assert {p.field for p in found} <= {"recording"}


@pytest.mark.parametrize(("policy", "severity"), [(DEFAULTS, Severity.WARNING), (STRICT, Severity.ERROR)])
def test_it_stops_a_submit_only_where_the_company_asks_for_a_recording(policy, severity):
    assert [p.severity for p in check(replace(GOOD, seconds=1.0), policy)] == [severity]


def test_the_least_length_is_the_companys():
    short = replace(GOOD, seconds=5.0)
    assert check(short, replace(DEFAULTS, min_recording_seconds=5)) == ()
    (said,) = check(short, DEFAULTS)
    assert said.params == {"least": 10, "seconds": 5}


def test_a_recording_that_serves_twice_is_said_and_stops_nothing():
    found = check(GOOD, STRICT, reused=True)
    assert [(p.code, p.severity) for p in found] == [("recording_reused", Severity.WARNING)]


def test_what_nobody_measured_is_not_judged():
    assert check(None, STRICT) == ()
    assert unpack(None) is None


def test_what_the_store_keeps_comes_back():
    assert unpack(GOOD.packed()) == GOOD


@pytest.mark.parametrize(("text", "found"), TEXTS)
def test_what_is_suspicious_about_a_transcript(text, found):
    assert suspicion(text, NAMES) == found


def test_a_name_alone_is_no_echo_when_nobody_gave_it():
    assert suspicion("Wu Min.", []) is None


@given(
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=9),
    st.sampled_from(["我们谈好了价格", "the budget"]),
)
def test_one_thing_of_its_own_makes_it_speech(names, said):
    assert suspicion(f"{'，'.join(names)}，{said}", NAMES) != "prompt_echo"


@pytest.mark.parametrize("state", Writing)
def test_a_transcript_is_over_when_nothing_more_comes(state):
    assert state.is_over == (state not in ("waiting", "working"))
