"""Signatures with which a page inside WeCom may ask whose chat it stands beside.

An application's secret gives an access token, the token a ticket, the ticket signs an address
(developer.work.weixin.qq.com, "JS-SDK使用权限签名算法"). A ticket holds two hours and may be asked for only
so often, so it is kept; so is a refusal, for a minute, or every visitor would ask again.
"""

import hashlib
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

from core.messages import Unavailable
from data.settings import Settings

_TIMEOUT = 10  # seconds
EARLY = timedelta(minutes=5)  # before its end a ticket is replaced
REFUSED_FOR = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class App:
    """A company's own application in WeCom, as its administration shows it."""

    corp_id: str
    agent_id: str
    secret: str
    api: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """What signs addresses, until its end; "" where WeCom gave none."""

    value: str
    ends_at: datetime


def app_of(chosen: Settings) -> App | None:
    """The application that is configured; None where any part of it is missing."""
    parts = (chosen.wecom_corp_id, chosen.wecom_agent_id, chosen.wecom_secret)
    if not all(parts):
        return None
    corp_id, agent_id, secret = (str(part) for part in parts)
    return App(corp_id, agent_id, secret, chosen.wecom_api.rstrip("/"))


def signature(ticket: str, nonce: str, timestamp: int, url: str) -> str:
    """SHA-1 over the four parts in WeCom's order; the address without what follows its `#`.

    >>> signature("t", "n", 1414587457, "https://fire.test/sidebar/wecom#x")
    'dd08b4f56d1e3833dee9c6d6cff174ac70de5537'
    """
    plain = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url.partition('#')[0]}"
    return hashlib.sha1(plain.encode(), usedforsecurity=False).hexdigest()  # WeCom's protocol


class Tickets:
    """The application's ticket, fetched once for all who ask; in several processes each has its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[App, Ticket] = {}

    def config(self, app: App, url: str, now: datetime) -> dict[str, Any]:
        """What `wx.agentConfig` takes for an address.

        Raises:
            Unavailable: WeCom gave no ticket, or does not answer.
        """
        ticket = self._ticket(app, now)
        if not ticket.value:
            raise Unavailable
        nonce, timestamp = secrets.token_hex(8), int(now.timestamp())
        return {
            "corpid": app.corp_id,
            "agentid": app.agent_id,
            "timestamp": timestamp,
            "nonceStr": nonce,
            "signature": signature(ticket.value, nonce, timestamp, url),
        }

    def _ticket(self, app: App, now: datetime) -> Ticket:
        with self._lock:
            kept = self._kept.get(app)
            if kept is None or kept.ends_at <= now:
                self._kept[app] = kept = _fetched(app, now)
            return kept


def _fetched(app: App, now: datetime) -> Ticket:
    try:
        given = _ask(app, "gettoken", corpid=app.corp_id, corpsecret=app.secret)
        token = str(given["access_token"])
        given = _ask(app, "ticket/get", access_token=token, type="agent_config")
        lasts = timedelta(seconds=int(given["expires_in"]))
        return Ticket(str(given["ticket"]), now + max(lasts - EARLY, REFUSED_FOR))
    except (httpx.HTTPError, KeyError, ValueError):
        return Ticket("", now + REFUSED_FOR)


def _ask(app: App, what: str, **query: str) -> Mapping[str, Any]:
    """WeCom answers 200 to nearly everything, and says in the body whether it gave what was asked."""
    said = httpx.get(f"{app.api}/cgi-bin/{what}", params=query, timeout=_TIMEOUT).json()
    if not isinstance(said, Mapping) or said.get("errcode") != 0:
        raise ValueError(what)
    return said
