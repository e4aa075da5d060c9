"""What a file's closing of an opportunity says (P1, B7).

Which fields another system fills only then: a forecast that saw them before would know the end. A mapping
may name them (`known_at_close`); where it names none, a field counts as such that hardly any open row has and
most closed ones do. And how it closed, where the stage's column says it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from core.exchange.cells import Formats, fold
from core.exchange.mapping import AT_CLOSE
from core.exchange.rows import Record
from core.terms import Outcome

_LEAST = 20  # rows open, and rows closed, before a file says anything
_OPEN_SHARE, _CLOSED_SHARE = 0.02, 0.5
_OVER = {fold(said) for said in ("closed", "ended", "已结束", "结束", "已关闭", "关闭", "已结案", "结案")}


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


def closed_as(word: str, formats: Formats) -> str | None:
    """`won` or `lost`, where a stage's column says that the opportunity closed; None where it names a stage.

    >>> words = {"outcome": {"won": "won", "赢单": "won", "open": "open"}}
    >>> [closed_as(word, Formats(words=words)) for word in ("Closed Won", "赢单", "Open", "Demo")]
    ['won', 'won', None, None]
    """
    said = fold(word)
    if said in formats.words.get("stage", {}):
        return None
    known = formats.words.get("outcome", {})
    outcome = known.get(said) or known.get(said.removeprefix("closed"))
    return None if outcome == Outcome.OPEN else outcome


def only_over(word: str, formats: Formats) -> bool:
    """Whether a stage's column says that the opportunity closed, and leaves it open how.

    >>> [only_over(word, Formats()) for word in ("Closed", "已关闭", "Closed Won", "Demo")]
    [True, True, False, False]
    >>> only_over("Closed", Formats(words={"stage": {"closed": "own_closed"}}))
    False
    """
    said = fold(word)
    return said in _OVER and said not in formats.words.get("stage", {})


def with_outcome(record: Record, formats: Formats) -> Record:
    """The record with the outcome that its stage says, where it says no other itself, and then no stage; so
    too where the stage says no more than that it closed, and the outcome how."""
    said = record.get("stage", "")
    known = record.get("outcome", Outcome.OPEN)
    outcome = known if only_over(said, formats) and known != Outcome.OPEN else closed_as(said, formats)
    if outcome is None or record.get("outcome", outcome) != outcome:
        return record
    values: Mapping[str, object] = {k: v for k, v in record.values.items() if k != "stage"}
    return replace(record, values={**values, "outcome": outcome})


def _share(records: Iterable[Record], name: str) -> float:
    found = [name in r.values for r in records]
    return sum(found) / len(found)
