"""The customer's page: looking changes nothing, an answer needs its view's nonce, nothing else is there."""

from __future__ import annotations

import io
import re
import struct

import pytest
from PIL import Image
from sqlalchemy import select, text, update
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.testclient import TestClient

from core.promises.handover import PER_ADDRESS, AnswerInput
from data.commands.acceptance import answer_link
from data.commands.acceptance_links import new_token
from data.commands.deliveries import renew_delivery
from data.files import keep_attachment, read_file
from data.media import keep_photo, keep_video
from data.routes import ROUTES
from data.schema import AcceptanceAnswer, AcceptanceMiss, Base, CustomerDelivery, Setting
from data.text import translate
from tests.deliveries import Handover

FILM = b"\x00\x00\x00\x18ftypisom" + bytes(range(256)) * 40


@pytest.fixture
def client(monkeypatch, sqlite_store):
    for module in ("routes", "acceptance_routes"):
        monkeypatch.setattr(f"data.{module}.this_store", lambda: sqlite_store)
    app = Starlette(routes=list(ROUTES), middleware=[Middleware(GZipMiddleware, minimum_size=1024)])
    return TestClient(app, base_url="https://fire.test", follow_redirects=False)


@pytest.fixture
def handover(sqlite_store):
    with sqlite_store.writing() as session:
        session.add(Setting(key="company", value="Yunqi"))
        session.add(Setting(key="cookie_key", value="k" * 32))
    return Handover(sqlite_store)


def everything(store) -> dict[str, list[str]]:
    """The whole store, row by row."""
    with store.reading() as session:
        return {
            table.name: [repr(tuple(row)) for row in session.execute(text(f'SELECT * FROM "{table.name}"'))]
            for table in Base.metadata.sorted_tables
        }


def answers(store) -> list[tuple]:
    query = select(AcceptanceAnswer.kind, AcceptanceAnswer.text, AcceptanceAnswer.photo)
    with store.reading() as session:
        return [tuple(row) for row in session.execute(query)]


def nonce(page) -> str:
    return re.search(r'name="view" value="([^"]+)"', page.text).group(1)


def picture(kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, kind)
    return out.getvalue()


def photographed(orientation: int, *tags: tuple[int, int, bytes]) -> bytes:
    """A JPEG whose left half is red, with EXIF as a careless camera writes it: tag, type, 4 bytes."""
    out, image = io.BytesIO(), Image.new("RGB", (40, 20), "blue")
    image.paste("red", (0, 0, 20, 20))
    entries = [struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)]
    entries += [struct.pack("<HHI", tag, kind, 4 if kind == 2 else 1) + value for tag, kind, value in tags]
    ifd = struct.pack("<H", len(entries)) + b"".join(entries) + bytes(4)
    image.save(
        out, "JPEG", quality=95, comment=b"where I live", exif=b"Exif\0\0II*\0" + struct.pack("<I", 8) + ifd
    )
    return out.getvalue()


LOOKING = (
    {},
    {"Sec-Purpose": "prefetch"},
    {"Purpose": "prefetch"},
    {"User-Agent": "Slackbot-LinkExpanding 1.0"},
    {"User-Agent": "Mozilla/5.0 (compatible; SafeLinks)"},
)


def test_looking_changes_nothing(client, handover, sqlite_store):
    film = keep_video(sqlite_store, handover.people.delivery, FILM)
    _, token = handover.ready(video=film)
    before = everything(sqlite_store)
    for headers in LOOKING:
        for method in ("GET", "HEAD", "OPTIONS"):
            for address in (f"/confirm/{token}", f"/confirm/{token}/video"):
                looked = client.request(method, address, headers=headers)
                assert looked.status_code == (405 if method == "OPTIONS" else 200)
                assert "set-cookie" not in looked.headers
    assert everything(sqlite_store) == before


@pytest.mark.parametrize(("language", "words"), [("en", "Yes, it is usable"), ("zh", "确认可用")])
def test_the_page_speaks_the_links_language_whatever_the_browser_says(client, handover, language, words):
    _, token = handover.ready(language=language, note="Open it & look\n<script>alert(1)</script>")
    page = client.get(f"/confirm/{token}", headers={"Accept-Language": "de"})
    assert (page.status_code, words in page.text, "Shift dashboard" in page.text) == (200, True, True)
    assert "Haihe Pumps" in page.text
    until = (
        "until 18 March 2026, 12:00" if language == "en" else "请在 2026年3月18日 12:00 前答复"
    )  # as the letter
    assert until in page.text
    assert "<script" not in page.text
    assert "&lt;script&gt;" in page.text
    assert 'name="viewport"' in page.text
    assert f'<html lang="{"en" if language == "en" else "zh-Hans"}">' in page.text


