"""Commit, best case, pipeline: by chance and by answered suggestions, never by a typed word."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest

from core.forecast.rollup import band, by_category, category
from core.policies import DEFAULTS


@dataclass(frozen=True)
class Line:
    chance: float
    scorecard_chance: float = 0.1
    decision: str | None = None
    amount: Decimal = Decimal(100)

    @property
    def value(self) -> Decimal:
        return Decimal(str(self.chance)) * self.amount


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (Line(0.6), "commit"),
        (Line(0.59), "best_case"),
        (Line(0.3), "best_case"),
        (Line(0.29), "pipeline"),
        (Line(0.4, decision="accepted"), "commit"),
        (Line(0.2, decision="accepted"), "pipeline"),
        (Line(0.9, 0.35, "rejected"), "best_case"),  # the scorecard's chance counts
        (Line(0.1, 0.7, "rejected"), "commit"),
    ],
)
def test_a_category_is_a_rule(line, expected):
    assert category(line, DEFAULTS) == expected


def test_categories_are_all_lines():
    lines = [Line(n / 20) for n in range(20)]
    found = by_category(lines, DEFAULTS)
    assert sum(s.lines for s in found.values()) == 20
    assert sum(s.value for s in found.values()) == sum(line.value for line in lines)
    assert by_category([], DEFAULTS)["commit"].lines == 0


def test_a_band_holds_its_middle_and_not_less_than_was_won():
    low, high = band(Decimal(50), [Line(0.5)])
    assert (low, high) == (Decimal(50), Decimal("164.08"))  # 100 ± 1.2816 × 50
