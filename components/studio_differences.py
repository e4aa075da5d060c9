"""What a draft of the studio changes in a thing that has a name and parts: a field, a report."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from components.blocks import plain
from components.format import NOTHING
from components.text import pair, t
from core.fields import Field
from core.reports.library import Report
from core.studio import ORDER, Difference

Thing = TypeVar("Thing", Field, Report)


def described(
    one: Difference,
    read: Callable[[Any], Thing],
    name: Callable[[Thing], str],
    said: Callable[[Thing], str],
    parts: Callable[[Thing], Mapping[str, str]],
    retires: str,
) -> list[str]:
    """A difference as Markdown lines: added, taken off, or each part that changes.

    Args:
        read: the thing from its document.
        said: all of it in one line, for a new one.
        parts: what may change, by its label.
        retires: the word for one that is taken off.
    """
    if one.item == ORDER:
        return [f"**{t('studio.order_changed')}**"]
    before, after = (read(d) if d else None for d in (one.before, one.after))
    thing = after or before
    assert thing is not None  # one of both is there
    title = f"**{plain(name(thing))}**"
    if after is None or (after.retired and not (before and before.retired)):
        return [f"{title} :gray-badge[{retires}]"]
    if before is None or before.retired:
        return [f"{title} :green-badge[{t('studio.adds')}]", plain(said(thing))]
    old = parts(before)
    changed: list[str] = [
        pair(f":gray[{label}]", f"{plain(old[label] or NOTHING)} → {plain(text or NOTHING)}")
        for label, text in parts(after).items()
        if old[label] != text
    ]
    return [f"{title} :blue-badge[{t('studio.changes')}]", *changed]
