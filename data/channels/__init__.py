"""Ways to reach people outside the product, one file each (PRODUCT.md P8)."""

from data.channels.base import Channel, Letter, Permanent
from data.channels.mail import Mail
from data.channels.webhook import Webhook
from data.settings import Settings

__all__ = ["Channel", "Letter", "Permanent", "configured", "mails_customers"]


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
