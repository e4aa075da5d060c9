"""Making an empty database a store: schema, Firebreak's own pipeline, the shipped tags."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.process.stages import BENCHMARK_DAYS, PIPELINE, STAGES
from core.terms import HIGH_VALUE_TAGS
from data.engine import Store
from data.migrate import alone, is_current, upgrade
from data.schema import Pipeline, Stage, Tag


def install(store: Store) -> None:
    """Bring the store to this release; safe to repeat, touches no company data.

    Where nothing is to be done nothing is written: an instance that starts waits for no writer.
    """
    if not is_current(store):
        upgrade(store)
    with store.reading(fresh=True) as session:
        if _is_shipped(session):
            return
    with store.writing() as session:
        alone(session.connection())
        if not _is_shipped(session):
            _ship(session)


def _is_shipped(session: Session) -> bool:
    return session.scalar(select(Pipeline.id).where(Pipeline.key == PIPELINE)) is not None


def _ship(session: Session) -> None:
    pipeline = Pipeline(key=PIPELINE, name="Firebreak")
    session.add(pipeline)
    session.flush()
    for position, key in enumerate(STAGES):
        session.add(
            Stage(pipeline_id=pipeline.id, key=key, position=position, benchmark_days=BENCHMARK_DAYS[key])
        )
    session.add_all(Tag(key=key, high_value=True) for key in HIGH_VALUE_TAGS)
