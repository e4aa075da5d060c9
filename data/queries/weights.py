"""Factor weights: in force now and at any instant, and every version there was (B6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from core.access import Who
from core.forecast.scorecard import DEFAULT_WEIGHTS, Weights
from core.forecast.weighing import ALL, WeightTimes
from data.once import recalled
from data.schema import Person, WeightUse, WeightVersion

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Version:
    """One version; `used_from` the instants from which it was in force, the latest first."""

    id: int
    weights: Mapping[str, Mapping[str, float]]
    note: str
    by: str | None
    made_at: datetime
    backtest: Mapping[str, Any] | None
    used_from: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """From an instant on a version was in force, or the shipped weights when None."""

    version: int | None
    from_at: datetime
    by: str | None
    note: str


@dataclass(frozen=True, slots=True)
class WeightHistory:
    """What is in force, the versions, newest first, and the uses, latest first."""

    in_force: int | None
    weights: Mapping[str, Mapping[str, float]]
    versions: tuple[Version, ...]
    uses: tuple[Use, ...]


def as_weights(version: int, weights: Mapping[str, Mapping[str, float]]) -> Weights:
    """Stored weights as the scorecard takes them."""
    return Weights(version, weights.get(ALL, {}), {k: v for k, v in weights.items() if k != ALL})


def weight_times(session: Session) -> WeightTimes:
    """Which weights were in force from when on."""
    query = (
        select(WeightUse.from_at, WeightVersion)
        .outerjoin(WeightVersion, WeightVersion.id == WeightUse.version_id)
        .order_by(WeightUse.from_at, WeightUse.id)
    )
    return WeightTimes(
        tuple(
            ((at - _EPOCH).total_seconds() / 86_400, as_weights(v.id, v.weights) if v else DEFAULT_WEIGHTS)
            for at, v in session.execute(query)
        )
    )


def latest_use(session: Session) -> WeightUse | None:
    """The latest change of what is in force."""
    return session.scalar(select(WeightUse).order_by(WeightUse.from_at.desc(), WeightUse.id.desc()).limit(1))


@recalled
def weight_history(session: Session, who: Who) -> WeightHistory:
    """Everything that the page of weights shows."""
    del who  # weights are the company's
    by, user = aliased(Person), aliased(Person)
    uses = session.execute(
        select(WeightUse, user.name)
        .outerjoin(user, user.id == WeightUse.person_id)
        .order_by(WeightUse.from_at.desc(), WeightUse.id.desc())
        .limit(SHOWN)
    ).all()
    made = session.execute(
        select(WeightVersion, by.name)
        .outerjoin(by, by.id == WeightVersion.made_by_id)
        .order_by(WeightVersion.id.desc())
        .limit(SHOWN)
    ).all()
    current = latest_use(session)
    version = session.get(WeightVersion, current.version_id) if current and current.version_id else None
    return WeightHistory(
        version.id if version else None,
        version.weights if version else {},
        tuple(
            Version(
                v.id,
                v.weights,
                v.note,
                name,
                v.made_at,
                v.backtest,
                tuple(use.from_at for use, _ in uses if use.version_id == v.id),
            )
            for v, name in made
        ),
        tuple(Use(use.version_id, use.from_at, name, use.note) for use, name in uses),
    )
