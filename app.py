"""Firebreak: start and stop. `streamlit run app.py` serves it; components/shell.py draws it."""

import gc
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from streamlit import config

from data.commands.setup import cookie_secret, new_setup_code
from data.install import install
from data.routes import ROUTES
from data.runtime import this_store
from data.settings import settings
from data.watching.logs import begin_log
from data.watching.requests import Watched
from data.watching.statements import watch_statements
from data.worker import Worker

TURN_SECONDS = 0.0005  # a tenth of Python's own: a run may wait for one at each message and statement
_log = logging.getLogger("firebreak")


def prepare() -> None:
    """Begin the log, bring the store to this release, take from it the key that signs Streamlit's cookies."""
    begin_log(settings().log, settings().log_level)
    watch_statements(settings().slow_ms)
    install(this_store())
    if not config.is_manually_set("server.cookieSecret"):
        config.set_option("server.cookieSecret", cookie_secret(this_store()))


@asynccontextmanager
async def lifespan(_: Any) -> AsyncIterator[None]:
    """Load what is slow to load and keep it out of the collector's way; tell the set-up code."""
    import av  # noqa: F401 - loaded here once, not in the first visitor's run

    import components.charts
    import components.signin  # noqa: F401 - loaded early, for the first visitor

    if code := new_setup_code(this_store()):
        _log.warning("Set-up code for the first administrator: %s", code)
    worker = Worker(this_store()) if settings().worker == "embedded" else None
    if worker:
        worker.start()
    sys.setswitchinterval(TURN_SECONDS)
    gc.collect()
    gc.freeze()
    yield
    if worker:
        worker.stop()
    this_store().close()


def secrets() -> dict[str, Any] | None:
    """What Streamlit's own sign-in with an identity provider needs; None where none is configured."""
    chosen = settings()
    if not chosen.single_sign_on:
        return None
    auth = {
        "redirect_uri": chosen.oidc_redirect_uri,
        "cookie_secret": cookie_secret(this_store()),
        "client_id": chosen.oidc_client_id,
        "client_secret": chosen.oidc_client_secret,
        "server_metadata_url": chosen.oidc_metadata_url,
    }
    return {"auth": auth}


prepare()  # before the server asks for its key, which is before `lifespan`
app = st.App(
    "components/shell.py",
    lifespan=lifespan,
    secrets=secrets(),
    routes=list(ROUTES),
    middleware=[Middleware(Watched), Middleware(GZipMiddleware, minimum_size=1024)],
)
