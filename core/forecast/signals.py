"""What happened around opportunities besides their stages: touches, words, people, quotes, signals (B1).

The store's rows become marks with both times; a row about a customer alone marks each of the customer's
opportunities. Factors count marks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from core.forecast.arrays import Bools, Floats, Ints


class Mark(IntEnum):
    """What a mark says, and what its value is."""

    ANSWER = 0  # the customer took part: an inbound touch, a meeting, a conversation, a completed action
    OUTREACH = 1  # a touch of ours that nobody took part in
    QUESTIONS = 2  # value: how many the customer asked, 0 included
    TALK = 3  # value: minutes
    PERSON = 4  # somebody at the customer was there; value: 1 for a decision maker, else 0
    ACTION = 5  # a completed action
    QUOTE = 6
    OBJECTION = 7  # value: 1 left open, -1 resolved
    COMPETITOR = 8
    CONTRACT = 9
    TRIAL = 10
    DRAWING = 11
    DOWNLOAD = 12
    VIDEO = 13
    TICKET = 14  # value: hours until the customer's ticket was answered
    CATEGORY = 15  # value: how many categories the customer added
    SATISFACTION = 16  # value: 1 to 5


@dataclass(frozen=True, slots=True)
class Signals:
    """Marks, by opportunity, then time.

    Attributes:
        of: index of the opportunity.
        kind: `Mark`.
        at, recorded: when it happened, when it became known; days since 1970.
        voided: when it was undone; NaN if it stands.
        value: as the kind says; NaN without.
    """

    of: Ints
    kind: Ints
    at: Floats
    recorded: Floats
    voided: Floats
    value: Floats

    def known(self, t: float) -> Bools:
        """Those that had happened and stood in the books before `t`."""
        return (self.recorded < t) & (self.at < t) & ~(self.voided < t)

    def at_hand(self, t: float) -> Mapping[Mark, "Marks"]:
        """Those known at `t`, by kind."""
        known = self.known(t)
        of, kind, at, value = self.of[known], self.kind[known], self.at[known], self.value[known]
        found = {}
        for mark in Mark:
            these = kind == mark
            found[mark] = Marks(of[these], at[these], value[these])
        return found


@dataclass(frozen=True, slots=True)
class Marks:
    """Marks of one kind, by opportunity, then time."""

    of: Ints
    at: Floats
    value: Floats


def none() -> Signals:
    """No marks: a history of stages and dates alone."""
    empty = np.zeros(0)
    return Signals(np.zeros(0, np.int64), np.zeros(0, np.int64), empty, empty, empty, empty)
