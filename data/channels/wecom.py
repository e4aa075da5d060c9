"""A robot in a WeCom group 企业微信群机器人: `https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…`."""

from dataclasses import dataclass

from data.channels.base import Letter
from data.channels.robot import call, words

HOSTS = ("qyapi.weixin.qq.com",)
_MOST_BYTES = 2048
_AGAIN = (-1, 45009, 45033)  # system busy; over 20 messages a minute; too many at once


@dataclass(frozen=True, slots=True)
class WeCom:
    """Sends plain text. The key in the address is all that WeCom asks for: there is no signature."""

    url: str
    secret: str
    name: str

    def send(self, letter: Letter) -> None:
        """Send one letter.

        Raises:
            Permanent: WeCom refused the address or the message.
        """
        body = {"msgtype": "text", "text": {"content": words(letter, _MOST_BYTES)}}
        call(self.url, body, code="errcode", said="errmsg", again=_AGAIN)
