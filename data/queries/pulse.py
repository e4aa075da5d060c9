"""Whether the store answers."""

from sqlalchemy import text

from core.messages import Unavailable
from data.engine import Store


def beats(store: Store, *, fresh: bool = True) -> bool:
    """Whether the store answers now.

    Args:
        fresh: the one that is written to; else a replica, where there is one.
    """
    try:
        with store.reading(fresh=fresh) as session:
            session.execute(text("SELECT 1"))
    except Unavailable:
        return False
    return True
