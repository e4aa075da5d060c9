"""The examples of a deployment hold together: they parse, name settings that exist, and carry websockets."""

from __future__ import annotations

import base64
import configparser
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from data.clock import system_clock
from data.settings import Settings
from tests.browser.conftest import free_port

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "docs" / "examples" / "deploy"
NGINX = shutil.which("nginx")


def environment() -> dict[str, str]:
    lines = (DEPLOY / "firebreak.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_every_variable_is_a_setting_and_all_of_them_together_are_taken(monkeypatch):
    given = environment()
    assert {name.removeprefix("FIREBREAK_").lower() for name in given} <= set(Settings.model_fields)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    taken = Settings()
    assert (taken.worker, taken.trusted_proxies, taken.files_dir) == ("none", 1, Path("/srv/firebreak/files"))


def test_every_setting_is_explained_to_the_operator():
    told = (ROOT / "docs" / "operator.md").read_text()
    for name in Settings.model_fields:
        shown = f"FIREBREAK_{name.upper()}"
        assert shown in told or f"`…_{name.upper().partition('_')[2]}`" in told, shown


def test_the_compose_file_holds_together():
    said = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    services, volumes = said["services"], set(said["volumes"])
    assert {"app1", "app2", "worker", "db", "replica", "proxy"} <= set(services)
    for name, service in services.items():
        for mount in service.get("volumes", ()):
            source = mount.split(":")[0]
            assert (DEPLOY / source).exists() if source.startswith("./") else source in volumes, name
        assert set(service.get("depends_on", ())) <= set(services), name
        assert (DEPLOY / service.get("env_file", "firebreak.env")).exists()
    hosts = {re.search(r"@(\w+)/", environment()[f"FIREBREAK_{n}_URL"])[1] for n in ("DATABASE", "READ")}
    assert hosts == {"db", "replica"}
    upstreams = re.search(r"reverse_proxy (.*) \{", (DEPLOY / "Caddyfile").read_text())[1].split()
    assert upstreams == ["app1:8501", "app2:8501"]


def test_the_image_holds_all_that_the_app_imports():
    copied = set(re.findall(r"^COPY (\S+)", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE))
    assert {"app.py", "core", "data", "components", "pages", ".streamlit", "requirements.txt"} <= copied
    assert all((ROOT / name).exists() for name in copied)


@pytest.mark.parametrize("unit", sorted(p.name for p in DEPLOY.glob("firebreak-*.*")))
def test_units_parse_and_start_what_exists(unit):
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment]  # systemd minds capitals
    parser.read_string((DEPLOY / unit).read_text())
    if unit.endswith(".timer"):
        assert parser["Timer"]["OnCalendar"]
        return
    service = parser["Service"]
    assert service["EnvironmentFile"] == "/etc/firebreak/firebreak.env"
    start = service["ExecStart"]
    assert re.search(r"-m data (worker|backup)|streamlit run app\.py", start)
    assert re.match(r"/bin/sh -c|/opt/firebreak/\.venv/bin/", start)


def test_nginx_is_told_to_carry_websockets_and_to_end_tls():
    said = " ".join((DEPLOY / "nginx.conf").read_text().split())
    for line in (
        "proxy_http_version 1.1;",
        "proxy_set_header Upgrade $http_upgrade;",
        "proxy_set_header Connection $connection_upgrade;",
        "proxy_set_header Host $http_host;",
        "proxy_set_header X-Forwarded-For $remote_addr;",
        "listen 443 ssl;",
        "hash $firebreak_node consistent;",
    ):
        assert line in said


@pytest.mark.skipif(NGINX is None, reason="no nginx on this machine: apt-get install nginx")
def test_nginx_carries_websockets_over_tls_and_keeps_a_browser_at_one_instance(tmp_path):
    with instance() as first, instance() as second, nginx(tmp_path, first, second) as port:
        answers = [ask(port) for _ in range(12)]
        assert {body for _, body in answers} == {
            str(first).encode(),
            str(second).encode(),
        }
        cookie = re.search(r"firebreak_node=\w+", answers[0][0])[0]
        assert "Secure" in answers[0][0]
        mine = {ask(port, f"Cookie: {cookie}") for _ in range(8)}
        assert len({body for _, body in mine}) == 1
        assert "firebreak_node" not in next(iter(mine))[0]  # it has one
        upgraded, _ = ask(port, f"Cookie: {cookie}", "Upgrade: websocket", "Connection: Upgrade")
        assert upgraded.startswith("HTTP/1.1 101")
        assert ask(port, path="/prometheus")[0].startswith("HTTP/1.1 404")


class Instance(BaseHTTPRequestHandler):
    """Says its port; takes a websocket where one is asked for, as only a proxy that passes it on can ask."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.headers.get("Upgrade") == "websocket" and self.headers.get("Connection") == "upgrade":
            self.send_response(101)
            self.send_header("Upgrade", "websocket")
            self.send_header("Connection", "Upgrade")
            self.end_headers()
            self.close_connection = True
            return
        body = str(self.server.server_address[1]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def instance() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Instance)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@contextmanager
def nginx(folder: Path, first: int, second: int) -> Iterator[int]:
    """The example as it stands, but for addresses and the certificate; its TLS port."""
    port = free_port()
    certificate(folder)
    site = (DEPLOY / "nginx.conf").read_text()
    for old, new in (
        ("127.0.0.1:8501", f"127.0.0.1:{first}"),
        ("127.0.0.1:8502", f"127.0.0.1:{second}"),
        ("listen 443", f"listen 127.0.0.1:{port}"),
        ("listen 80", f"listen 127.0.0.1:{free_port()}"),
        ("/etc/letsencrypt/live/firebreak.example/", f"{folder}/"),
    ):
        site = site.replace(old, new)
    paths = "".join(
        f"{n}_temp_path {folder}/{n};" for n in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;"
        f"events {{}} http {{ access_log off; {paths} {site} }}"
    )
    assert NGINX is not None
    told = subprocess.run([NGINX, "-t", "-c", str(folder / "nginx.conf")], capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    process = subprocess.Popen([NGINX, "-c", str(folder / "nginx.conf")], stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()


def certificate(folder: Path) -> None:
    """A certificate of our own for the example's name."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.NameAttribute(NameOID.COMMON_NAME, "firebreak.example"),
    )
    subject, now = x509.Name([name]), system_clock()
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "fullchain.pem").write_bytes(made.public_bytes(pem))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def ask(port: int, *headers: str, path: str = "/") -> tuple[str, bytes]:
    """(head, body) of an answer over TLS."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    key = base64.b64encode(b"sixteen bytes of").decode()
    lines = [f"GET {path} HTTP/1.1", "Host: firebreak.example", f"Sec-WebSocket-Key: {key}", *headers]
    lines += [] if any(h.startswith("Connection") for h in headers) else ["Connection: close"]
    with socket.create_connection(("127.0.0.1", port), 10) as plain, context.wrap_socket(plain) as channel:
        channel.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        got = b""
        while part := channel.recv(65_536):
            got += part
            if b" 101 " in got and b"\r\n\r\n" in got:
                break
    head, _, body = got.partition(b"\r\n\r\n")
    return head.decode(), body
