"""Ways to reach people outside the product, one file each (PRODUCT.md P8)."""

from collections.abc import Callable, Collection, Mapping
from urllib.parse import urlsplit

from data.channels import dingtalk, feishu, wecom
from data.channels.base import Channel, Letter, Permanent, Refused
from data.channels.mail import Mail
from data.channels.webhook import Webhook
from data.settings import Settings, settings

__all__ = [
    "KINDS",
    "Channel",
    "Letter",
    "Permanent",
    "Refused",
    "configured",
    "leads_to_a_robot",
    "mails_customers",
    "robot",
]

KINDS: Mapping[str, tuple[Callable[[str, str, str], Channel], Collection[str]]] = {
    "wecom": (wecom.WeCom, wecom.HOSTS),
    "dingtalk": (dingtalk.DingTalk, dingtalk.HOSTS),
    "feishu": (feishu.Feishu, feishu.HOSTS),
}
"""Chat tools whose robots can be told: who sends to them, and their makers' own hosts."""


def configured(settings: Settings) -> dict[str, Channel]:
    """The channels that the operator has configured, by name."""
    channels: list[Channel] = []
    if settings.smtp_url and settings.mail_from:
        channels.append(Mail(settings.smtp_url, settings.mail_from))
    if settings.webhook_url:
        channels.append(Webhook(settings.webhook_url, settings.webhook_secret or ""))
    return {channel.name: channel for channel in channels}


def mails_customers(settings: Settings) -> bool:
    """Whether customers can be sent a link by mail: there is a mail server, and an address to link to."""
    return bool(settings.smtp_url and settings.mail_from and settings.public_url)


def robot(kind: str, url: str, secret: str, name: str) -> Channel:
    """A robot of a chat group.

    Args:
        kind: one of `KINDS`.
        name: of this one in the outbox.
    """
    sender, _ = KINDS[kind]
    return sender(url, secret, name)


def leads_to_a_robot(kind: str, url: str) -> bool:
    """Whether an address is one to which this kind of robot may be sent.

    People type it, and the server calls it: only the makers' own hosts, over TLS, and those that the operator
    allows besides (`FIREBREAK_ROBOT_HOSTS`, for a private installation) are called.
    """
    try:
        there = urlsplit(url)
    except ValueError:
        return False
    _, hosts = KINDS.get(kind, (None, ()))
    own = there.scheme == "https" and there.hostname in hosts and there.port in (None, 443)
    allowed = [host.strip() for host in settings().robot_hosts.split(",") if host.strip()]
    return own or (there.scheme in ("https", "http") and there.hostname in allowed)
