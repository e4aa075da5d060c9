"""What passed between people, or teams, from one snapshot to the next (B7)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import Who
from data.once import recalled
from data.queries.snapshots import Snapshot
from data.schema import ForecastLine, ForecastWin


@recalled
def handed(session: Session, who: Who, before: Snapshot, after: Snapshot) -> frozenset[int]:
    """Opportunities that stand in both snapshots, in one of them with people whose part is not seen.

    They were neither lost nor are they new: somebody else has them, or had them. Of whole snapshots there
    are none.
    """
    del who  # both are cut to what they see
    was, now = ({row.opportunity_id for row in (*s.lines, *s.wins)} for s in (before, after))
    return frozenset(
        (was - now) & _also(session, before, after) | (now - was) & _also(session, after, before)
    )


def _also(session: Session, seen: Snapshot, other: Snapshot) -> set[int]:
    """Opportunities of one run that stand in the other as well."""
    found: set[int] = set()
    for table in (ForecastLine, ForecastWin):
        mine = [select(t.opportunity_id).where(t.run_id == seen.run.id) for t in (ForecastLine, ForecastWin)]
        among = table.opportunity_id.in_(mine[0].union_all(mine[1]))
        found |= set(session.scalars(select(table.opportunity_id).where(table.run_id == other.run.id, among)))
    return found
