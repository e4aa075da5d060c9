"""What the demo company's people write: sentences of `words/*.toml`, filled differently each time."""

import tomllib
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

_FOLDER = Path(__file__).parent / "words"


@lru_cache
def words(name: str) -> dict[str, Any]:
    """One file of words."""
    with (_FOLDER / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


class Writer:
    """Fills sentence patterns in a customer's language.

    Args:
        known: what the sentences may name of this customer: `contact`, `boss`, `short`, `product`.
    """

    def __init__(self, rng: Random, language: str, known: dict[str, str]) -> None:
        self._rng, self._words, self._known = rng, words(language), known

    def say(self, area: str, key: str) -> str:
        """A sentence of one area, e.g. the summary of a solution demo."""
        return self._filled(self._rng.choice(self._words[area][key]), depth=0)

    def pick(self, area: str) -> str:
        """A sentence of an area that holds one list under each of several keys."""
        return self.say(area, self._rng.choice(sorted(self._words[area])))

    def _filled(self, pattern: str, depth: int) -> str:
        if "{" not in pattern:
            return pattern
        values = dict(self._known, n=str(self._rng.randint(2, 9)))
        fill = self._words["fill"]
        for key in sorted(fill.keys() - values.keys()):
            if "{" + key + "}" in pattern:
                chosen = self._rng.choice(fill[key])
                values[key] = self._filled(chosen, depth + 1) if depth < 3 else chosen
        if "{modules2}" in pattern:
            values["modules2"] = self._rng.choice([m for m in fill["modules"] if m != values.get("modules")])
        return pattern.format_map(values)
