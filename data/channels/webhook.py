"""A webhook of the company's own: one JSON POST a letter, signed when a secret is set."""

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass

import httpx

from data.channels.base import Letter, Permanent

_TIMEOUT = 20  # seconds
_TRY_AGAIN = (408, 425, 429)


@dataclass(frozen=True, slots=True)
class Webhook:
    """Posts `{key, person, address, title, body, url}`.

    `Idempotency-Key` is the delivery's key. `X-Firebreak-Signature` is `sha256=` and the HMAC of the
    body, in hex, so that the receiver knows who wrote.
    """

    url: str
    secret: str
    name: str = "webhook"

    def send(self, letter: Letter) -> None:
        """Send one letter.

        Raises:
            Permanent: the receiver answered 4xx, other than to try again.
            ConnectionError, httpx.HTTPError: it did not answer, or could not just now.
        """
        body = json.dumps(asdict(letter), ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": letter.key}
        if self.secret:
            signed = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
            headers["X-Firebreak-Signature"] = f"sha256={signed}"
        answer = httpx.post(self.url, content=body, headers=headers, timeout=_TIMEOUT)
        if 400 <= answer.status_code < 500 and answer.status_code not in _TRY_AGAIN:
            raise Permanent(f"HTTP {answer.status_code}")
        if not answer.is_success:  # httpx's own words tell the whole address, with secrets in it
            raise ConnectionError(f"HTTP {answer.status_code}")
