"""Firebreak: start and stop. `streamlit run app.py` serves it; components/shell.py draws it."""

import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from data.commands.setup import new_setup_code
from data.install import install
from data.routes import ROUTES
from data.runtime import this_store

_log = logging.getLogger("firebreak")


@asynccontextmanager
async def lifespan(_: Any) -> AsyncIterator[None]:
    """Bring the store to this release, load what is slow to load, and keep it out of the collector's way."""
    store = this_store()
    install(store)
    if code := new_setup_code(store):
        _log.warning("No people yet. Set-up code for the first administrator: %s", code)
    import plotly.graph_objects  # noqa: F401  # loaded here once, not in the first visitor's run
    import streamlit_authenticator  # noqa: F401

    gc.collect()
    gc.freeze()
    yield
    store.close()


app = st.App(
    "components/shell.py",
    lifespan=lifespan,
    routes=list(ROUTES),
    middleware=[Middleware(GZipMiddleware, minimum_size=1024)],
)
