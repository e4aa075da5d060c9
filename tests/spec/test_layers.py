"""Which layer an opportunity belongs to, as far as was known: new, renewal, else pipeline."""

from __future__ import annotations

import numpy as np
import pytest

from core.forecast.history import LOST, OPEN, WON, Events, History, Track
from core.forecast.layers import LAYERS, first_contact, first_won, layers

T = 1000.0
NONE = np.zeros(0, np.int64)


def books(before=None, touched=None, customer=0, outcome=WON, recorded=None) -> History:
    """Customer 0: an earlier opportunity opened and closed `before` T, one open since T - 10.

    Args:
        touched: a touch's (days before T, days before T at which it was entered).
        recorded: days before T at which the earlier closing was entered; when it happened, if None.
    """
    first = before is not None
    opened = np.array([T - before if first else np.nan, T - 10])
    known = T - before if recorded is None and first else T - (recorded or 0)
    of, at = (np.array([0]), np.array([known])) if first else (NONE, np.zeros(0))
    seen = ([0], [T - touched[1]], [T - touched[0]]) if touched else ([], [], [])
    return History(
        ids=np.array([1, 2]),
        opened=Track(opened),
        recorded=np.array([T - before if first else T + 9, T - 10]),
        product=Track(np.full(2, -1.0)),
        outcome=Track(np.zeros(2), of, at, np.full(len(of), float(outcome))),
        closed=Track(np.full(2, np.nan), of, at, np.full(len(of), opened[0])),
        amount=Track(np.full(2, np.nan)),
        close_on=Track(np.full(2, np.nan)),
        owner=Track(np.zeros(2)),
        events=Events(NONE, NONE, np.zeros(0), np.zeros(0), np.zeros(0)),
        stages=2,
        customer=Track(np.array([0.0, customer])),
        touched=Track(
            np.array([np.nan]),
            np.array(seen[0], np.int64),
            np.array(seen[1], np.float64),
            np.array(seen[2], np.float64),
        ),
    )


# What is known of the customer of an opportunity opened ten days ago, and its layer.
# fmt: off
KNOWN = [
    ({},                                        "new"),
    ({"touched": (30, 30)},                     "new"),       # the thirtieth day still counts
    ({"touched": (31, 31)},                     "pipeline"),
    ({"touched": (31, -1)},                     "new"),       # entered tomorrow: not known today
    ({"before": 364},                           "pipeline"),
    ({"before": 365},                           "renewal"),
    ({"before": 400, "outcome": LOST},          "pipeline"),  # it never bought: nothing to renew
    ({"before": 400, "outcome": OPEN},          "pipeline"),
    ({"before": 400, "recorded": -1},           "pipeline"),  # the win is entered tomorrow
    ({"before": 400, "customer": -1},           "pipeline"),  # whose it is was never said
]
# fmt: on


@pytest.mark.parametrize(("known", "layer"), KNOWN)
def test_the_layer(known, layer):
    assert LAYERS[layers(books(**known), T)[1]] == layer


def test_without_customers_all_is_pipeline():
    history = books(before=400)
    history.customer = Track(np.zeros(0))
    assert {LAYERS[n] for n in layers(history, T)} == {"pipeline"}


def test_contact_and_win_are_the_first_that_were_known():
    history = books(before=400, touched=(500, 2))
    assert (first_contact(history, T)[0], first_contact(history, T - 3)[0]) == (T - 500, T - 400)
    assert first_won(history, T)[0] == T - 400
    assert first_won(history, T - 401)[0] == np.inf
