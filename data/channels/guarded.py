"""Posting to an address that a person typed, without being led into our own network (PRODUCT.md F3).

The name is resolved once, every address that it leads to is looked at, and the connection goes to the very
address that was looked at: a name that leads elsewhere a moment later changes nothing. Redirects are not
followed, and neither proxies nor credentials of this machine's environment are used.
"""

import socket
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from core.webhooks import good_address, public
from data.channels.base import Permanent

_TIMEOUT = 10  # seconds for each step
_TRY_AGAIN = (408, 425, 429)
Resolve = Callable[..., list[Any]]


def guarded_post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    loopback: bool = False,
    resolve: Resolve | None = None,
) -> None:
    """Post to a public address over TLS; the answer's body is not read.

    Args:
        loopback: whether this machine itself may be called, also without TLS.

    Raises:
        Permanent: the address leads inside, or the receiver refused for good (3xx, 4xx).
        OSError, httpx.HTTPError: it did not answer, or could not just now.
    """
    if not good_address(url, loopback=loopback):
        raise Permanent("not an address that may be called")
    there = httpx.URL(url)
    port = there.port or (443 if there.scheme == "https" else 80)
    pinned = there.copy_with(host=_looked_at(there.host, port, loopback, resolve or socket.getaddrinfo))
    named = {"Host": there.netloc.decode("ascii"), "Content-Type": "application/json"} | dict(headers)
    with httpx.Client(timeout=_TIMEOUT, trust_env=False, follow_redirects=False) as client:
        request = client.build_request(
            "POST", pinned, content=body, headers=named, extensions={"sni_hostname": there.host}
        )
        answer = client.send(request, stream=True)
        answer.close()
    _judge(answer.status_code)


def _looked_at(host: str, port: int, loopback: bool, resolve: Resolve) -> str:
    found = [str(entry[4][0]) for entry in resolve(host, port, type=socket.SOCK_STREAM)]
    if not found:
        raise OSError(f"{host} leads nowhere")
    own = loopback and host in ("localhost", "127.0.0.1", "::1")
    if not own and not all(public(address) for address in found):
        raise Permanent("the address leads into a private network")
    return found[0]


def _judge(status: int) -> None:
    if 300 <= status < 400:
        raise Permanent(f"HTTP {status}: redirects are not followed")
    if 400 <= status < 500 and status not in _TRY_AGAIN:
        raise Permanent(f"HTTP {status}")
    if not 200 <= status < 300:
        raise ConnectionError(f"HTTP {status}")
