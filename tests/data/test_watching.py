"""What the operator sees: readiness, figures, the log, slow statements; and what browsers are told."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path

import pytest
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from data.engine import Store
from data.settings import Settings
from data.watching import routes
from data.watching.folder import takes_files
from data.watching.logs import REQUEST, begin_log
from data.watching.requests import Watched
from data.watching.statements import watch_statements


async def page(request: Request) -> PlainTextResponse:
    logging.getLogger("data.test").warning("inside")
    own = {"Content-Security-Policy": "default-src 'none'"} if "own" in request.query_params else {}
    return PlainTextResponse(REQUEST.get(), headers=own)


async def broken(_: Request) -> PlainTextResponse:
    raise RuntimeError("on purpose")


@pytest.fixture
def client(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setattr(routes, "this_store", lambda: sqlite_store)
    monkeypatch.setattr(routes, "settings", lambda: Settings(prometheus_token="a token"))
    shown = [
        Route("/page", page),
        Route("/broken", broken),
        Route("/confirm/{token}", page),
        *routes.WATCHING,
    ]
    app = Starlette(routes=shown, middleware=[Middleware(Watched)])
    return TestClient(app, raise_server_exceptions=False)


def test_a_process_is_ready_when_all_its_parts_answer(client: TestClient, sqlite_store: Store) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, set(answer.json()["parts"].values())) == (200, {True})
    with sqlite_store.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'another'"))
    sqlite_store.files.rmdir()
    sqlite_store.files.write_text("a file where the folder should be")
    answer = client.get("/readyz")
    parts = answer.json()["parts"]
    assert answer.status_code == 503
    assert parts == {"store": True, "reading": True, "schema": False, "files": False}


def test_two_may_look_at_the_folder_at_once(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    wrote = Path.write_bytes

    def between(path: Path, content: bytes) -> int:
        written = wrote(path, content)
        path.unlink()  # by whoever wrote it at the same time
        return written

    monkeypatch.setattr(Path, "write_bytes", between)
    assert takes_files(sqlite_store)
    assert not [*sqlite_store.files.iterdir()]


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "a token"}])
def test_figures_are_for_who_knows_the_token(client: TestClient, header: dict[str, str]) -> None:
    assert client.get("/prometheus", headers=header).status_code == 404


def test_figures_count_requests_by_area_never_by_secret(client: TestClient) -> None:
    client.get("/confirm/a-customers-secret")
    client.get("/page")
    figures = client.get("/prometheus", headers={"Authorization": "Bearer a token"}).text
    assert 'firebreak_request_seconds_count{area="confirm",method="GET",status="200"}' in figures
    assert "a-customers-secret" not in figures
    assert re.search(r"^firebreak_sessions 0\.0$", figures, re.M)


def test_each_request_has_an_id_that_its_lines_carry(
    client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    try:
        begin_log("json", "INFO")
        answer = client.get("/confirm/a-customers-secret", headers={"X-Request-ID": "from-the-proxy"})
        odd = client.get("/page", headers={"X-Request-ID": "x y\t{}"})
        said = capsys.readouterr().err
    finally:
        root.handlers[:] = kept
        root.setLevel(level)
    assert answer.text == answer.headers["x-request-id"] == "from-the-proxy"
    assert re.fullmatch(r"[0-9a-f]{16}", odd.headers["x-request-id"])
    lines = [json.loads(line) for line in said.splitlines()]
    mine = [line["message"] for line in lines if line["request"] == "from-the-proxy"]
    assert mine[0] == "inside"
    assert re.fullmatch(r"GET /confirm 200 \d+ ms", mine[1])
    assert "a-customers-secret" not in said


def test_an_error_is_answered_and_counted(client: TestClient) -> None:
    assert client.get("/broken").status_code == 500
    figures = client.get("/prometheus", headers={"Authorization": "Bearer a token"}).text
    assert 'firebreak_request_seconds_count{area="page",method="GET",status="500"}' in figures


def test_browsers_are_told_what_to_refuse_and_stricter_pages_keep_their_own(client: TestClient) -> None:
    headers = client.get("/page").headers
    assert "'unsafe-inline'" not in re.search(r"script-src ([^;]*)", headers["content-security-policy"])[1]
    assert "'unsafe-eval'" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert client.get("/page?own=1").headers.get_list("content-security-policy") == ["default-src 'none'"]


def test_slow_statements_are_logged_without_their_values(
    sqlite_store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    stop = watch_statements(slow_ms=0)
    with sqlite_store.reading() as session:
        session.execute(text("SELECT :secret"), {"secret": "a value"})
    stop()
    assert any("SELECT ?" in line.message for line in caplog.records)
    assert "a value" not in caplog.text
