"""The company's own names of stages and tags, put before the catalogue's in this process (PRODUCT.md F2)."""

from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import func, select

from core.policies import override
from core.vocabulary import own_terms
from data.engine import Store
from data.queries.policies import policy_changes
from data.schema import PolicyVersion
from data.text import speak

_LOCK = Lock()
_heard: WeakKeyDictionary[Store, int] = WeakKeyDictionary()


def hear(store: Store) -> None:
    """Speak the company's names as they are in force; asked at every door: pages, jobs, API, command line.

    Costs one small statement while nothing was published.
    """
    with store.reading() as session:
        version = session.scalar(select(func.max(PolicyVersion.version))) or 0
        if len(_heard) == 1 and _heard.get(store) == version:
            return
        policy = override(policy_changes(session)[1], version)
    with _LOCK:
        speak(own_terms(policy.tags, policy.stages))
        _heard.clear()
        _heard[store] = version
