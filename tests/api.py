"""Asking the HTTP API in tests: as whom, with which scopes, in which language."""

from __future__ import annotations

from typing import Any

from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.access import Who
from core.api import GROUPS, WRITE, TokenInput
from data.api.routes import API
from data.commands.api_tokens import create_token, new_token, token_parts
from data.engine import Store

ALL = dict.fromkeys(GROUPS, WRITE)


def token_of(store: Store, who: Who, scopes: dict[str, str] | None = None, days: int = 30) -> str:
    """A living token of somebody."""
    token = new_token()
    create_token(store, who, TokenInput("test", ALL if scopes is None else scopes, days), *token_parts(token))
    return token


def bearer(token: str, **headers: str) -> dict[str, str]:
    """Headers of a request."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"Authorization": f"Bearer {token}"} | named


def api_client() -> TestClient:
    """The API alone; `data.api.routes.this_store` has to lead to a test's store."""
    return TestClient(Starlette(routes=list(API)), base_url="http://firebreak.test/api/v1")


class As:
    """Somebody's program: `As(client, store, who)("POST", "/customers", {...})` gives status and JSON."""

    def __init__(self, client: TestClient, store: Store, who: Who, scopes: dict[str, str] | None = None):
        self.client, self.token = client, token_of(store, who, scopes)

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        kwargs = {} if body is None else {"json": body}
        answer = self.client.request(method, path, headers=bearer(self.token, **headers), **kwargs)
        return answer.status_code, answer.json()
