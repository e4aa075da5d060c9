"""What a win model may look at, of every opportunity that was open at an instant (B1, B2).

Missing is missing: an unknown opening date, stage or amount stays NaN and has a column that says so
where a model needs it. Shares of the past (of an owner, a product, a stage) count closings that were in
the books at that instant.
"""

from dataclasses import dataclass

import numpy as np

from core.forecast.factors import FACTOR_NAMES, factor_values
from core.forecast.history import WON, Floats, History, Ints, Snapshot
from core.forecast.layers import NEW, RENEWAL, layers

_SMOOTH = 10.0  # closings that a share of few closings is drawn towards the whole by
OWN = (
    "age_days",
    "stage",
    "furthest_stage",
    "days_in_stage",
    "days_since_event",
    "events",
    "recent_events",
    "backward_moves",
    "amount_log",
    "days_to_close_on",
    "owner_win_rate",
    "product_win_rate",
    "owner_open",
    "pace",
    "new_customer",
    "renewal",
    "month_share",
    "quarter_share",
)
_TAKEN = FACTOR_NAMES.index("stage")  # among the features already
PRODUCT = "product"  # its key: tells products apart and has no order
NAMES = (*OWN, *(name for n, name in enumerate(FACTOR_NAMES) if n != _TAKEN), PRODUCT)
SEASON = ("month_share", "quarter_share")  # where in its month and quarter the instant lies, 0–1
SPEAKS_FOR = {
    "furthest_stage": "stage",
    "days_in_stage": "stage_dwell_ratio",
    "events": "recent_events",
    "pace": "recent_events",
    "amount_log": "amount",
    "new_customer": "layer",
    PRODUCT: "product_win_rate",
    "renewal": "layer",
}  # features that speak for a factor of another name


@dataclass(frozen=True, slots=True)
class Rows:
    """Open opportunities at an instant.

    Attributes:
        of: index in the history, shape (rows,).
        x: values by `NAMES`, shape (rows, len(NAMES)); NaN is unknown.
    """

    of: Ints
    x: Floats


def open_rows(history: History, t: float) -> Rows:
    """The features of every opportunity that was open in the books at `t`."""
    books = history.as_of(t)
    of = np.flatnonzero(books.is_open)
    stand = books.standing
    begun = began(history, books)[of]
    since = np.where(np.isfinite(stand.since[of]), stand.since[of], begun)
    last = np.where(np.isfinite(stand.last[of]), stand.last[of], begun)
    age = np.maximum(t - begun, 0.0)
    owners, layer = books.owner[of], layers(history, t)[of]
    columns = (
        age,
        np.where(stand.stage >= 0, stand.stage, np.nan)[of],
        np.where(stand.furthest >= 0, stand.furthest, np.nan)[of],
        np.maximum(t - since, 0.0),
        np.maximum(t - last, 0.0),
        stand.events[of],
        stand.recent[of],
        stand.backward[of],
        np.log1p(books.amount[of]),
        books.close_on[of] - t,
        win_rates(books, books.owner)[of],
        win_rates(books, books.product)[of],
        _load(owners),
        stand.events[of] / (age + 7.0),
        layer == NEW,
        layer == RENEWAL,
        *(np.full(len(of), share) for share in calendar_shares(t)),
    )
    own = np.column_stack([np.asarray(c, np.float64) for c in columns])
    factors = np.delete(factor_values(history, t, of), _TAKEN, axis=1)
    return Rows(of, np.column_stack([own, factors, product_keys(history, books)[of]]))


def calendar_shares(t: float) -> tuple[float, float]:
    """How much of its month and of its quarter has passed at `t`, UTC.

    >>> calendar_shares(0.0), calendar_shares(59.0 + 15.5)  # 1 January and the middle of March 1970
    ((0.0, 0.0), (0.5, 0.8277777777777777))
    """
    hour = np.datetime64(int(np.floor(t * 24)), "h")
    month = hour.astype("datetime64[M]")
    quarter = month - np.timedelta64(int(month.astype(int)) % 3, "M")
    spans = ((month, month + 1), (quarter, quarter + 3))
    shares = [_hours(begin, hour) / _hours(begin, end) for begin, end in spans]
    return shares[0], shares[1]


def _hours(begin: np.datetime64, end: np.datetime64) -> float:
    return float((end.astype("datetime64[h]") - begin.astype("datetime64[h]")) / np.timedelta64(1, "h"))


def began(history: History, books: Snapshot) -> Floats:
    """When each opportunity began, as far as the books say: opened, else recorded."""
    return np.where(np.isfinite(books.opened), books.opened, history.recorded)


def product_keys(history: History, books: Snapshot) -> Floats:
    """The key of each opportunity's product, as far as the books say; NaN without one."""
    keys = (
        history.product_keys if len(history.product_keys) else np.arange(books.product.max(initial=-1) + 1.0)
    )
    found: Floats = np.r_[keys, np.nan][books.product]
    return found


def _load(owners: Ints) -> Ints:
    """How many open opportunities each row's owner has; those without an owner are one group."""
    size = int(owners.max(initial=-1)) + 2
    return np.bincount(owners % size, minlength=size)[owners]


def win_rates(books: Snapshot, code: Ints) -> Floats:
    """Won over closed among those of the same code, drawn towards the whole; shape (opportunities,).

    NaN while nothing has closed.
    """
    closed = books.known & (books.outcome != 0)
    if not closed.any():
        return np.full(len(code), np.nan)
    won = closed & (books.outcome == WON)
    whole = won.sum() / closed.sum()
    size = int(code.max(initial=-1)) + 2  # the last cell is for those without a code, -1
    n = np.bincount(code[closed] % size, minlength=size)
    k = np.bincount(code[won] % size, minlength=size)
    rates: Floats = (k + _SMOOTH * whole) / (n + _SMOOTH)
    return rates[code]
