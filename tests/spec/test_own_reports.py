"""Reports that a company puts together: what makes one, what is refused and why, for whom it is (F2, D1)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.access import OPERATOR, Who
from core.policies import override
from core.reports.catalogue import METRICS, Dimension
from core.reports.library import Picture, Readers, Report
from core.reports.own import check_report, check_reports, from_document, kept, readable, to_document
from core.reports.own import shows_otherwise as otherwise
from core.studio import Area, differences, part_of, with_part
from core.terms import Role
from data.text import LANGUAGES, has

REPORT = Report(
    "own_wins_and_answers",
    "reports",
    ("wins", "answered_in_time_rate"),
    Dimension.INDUSTRY,
    Picture.TABLE,
    "quarter",
    ((Dimension.SEGMENT, ("small", "large")),),
    {"en": "Wins and answers", "zh": "赢单与响应"},
    {"en": "Who is served well?", "zh": "谁得到了好的服务？"},
    Readers(roles=("manager",)),
)
NAMES = {"en": "Other", "zh": "别的"}

# fmt: off
WRONG = [
    # change                                                    problems, each at its field
    ({},                                                        []),
    ({"label": {"en": " ", "zh": "赢单"}},                       [("name_en", "required")]),
    ({"label": {"en": "x" * 61, "zh": "赢单"}},                  [("name_en", "too_long")]),
    ({"asks": {"zh": "问" * 301}},                               [("asks_zh", "too_long")]),
    ({"metrics": ()},                                           [("metrics", "metrics_required")]),
    ({"metrics": ("wins", "calls_dialled")},                    [("metrics", "vanity_count")]),
    ({"metrics": ("wins", "luck")},                             [("metrics", "unknown_choice")]),
    ({"metrics": ("wins", "win_rate", "won_amount", "lost_amount", "cycle_days")},
                                                                [("metrics", "too_many_metrics")]),
    ({"split": Dimension.PRODUCT},                              [("split", "split_without_meaning")]),
    ({"split": Dimension.STAGE},                                [("split", "split_without_meaning")] * 2),
    ({"only": ((Dimension.INDUSTRY, ("food",)),)},              [("split", "split_of_one")]),
    ({"only": ((Dimension.SEGMENT, ()),)},                      [("only_segment", "filter_empty")]),
    ({"only": ((Dimension.URGENCY, ("P0",)),)},                 [("only_urgency", "filter_without_meaning")]),
    ({"only": ((Dimension.CUSTOMER, ("1",)),)},                 [("only", "unknown_choice")]),
    ({"metrics": ("forecast_deviation",), "period": "weeks4"},  [("period", "period_without_month")]),
    ({"metrics": ("forecast_deviation",), "period": "month"},   []),
    ({"period": "someday"},                                     [("period", "unknown_choice")]),
    ({"readers": Readers(roles=("king",))},                     [("roles", "unknown_choice")]),
]
# fmt: on


@pytest.mark.parametrize(("change", "expected"), WRONG)
def test_a_report_is_refused_at_what_is_wrong(change, expected):
    problems = check_report(replace(REPORT, **change), [])
    assert [(p.field, p.code) for p in problems] == expected
    assert all(has(language, f"problems.{p.code}") for p in problems for language in LANGUAGES)


def test_two_reports_do_not_share_a_name_and_one_taken_off_frees_it():
    other = replace(REPORT, name="own_other")
    assert [p.code for p in check_report(REPORT, [other])] == ["report_name_taken"] * 2
    assert check_report(REPORT, [replace(other, retired=True)]) == []
    assert [p.code for p in check_reports([REPORT, other])] == ["report_does_not_fit"] * 2


# fmt: off
READ = [
    # who                              readers                                     reads
    (Who(7, Role.REP, 2, "Li"),        Readers(),                                  True),   # nobody named
    (Who(7, Role.REP, 2, "Li"),        Readers(roles=("manager",)),                False),
    (Who(7, Role.REP, 2, "Li"),        Readers(teams=(2,)),                        True),
    (Who(7, Role.REP, 3, "Li"),        Readers(teams=(2,)),                        False),
    (Who(7, Role.REP, 3, "Li"),        Readers(roles=("manager",), people=(7,)),   True),   # any of them
    (Who(8, Role.MANAGER, 3, "Wu"),    Readers(roles=("manager",), people=(7,)),   True),
    (Who(9, Role.DIRECTOR, None, "Xu"), Readers(teams=(2,)),                       False),
    (OPERATOR,                         Readers(roles=("manager",)),                True),
]
# fmt: on


@pytest.mark.parametrize(("who", "readers", "reads"), READ)
def test_a_report_is_for_those_who_are_named(who, readers, reads):
    assert readable(replace(REPORT, readers=readers), who) is reads
    assert not readable(replace(REPORT, readers=readers, retired=True), who)


def test_a_report_is_kept_as_a_document_and_never_lost():
    assert from_document(to_document(REPORT)) == REPORT
    older = to_document(REPORT) | {"metrics": ["from_the_future"], "news": 1}
    assert from_document(older).retired  # nothing is left to show
    assert kept([], [REPORT]) == (replace(REPORT, retired=True),)
    assert kept([REPORT], [REPORT]) == (REPORT,)
    policy = override({"own_reports": [to_document(REPORT)], "min_gap_minutes": 5}, 1)
    assert (policy.own_reports, policy.min_gap_minutes) == ((REPORT,), 5)


def test_reports_are_a_part_of_the_studio_by_themselves():
    changes = {"own_reports": [to_document(REPORT)], "own_fields": [], "min_gap_minutes": 5}
    assert part_of(Area.REPORTS, changes) == {"own_reports": [to_document(REPORT)]}
    assert part_of(Area.RULES, changes) == {"min_gap_minutes": 5}
    assert with_part(Area.REPORTS, changes, {}) == {"own_fields": [], "min_gap_minutes": 5}
    (one,) = differences(Area.REPORTS, {}, part_of(Area.REPORTS, changes))
    assert (one.item, one.before) == (REPORT.name, None)


def test_only_what_it_shows_makes_a_report_another():
    before = to_document(REPORT)
    assert not otherwise(None, before)
    assert not otherwise(before, before | {"label": NAMES, "roles": []})
    assert otherwise(before, before | {"metrics": ["wins"]})


def test_every_number_can_be_reported_by_every_split_of_its_own():
    for metric in METRICS.values():
        for split in metric.splits:
            alone = replace(REPORT, metrics=(metric.name,), split=split, only=())
            assert check_report(alone, []) == []
