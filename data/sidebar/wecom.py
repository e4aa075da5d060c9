"""WeCom's chat tool bar (developer.work.weixin.qq.com, "JS-SDK使用权限签名算法")."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from data.settings import Settings
from data.sidebar.tickets import TIMEOUT, signature


@dataclass(frozen=True, slots=True)
class WeComApp:
    """A company's own application in WeCom, as its administration shows it."""

    corp_id: str
    agent_id: str
    secret: str
    api: str

    def fetch(self) -> tuple[str, int]:
        """See `App`."""
        given = self._ask("gettoken", corpid=self.corp_id, corpsecret=self.secret)
        given = self._ask("ticket/get", access_token=str(given["access_token"]), type="agent_config")
        return str(given["ticket"]), int(given["expires_in"])

    def config(self, ticket: str, nonce: str, seconds: int, url: str) -> Mapping[str, Any]:
        """What `wx.agentConfig` takes."""
        signed = {
            "timestamp": seconds,
            "nonceStr": nonce,
            "signature": signature(ticket, nonce, seconds, url),
        }
        return {"corpid": self.corp_id, "agentid": self.agent_id} | signed

    def _ask(self, what: str, **query: str) -> Mapping[str, Any]:
        """WeCom answers 200 to nearly everything, and says in the body whether it gave what was asked."""
        said = httpx.get(f"{self.api}/cgi-bin/{what}", params=query, timeout=TIMEOUT).json()
        if not isinstance(said, Mapping) or said.get("errcode") != 0:
            raise ValueError(what)
        return said


def app_of(chosen: Settings) -> WeComApp | None:
    """The application that is configured; None where any part of it is missing."""
    parts = (chosen.wecom_corp_id, chosen.wecom_agent_id, chosen.wecom_secret)
    if not all(parts):
        return None
    corp_id, agent_id, secret = (str(part) for part in parts)
    return WeComApp(corp_id, agent_id, secret, chosen.wecom_api.rstrip("/"))
