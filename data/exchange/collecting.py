"""No search for garbage while a file's rows are made: all of them stay, and it would look at each again."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """No search for cycles within; what nobody holds any more is freed as ever.

    Who finds it held off already, because another import runs, leaves that to the other.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
