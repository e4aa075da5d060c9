"""The company's names of stages and tags in this process, and its order of stages (PRODUCT.md F2)."""

from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import func, select

from core.policies import override
from core.vocabulary import all_types, own_terms
from data.engine import Store
from data.queries.policies import policy_changes
from data.schema import PolicyVersion
from data.text import speak

_LOCK = Lock()
_types = list(all_types(()))
_heard: WeakKeyDictionary[Store, int] = WeakKeyDictionary()


def hear(store: Store) -> None:
    """Speak the company's names as they are in force; asked wherever names are said.

    Pages, jobs, the page without network and `explain` ask. It costs one small statement while nothing was
    published.
    """
    with store.reading() as session:
        version = session.scalar(select(func.max(PolicyVersion.version))) or 0
        if len(_heard) == 1 and _heard.get(store) == version:
            return
        policy = override(policy_changes(session)[1], version)
    with _LOCK:
        speak(own_terms(policy.tags, policy.stages))
        _types[:] = all_types(policy.stages)
        _heard.clear()
        _heard[store] = version


def heard(store: Store) -> int | None:
    """The version whose names are spoken; None before any was heard."""
    return _heard.get(store)


def stage_order() -> tuple[str, ...]:
    """All action types, which are the stages too, in the company's order."""
    return tuple(one.key for one in _types)


def offered_types() -> tuple[str, ...]:
    """Those that can be recorded."""
    return tuple(one.key for one in _types if not one.off)
