"""Many people at once: each has a session over the websocket, as a browser would, and clicks now and then.

Nothing is drawn: what comes is read and counted, so that one process can be fifty people.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from data.commands.sessions import open_session
from data.engine import Store
from data.origin import COOKIE

STAY = 3  # clicks on a page before the next one is opened
PATIENCE = 120.0  # seconds until a run has ended


@dataclass
class Visitor:
    """One session; `pages` are visited in turn, each by a switch and some clicks that run it again.

    Attributes:
        took: seconds from each click until its run had ended.
        elements: how many the last run drew.
        errors: what was drawn as an error.
    """

    base: str
    cookie: str
    pages: Sequence[str]
    took: list[float] = field(default_factory=list)
    elements: int = 0
    errors: list[str] = field(default_factory=list)

    async def stay(self, clicks: int, every: float, after: float) -> None:
        """Come after some seconds; click every so many seconds, or once the last run has ended."""
        await asyncio.sleep(after)
        headers = {"Cookie": f"{COOKIE}={self.cookie}"} if self.cookie else {}
        address = self.base.replace("http", "ws", 1) + "/_stcore/stream"
        async with connect(
            address,
            additional_headers=headers,
            origin=self.base,  # type: ignore[arg-type]  # a string all the same
            subprotocols=["streamlit"],  # type: ignore[list-item]  # likewise
            max_size=None,
        ) as line:
            await self._run(line, self.pages[0])
            for click in range(clicks):
                due = time.monotonic() + every
                began = time.monotonic()
                await self._run(line, self.pages[click // STAY % len(self.pages)])
                self.took.append(time.monotonic() - began)
                await asyncio.sleep(max(0.0, due - time.monotonic()))

    async def _run(self, line: ClientConnection, page: str) -> None:
        """Ask for a page and read what is drawn until its run has ended."""
        state = ClientState(page_name=page)
        state.context_info.timezone, state.context_info.locale = "Asia/Shanghai", "en-GB"
        await line.send(BackMsg(rerun_script=state).SerializeToString())
        self.elements = 0
        async with asyncio.timeout(PATIENCE):
            async for message in line:
                told = ForwardMsg.FromString(message)
                self._see(told)
                if told.WhichOneof("type") == "script_finished":
                    if told.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                        continue
                    return
        raise AssertionError(f"{page}: the line was closed")

    def _see(self, told: ForwardMsg) -> None:
        if told.WhichOneof("type") == "delta" and told.delta.WhichOneof("type") == "new_element":
            element = told.delta.new_element
            self.elements += 1
            if element.WhichOneof("type") == "exception":
                self.errors.append(element.exception.message)


def visit(visitors: Sequence[Visitor], clicks: int, every: float) -> list[float]:
    """Everybody's visit, spread over one interval; seconds of all clicks, in order of size."""

    async def all_of_them() -> None:
        stays = [v.stay(clicks, every, every * n / len(visitors)) for n, v in enumerate(visitors)]
        await asyncio.gather(*stays)

    asyncio.run(all_of_them())
    return sorted(second for v in visitors for second in v.took)


def signed_in(store: Store, base: str, person_id: int) -> str:
    """The cookie of a new session of a person, given out at this address."""
    opened = open_session(store, person_id, 8, "127.0.0.1", "bench")
    headers = {"Origin": base, "Sec-Fetch-Site": "same-origin"}
    given = httpx.post(f"{base}/session/exchange", content=opened.ticket, headers=headers, timeout=30)
    return given.cookies[COOKIE]
