"""A company drawn at random for the metrics: every kind of row that reports count, gaps included."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from core.process.stages import STAGES
from data.engine import Store
from data.schema import (
    Action,
    Customer,
    Demand,
    DemandPause,
    Interaction,
    Opportunity,
    Pipeline,
    Promise,
    PromisedDate,
    Signal,
    Stage,
    StageEvent,
    StoredFile,
)
from tests.company import Company, found
from tests.forecasts import deal, run

DEALS, CUSTOMERS = 45, 9


@dataclass(frozen=True)
class Drawn:
    """The people, and when the company was drawn."""

    people: Company
    now: datetime


def drawn(store: Store, seed: int = 7) -> Drawn:
    """Write the company; the clock stands at its present."""
    rng, now = random.Random(seed), store.clock()
    people = found(store)
    owners = [w.person_id for w in (people.rep, people.mate, people.stranger)] + [None]
    with store.writing() as session:
        other = Pipeline(key="other", name="Other")
        session.add_all([other, StoredFile(sha256="f" * 64, media_type="audio/wav", size=1, created_at=now)])
        session.flush()
        for place, key in ((1, "first"), (4, "middle"), (9, "last")):
            session.add(Stage(pipeline_id=other.id, key=key, position=place))
        session.flush()
        stages = {p.id: _stages(session, p.id) for p in session.scalars(select(Pipeline))}
        customers = [_customer(session, rng, owners, n, now) for n in range(CUSTOMERS)]
        own = session.scalar(select(Pipeline.id).where(Pipeline.key == "firebreak"))
        for n in range(DEALS):
            pipeline = own if rng.random() < 0.85 else other.id
            made = _deal(session, rng, owners, customers, pipeline, n, now)
            _events(session, rng, made, stages[pipeline], now)
            _actions(session, rng, made, people.rep.person_id, now)
            _told_by_actions(session, made)
        for customer in customers:
            _touches(session, rng, customer, now)
            _promised(session, rng, customer, now)
    _forecasts(store, rng, people, customers)
    return Drawn(people, now)


def _stages(session, pipeline: int) -> list[int]:
    return list(
        session.scalars(select(Stage.id).where(Stage.pipeline_id == pipeline).order_by(Stage.position))
    )


def _ago(rng: random.Random, now: datetime, days: float = 200) -> datetime:
    return now - timedelta(days=rng.uniform(0, days))


def _customer(session, rng, owners, n: int, now: datetime) -> int:
    made = Customer(
        name=f"Customer {n}",
        industry=rng.choice(["food", "chemicals", "logistics", None]),
        segment=rng.choice(["small", "large", None]),
        owner_id=rng.choice(owners),
        created_at=now,
    )
    session.add(made)
    session.flush()
    return made.id


def _deal(session, rng, owners, customers, pipeline: int, n: int, now: datetime) -> Opportunity:
    opened = _ago(rng, now)
    outcome = rng.choice(["open", "won", "lost"])
    closed = None if outcome == "open" else min(opened + timedelta(days=rng.uniform(0, 90)), now)
    made = Opportunity(
        pipeline_id=pipeline,
        name=f"Deal {n}",
        customer_id=rng.choice([*customers, None]),
        owner_id=rng.choice(owners),
        product=rng.choice(["Scheduling", "Energy", None]),
        amount=None if rng.random() < 0.2 else Decimal(rng.randrange(1_000_000)) / 100,
        currency="USD" if rng.random() < 0.15 else "CNY",
        opened_at=None if rng.random() < 0.1 else opened,
        closed_at=closed,
        outcome=outcome,
        recorded_at=opened,
    )
    session.add(made)
    session.flush()
    return made


def _events(session, rng, made: Opportunity, stages: list[int], now: datetime) -> None:
    at = made.recorded_at
    for _ in range(rng.randrange(6)):
        at = min(at + timedelta(days=rng.uniform(0, 25)), made.closed_at or now)
        voided = now if rng.random() < 0.1 else None
        stage = rng.choice(stages)
        session.add(
            StageEvent(
                opportunity_id=made.id, stage_id=stage, happened_at=at, recorded_at=at, voided_at=voided
            )
        )


def _actions(session, rng, made: Opportunity, doer: int, now: datetime) -> None:
    previous = None
    for _ in range(rng.randrange(5)):
        start = _ago(rng, now)
        status = rng.choice(["planned", "completed", "completed", "cancelled"])
        ended = start + timedelta(minutes=rng.choice([2, 30, 75])) if status == "completed" else None
        row = Action(
            type=rng.choice(STAGES),
            status=status,
            customer_id=made.customer_id,
            opportunity_id=made.id,
            owner_id=doer,
            planned_for=rng.choice([None, start, start + timedelta(days=rng.uniform(-3, 30))]),
            started_at=start if ended and rng.random() < 0.9 else None,
            ended_at=ended,
            cancelled_at=start if status == "cancelled" else None,
            recorded_at=(ended or start) + timedelta(hours=rng.uniform(-1, 40)),
            recording="f" * 64 if ended and rng.random() < 0.4 else None,
            summary="x" * rng.choice([0, 9, 10, 40]),
            follows_id=previous,
            fields={},
            voided_at=now if rng.random() < 0.1 else None,
        )
        session.add(row)
        session.flush()
        previous = row.id if status == "completed" else previous


def _told_by_actions(session, made: Opportunity) -> None:
    """Events that actions brought, as far as there are both."""
    done = select(Action).where(Action.opportunity_id == made.id, Action.status == "completed")
    events = select(StageEvent).where(StageEvent.opportunity_id == made.id).order_by(StageEvent.id)
    for action, event in zip(session.scalars(done), session.scalars(events), strict=False):
        event.action_id = action.id


def _touches(session, rng, customer: int, now: datetime) -> None:
    deals = [None, *session.scalars(select(Opportunity.id).where(Opportunity.customer_id == customer))]
    for _ in range(6):
        at = _ago(rng, now)
        session.add(
            Interaction(
                customer_id=customer,
                opportunity_id=rng.choice(deals),
                kind=rng.choice(["call", "mail", "meeting"]),
                direction="inbound",
                happened_at=at,
                recorded_at=at,
                duration_seconds=rng.choice([None, 60, 180, 1800]),
                questions=rng.choice([None, 0, 2, 5]),
            )
        )
    for kind in ("video_meeting", "competitor_contact", "news"):
        at = _ago(rng, now)
        session.add(
            Signal(
                customer_id=customer,
                opportunity_id=rng.choice(deals),
                kind=kind,
                value=rng.choice([None, 2.0, 45.0]),
                happened_at=at,
                recorded_at=at,
                voided_at=now if rng.random() < 0.2 else None,
            )
        )


def _promised(session, rng, customer: int, now: datetime) -> None:
    deals = [None, *session.scalars(select(Opportunity.id).where(Opportunity.customer_id == customer))]
    opened = _ago(rng, now, 60)
    demand = Demand(
        customer_id=customer,
        opportunity_id=rng.choice(deals),
        words="Slow",
        pain="efficiency",
        metric="",
        unit="",
        urgency=rng.choice(["P0", "P1", "P2", "P3"]),
        opened_at=opened,
        recorded_at=opened,
        answered_at=rng.choice([None, min(opened + timedelta(hours=rng.uniform(0, 80)), now)]),
    )
    session.add(demand)
    session.flush()
    if rng.random() < 0.3:
        session.add(DemandPause(demand_id=demand.id, reason="waits", started_at=opened + timedelta(hours=1)))
    told = Promise(
        customer_id=customer,
        demand_id=rng.choice([demand.id, None]),
        words="Soon",
        made_at=opened,
        recorded_at=opened,
    )
    session.add(told)
    session.flush()
    day = (now + timedelta(days=rng.randrange(-40, 20))).date()
    session.add(PromisedDate(promise_id=told.id, promised_on=day, recorded_at=opened))


def _forecasts(store: Store, rng, people: Company, customers: list[int]) -> None:
    for month in (date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)):
        made = run(store, month, value=1000)
        for owner in (people.rep, people.mate, people.stranger):
            for _ in range(2):
                deal(
                    store,
                    owner.person_id,
                    run_id=made,
                    chance=rng.random(),
                    amount=rng.randrange(50, 500),
                    decision=rng.choice([None, "accepted", "rejected"]),
                    won_on=rng.choice([None, month + timedelta(days=9)]),
                    customer=rng.choice(customers),
                )
