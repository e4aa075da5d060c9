"""DingTalk's side bar (open.dingtalk.com, "JSAPI鉴权"): `dd.config`, and a chat that the person points at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import httpx

from data.settings import Settings
from data.sidebar.tickets import TIMEOUT, signature


@dataclass(frozen=True, slots=True)
class DingTalkApp:
    """A company's own application in DingTalk, as its developers' console shows it."""

    corp_id: str
    agent_id: str
    app_key: str
    secret: str
    api: str

    def fetch(self) -> tuple[str, int]:
        """See `App`."""
        given = self._ask("accessToken", {}, {"appKey": self.app_key, "appSecret": self.secret})
        given = self._ask("jsapiTickets", {"x-acs-dingtalk-access-token": str(given["accessToken"])}, {})
        return str(given["jsapiTicket"]), int(given["expireIn"])

    def config(self, ticket: str, nonce: str, seconds: int, url: str) -> Mapping[str, Any]:
        """What `dd.config` takes; the address is signed as it reads: what is escaped in its query is not."""
        page, mark, query = url.partition("#")[0].partition("?")
        signed = signature(ticket, nonce, seconds, f"{page}{mark}{unquote(query)}")
        named = {"agentId": self.agent_id, "corpId": self.corp_id}
        return named | {"timeStamp": seconds, "nonceStr": nonce, "signature": signed}

    def _ask(self, what: str, headers: dict[str, str], body: dict[str, str]) -> Mapping[str, Any]:
        url = f"{self.api}/v1.0/oauth2/{what}"
        answer = httpx.post(url, headers=headers, json=body, timeout=TIMEOUT)
        said = answer.raise_for_status().json()
        if not isinstance(said, Mapping):
            raise ValueError(what)
        return said


def app_of(chosen: Settings) -> DingTalkApp | None:
    """The application that is configured; None where any part of it is missing."""
    parts = (
        chosen.dingtalk_corp_id,
        chosen.dingtalk_agent_id,
        chosen.dingtalk_app_key,
        chosen.dingtalk_secret,
    )
    if not all(parts):
        return None
    corp_id, agent_id, key, secret = (str(part) for part in parts)
    return DingTalkApp(corp_id, agent_id, key, secret, chosen.dingtalk_api.rstrip("/"))
