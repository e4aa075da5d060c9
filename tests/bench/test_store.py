"""How fast the store is, as ratios against a floor measured in the same run (docs/speed.md).

The small size runs by default; `--full-bench` writes a company of a million actions, which takes minutes.
"""

from __future__ import annotations

import csv
import gc
import io
from datetime import timedelta

import pandas as pd
import pytest
from sqlalchemy import insert, select

from core.access import Who
from core.process.actions import ActionInput
from core.process.evidence import NextStep
from core.process.measures import measure
from core.process.stages import PIPELINE, STAGES, StageEvent
from core.terms import ActionStatus, Role
from data.commands.actions import record_action
from data.engine import Store
from data.queries.process import process_measures
from data.schema import Action, Customer, Opportunity, OpportunityState, Stage
from data.schema import StageEvent as Event
from tests.bench.timing import in_turns, tell
from tests.importing import import_text

pytestmark = pytest.mark.bench
VALUES = {"purpose": "what comes next", "attendees": [{"name": "Wu", "role": "buyer"}], "place": "site"}


def still_open(store: Store) -> list[tuple[int, int, int]]:
    """(opportunity, its owner, the customer's latest record), one of each owner: nobody is at two visits at
    once; of those where nothing happened for a day."""
    latest = select(Action.id).where(
        Action.customer_id == Opportunity.customer_id, Action.status == "completed"
    )
    query = (
        select(
            Opportunity.id,
            Opportunity.owner_id,
            latest.order_by(Action.ended_at.desc()).limit(1).scalar_subquery(),
        )
        .join(OpportunityState, OpportunityState.opportunity_id == Opportunity.id)
        .where(
            Opportunity.outcome == "open", OpportunityState.last_event_at < store.clock() - timedelta(days=1)
        )
        .order_by(Opportunity.id)
    )
    with store.reading() as session:
        return list({row.owner_id: tuple(row) for row in session.execute(query)}.values())


def visit(store: Store, follows: int) -> ActionInput:
    now = store.clock()
    return ActionInput(
        "appointment",
        ActionStatus.COMPLETED,
        now - timedelta(minutes=50),
        now - timedelta(minutes=20),
        "They want to go on with it in May.",
        follows=follows,
        next_step=NextStep("solution_demo", now + timedelta(days=2)),
        fields=VALUES,
    )


def test_submitting_an_action_costs_the_same_however_long_the_history(stores, capsys, full):
    small, large = stores
    open_ones = {"small": still_open(small), "large": still_open(large)}
    rounds = min(30, *map(len, open_ones.values()))

    def submit(store: Store, name: str, number: int) -> None:
        opportunity_id, owner_id, follows = open_ones[name][number]
        record_action(store, Who(owner_id, Role.REP, None, ""), opportunity_id, visit(store, follows))

    took = in_turns(
        {"small": lambda n: submit(small, "small", n), "large": lambda n: submit(large, "large", n)}, rounds
    )
    ratio = took["large"] / took["small"]
    tell(capsys, f"Submit an action, {rounds} rounds", {
        **{name: f"{seconds * 1000:.1f} ms" for name, seconds in took.items()}, "ratio": f"{ratio:.2f}",
    })  # fmt: skip
    assert ratio < 1.5 if full else ratio < 2


def pandas_measures(store: Store) -> dict[str, tuple[int, int, int, float | None]]:
    """By stage visits, cases, times until the next event and their median hours, as an analyst reckons."""
    with store.reading() as session:
        query = (
            select(Event.id, Event.opportunity_id, Stage.key.label("stage"), Event.happened_at)
            .join(Stage, Stage.id == Event.stage_id)
            .where(Event.voided_at.is_(None))
        )
        rows = pd.read_sql(query, session.connection())
    rows = rows.sort_values(["opportunity_id", "happened_at", "id"])
    rows["hours"] = -rows.groupby("opportunity_id")["happened_at"].diff(-1).dt.total_seconds() / 3600
    found = {}
    for stage, mine in rows.groupby("stage"):
        left = mine["hours"].dropna()
        middle = float(left.median()) if len(left) else None
        found[stage] = (len(mine), mine["opportunity_id"].nunique(), len(left), middle)
    return found


def test_process_measures_are_exact_and_beat_pandas(stores, capsys, full):
    large = stores[1]
    found = {}

    def ours(_: int) -> None:
        with large.reading() as session:
            found["ours"] = process_measures(session, PIPELINE)

    def theirs(_: int) -> None:
        found["theirs"] = pandas_measures(large)

    took = in_turns({"firebreak": ours, "pandas": theirs}, 3)
    times = took["pandas"] / took["firebreak"]
    tell(capsys, f"Process measures over {found['ours'].events:,} events", {
        **{name: f"{seconds:.3f} s" for name, seconds in took.items()}, "times as fast": f"{times:.1f}",
    })  # fmt: skip
    for stage in found["ours"].stages:
        if stage.visits:
            mine = (stage.visits, stage.visited, stage.dwell_n, stage.dwell_hours_median)
            assert mine == found["theirs"][stage.stage], stage.stage
    assert times > (5 if full else 1)
    if not full:
        assert found["ours"] == measure(PIPELINE, STAGES, cases(large).values())


def cases(store: Store) -> dict[int, list[StageEvent]]:
    """Every opportunity's events, for the plain definitions."""
    found: dict[int, list[StageEvent]] = {}
    query = (
        select(Event.opportunity_id, Stage.key, Event.happened_at, Event.id)
        .join(Stage)
        .where(Event.voided_at.is_(None))
    )
    with store.reading() as session:
        for opportunity_id, stage, at, number in session.execute(query):
            found.setdefault(opportunity_id, []).append(StageEvent(stage, at, number))
    return found


def test_a_validated_import_is_not_far_from_a_bare_insert(sqlite_store, capsys, full):
    count = 20_000 if full else 1_500

    def file(number: int) -> str:
        text = io.StringIO()
        rows = csv.writer(text)
        rows.writerow(["name", "industry", "segment", "region", "note"])
        rows.writerows(
            [f"Company {number}-{n}", "manufacturing", "mid", "East", f"From the fair, stand {n}"]
            for n in range(count)
        )
        return text.getvalue()

    def ours(number: int) -> None:
        assert import_text(sqlite_store, "customers", file(number)).accepted == count

    def bare(number: int) -> None:
        at = sqlite_store.clock()
        values = [
            {"name": f"Bare {number}-{n}", "industry": "manufacturing", "segment": "mid", "region": "East",
             "note": f"From the fair, stand {n}", "created_at": at}
            for n in range(count)
        ]  # fmt: skip
        with sqlite_store.writing() as session:
            session.execute(insert(Customer), values)

    gc.collect()
    gc.freeze()  # as the server does: a look at everything ever loaded would fall on either by chance
    took = in_turns({"import": ours, "bare insert": bare}, 3)
    gc.unfreeze()
    share = took["bare insert"] / took["import"]
    tell(capsys, f"Import {count:,} customers", {
        **{name: f"{seconds:.2f} s" for name, seconds in took.items()}, "share of its speed": f"{share:.0%}",
    })  # fmt: skip
    assert share > (0.3 if full else 0.15)
