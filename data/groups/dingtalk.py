"""Groups in DingTalk 钉钉场景群: `im/sceneGroup/create` of the company's own application.

A group is made from a template that holds the application's robot (open.dingtalk.com, "创建场景群",
"添加场景群成员", "机器人发送群聊消息").
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Self

from core.groups import What
from data.clock import system_clock
from data.groups.asking import TOKENS, Answer, Tokens, ask, cut
from data.groups.base import FOREVER, Clock, Misconfigured, Permanent, Refused, Stale
from data.settings import Settings

_STALE = ("InvalidAuthentication", "invalidAuthentication", "40014", "unauthorized")
_AGAIN = ("system.error", "systemError", "ServiceUnavailable")
_TOO_OFTEN = "QpsLimit"  # in a code that names what is limited
_MOST_BYTES = 5000


@dataclass(frozen=True, slots=True)
class DingTalk:
    """A company's own application; `uuid` makes asking twice for a group make one."""

    app_key: str
    secret: str
    template: str
    robot: str
    api: str
    clock: Clock = field(default=system_clock)
    tokens: Tokens = field(default=TOKENS, compare=False)
    kind = "dingtalk"

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """As it is configured; None where a part is missing. The robot's code is the application's key."""
        key, secret = settings.dingtalk_app_key, settings.dingtalk_secret
        if not (key and secret and settings.dingtalk_template):
            return None
        robot = settings.dingtalk_robot or key
        return cls(key, secret, settings.dingtalk_template, robot, settings.dingtalk_api.rstrip("/"))

    def check(self) -> None:
        """See `Platform`."""
        self._token()

    def make(self, key: str, name: str, users: Sequence[str]) -> tuple[str, str | None]:
        """See `Platform`."""
        body = {"title": name, "template_id": self.template, "uuid": key}
        people = {"owner_user_id": users[0], "user_ids": list(users)}
        told = self._post("im/sceneGroup/create", body | people)
        if not told.get("open_conversation_id"):
            raise Permanent("DingTalk named no group")
        return str(told["open_conversation_id"]), told.get("chat_id")

    def link(self, chat_id: str) -> str | None:
        """The address that DingTalk gives the group."""
        told = self._post("im/sceneGroups/query", {"openConversationId": chat_id})
        return str(told["groupUrl"]) if told.get("groupUrl") else None

    def add(self, chat_id: str, user: str) -> None:
        """See `Platform`."""
        self._post("im/sceneGroup/member/add", {"open_conversation_id": chat_id, "user_ids": [user]})

    def take_out(self, chat_id: str, user: str) -> None:
        """See `Platform`."""
        self._post("im/sceneGroup/member/delete", {"open_conversation_id": chat_id, "user_ids": [user]})

    def say(self, chat_id: str, key: str, text: str) -> None:
        """See `Platform`."""
        del key
        said = json.dumps({"content": cut(text, _MOST_BYTES)}, ensure_ascii=False)
        body = {"robotCode": self.robot, "openConversationId": chat_id}
        self._post("robot/groupMessages/send", body | {"msgKey": "sampleText", "msgParam": said})

    def drops_a_second(self, what: str) -> timedelta:
        """Members and groups are known again; what is said is said."""
        return timedelta(0) if what in (What.SAY_OPENED, What.SAY_CLOSED) else FOREVER

    def _post(self, what: str, body: dict[str, Any]) -> Answer:
        def call(token: str) -> Answer:
            carried = {"x-acs-dingtalk-access-token": token}
            return _judged(*ask("POST", f"{self.api}/v1.0/{what}", headers=carried, json=body))

        app = (self.kind, self.api, self.app_key, self.secret)
        return self.tokens.used(app, self._token, self.clock, call)

    def _token(self) -> tuple[str, float]:
        asked = {"appKey": self.app_key, "appSecret": self.secret}
        status, told = ask("POST", f"{self.api}/v1.0/oauth2/accessToken", json=asked)
        if status == 429 or status >= 500:
            raise Refused(_words(status, told))
        if status != 200 or not told.get("accessToken"):
            raise Misconfigured(_words(status, told))
        return str(told["accessToken"]), float(told["expireIn"])


def _judged(status: int, told: Answer) -> Answer:
    code = str(told.get("code", ""))
    if status == 401 or code in _STALE:
        raise Stale(_words(status, told))
    if status == 429 or status >= 500 or code in _AGAIN or _TOO_OFTEN in code:
        raise Refused(_words(status, told))
    if status != 200 or told.get("success") is False:
        raise Permanent(_words(status, told))
    return told


def _words(status: int, told: Answer) -> str:
    return " ".join(str(part) for part in (status, told.get("code", ""), told.get("message", "")) if part)
