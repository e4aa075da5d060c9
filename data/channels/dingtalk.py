"""A robot in a DingTalk group 钉钉群机器人: `https://oapi.dingtalk.com/robot/send?access_token=…`, signed."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from data.channels.base import Letter
from data.channels.robot import call, words
from data.clock import system_clock

HOSTS = ("oapi.dingtalk.com",)
_MOST_BYTES = 18_000  # of 20,000 for the whole request
_AGAIN = (-1, 130101, 410100)  # system busy; over 20 messages a minute, in its two wordings


@dataclass(frozen=True, slots=True)
class DingTalk:
    """Sends plain text, with a signature when the robot has a secret (加签)."""

    url: str
    secret: str
    name: str
    clock: Callable[[], datetime] = field(default=system_clock)

    def send(self, letter: Letter) -> None:
        """Send one letter.

        Raises:
            Permanent: DingTalk refused the address, the signature or the message.
        """
        body = {"msgtype": "text", "text": {"content": words(letter, _MOST_BYTES)}}
        signed = self._signed() if self.secret else {}
        call(self.url, body, code="errcode", said="errmsg", again=_AGAIN, params=signed)

    def _signed(self) -> dict[str, str]:
        """Milliseconds, and the HMAC-SHA256 of "<milliseconds>\\n<secret>" under the secret, in Base64."""
        at = str(int(self.clock().timestamp() * 1000))
        sign = hmac.new(self.secret.encode(), f"{at}\n{self.secret}".encode(), hashlib.sha256).digest()
        return {"timestamp": at, "sign": base64.b64encode(sign).decode()}