def test_the_headers_are_strict(client, handover):
    _, token = handover.ready(video_url="https://video.example/a.mp4")
    headers = client.get(f"/confirm/{token}").headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert "noindex" in headers["x-robots-tag"]
    assert headers["x-content-type-options"] == "nosniff"
    rules = headers["content-security-policy"]
    for rule in ("default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"):
        assert rule in rules
    assert "media-src 'self' https://video.example" in rules
    assert "unsafe" not in rules
    assert "script-src" not in rules


@pytest.mark.parametrize("url", ["https://视频.example/a.mp4", "https://x;sandbox/a.mp4"])
def test_an_address_kept_before_it_was_refused_breaks_no_page(client, handover, sqlite_store, url):
    _, token = handover.ready()
    with sqlite_store.writing() as session:
        session.execute(update(CustomerDelivery).values(video_url=url))
    page = client.get(f"/confirm/{token}")
    assert page.status_code == 200
    assert "media-src 'self'; " in page.headers["content-security-policy"]
    assert "sandbox" not in page.headers["content-security-policy"]


def test_nothing_of_the_house_is_on_the_page(client, handover):
    _, token = handover.ready()
    page = client.get(f"/confirm/{token}").text
    assert token not in page
    assert re.findall(r'(?:href|src|action)="([^"]*)"', page) == ["", ""]
    for word in ("“慢”", "By the 12th", "Changeover", "Delivery", "YQ-1", "wang@"):
        assert word not in page


def test_confirming_needs_the_nonce_of_a_view(client, handover, sqlite_store):
    _, token = handover.ready()
    _, other = Handover.ready(handover, promise_id=None)
    foreign = nonce(client.get(f"/confirm/{other}"))
    for view in ("", "invented", foreign):
        refused = client.post(f"/confirm/{token}", data={"kind": "confirmed", "view": view})
        assert refused.status_code == 400
        assert translate("en", "acceptance.wrong.view") in refused.text
    assert client.post(f"/confirm/{token}").status_code == 400
    assert answers(sqlite_store) == []
    first, second = (nonce(client.get(f"/confirm/{token}")) for _ in range(2))
    assert first != second
    done = client.post(f"/confirm/{token}", data={"kind": "confirmed", "view": first})
    assert (done.status_code, done.headers["location"]) == (303, token)
    again = client.post(f"/confirm/{token}", data={"kind": "problem", "text": "No", "view": second})
    assert again.status_code == 200
    assert translate("en", "acceptance.done.confirmed") in again.text
    assert answers(sqlite_store) == [("confirmed", "", None)]
    shown = client.get(f"/confirm/{token}")
    assert translate("en", "acceptance.done.confirmed") in shown.text
    assert "<form" not in shown.text


def test_an_old_nonce_is_not_taken(client, handover, sqlite_store, monkeypatch):
    _, token = handover.ready()
    view = nonce(client.get(f"/confirm/{token}"))
    monkeypatch.setattr("data.acceptance_routes.NONCE_SECONDS", -1)
    assert client.post(f"/confirm/{token}", data={"kind": "confirmed", "view": view}).status_code == 400
    assert answers(sqlite_store) == []


def report(client, token, words, photo=None, **headers):
    view = nonce(client.get(f"/confirm/{token}"))
    files = {"photo": photo} if photo else {"photo": ("", b"")}
    data = {"kind": "problem", "text": words, "view": view}
    return client.post(f"/confirm/{token}", data=data, files=files, headers=headers)


def test_a_problem_comes_with_words_and_a_redrawn_picture(client, handover, sqlite_store):
    _, token = handover.ready()
    evil = picture() + b"<script>alert(1)</script>"
    assert report(client, token, "It is\r\nempty", ("x.html", evil, "text/html")).status_code == 303
    ((kind, words, photo),) = answers(sqlite_store)
    assert (kind, words) == ("problem", "It is\nempty")
    content, media_type = read_file(sqlite_store, photo)
    assert media_type == "image/jpeg"
    assert content.startswith(b"\xff\xd8\xff")
    assert b"<script" not in content
    assert translate("en", "acceptance.done.problem") in client.get(f"/confirm/{token}").text


