"""What a company sets about its pipelines."""

from collections.abc import Mapping

from sqlalchemy import select

from core.access import Permission
from core.messages import Problem, refuse
from core.process.stages import MOST_BENCHMARK_DAYS, PIPELINE
from data.commands.command import Tx, command
from data.schema import Pipeline, Stage


@command("pipeline.benchmarks", needs=Permission.SET_BENCHMARKS)
def set_benchmarks(tx: Tx, days: Mapping[str, float]) -> int:
    """Set dwell times of stages of Firebreak's own pipeline to be held against; returns its id.

    Args:
        days: elapsed days by stage key, more than zero and at most a year; stages that are not named
            keep theirs.

    Raises:
        Invalid: a stage that does not exist, or days that are not more than zero or more than a year.
    """
    rows = tx.session.scalars(select(Stage).join(Pipeline).where(Pipeline.key == PIPELINE)).all()
    stages = {row.key: row for row in rows}
    problems = [Problem(key, "unknown_choice", {"value": key}) for key in days if key not in stages]
    problems += [Problem(key, "not_positive") for key, value in days.items() if not value > 0]
    most = MOST_BENCHMARK_DAYS
    problems += [Problem(key, "too_many_days", {"most": int(most)}) for key, v in days.items() if v > most]
    refuse(problems)
    before = {key: stages[key].benchmark_days for key in days}
    for key, value in days.items():
        stages[key].benchmark_days = float(value)
    pipeline_id = rows[0].pipeline_id
    tx.audit("pipeline", pipeline_id, before=before, after=dict(days))
    return pipeline_id
