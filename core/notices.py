"""What a person is told, as a value: who, what about, and where to act on it (PRODUCT.md P8)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to one person.

    Attributes:
        person_id: who is told.
        kind: catalogue area of its sentences, `notices.<kind>.title` and `notices.<kind>.body`.
        key: deterministic; the same key is told to the same person once, however often it is posted.
        params: JSON values for the sentences' placeholders.
        page: name of the page where it is acted on.
        query: what that page's address says.
    """

    person_id: int
    kind: str
    key: str
    params: Mapping[str, Any] = field(default_factory=dict)
    page: str = "today"
    query: Mapping[str, str | int] = field(default_factory=dict)
