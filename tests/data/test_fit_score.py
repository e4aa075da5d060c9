"""What the fit score counts in the store: people's commands, steps by their day, days to the first visit."""

from __future__ import annotations

import pytest

from core.access import OPERATOR
from core.messages import NotFound
from data.commands.health import issue_health
from data.queries.fit_score import fit_score
from data.schema import Audit
from tests.company import found
from tests.data.test_demands import filed
from tests.data.test_milestones import action, day, plan, read
from tests.forecasts import noon


def test_its_parts_come_from_use(store, clock):
    clock.at = noon(day(0))
    company = found(store)
    assert read(store, fit_score, company.director, clock.at).score is None
    clock.at = noon(day(2))
    with store.writing() as session:
        session.add(
            Audit(at=clock.at, actor_id=company.rep.person_id, command="action.record", entity="action")
        )
    filed(store, company)
    issue_health(store, OPERATOR, None, day(-7))  # by the clock: no use
    on_time = [action(store, company, day(n), planned_for=noon(day(n))) for n in range(3, 7)]
    late = action(store, company, day(7), planned_for=noon(day(7)), recorded_at=noon(day(9)))
    left = plan(store, company, day(8))
    plan(store, company, day(8), status="cancelled", cancelled_at=noon(day(7)))
    plan(store, company, day(20))
    clock.at = noon(day(20))
    fit = read(store, fit_score, company.director, clock.at)
    assert {name for name, n in fit.used.items() if n} == {"record", "demands"}
    assert {s.of: s.value for s in fit.steps} == dict.fromkeys(on_time, 1.0) | {late: 0.0, left: 0.0}
    assert (fit.setup_days, fit.daily) == (2.0, pytest.approx(4 / 6))
    assert fit.score == pytest.approx(fit.coverage * 4 / 6 / 2)
    with pytest.raises(NotFound):
        read(store, fit_score, company.manager, clock.at)
