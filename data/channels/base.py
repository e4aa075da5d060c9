"""What a channel is given, and how it says that trying again is useless."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready to be sent.

    Attributes:
        key: the same for every try of one delivery, so that the receiver can drop a second one.
        address: the person's mail address; None when nobody entered one.
        url: where to act on it; "" without a public address.
    """

    key: str
    person: str
    address: str | None
    title: str
    body: str
    url: str


class Permanent(Exception):
    """This letter will never get through: another try is useless."""


class Refused(ConnectionError):
    """This letter does not get through for now; another one may."""


class Channel(Protocol):
    """One way out. Any error but `Permanent` means: try again later; but `Refused`, all letters."""

    @property
    def name(self) -> str:
        """Its name in the store and in the settings."""

    def send(self, letter: Letter) -> None:
        """Send one letter.

        Raises:
            Permanent: it will never get through.
        """
