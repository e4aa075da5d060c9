"""Which alerts and tasks stand: the one definition for every list."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_

from data.schema import Alert, RoomTask


def standing(now: datetime) -> ColumnElement[bool]:
    """Neither cleared nor resolved, and not put off beyond `now`."""
    awake = or_(Alert.snoozed_until.is_(None), Alert.snoozed_until <= now)
    return and_(Alert.cleared_at.is_(None), Alert.resolved_at.is_(None), awake)


def task_open() -> ColumnElement[bool]:
    """Tasks of a room that are neither done nor dropped."""
    return and_(RoomTask.done_at.is_(None), RoomTask.dropped_at.is_(None))
