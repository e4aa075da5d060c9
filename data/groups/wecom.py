"""Groups in WeCom 企业微信群聊会话: `appchat/create`, `update` and `send` of the company's own application.

It must be visible to the whole company (developer.work.weixin.qq.com, "创建群聊会话").
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Self

from core.groups import What
from data.clock import system_clock
from data.groups.asking import TOKENS, Answer, Tokens, ask, cut
from data.groups.base import FOREVER, Clock, Misconfigured, Permanent, Refused, Stale
from data.settings import Settings

_STALE = (40014, 41001, 42001)  # no good, missing, past its end
_AGAIN = (-1, 45009, 45011, 45033)  # busy; too often, in three wordings
_THERE_ALREADY = 86215  # a group of this id
_MOST_BYTES = 2048


@dataclass(frozen=True, slots=True)
class WeCom:
    """A company's own application; the id of a group is ours to choose, so that asking twice makes one."""

    corp_id: str
    secret: str
    api: str
    clock: Clock = field(default=system_clock)
    tokens: Tokens = field(default=TOKENS, compare=False)
    kind = "wecom"

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """As it is configured; None where a part is missing."""
        parts = settings.wecom_corp_id, settings.wecom_secret
        return cls(parts[0], parts[1], settings.wecom_api.rstrip("/")) if parts[0] and parts[1] else None

    def check(self) -> None:
        """See `Platform`."""
        self._token()

    def make(self, key: str, name: str, users: Sequence[str]) -> tuple[str, str | None]:
        """See `Platform`."""
        body = {"name": name, "owner": users[0], "userlist": list(users), "chatid": key}
        self._post("appchat/create", body, fine=(0, _THERE_ALREADY))
        return key, None

    def link(self, chat_id: str) -> str | None:
        """None: WeCom opens groups from within WeCom only."""
        del chat_id
        return None

    def add(self, chat_id: str, user: str) -> None:
        """See `Platform`."""
        self._post("appchat/update", {"chatid": chat_id, "add_user_list": [user]})

    def take_out(self, chat_id: str, user: str) -> None:
        """See `Platform`."""
        self._post("appchat/update", {"chatid": chat_id, "del_user_list": [user]})

    def say(self, chat_id: str, key: str, text: str) -> None:
        """See `Platform`."""
        del key
        said = {"msgtype": "text", "text": {"content": cut(text, _MOST_BYTES)}}
        self._post("appchat/send", {"chatid": chat_id, "safe": 0} | said)

    def drops_a_second(self, what: str) -> timedelta:
        """Members and groups are known again; what is said is said."""
        return timedelta(0) if what in (What.SAY_OPENED, What.SAY_CLOSED) else FOREVER

    def _post(self, what: str, body: dict[str, Any], fine: Sequence[int] = (0,)) -> Answer:
        def call(token: str) -> Answer:
            url, given = f"{self.api}/cgi-bin/{what}", {"access_token": token}
            return _judged(ask("POST", url, params=given, json=body)[1], fine)

        app = (self.kind, self.api, self.corp_id, self.secret)
        return self.tokens.used(app, self._token, self.clock, call)

    def _token(self) -> tuple[str, float]:
        asked = {"corpid": self.corp_id, "corpsecret": self.secret}
        told = ask("GET", f"{self.api}/cgi-bin/gettoken", params=asked)[1]
        if told.get("errcode") in _AGAIN:
            raise Refused(_words(told))
        if told.get("errcode") != 0:
            raise Misconfigured(_words(told))
        return str(told["access_token"]), float(told["expires_in"])


def _judged(told: Answer, fine: Sequence[int]) -> Answer:
    code = told.get("errcode")
    if code in fine:
        return told
    if code in _STALE:
        raise Stale(_words(told))
    raise (Refused if code in _AGAIN else Permanent)(_words(told))


def _words(told: Answer) -> str:
    return f"{told.get('errcode')} {told.get('errmsg', '')}".strip()
