"""What a backtest costs: little more than the models that it has to make, however many periods it walks.

The floor is the same run's: what the last period alone takes, its model, season and combination made anew.
`--full-bench` walks nine months over 7,000 opportunities, the size of a public CRM, and prints the minutes.
"""

from __future__ import annotations

import os
import sys
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.forecast.backtest import backtest
from core.forecast.candidates import pipeline
from core.forecast.periods import Horizon, instant
from core.forecast.season import seasonal
from tests.worlds import START, World, history_of

pytestmark = pytest.mark.bench
UTC = ZoneInfo("UTC")
FIRST = date(1970, 1, 1) + timedelta(days=START)


def cpu() -> float:
    """Seconds of processor time, children's included: Prophet's optimiser is one."""
    return sum(os.times()[:4])


def measured(rules: World, periods: int) -> tuple[int, float, float]:
    """Opportunities, seconds of a backtest of the last months, and how often those of its dearest period."""
    size, end = Horizon("month"), (FIRST + timedelta(days=rules.days)).replace(day=1)
    last = size.step(end, -1)
    history, ticks = history_of(rules, 101), []
    one_period(rules, last, end)  # libraries are loaded
    begun = cpu()
    backtest(history, size, size.step(last, 1 - periods), last, zone=UTC, tick=ticks.append)
    walked = cpu() - begun
    assert ticks == sorted(ticks)
    assert ticks[-1] == 1  # a progress bar was moved to its end
    return len(history.ids), walked, walked / one_period(rules, last, end) / len(ticks)


def one_period(rules: World, first: date, end: date) -> float:
    """Seconds of a single period's model and season."""
    fresh, edges = history_of(rules, 101), [instant(day, UTC) for day in (first, end)]
    begun = cpu()
    pipeline(fresh, *edges)
    seasonal(fresh, *edges)
    return cpu() - begun


def test_a_backtest_costs_what_its_models_cost():
    _, _, ratio = measured(World(220, 2.5, passes=(0.6,), dwell=(20.0,)), 3)
    assert ratio < 2


@pytest.mark.usefixtures("full_bench")
def test_nine_months_of_a_crm(capsys):
    size, seconds, ratio = measured(World(640, 11, passes=(0.6,), dwell=(50.0,), push=0.5), 9)
    with capsys.disabled():
        sys.stdout.write(
            f"\n9 months, {size:,} opportunities: {seconds / 60:.1f} CPU minutes, {ratio:.2f} of the floor\n"
        )
    assert ratio < 1.5
