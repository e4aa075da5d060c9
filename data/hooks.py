"""An event on its way to a receiver: JSON with its kind, its id, and the proof of who wrote (F3)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.webhooks import sign
from data.channels.guarded import guarded_post
from data.settings import settings


@dataclass(frozen=True, slots=True)
class Told:
    """One event for a receiver.

    Attributes:
        key: its id; the same for every try, so that a receiver drops a second one.
    """

    key: str
    kind: str
    happened_at: datetime
    data: Mapping[str, Any]


def tell(url: str, secret: str, told: Told, now: datetime) -> None:
    """Post an event.

    Raises:
        Permanent: another try is useless.
        OSError, httpx.HTTPError: it was not taken just now.
    """
    said = {"id": told.key, "kind": told.kind, "happened_at": told.happened_at.isoformat(), "data": told.data}
    body, at = json.dumps(said, ensure_ascii=False).encode(), int(now.timestamp())
    headers = {
        "User-Agent": "Firebreak-Webhook/1",
        "Idempotency-Key": told.key,
        "X-Firebreak-Event": told.kind,
        "X-Firebreak-Timestamp": str(at),
        "X-Firebreak-Signature": sign(secret, at, body),
    }
    guarded_post(url, body, headers, loopback=settings().webhook_loopback)
