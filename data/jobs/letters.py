"""Messages as letters: one by itself, several gathered, or to a team's group (PRODUCT.md P8)."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from data.channels import Letter
from data.notices import sentence
from data.schema import Message, Person
from data.settings import settings
from data.text import DEFAULT_LANGUAGE, translate


def letter_of(channel: str, messages: Sequence[Message], person: Person) -> Letter:
    """A person's letter; of several messages one, in their order.

    Its key is the same for every try of the same messages, and no other's.
    """
    language = person.language or DEFAULT_LANGUAGE
    first = messages[0]
    if len(messages) == 1:
        title, body = sentence(language, first.kind, first.params)
        return Letter(_key(channel, messages), person.name, person.email, title, body, _link(first))
    title = translate(language, "notices.digest.title", n=len(messages))
    body = "\n\n".join(_part(language, message) for message in messages)
    return Letter(_key(channel, messages), person.name, person.email, title, body, _address("inbox"))


def group_letter(channel: str, message: Message, team: str, language: str) -> Letter:
    """A team's letter, to nobody by name."""
    title, body = sentence(language, message.kind, message.params)
    return Letter(_key(channel, [message]), team, None, title, body, _link(message))


def _part(language: str, message: Message) -> str:
    title, body = sentence(language, message.kind, message.params)
    return "\n".join(part for part in (title, body, _link(message)) if part)


def _key(channel: str, messages: Sequence[Message]) -> str:
    """After a restore an id may come again for another message, so the key holds the time too."""
    ids = "-".join(str(message.id) for message in messages)
    return f"firebreak-{channel.replace(':', '-')}-{ids}-{_seconds(messages[0].posted_at)}"


def _seconds(at: datetime) -> str:
    return f"{at.timestamp():.0f}"


def _link(message: Message) -> str:
    query = f"?{urlencode(message.query)}" if message.query else ""
    return _address(f"{message.page}{query}")


def _address(page: str) -> str:
    base = settings().public_url.rstrip("/")
    return f"{base}/{page}" if base else ""
