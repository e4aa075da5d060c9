"""Rules of notices: what makes one, what is refused and why, what a message carries (F2, P8)."""

from __future__ import annotations

from datetime import time

import pytest

from core.access import GRANTS
from core.delivery import Wishes
from core.policies import override
from core.telling import (
    AS_SHIPPED,
    KINDS,
    MANDATORY,
    Carried,
    Pace,
    Rule,
    To,
    carried,
    carried_document,
    check_rule,
    from_document,
    may_get,
    read_carried,
    rule_of,
    to_document,
)
from data.text import LANGUAGES, has

NIGHT = Wishes(frozenset({"webhook"}), time(21), time(7), time(9))
RULE = Rule("sla_soon", (To.NAMED, To.DIRECTOR), ("mail",), Pace.URGENT, 4)

# fmt: off
WRONG = [
    # rule                                                    problems, each at its field
    (RULE,                                                    []),
    (Rule("alert"),                                           []),
    (Rule("own_test"),                                        [("kind", "unknown_choice")]),
    (Rule("sla_soon", ()),                                    [("to", "nobody_told")]),
    (Rule("sla_soon", (To.MANAGER,)),                         []),
    (Rule("sla_breached", (To.MANAGER,)),                     [("to", "must_be_told")]),
    (Rule("alert", (To.NAMED, To.PRODUCT)),                   [("to", "may_not_see")]),
    (Rule("alert", (To.NAMED, To.MANAGER, To.DIRECTOR)),      []),
    (Rule("store_request_filed", (To.NAMED, To.MANAGER)),     [("to", "may_not_see")]),
    (Rule("sla_soon", off=("pigeon",)),                       [("off", "unknown_choice")]),
    (Rule("alert", pace=Pace.GATHERED),                       [("pace", "not_gathered")]),
    (Rule("sla_soon", pace=Pace.GATHERED),                    []),
    (Rule("sla_soon", wait_hours=81),                         [("wait_hours", "out_of_range")]),
    (Rule("sla_soon", wait_hours=-1),                         [("wait_hours", "out_of_range")]),
]
# fmt: on


@pytest.mark.parametrize(("rule", "expected"), WRONG)
def test_a_rule_is_refused_where_it_is_wrong(rule, expected):
    problems = check_rule(rule, ("mail", "webhook"))
    assert [(p.field, p.code) for p in problems] == expected
    assert all(has(language, f"problems.{p.code}") for p in problems for language in LANGUAGES)


# fmt: off
LEAVES = [
    # carried                       channel    goes    wishes
    (AS_SHIPPED,                    "mail",    True,   NIGHT),
    (AS_SHIPPED,                    "webhook", False,  NIGHT),  # switched off
    (Carried(off=("mail",)),        "mail",    False,  NIGHT),
    (Carried(quiet=True),           "mail",    False,  NIGHT),
    (Carried(pace=Pace.URGENT),     "mail",    True,   Wishes(off=NIGHT.off)),  # through the night
    (Carried(pace=Pace.URGENT),     "webhook", False,  Wishes(off=NIGHT.off)),  # still off
    (Carried(pace=Pace.GATHERED),   "mail",    True,   NIGHT),  # their own hour
]
# fmt: on


@pytest.mark.parametrize(("one", "channel", "goes", "wishes"), LEAVES)
def test_what_a_person_wants_stays_stronger_but_for_what_is_urgent(one, channel, goes, wishes):
    assert one.wishes(NIGHT) == wishes
    assert one.goes(channel, one.wishes(NIGHT)) is goes
    assert read_carried(carried_document(one)) == one


def test_a_rule_is_kept_as_a_document_and_the_policy_has_it_by_kind():
    assert from_document(to_document(RULE)) == RULE
    policy = override({"notice_rules": [to_document(RULE)]}, 1)
    assert rule_of(policy.notice_rules, "sla_soon") == RULE
    assert rule_of(policy.notice_rules, "alert").shipped
    assert carried_document(carried(Rule("alert"))) is None
    assert carried(Rule("sla_soon", (To.DIRECTOR,))).quiet
    assert not carried(Rule("sla_soon", (To.DIRECTOR,)), copy=True).quiet


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_is_said_and_somebody_else_may_get_it(kind):
    for language in LANGUAGES:
        assert has(language, f"telling.kind.{kind}")
        assert has(language, f"notices.{kind}.title")
    assert any(may_get(to, kind) for to in To if to is not To.NAMED)
    assert any(KINDS[kind] in granted for granted in GRANTS.values())


def test_what_must_be_told_has_rules():
    assert set(KINDS) >= MANDATORY
