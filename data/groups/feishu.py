"""Groups in Feishu or Lark 飞书群: `im/v1/chats` of the company's own application, which needs a robot."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Self
from urllib.parse import quote

from core.groups import What
from data.clock import system_clock
from data.groups.asking import TOKENS, Answer, Tokens, ask, cut
from data.groups.base import FOREVER, Clock, Misconfigured, Permanent, Refused, Stale
from data.settings import Settings

_STALE = (99991661, 99991663, 99991664, 99991671)  # missing, no good, past its end
_AGAIN = (2200, 99991400, 230020, 232019)  # an error of theirs; too often, in three wordings
_MOST_BYTES = 18_000
_KNOWN_AGAIN = {What.MAKE: timedelta(hours=10), What.SAY_OPENED: timedelta(hours=1)}  # by their `uuid`


@dataclass(frozen=True, slots=True)
class Feishu:
    """A company's own application; `uuid` makes asking twice do a thing once, for some hours."""

    app_id: str
    secret: str
    api: str
    clock: Clock = field(default=system_clock)
    tokens: Tokens = field(default=TOKENS, compare=False)
    kind = "feishu"

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """As it is configured; None where a part is missing."""
        parts = settings.feishu_app_id, settings.feishu_secret
        return cls(parts[0], parts[1], settings.feishu_api.rstrip("/")) if parts[0] and parts[1] else None

    def check(self) -> None:
        """See `Platform`."""
        self._token()

    def make(self, key: str, name: str, users: Sequence[str]) -> tuple[str, str | None]:
        """See `Platform`."""
        asked = {"user_id_type": "user_id", "uuid": key}
        body = {"name": name, "owner_id": users[0], "user_id_list": list(users), "chat_type": "private"}
        told = self._ask("POST", "im/v1/chats", body, asked)
        return str(told["data"]["chat_id"]), None

    def link(self, chat_id: str) -> str | None:
        """The address at which Feishu opens a group of one's own."""
        lark = "larksuite" in self.api
        host = "applink.larksuite.com" if lark else "applink.feishu.cn"
        return f"https://{host}/client/chat/open?openChatId={quote(chat_id, safe='')}"

    def add(self, chat_id: str, user: str) -> None:
        """See `Platform`. Feishu takes the request and says in its answer whom it did not know."""
        told = self._members("POST", chat_id, user).get("data") or {}
        unknown = [*told.get("invalid_id_list", ()), *told.get("not_existed_id_list", ())]
        if user in unknown:
            raise Permanent(f"{user} is nobody there")

    def take_out(self, chat_id: str, user: str) -> None:
        """See `Platform`."""
        self._members("DELETE", chat_id, user)

    def say(self, chat_id: str, key: str, text: str) -> None:
        """See `Platform`."""
        said = json.dumps({"text": cut(text, _MOST_BYTES)}, ensure_ascii=False)
        body = {"receive_id": chat_id, "msg_type": "text", "content": said, "uuid": key}
        self._ask("POST", "im/v1/messages", body, {"receive_id_type": "chat_id"})

    def drops_a_second(self, what: str) -> timedelta:
        """Groups for ten hours, words for one; members are known again."""
        if what == What.SAY_CLOSED:
            return _KNOWN_AGAIN[What.SAY_OPENED]
        return _KNOWN_AGAIN.get(What(what), FOREVER)

    def _members(self, method: str, chat_id: str, user: str) -> Answer:
        there = f"im/v1/chats/{quote(chat_id, safe='')}/members"
        return self._ask(method, there, {"id_list": [user]}, {"member_id_type": "user_id"})

    def _ask(self, method: str, what: str, body: dict[str, Any], params: dict[str, str]) -> Answer:
        def call(token: str) -> Answer:
            carried = {"Authorization": f"Bearer {token}"}
            url = f"{self.api}/open-apis/{what}"
            return _judged(*ask(method, url, headers=carried, params=params, json=body))

        app = (self.kind, self.api, self.app_id, self.secret)
        return self.tokens.used(app, self._token, self.clock, call)

    def _token(self) -> tuple[str, float]:
        asked = {"app_id": self.app_id, "app_secret": self.secret}
        url = f"{self.api}/open-apis/auth/v3/tenant_access_token/internal"
        status, told = ask("POST", url, json=asked)
        if status == 429 or status >= 500 or told.get("code") in _AGAIN:
            raise Refused(_words(told))
        if told.get("code") != 0:
            raise Misconfigured(_words(told))
        return str(told["tenant_access_token"]), float(told["expire"])


def _judged(status: int, told: Answer) -> Answer:
    code = told.get("code")
    if code == 0:
        return told
    if code in _STALE:
        raise Stale(_words(told))
    if status == 429 or status >= 500 or code in _AGAIN:
        raise Refused(_words(told))
    raise Permanent(_words(told))


def _words(told: Answer) -> str:
    return f"{told.get('code')} {told.get('msg', '')}".strip()
