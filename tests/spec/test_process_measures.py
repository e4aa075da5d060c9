"""How work runs through a pipeline: the reference, and the store's SQL held against it on both databases."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from defusedxml.ElementTree import iterparse

from core.messages import NotFound
from core.process.measures import PipelineMeasures, measure
from core.process.stages import Gap, StageEvent
from data import __main__ as command_line
from data.commands.projections import project_opportunities
from data.queries.process import process_measures
from data.schema import Opportunity, Pipeline, Stage
from data.schema import StageEvent as Event
from tests.importing import import_path
from tests.shared_data import EXAMPLES, shared

START = datetime(2026, 1, 1, tzinfo=UTC)
ORDER = ("a", "b", "c", "d")

# Each word is a case; a letter an event; a dot lets an hour pass. A list said `<` since when it stood there,
# or `?` only that it does.
GAPS = {"<": Gap.BEFORE, "?": Gap.SINCE}
LOG = ("a.b..c", "a..c", "a.a.b", "b", "c.a", "abcd")

# fmt: off
EXPECTED = [
    # stage  visits  visited  repeats  median h  n   further  skipped
    ("a",    6,      5,       1,       1.0,      5,  6,       1),
    ("b",    4,      4,       0,       1.0,      2,  4,       2),
    ("c",    4,      4,       0,       0.5,      2,  1,       0),
    ("d",    1,      1,       0,       None,     0,  0,       0),
]
# fmt: on


def events(word: str) -> list[StageEvent]:
    at, found = START, []
    for order, letter in enumerate(word):
        if letter == ".":
            at += timedelta(hours=1)
        elif letter in GAPS:
            found[-1] = replace(found[-1], gap=GAPS[letter])
        else:
            found.append(StageEvent(letter, at, order))
    return found


def write(store, order, cases, pipeline="letters") -> None:
    with store.writing() as session:
        row = Pipeline(key=pipeline, name=pipeline)
        session.add(row)
        session.flush()
        stages = {key: Stage(pipeline_id=row.id, key=key, position=n) for n, key in enumerate(order)}
        session.add_all(stages.values())
        session.flush()
        for number, case in enumerate(cases):
            opportunity = Opportunity(
                pipeline_id=row.id, name=str(number), currency="CNY", recorded_at=START, opened_at=START
            )
            session.add(opportunity)
            session.flush()
            for event in case:
                session.add(
                    Event(
                        opportunity_id=opportunity.id,
                        stage_id=stages[event.stage].id,
                        happened_at=event.happened_at,
                        recorded_at=event.happened_at,
                        gap=event.gap,
                    )
                )
                session.flush()
        project_opportunities(session)


def counted(store, pipeline="letters") -> PipelineMeasures:
    with store.reading() as session:
        return process_measures(session, pipeline)


def same(left: PipelineMeasures, right: PipelineMeasures) -> None:
    assert (left.cases, left.events, left.variants, left.backward_moves) == (
        right.cases, right.events, right.variants, right.backward_moves,
    )  # fmt: skip
    for mine, theirs in zip(left.stages, right.stages, strict=True):
        for name in ("stage", "visits", "opportunities", "repeats", "dwell_hours_median", "dwell_n",
                     "visited", "went_further", "skipped", "skip_rate"):  # fmt: skip
            assert getattr(mine, name) == getattr(theirs, name), (mine.stage, name)


def test_a_small_log_by_hand():
    found = measure("letters", ORDER, map(events, LOG))
    assert [
        (s.stage, s.visits, s.visited, s.repeats, s.dwell_hours_median, s.dwell_n, s.went_further, s.skipped)
        for s in found.stages
    ] == EXPECTED
    assert (found.cases, found.events, found.variants, found.backward_moves) == (6, 15, 6, 1)


def test_the_store_counts_the_same(store):
    cases = list(map(events, LOG))
    write(store, ORDER, cases)
    same(counted(store), measure("letters", ORDER, cases))


@pytest.mark.parametrize("seed", range(4))
def test_the_store_counts_the_same_on_random_logs(store, seed):
    dice = random.Random(seed)
    cases = []
    for _ in range(60):
        at, case = START, []
        for order in range(dice.randrange(0, 9)):
            at += timedelta(minutes=dice.choice((0, 0, 7, 90, 1440)))
            case.append(StageEvent(dice.choice(ORDER), at, order, dice.choice((None, None, None, *Gap))))
        cases.append(case)
    write(store, ORDER, cases)
    same(counted(store), measure("letters", ORDER, cases))


def test_stages_before_one_at_which_a_list_found_it_are_not_counted_as_passed(store):
    """`<` says since when it stood there, `?` does not."""
    cases = [events("a.b<..d"), events("c?...d"), events("b<"), events("d.a.c<"), events("a..c")]
    found = measure("letters", ORDER, cases)
    assert [(s.stage, s.went_further, s.skipped) for s in found.stages] == [
        ("a", 3, 0), ("b", 3, 2), ("c", 3, 1), ("d", 0, 0),
    ]  # fmt: skip
    assert [(s.dwell_n, s.dwell_hours_median) for s in found.stages] == [
        (3, 1.0),
        (1, 2.0),
        (0, None),
        (1, 1.0),
    ]
    write(store, ORDER, cases)
    same(counted(store), found)


def test_an_undone_event_does_not_count(store):
    write(store, ORDER, [events("a.b")])
    with store.writing() as session:
        session.query(Event).filter_by(stage_id=session.query(Stage.id).filter_by(key="b").scalar()).update(
            {"voided_at": START}
        )
        project_opportunities(session)
    same(counted(store), measure("letters", ORDER, [events("a")]))


def test_a_pipeline_without_events_and_one_that_is_not_there(store):
    same(
        counted(store, "firebreak"),
        measure("firebreak", [s.stage for s in counted(store, "firebreak").stages], []),
    )
    with pytest.raises(NotFound):
        counted(store, "nowhere")


def raw_log(path) -> dict[str, list[StageEvent]]:
    """The events of an XES file, read without the product's reader."""
    import gzip

    cases: dict[str, list[StageEvent]] = defaultdict(list)
    order = 0
    with gzip.open(path) as file:
        for _, node in iterparse(file):
            if not node.tag.endswith("trace"):
                continue
            [name] = [c.get("value") for c in node if c.get("key") == "concept:name"]
            for event in (c for c in node if c.tag.endswith("event")):
                said = {c.get("key"): c.get("value") for c in event}
                at = datetime.fromisoformat(said["time:timestamp"])
                cases[name].append(StageEvent(said["concept:name"], at, order))
                order += 1
            node.clear()
    return cases


@pytest.mark.parametrize("log", ["helpdesk", "receipt"])
def test_a_real_log_counts_as_its_plain_reading(store, log):
    path = shared(f"{log}/{log}.xes.gz")
    import_path(store, "stage_changes", path, EXAMPLES / f"{log}-stage-changes.toml")
    found = counted(store, log)
    same(found, measure(log, [s.stage for s in found.stages], raw_log(path).values()))


def test_the_command_prints_it(sqlite_store, monkeypatch, capsys):
    write(sqlite_store, ORDER, list(map(events, LOG)))
    monkeypatch.setattr("data.cli.process.this_store", lambda: sqlite_store)
    assert command_line.main(["process", "letters", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["cases"], printed["stages"][1]["skip_rate"]) == (6, 0.5)
    assert command_line.main(["process", "letters"]) == 0
    assert "6 cases, 15 events" in capsys.readouterr().out
    assert command_line.main(["process", "nowhere"]) == 2
    assert "letters" in capsys.readouterr().err
