"""What other systems are told, and to which addresses nothing may be sent (PRODUCT.md F3)."""

import hashlib
import hmac
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from core.messages import Problem

KINDS = (
    "action.recorded",
    "opportunity.stage_changed",
    "opportunity.won",
    "opportunity.lost",
    "demand.filed",
    "demand.answered",
    "demand.declined",
    "demand.taken_back",
    "promise.red",
    "promise.resolved",
    "delivery.confirmed",
    "alert.raised",
)
TEST = "test"  # what a try sends, of no kind that one registers for
MAX_NAME = 60
MAX_URL = 2_000
_INSIDE = ("localhost", ".localhost", ".local", ".internal", ".intranet", ".lan", ".home.arpa")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_NAT64 = ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class WebhookInput:
    """Where which kinds of events are sent."""

    name: str
    url: str
    kinds: tuple[str, ...]


def check_webhook(hook: WebhookInput, *, loopback: bool = False) -> tuple[Problem, ...]:
    """All problems of a webhook.

    Args:
        loopback: whether this machine itself may be told, also without TLS.

    >>> [p.code for p in check_webhook(WebhookInput("", "http://x.example", ("gossip",)))]
    ['required', 'hook_address', 'unknown_choice']
    """
    problems = []
    if not hook.name.strip():
        problems.append(Problem("name", "required"))
    elif len(hook.name) > MAX_NAME:
        problems.append(Problem("name", "too_long", {"limit": MAX_NAME}))
    if not good_address(hook.url, loopback=loopback):
        problems.append(Problem("url", "hook_address"))
    if not hook.kinds:
        problems.append(Problem("kinds", "required"))
    problems += [Problem("kinds", "unknown_choice", {"value": k}) for k in hook.kinds if k not in KINDS]
    return tuple(problems)


def good_address(url: str, *, loopback: bool = False) -> bool:
    """Whether an address may be called as far as it can be read; where a name leads is seen later.

    >>> good_address("https://crm.example/hook"), good_address("https://10.0.0.7/"), good_address("http://a.b/")
    (True, False, False)
    >>> good_address("http://127.0.0.1:9/"), good_address("http://127.0.0.1:9/", loopback=True)
    (False, True)
    """
    if len(url) > MAX_URL or not url.isascii() or any(c.isspace() or ord(c) < 32 for c in url):
        return False
    try:
        there = urlsplit(url)
        host, _ = (there.hostname or "").rstrip("."), there.port
    except ValueError:
        return False
    if not host or there.username is not None or there.password is not None or there.fragment:
        return False
    if host in _LOOPBACK:
        return loopback and there.scheme in ("http", "https")
    if there.scheme != "https" or host.endswith(_INSIDE):
        return False
    try:
        return public(host)
    except ValueError:
        return not host.rpartition(".")[2][:1].isdigit()  # 0x7f.1 is no name


def public(address: str) -> bool:
    """Whether an IP address lies in the public internet, whatever is wrapped in it.

    >>> [public(a) for a in ("8.8.8.8", "169.254.169.254", "::ffff:10.0.0.1", "64:ff9b::a00:1", "224.0.0.1")]
    [True, False, False, False, False]

    Raises:
        ValueError: it is no IP address.
    """
    ip = ip_address(address.partition("%")[0])
    return all(one.is_global and not one.is_multicast for one in (ip, *_wrapped(ip)))


def sign(secret: str, at: int, body: bytes) -> str:
    """What proves who wrote: `sha256=` and the HMAC-SHA256 of "<at>.<body>" under the secret, in hex.

    Args:
        at: seconds since 1970 UTC; a receiver refuses what is old, so that nobody can send it again.
    """
    return "sha256=" + hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()


def _wrapped(ip: IPv4Address | IPv6Address) -> list[IPv4Address]:
    """IPv4 addresses to which an IPv6 one is passed on."""
    if isinstance(ip, IPv4Address):
        return []
    found = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if ip in _NAT64:
        found.append(IPv4Address(int(ip) & 0xFFFFFFFF))
    return [one for one in found if one is not None]
