"""Measuring beside a floor: in turns, in the same run, by the processor's time where all work is ours."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from statistics import median


def in_turns(works: Mapping[str, Callable[[int], object]], rounds: int) -> dict[str, float]:
    """Median seconds of each work, which takes the number of the round; all take turns, so that whatever
    else the machine does falls on each alike."""
    took: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds):
        for name, work in works.items():
            begun = time.process_time()
            work(number)
            took[name].append(time.process_time() - begun)
    return {name: median(times) for name, times in took.items()}


def tell(capsys, title: str, rows: Mapping[str, str]) -> None:
    """Print a small table past pytest's capture."""
    with capsys.disabled():
        sys.stdout.write(f"\n{title}\n" + "".join(f"  {name:34} {said}\n" for name, said in rows.items()))
