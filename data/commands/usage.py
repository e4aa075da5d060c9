"""How long reps report, told by their browsers once a minute (docs/decisions/0042-time-of-reporting.md).

A beat is no command: it changes nothing that anybody entered, and an audit row a minute would say nothing.
"""

from zoneinfo import ZoneInfo

from sqlalchemy import select

from core.milestones.usage import credited
from core.terms import Role
from data.commands.sessions import fingerprint
from data.engine import Store
from data.queries.sessions import by_token
from data.schema import UsageDay
from data.upsert import insert_new


def count_beat(store: Store, token: str, seconds: int) -> bool:
    """Add seconds to today of the rep whose browser tells; False for a session that is none.

    Nobody else's time is kept.
    """
    now = store.clock()
    with store.writing() as session:
        found = by_token(session, fingerprint(token), now)
        if found is None:
            return False
        if found.who.role is not Role.REP or found.who.person_id is None:
            return True
        day = now.astimezone(ZoneInfo(found.who.timezone)).date()
        fresh = {"person_id": found.who.person_id, "day": day, "seconds": 0, "latest_at": now}
        started = insert_new(session, UsageDay, [fresh], UsageDay.person_id, UsageDay.day)
        row = session.scalars(
            select(UsageDay)
            .where(UsageDay.person_id == found.who.person_id, UsageDay.day == day)
            .with_for_update()
        ).one()
        row.seconds += credited(seconds, None if started else row.latest_at, now)
        row.latest_at = now
        return True
