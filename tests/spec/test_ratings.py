"""When a report goes offline by its ratings (PRODUCT.md D5)."""

import pytest

from core.ballots import tally
from core.policies import DEFAULTS, override
from core.reports.library import REPORTS
from core.reports.ratings import READ_WITH, Verdict, check_revision, verdict

# fmt: off
MONTHS = [
    # ratings              verdict
    (None,                 Verdict.TOO_FEW),     # nobody, or never read
    ([1, 1],               Verdict.TOO_FEW),     # two are below the least, however bad
    ([3, 3, 4],            Verdict.OFFLINE),     # 3.33
    ([3, 4, 3, 4],         Verdict.STAYS),       # 3.5 is not under 3.5
    ([5, 5, 1],            Verdict.STAYS),       # 3.67
    ([5, 4, 1, 3, 4],      Verdict.OFFLINE),     # 3.4
]
# fmt: on


@pytest.mark.parametrize(("ratings", "expected"), MONTHS)
def test_a_month_of_ratings_means(ratings, expected):
    assert verdict(tally(ratings) if ratings else None, DEFAULTS) is expected


def test_the_company_sets_limit_and_least():
    strict = override({"rating_limit": 4.5, "ballot_least": 2}, 1)
    assert verdict(tally([4, 4]), strict) is Verdict.OFFLINE


def test_every_report_can_be_rated():
    assert set(READ_WITH) == {report.name for report in REPORTS}


@pytest.mark.parametrize(("change", "codes"), [("", ["required"]), ("  ", ["required"]), ("Trend", [])])
def test_a_revision_says_what_is_different(change, codes):
    assert [p.code for p in check_revision(change)] == codes
