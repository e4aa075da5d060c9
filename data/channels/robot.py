"""Robots in chat groups (WeCom, DingTalk, Feishu): what their three protocols have in common (P8).

They answer 200 to nearly everything, and say in the body whether the message was taken.
"""

from collections.abc import Collection, Mapping
from typing import Any

import httpx

from data.channels.base import Letter, Permanent

_TIMEOUT = 20  # seconds
_TRY_AGAIN = (408, 425, 429)


def words(letter: Letter, most: int) -> str:
    """A letter as one text of at most so many bytes in UTF-8; its link is never cut.

    >>> words(Letter("k", "Li", None, "三次演示", "说明很长", "http://x"), 30)
    '三次演示\\n说…\\nhttp://x'
    """
    link = f"\n{letter.url}" if letter.url else ""
    text = f"{letter.title}\n{letter.body}".rstrip()
    room = most - len(link.encode())
    if len(text.encode()) > room:
        text = text.encode()[: room - len("…".encode())].decode(errors="ignore") + "…"
    return text + link


def call(
    url: str,
    body: Mapping[str, Any],
    *,
    code: str,
    said: str,
    again: Collection[int],
    params: Mapping[str, str] | None = None,
) -> None:
    """Post a message and look at the answer.

    Args:
        code, said: names of the answer's fields for the error code, 0 when it was taken, and its words.
        again: codes that pass by themselves: too many messages, a busy system.
        params: further parameters of the address.

    Raises:
        Permanent: another try is useless.
        ConnectionError, httpx.HTTPError: it was not taken just now.
    """
    address = httpx.URL(url)
    answer = httpx.post(address.copy_merge_params(params or {}), json=body, timeout=_TIMEOUT)
    told = _said(answer)
    if code in told:
        _judge(told[code], str(told.get(said, "")), again)
    elif 400 <= answer.status_code < 500 and answer.status_code not in _TRY_AGAIN:
        raise Permanent(f"HTTP {answer.status_code}")
    else:  # a busy server, or one that is no chat robot
        raise ConnectionError(f"HTTP {answer.status_code}, and no word of a chat robot")


def _said(answer: httpx.Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _judge(number: Any, words: str, again: Collection[int]) -> None:
    if number == 0:
        return
    why = f"{number} {words}".strip()
    raise ConnectionError(why) if number in again else Permanent(why)
