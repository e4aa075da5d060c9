"""Feishu's side bar (open.feishu.cn, "网页应用 JSAPI 鉴权"): `h5sdk.config`, then `tt.getTriggerContext`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from data.settings import Settings
from data.sidebar.tickets import TIMEOUT, signature


@dataclass(frozen=True, slots=True)
class FeishuApp:
    """A company's own application in Feishu or Lark, as its developers' console shows it."""

    app_id: str
    secret: str
    api: str

    def fetch(self) -> tuple[str, int]:
        """See `App`."""
        body = {"app_id": self.app_id, "app_secret": self.secret}
        token = str(self._ask("auth/v3/tenant_access_token/internal", {}, body)["tenant_access_token"])
        given = self._ask("jssdk/ticket/get", {"Authorization": f"Bearer {token}"}, {})["data"]
        return str(given["ticket"]), int(given["expire_in"])

    def config(self, ticket: str, nonce: str, seconds: int, url: str) -> Mapping[str, Any]:
        """What `h5sdk.config` takes; its time is in milliseconds."""
        at = seconds * 1000
        signed = {"timestamp": at, "nonceStr": nonce, "signature": signature(ticket, nonce, at, url)}
        return {"appId": self.app_id} | signed

    def _ask(self, what: str, headers: dict[str, str], body: dict[str, str]) -> Mapping[str, Any]:
        """Feishu says in the body whether it gave what was asked."""
        said = httpx.post(f"{self.api}/open-apis/{what}", headers=headers, json=body, timeout=TIMEOUT).json()
        if not isinstance(said, Mapping) or said.get("code") != 0:
            raise ValueError(what)
        return said


def app_of(chosen: Settings) -> FeishuApp | None:
    """The application that is configured; None where any part of it is missing."""
    parts = (chosen.feishu_app_id, chosen.feishu_secret)
    if not all(parts):
        return None
    app_id, secret = (str(part) for part in parts)
    return FeishuApp(app_id, secret, chosen.feishu_api.rstrip("/"))
