"""Ways to reach people outside the product, one file each (PRODUCT.md P8)."""

from data.channels.base import Channel, Letter, Permanent
from data.channels.mail import Mail
from data.channels.webhook import Webhook
from data.settings import Settings

__all__ = ["Channel", "Letter", "Permanent", "configured"]


def configured(settings: Settings) -> dict[str, Channel]:
    """The channels that the operator has configured, by name."""
    channels: list[Channel] = []
    if settings.smtp_url and settings.mail_from:
        channels.append(Mail(settings.smtp_url, settings.mail_from))
    if settings.webhook_url:
        channels.append(Webhook(settings.webhook_url, settings.webhook_secret or ""))
    return {channel.name: channel for channel in channels}
