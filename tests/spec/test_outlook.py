"""A running period: what was won is certain, the rest is forecast as it would have been in earlier ones."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from core.forecast.backtest import backtest
from core.forecast.history import Events, History, Track
from core.forecast.outlook import outlook
from core.forecast.periods import Horizon
from tests.simulated import START, simulated

UTC = ZoneInfo("UTC")
FIRST = date(1970, 1, 1) + timedelta(days=int(START))  # 4 October 2024


@pytest.fixture(scope="module")
def history():
    return simulated(days=110, per_day=8)


def test_at_its_beginning_it_is_what_the_backtest_says(history):
    """The snapshot of a period's first morning and the backtest of that origin are one number."""
    day = date(2024, 12, 1)
    said = outlook(history, Horizon("month"), day, UTC)
    row = backtest(history, Horizon("month"), day, day, zone=UTC).rows[0]
    assert said.won == 0
    assert said.value == pytest.approx(row.forecast, rel=1e-12)
    assert said.interval == pytest.approx((row.low, row.high), rel=1e-12)


def test_at_the_beginning_of_a_short_month_too():
    """The whole months before it are looked at, not as many of their last days as it has itself."""
    books, day = simulated(days=155, per_day=3), date(2025, 2, 1)
    said = outlook(books, Horizon("month"), day, UTC)
    row = backtest(books, Horizon("month"), day, day, zone=UTC).rows[0]
    assert said.value == pytest.approx(row.forecast, rel=1e-12)
    assert said.interval == pytest.approx((row.low, row.high), rel=1e-12)


def test_what_was_won_is_certain_and_the_rest_shrinks(history):
    said = [outlook(history, Horizon("month"), date(2024, 12, day), UTC, earlier=2) for day in (2, 16, 31)]
    assert [o.starts_on for o in said] == [date(2024, 12, 1)] * 3
    assert [o.ends_on for o in said] == [date(2025, 1, 1)] * 3
    won = [o.won for o in said]
    assert 0 < won[0] < won[1] < won[2]
    for o in said:
        low, high = o.interval
        assert o.won <= low <= o.value <= high
    spans = [o.interval[1] - o.interval[0] for o in said]
    assert spans[2] < spans[0]
    assert "pace" not in said[0].rest.company.parts  # its first days say nothing
    assert said[1].rest.company.parts["pace"] == pytest.approx(won[1] / 15 * 16)


def test_a_past_that_was_entered_afterwards_is_unknown(history):
    """An opportunity that came into the books later, won and back-dated, changes no earlier number."""
    day = FIRST + timedelta(days=60)
    t = START + 60
    planted = extended(history, opened=t - 40, closed=t - 30, recorded=t + 5, amount=1e9)
    before, after = (outlook(h, Horizon("28d"), day, UTC, earlier=1) for h in (history, planted))
    assert before.rest.company == after.rest.company
    earliest = extended(history, opened=START - 400, closed=START - 390, recorded=t + 5, amount=1e9)
    assert outlook(earliest, Horizon("28d"), day, UTC, earlier=1).rest.company == before.rest.company


def extended(history: History, *, opened: float, closed: float, recorded: float, amount: float) -> History:
    """With one more opportunity, entered at once as won."""

    def more(track: Track, value: float) -> Track:
        return Track(np.append(track.start, value), track.of, track.recorded, track.value)

    e = history.events
    return History(
        ids=np.append(history.ids, 10**6),
        opened=more(history.opened, opened),
        recorded=np.append(history.recorded, recorded),
        product=more(history.product, -1.0),
        outcome=more(history.outcome, 1.0),
        closed=more(history.closed, closed),
        amount=more(history.amount, amount),
        close_on=more(history.close_on, np.nan),
        owner=more(history.owner, 0.0),
        events=Events(e.of, e.stage, e.at, e.recorded, e.voided),
        stages=history.stages,
        owners=history.owners,
        teams=history.teams,
    )
