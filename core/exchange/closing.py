"""Which fields another system fills only when an opportunity closes, read off the file itself (P1, B7).

A forecast that saw them before would know the end. A mapping may name them (`known_at_close`); where it
names none, a field counts as such that hardly any open row has and most closed ones do.
"""

from collections.abc import Iterable, Sequence

from core.exchange.mapping import AT_CLOSE
from core.exchange.rows import Record
from core.terms import Outcome

_LEAST = 20  # rows open, and rows closed, before a file says anything
_OPEN_SHARE, _CLOSED_SHARE = 0.02, 0.5


def filled_at_close(records: Sequence[Record]) -> tuple[str, ...]:
    """Fields that at most 2% of the open rows have and at least half of the closed ones."""
    closed = [r for r in records if r.get("outcome", Outcome.OPEN) != Outcome.OPEN]
    still = [r for r in records if r.get("outcome", Outcome.OPEN) == Outcome.OPEN]
    if len(closed) < _LEAST or len(still) < _LEAST:
        return ()
    shares = {name: (_share(still, name), _share(closed, name)) for name in AT_CLOSE}
    return tuple(
        n for n, (before, after) in shares.items() if before <= _OPEN_SHARE and after >= _CLOSED_SHARE
    )


def _share(records: Iterable[Record], name: str) -> float:
    found = [name in r.values for r in records]
    return sum(found) / len(found)
