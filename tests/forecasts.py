"""Forecast runs written down for tests: months drawn as deals with their chance and what came of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import select

from data.engine import Store
from data.schema import (
    ForecastDecision,
    ForecastLine,
    ForecastRun,
    ForecastWin,
    Opportunity,
    Person,
    Pipeline,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)


def after(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def run(store: Store, month: date, *, value: float = 0, fresh: float = 0, taken: int = 1, **more) -> int:
    """A month's run, taken at three in the morning of one of its days."""
    on = month.replace(day=taken)
    at = noon(on) - timedelta(hours=9)
    ends = {end: Decimal(str(more.pop(end))) if end in more else None for end in ("low", "high")}
    said = {"parts": {}, "weights": {}, "models": {}, "recorded_at": at} | ends
    said |= {"period": "month", "ends_on": after(month), "currency": "CNY"} | more
    with store.writing() as session:
        key = said.pop("pipeline", "firebreak")
        pipeline = session.scalar(select(Pipeline.id).where(Pipeline.key == key))
        row = ForecastRun(
            pipeline_id=pipeline,
            starts_on=month,
            taken_on=on,
            taken_at=at,
            value=Decimal(str(value)),
            won_so_far=Decimal(0),
            fresh=Decimal(str(fresh)),
            **said,
        )
        session.add(row)
        session.flush()
        return row.id


def deal(
    store: Store,
    owner: int | None,
    *,
    run_id: int | None = None,
    chance: float = 0.5,
    amount: float = 100,
    scorecard: float = 0.4,
    decision: str | None = None,
    decided: datetime | None = None,
    won_on: date | None = None,
    paid: float | None = None,
    customer: int | None = None,
    name: str = "",
    opened: date = date(2025, 1, 2),
    **line,
) -> int:
    """An opportunity; with a run its line there, and the decision on it. Returns its id."""
    with store.writing() as session:
        pipeline = session.scalar(select(Pipeline.id).where(Pipeline.key == "firebreak"))
        made = Opportunity(
            pipeline_id=pipeline,
            name=name or f"Deal of {amount:g}",
            owner_id=owner,
            customer_id=customer,
            currency="CNY",
            amount=Decimal(str(amount if paid is None else paid)),
            opened_at=noon(opened),
            recorded_at=noon(opened),
            outcome="won" if won_on else "open",
            closed_at=noon(won_on) if won_on else None,
        )
        session.add(made)
        session.flush()
        if run_id is not None:
            _line(session, run_id, made, chance, amount, scorecard, decision, decided, line)
        return made.id


def _line(session, run_id, made, chance, amount, scorecard, decision, decided, more) -> None:
    whole = Decimal(str(amount))
    team = session.scalar(select(Person.team_id).where(Person.id == made.owner_id))
    values = {
        "run_id": run_id,
        "opportunity_id": made.id,
        "owner_id": made.owner_id,
        "team_id": team,
        "layer": "pipeline",
        "booked": whole,
        "amount": whole,
        "chance": chance,
        "value": whole * Decimal(str(chance)),
        "low": Decimal(0),
        "high": whole,
        "scorecard_chance": scorecard,
        "scorecard_value": whole * Decimal(str(scorecard)),
        "factors": {},
        "reasons": [],
    }
    row = ForecastLine(**values | more)
    session.add(row)
    session.flush()
    month = session.get_one(ForecastRun, run_id)
    if decision:
        session.add(
            ForecastDecision(
                opportunity_id=made.id,
                line_id=row.id,
                period="month",
                starts_on=month.starts_on,
                person_id=made.owner_id,
                decision=decision,
                reason="other",
                suggested=row.value,
                scorecard=row.scorecard_value,
                value=row.scorecard_value if decision == "rejected" else row.value,
                model="test",
                decided_at=decided or month.taken_at + timedelta(days=1),
                late=decided is not None and decided > month.taken_at + timedelta(days=9),
            )
        )


def knew(store: Store, run_id: int, opportunity: int) -> None:
    """The run had this win as won already, as the books stand now."""
    with store.writing() as session:
        won = session.get_one(Opportunity, opportunity)
        team = session.scalar(select(Person.team_id).where(Person.id == won.owner_id))
        assert won.closed_at is not None
        row = ForecastWin(run_id=run_id, opportunity_id=won.id, owner_id=won.owner_id, team_id=team)
        row.closed_at, row.amount = won.closed_at, won.amount or Decimal()
        session.add(row)
