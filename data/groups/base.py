"""What a chat tool's application can do with a group, and how asking it can end."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from data.channels.base import Permanent, Refused

__all__ = ["Misconfigured", "Permanent", "Platform", "Refused", "Stale", "Unanswered"]

FOREVER = timedelta.max
Clock = Callable[[], datetime]


class Stale(Exception):
    """The token is no longer good; a fresh one may be."""


class Misconfigured(ConnectionError):
    """The application itself was refused: its id, its secret, its rights. The operator's to mend."""


class Unanswered(ConnectionError):
    """The request was sent and no answer came: whether it was carried out is not known."""


class Platform(Protocol):
    """An application of the company in a chat tool. Any error but `Permanent` means: try again later."""

    @property
    def kind(self) -> str:
        """Its name in the store and in the settings."""

    def check(self) -> None:
        """Whether the application is let in.

        Raises:
            Misconfigured: it is not.
        """

    def make(self, key: str, name: str, users: Sequence[str]) -> tuple[str, str | None]:
        """Make a group, of which the first user is the owner. The same key makes one group.

        Returns:
            Its id, and another one by which the chat tool's pages know it, where they do.

        Raises:
            Permanent: it was refused for good.
        """

    def link(self, chat_id: str) -> str | None:
        """Where a member opens the group in a browser; None where the chat tool has no such address."""

    def add(self, chat_id: str, user: str) -> None:
        """Add somebody; whoever is in it stays.

        Raises:
            Permanent: it was refused for good.
        """

    def take_out(self, chat_id: str, user: str) -> None:
        """Take somebody out; whoever is not in it stays away.

        Raises:
            Permanent: it was refused for good.
        """

    def say(self, chat_id: str, key: str, text: str) -> None:
        """Say something in the group.

        Raises:
            Permanent: it was refused for good.
        """

    def drops_a_second(self, what: str) -> timedelta:
        """For how long a second request of this sort (`core.groups.What`) is known as the first once more."""