BAD = [
    (" ", None, "required"),
    ("x" * 4001, None, "too_long"),
    ("Bad", ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml"), "not_image"),
    ("Bad", ("a.png", b"<html>", "image/png"), "not_image"),
    ("Bad", ("a.png", picture()[:60], "image/png"), "not_image"),
    ("Bad", ("a.gif", picture("GIF"), "image/png"), "not_image"),
]


def test_what_cannot_be_taken_is_said_and_the_words_stay(client, handover, sqlite_store):
    _, token = handover.ready()
    for words, photo, code in BAD:
        refused = report(client, token, words, photo)
        assert refused.status_code == 400
        assert translate("en", f"acceptance.wrong.{code}", limit=4000) in refused.text
        assert words.strip()[:100] in refused.text
    assert answers(sqlite_store) == []
    for kind in ("JPEG", "WEBP"):
        assert keep_photo(sqlite_store, picture(kind))


# fmt: off
TURNED = [
    # orientation  size      where the red half lies
    (1,            (40, 20), (5, 10)),
    (2,            (40, 20), (35, 10)),
    (3,            (40, 20), (35, 10)),
    (6,            (20, 40), (10, 5)),
    (8,            (20, 40), (10, 35)),
    (99,           (40, 20), (5, 10)),
]
# fmt: on


@pytest.mark.parametrize(("orientation", "size", "red"), TURNED)
@pytest.mark.parametrize("odd", [(), ((0x011A, 2, b"abc\0"),), ((0x011A, 5, b"\xff\xff\xff\x7f"),)])
def test_a_picture_is_turned_upright_whatever_else_its_camera_noted(
    sqlite_store, orientation, size, red, odd
):
    content, _ = read_file(sqlite_store, keep_photo(sqlite_store, photographed(orientation, *odd)))
    assert b"where I live" not in content
    with Image.open(io.BytesIO(content)) as kept:
        assert (kept.size, kept.getpixel(red)[0] > 200, dict(kept.getexif())) == (size, True, {})


def test_a_picture_that_fails_its_decoder_in_any_way_cannot_be_read(
    client, handover, sqlite_store, monkeypatch
):
    _, token = handover.ready()

    def broken(_: Image.Image) -> None:
        raise struct.error("unpack requires a buffer of 4 bytes")

    monkeypatch.setattr(Image.Image, "getexif", broken)
    refused = report(client, token, "It stays empty", ("a.jpg", picture("JPEG"), "image/jpeg"))
    assert refused.status_code == 400
    assert "It stays empty" in refused.text
    assert answers(sqlite_store) == []


def test_a_body_too_large_is_not_even_read(client, handover, sqlite_store):
    _, token = handover.ready()
    assert client.post(f"/confirm/{token}", content=b"x" * (11 * 2**20 + 1)).status_code == 413

    def endless():
        yield b"kind=confirmed"

    assert client.post(f"/confirm/{token}", content=endless()).status_code == 411
    assert answers(sqlite_store) == []


def test_links_that_are_over_say_so_and_no_more(client, handover, sqlite_store, clock):
    delivery, token = handover.ready()
    view = nonce(client.get(f"/confirm/{token}"))
    clock.move(days=14)
    for page in (
        client.get(f"/confirm/{token}"),
        client.post(f"/confirm/{token}", data={"kind": "confirmed", "view": view}),
    ):
        assert page.status_code == 410
        assert translate("en", "acceptance.closed.expired") in page.text
        assert "Shift dashboard" not in page.text
    renewed = new_token()
    renew_delivery(sqlite_store, handover.people.delivery, delivery, renewed)
    assert client.get(f"/confirm/{renewed}").status_code == 200
    gone = client.get(f"/confirm/{token}")
    assert (gone.status_code, translate("en", "acceptance.closed.revoked") in gone.text) == (410, True)
    assert answers(sqlite_store) == []


def test_an_unknown_link_is_nothing(client, handover):
    for token in ("nothing", "..%2f..%2fetc%2fpasswd", "%00", "a" * 5000, "';--"):
        page = client.get(f"/confirm/{token}", headers={"Accept-Language": "zh-CN"})
        assert page.status_code == 404
        if "%2f" not in token:  # that one is not even a token
            assert translate("zh", "acceptance.closed.unknown") in page.text
            assert client.post(f"/confirm/{token}").status_code == 404


def test_who_guesses_has_to_wait_and_whoever_has_a_link_need_not(client, handover, sqlite_store, clock):
    _, token = handover.ready()
    for _ in range(PER_ADDRESS):
        assert client.get("/confirm/guess").status_code == 404
    for address in ("/confirm/guess", "/confirm/guess/video"):
        page = client.get(address)
        assert (page.status_code, page.headers["retry-after"]) == (429, "3600")
    assert client.post("/confirm/guess").status_code == 429
    with sqlite_store.reading() as session:
        assert len(session.scalars(select(AcceptanceMiss)).all()) == PER_ADDRESS
    behind_the_same_address = client.get(f"/confirm/{token}")
    assert behind_the_same_address.status_code == 200
    given = {"kind": "confirmed", "view": nonce(behind_the_same_address)}
    assert client.post(f"/confirm/{token}", data=given).status_code == 303
    elsewhere = TestClient(client.app, base_url="https://fire.test", client=("10.9.9.9", 1))
    assert elsewhere.get("/confirm/guess").status_code == 404
    clock.move(hours=1)
    assert client.get("/confirm/guess").status_code == 404


# fmt: off
RANGES = [
    # Range            If-Range  status  body                  Content-Range
    (None,             None,     200,    FILM,                 None),
    ("bytes=0-9",      None,     206,    FILM[:10],            f"bytes 0-9/{len(FILM)}"),
    ("bytes=10000-",   None,     206,    FILM[10000:],         f"bytes 10000-{len(FILM) - 1}/{len(FILM)}"),
    ("bytes=-5",       None,     206,    FILM[-5:],            f"bytes {len(FILM) - 5}-{len(FILM) - 1}/{len(FILM)}"),  # noqa: E501 - a table
    ("bytes=0-9",      "etag",   206,    FILM[:10],            f"bytes 0-9/{len(FILM)}"),
    ("bytes=0-9",      '"old"',  200,    FILM,                 None),
    ("bytes=99999-",   None,     416,    None,                 f"bytes */{len(FILM)}"),
]
# fmt: on


def test_a_walkthrough_comes_whole_or_in_ranges(client, handover, sqlite_store):
    _, token = handover.ready(video=keep_video(sqlite_store, handover.people.delivery, FILM))
    assert f'src="{token}/video"' in client.get(f"/confirm/{token}").text
    head = client.head(f"/confirm/{token}/video")
    assert (head.status_code, head.content, head.headers["accept-ranges"]) == (200, b"", "bytes")
    assert int(head.headers["content-length"]) == len(FILM)
    for wanted, if_range, status, body, told in RANGES:
        headers = {"Range": wanted} if wanted else {}
        if if_range:
            headers["If-Range"] = head.headers["etag"] if if_range == "etag" else if_range
        got = client.get(f"/confirm/{token}/video", headers=headers)
        assert (got.status_code, got.headers.get("content-range")) == (status, told), wanted
        if body is not None:
            assert got.content == body
            assert got.headers["content-type"] == "video/mp4"
            assert got.headers["cache-control"] == "no-store"


def test_a_walkthrough_that_was_passed_on_before_is_a_film_all_the_same(client, handover, sqlite_store):
    delivery = handover.people.delivery
    passed_on = keep_attachment(sqlite_store, delivery, FILM, "walkthrough.mp4")
    film = keep_video(sqlite_store, delivery, FILM)
    assert film == passed_on
    _, token = handover.ready(video=film)
    assert client.get(f"/confirm/{token}/video").headers["content-type"] == "video/mp4"


def test_what_is_no_film_is_not_given_out_as_one(client, handover, sqlite_store):
    page = keep_attachment(sqlite_store, handover.people.delivery, b"<script>alert(1)</script>", "a.txt")
    _, token = handover.ready(video=page)
    assert client.get(f"/confirm/{token}/video").status_code == 404


def test_a_walkthrough_is_seen_through_an_open_link_only(client, handover, sqlite_store, clock):
    film = keep_video(sqlite_store, handover.people.delivery, FILM)
    _, token = handover.ready(video=film)
    _, without = Handover.ready(handover, promise_id=None)
    for address in (f"/confirm/{film}/video", f"/confirm/{without}/video", "/confirm/guess/video"):
        assert client.get(address).status_code == 404
    answer_link(sqlite_store, token, AnswerInput("confirmed"))
    assert client.get(f"/confirm/{token}/video").status_code == 404
    assert "<video" not in client.get(f"/confirm/{token}").text


def test_a_film_elsewhere_is_played_and_a_page_elsewhere_linked(client, handover):
    _, film = handover.ready(video_url="https://video.example/a.mp4?x=1")
    _, site = Handover.ready(handover, promise_id=None, video_url="https://video.example/watch/7")
    assert '<video controls playsinline preload="metadata" src="https://video.example/a.mp4?x=1"' in (
        client.get(f"/confirm/{film}").text
    )
    page = client.get(f"/confirm/{site}")
    assert 'href="https://video.example/watch/7"' in page.text
    assert 'rel="noopener noreferrer nofollow"' in page.text
    assert "video.example" not in page.headers["content-security-policy"]
