"""Factor weights: a version is made, held against the past, and only then applied (PRODUCT.md B6)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from core.access import Permission
from core.forecast.weighing import check_weights
from core.messages import Conflict, Invalid, NotFound, Problem, refuse
from data.commands.command import Tx, command
from data.queries.weights import latest_use
from data.schema import WeightUse, WeightVersion

Said = Mapping[str, Mapping[str, float]]


@command("weights.draft", needs=Permission.CHANGE_WEIGHTS)
def draft_weights(tx: Tx, weights: Said, note: str) -> int:
    """Write a version down; it counts for nothing until it is applied. Returns its id.

    Args:
        weights: by industry ("" for every one), then by factor; what counts 1 may be left out.

    Raises:
        Invalid: no such factor or industry, a weight out of range, no note, or nothing changes.
    """
    problems = check_weights(weights)
    if not note.strip():
        problems.append(Problem("note", "reason_required"))
    refuse(problems)
    tidy = {i: {f: float(w) for f, w in by.items()} for i, by in weights.items() if by}
    before = _in_force(tx)
    if tidy == (before.weights if before else {}):
        raise Invalid([Problem("", "nothing_changed")])
    row = WeightVersion(
        weights=tidy, note=note.strip(), made_at=tx.now, made_by_id=tx.who.person_id, backtest=None
    )
    tx.session.add(row)
    tx.session.flush()
    tx.audit("weights", row.id, None, {"version": row.id, "note": row.note})
    return row.id


@command("weights.backtest", needs=Permission.CHANGE_WEIGHTS)
def keep_backtest(tx: Tx, version_id: int, against: int | None, result: dict[str, Any]) -> int:
    """Keep what a version would have said of the past beside what is in force (`data.weighing`).

    Raises:
        NotFound: no such version.
        Conflict: something else has come into force meanwhile.
    """
    row = _version(tx, version_id)
    if against != _in_force_id(tx):
        raise Conflict("weights_changed")
    row.backtest, row.backtested_at = result | {"against": against}, tx.now
    tx.audit("weights", row.id, None, {"version": row.id, "backtest": result["landmarks"]})
    return row.id


@command("weights.apply", needs=Permission.CHANGE_WEIGHTS)
def apply_weights(tx: Tx, version_id: int | None, note: str) -> int:
    """Put a version in force from now on; None goes back to the shipped weights. Earlier forecasts stay.

    A version that never was in force needs a backtest against what is in force now.

    Raises:
        NotFound: no such version.
        Invalid: its backtest was not computed, or no note.
        Conflict: it is in force already.
    """
    _one_at_a_time(tx)
    before = _in_force_id(tx)
    if not note.strip():
        raise Invalid([Problem("note", "reason_required")])
    if version_id == before:
        raise Conflict("weights_in_force")
    if version_id is not None:
        _check_backtest(tx, _version(tx, version_id), before)
    row = WeightUse(version_id=version_id, from_at=tx.now, person_id=tx.who.person_id, note=note.strip())
    tx.session.add(row)
    tx.session.flush()
    tx.audit("weights", version_id, {"version": before}, {"version": version_id, "note": row.note})
    return row.id


def _one_at_a_time(tx: Tx) -> None:
    """What is held against what is in force must be so still when it comes into force."""
    tx.session.execute(select(WeightVersion.id).order_by(WeightVersion.id).with_for_update())


def _check_backtest(tx: Tx, row: WeightVersion, in_force: int | None) -> None:
    used = tx.session.query(WeightUse).filter_by(version_id=row.id).first() is not None
    if row.backtest is None or (not used and row.backtest["against"] != in_force):
        raise Invalid([Problem("version", "backtest_needed")])


def _version(tx: Tx, version_id: int) -> WeightVersion:
    row = tx.session.get(WeightVersion, version_id)
    if row is None:
        raise NotFound(entity="weights")
    return row


def _in_force(tx: Tx) -> WeightVersion | None:
    key = _in_force_id(tx)
    return tx.session.get(WeightVersion, key) if key else None


def _in_force_id(tx: Tx) -> int | None:
    use = latest_use(tx.session)
    return use.version_id if use else None
