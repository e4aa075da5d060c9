"""A robot in a Feishu or Lark group 飞书群机器人: `https://open.feishu.cn/open-apis/bot/v2/hook/…`."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from data.channels.base import Letter
from data.channels.robot import call, words
from data.clock import system_clock

HOSTS = ("open.feishu.cn", "open.larksuite.com")
_MOST_BYTES = 18_000  # of 20,000 for the whole request
_AGAIN = (2200, 11232)  # an error of theirs; over 100 messages a minute or 5 a second


@dataclass(frozen=True, slots=True)
class Feishu:
    """Sends plain text, with a signature when the robot has a secret (签名校验)."""

    url: str
    secret: str
    name: str
    clock: Callable[[], datetime] = field(default=system_clock)

    def send(self, letter: Letter) -> None:
        """Send one letter.

        Raises:
            Permanent: Feishu refused the address, the signature or the message.
        """
        body: dict[str, Any] = {"msg_type": "text", "content": {"text": words(letter, _MOST_BYTES)}}
        call(self.url, body | self._signed(), code="code", said="msg", again=_AGAIN)

    def _signed(self) -> dict[str, str]:
        """Seconds, and the HMAC-SHA256 of nothing under "<seconds>\\n<secret>", in Base64."""
        if not self.secret:
            return {}
        at = str(int(self.clock().timestamp()))
        sign = hmac.new(f"{at}\n{self.secret}".encode(), b"", hashlib.sha256).digest()
        return {"timestamp": at, "sign": base64.b64encode(sign).decode()}
