"""Many people at once: each has a session over the websocket, as a browser would, and clicks now and then.

Nothing is drawn: what comes is read and counted, so that one process can be fifty people. A click on a page
asks for what a browser asks for: the part of it (`st.fragment`) that what is clicked stands in, or all.
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
COMING = 5  # visitors who come in the time between two clicks of one
PATIENCE = 120.0  # seconds until a run has ended


@dataclass
class Visitor:
    """One session; `pages` are visited in turn, each by a switch and some clicks that run it again.

    Attributes:
        took: seconds from each click until its run had ended.
        elements: how many the last run drew.
        errors: what was drawn as an error.
        parts: the part that each element was drawn in by the last run of a whole page, where in one.
        page: the open page by Streamlit's own name of it.
        size: bytes of all messages that came; whoever reads it sets it to 0 before.
    """

    base: str
    cookie: str
    pages: Sequence[str]
    took: list[float] = field(default_factory=list)
    elements: int = 0
    errors: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    page: str = ""
    size: int = 0

    async def stay(self, clicks: int, every: float, comes_at: float, begins_at: float, turn: int) -> None:
        """Come, then click every so many seconds, or once the last run has ended.

        Args:
            comes_at, begins_at: on the clock that `time.monotonic` reads.
            turn: how many clicks on the first page are behind this visitor: not everybody goes on to the next
                page in the same moment.
        """
        await asyncio.sleep(max(0.0, comes_at - time.monotonic()))
        async with line_of(self) as line:
            await self.run(line, self.pages[0])
            await asyncio.sleep(max(0.0, begins_at - time.monotonic()))
            for click in range(turn, turn + clicks):
                due = time.monotonic() + every
                began = time.monotonic()
                comes, page = click % STAY == 0, self.pages[click // STAY % len(self.pages)]
                await self.run(line, page, "" if comes else self.largest_part())
                self.took.append(time.monotonic() - began)
                await asyncio.sleep(max(0.0, due - time.monotonic()))

    def largest_part(self) -> str:
        """Where most of a page is, and so what is clicked; nothing of a page that has no parts."""
        return max(self.parts, key=self.parts.count, default="")

    async def run(self, line: ClientConnection, page: str, part: str = "") -> None:
        """Ask for a page, or a part of the one that is open; read what is drawn until its run has ended."""
        state = ClientState(page_name=page)
        if part:
            state.fragment_id, state.page_script_hash = part, self.page
        else:
            self.parts.clear()
        state.context_info.timezone, state.context_info.locale = "Asia/Shanghai", "en-GB"
        await line.send(BackMsg(rerun_script=state).SerializeToString())
        self.elements = 0
        async with asyncio.timeout(PATIENCE):
            async for message in line:
                self.size += len(message)
                told = ForwardMsg.FromString(message)
                self.see(told)
                if told.WhichOneof("type") == "script_finished":
                    if told.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                        continue
                    return
        raise AssertionError(f"{page}: the line was closed")

    def see(self, told: ForwardMsg) -> None:
        """A message that came."""
        if told.WhichOneof("type") == "navigation":
            self.page = told.navigation.page_script_hash
        if told.WhichOneof("type") == "delta" and told.delta.WhichOneof("type") == "new_element":
            element = told.delta.new_element
            self.elements += 1
            if told.delta.fragment_id:
                self.parts.append(told.delta.fragment_id)
            if element.WhichOneof("type") == "exception":
                self.errors.append(element.exception.message)


def line_of(visitor: Visitor) -> connect:
    """A browser's line to the server, open while in use."""
    return connect(
        visitor.base.replace("http", "ws", 1) + "/_stcore/stream",
        additional_headers={"Cookie": f"{COOKIE}={visitor.cookie}"} if visitor.cookie else {},
        origin=visitor.base,  # type: ignore[arg-type]  # a string all the same
        subprotocols=["streamlit"],  # type: ignore[list-item]  # likewise
        max_size=None,
    )


def visit(visitors: Sequence[Visitor], clicks: int, every: float) -> list[float]:
    """Everybody's visit; seconds of all clicks, in order of size.

    They come one after the other and click once all are there, spread over one interval.
    """

    async def all_of_them() -> None:
        now, gap = time.monotonic(), every / COMING
        begin = now + gap * len(visitors)
        stays = [
            v.stay(clicks, every, now + gap * n, begin + every * n / len(visitors), n % STAY)
            for n, v in enumerate(visitors)
        ]
        await asyncio.gather(*stays)

    asyncio.run(all_of_them())
    return sorted(second for v in visitors for second in v.took)


def signed_in(store: Store, base: str, person_id: int) -> str:
    """The cookie of a new session of a person, given out at this address, by the server's clock."""
    now = Store(store.url, store.files)
    opened = open_session(now, person_id, 8, "127.0.0.1", "bench")
    now.close()
    headers = {"Origin": base, "Sec-Fetch-Site": "same-origin"}
    given = httpx.post(f"{base}/session/exchange", content=opened.ticket, headers=headers, timeout=30)
    return given.cookies[COOKIE]
