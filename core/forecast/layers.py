"""Which layer of customers an opportunity belongs to, by what was known at an instant (B2).

New: the customer's first known contact lies at most 30 days back. Renewal: its first known win lies a year
or more back; who never bought, however long known, has nothing to renew. All others, and opportunities
without a customer, are pipeline. Contact is an opportunity opened, a stage event or any recorded touch.
"""

import numpy as np

from core.forecast.history import WON, Floats, History, Ints, Snapshot

NEW, RENEWAL, PIPELINE = 0, 1, 2
LAYERS = ("new", "renewal", "pipeline")
NEW_DAYS = 30.0
YEAR_DAYS = 365.0


def layers(history: History, t: float) -> Ints:
    """The layer of every opportunity as of `t`, shape (opportunities,); an index into `LAYERS`."""
    customer = history.as_of(t).customer
    if not len(customer):
        return np.full(len(history.ids), PIPELINE)
    contact, won = first_contact(history, t), first_won(history, t)
    by_customer = np.select((t - won >= YEAR_DAYS, t - contact <= NEW_DAYS), (RENEWAL, NEW), default=PIPELINE)
    return np.where(customer >= 0, by_customer[customer], PIPELINE)


def first_contact(history: History, t: float) -> Floats:
    """When each customer's first contact was, as far as was known at `t`; infinity while none was.

    Shape (customers + 1,); the last cell is for opportunities without a customer.
    """
    books, events = history.as_of(t), history.events
    known = events.known(t)
    begun = np.where(np.isfinite(books.opened), books.opened, history.recorded)
    found = _earliest(history, books, np.flatnonzero(books.known), begun[books.known])
    np.minimum(found, _earliest(history, books, events.of[known], events.at[known]), out=found)
    touched = history.touched.at(t)
    found[: len(touched)] = np.fmin(found[: len(touched)], touched)
    return found


def first_won(history: History, t: float) -> Floats:
    """When each customer first bought, as the books said at `t`; infinity while it had not."""
    books = history.as_of(t)
    won = np.flatnonzero(books.known & (books.outcome == WON))
    return _earliest(history, books, won, books.closed[won])


def _earliest(history: History, books: Snapshot, of: Ints, at: Floats) -> Floats:
    """The least `at` by customer of the opportunities `of`."""
    size = max(int(books.customer.max()) + 1, len(history.touched.start)) + 1
    found = np.full(size, np.inf)
    np.fmin.at(found, books.customer[of], at)
    return found
