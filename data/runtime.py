"""This process's store, opened once from the settings."""

from functools import lru_cache

from data.engine import Store
from data.settings import settings


@lru_cache
def this_store() -> Store:
    """The store that pages, routes and jobs of this process share."""
    chosen = settings()
    return Store(chosen.database_url, chosen.files_dir, read_url=chosen.read_url)
