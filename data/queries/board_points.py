"""Where each open opportunity stands (A3)."""

from dataclasses import dataclass, fields

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access import Who
from data.once import recalled
from data.queries.board_ask import Ask
from data.queries.board_sets import open_rows
from data.queries.stage_gaps import seen_at

POINTS_SHOWN = 1000


@dataclass(frozen=True, slots=True)
class Point:
    """One open opportunity that has begun.

    Attributes:
        dwell_days: elapsed days since it got to its stage.
        past: 1 when that is past the stage's benchmark, else 0.
        at_least: a list said that it stands there, and not since when; its days count from then on.
    """

    opportunity_id: int
    opportunity: str
    customer: str | None
    rep: str | None
    stage: str
    dwell_days: float
    past: int
    at_least: bool


@dataclass(frozen=True, slots=True)
class Points:
    """The longest of them, and how many there are."""

    total: int
    points: tuple[Point, ...]


@recalled
def points(session: Session, who: Who, ask: Ask) -> Points:
    """Open opportunities by how long they have stood where they stand, the longest first."""
    stood = open_rows(who, ask).subquery()
    columns = [stood.c[f.name] for f in fields(Point) if f.name != "at_least"]
    seen = seen_at(stood.c.opportunity_id, stood.c.stood_since)
    found = session.execute(
        select(*columns, seen, func.count().over().label("total"))
        .where(stood.c.dwell_days.is_not(None))
        .order_by(stood.c.dwell_days.desc(), stood.c.opportunity_id)
        .limit(POINTS_SHOWN)
    ).all()
    return Points(found[0].total if found else 0, tuple(Point(*row[:-1]) for row in found))
