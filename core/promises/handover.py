"""What makes a delivery and a customer's answer to it valid (PRODUCT.md C4)."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from core.messages import Problem
from core.promises.acceptance import KINDS, PROBLEM

MAX_TITLE, MAX_NOTE, MAX_TEXT, MAX_URL = 200, 2_000, 4_000, 2_000
LEAST_TOKEN = 32  # letters of 6 bits each: far beyond 128 bits
PHOTO_PIXELS = 50_000_000
PER_ADDRESS, PER_HOUR = 20, 2_000  # links that do not exist, asked for within an hour
_HOST = re.compile(r"[A-Za-z0-9._\-\[\]:]+")  # it goes into a header; other scripts have their xn-- form
_FILM = (".mp4", ".webm", ".m4v", ".mov")


@dataclass(frozen=True, slots=True)
class DeliveryInput:
    """What is marked ready for a customer.

    Attributes:
        title: what it is, as the customer reads it.
        language: of the link's page and mail, en or zh.
        video: SHA-256 of the kept walkthrough; or `video_url`, where it can be seen.
        promise_id, demand_id, feature_id: what it answers; each may be None.
    """

    title: str
    language: str
    note: str = ""
    contact_id: int | None = None
    promise_id: int | None = None
    demand_id: int | None = None
    feature_id: int | None = None
    video: str | None = None
    video_url: str = ""


@dataclass(frozen=True, slots=True)
class AnswerInput:
    """What a customer sends; `photo` is the SHA-256 of a kept picture."""

    kind: str
    text: str = ""
    photo: str | None = None


def check_delivery(delivery: DeliveryInput, languages: tuple[str, ...]) -> tuple[Problem, ...]:
    """All problems of a delivery; one way to the walkthrough is enough, and none is allowed."""
    problems = [] if delivery.title.strip() else [Problem("title", "required")]
    for name, most in (("title", MAX_TITLE), ("note", MAX_NOTE), ("video_url", MAX_URL)):
        if len(getattr(delivery, name)) > most:
            problems.append(Problem(name, "too_long", {"limit": most}))
    if delivery.language not in languages:
        problems.append(Problem("language", "unknown_choice", {"value": delivery.language}))
    if delivery.video_url and not web_address(delivery.video_url):
        problems.append(Problem("video_url", "bad_url"))
    if delivery.video and delivery.video_url:
        problems.append(Problem("video_url", "one_video"))
    return tuple(problems)


def check_answer(answer: AnswerInput) -> tuple[Problem, ...]:
    """All problems of a customer's answer: a problem needs words, a confirmation none.

    >>> [p.code for p in check_answer(AnswerInput("problem", " "))]
    ['required']
    """
    problems = [] if answer.kind in KINDS else [Problem("kind", "unknown_choice", {"value": answer.kind})]
    if answer.kind == PROBLEM and not answer.text.strip():
        problems.append(Problem("text", "required"))
    if len(answer.text) > MAX_TEXT:
        problems.append(Problem("text", "too_long", {"limit": MAX_TEXT}))
    return tuple(problems)


def web_address(url: str) -> bool:
    """Whether a text is an https address, which a page may link to without danger.

    >>> web_address("https://video.example/a.mp4"), web_address("javascript:alert(1)")
    (True, False)
    >>> web_address("https://user@evil.example/"), web_address("https://[bad")
    (False, False)
    >>> web_address("https://x;sandbox/a.mp4"), web_address("https://视频.example/a.mp4")
    (False, False)
    """
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return False
    plain = url.isprintable() and not set(url) & set(" \"'<>\\")
    return plain and parts.scheme == "https" and bool(parts.hostname) and bool(_HOST.fullmatch(parts.netloc))


def is_film(url: str) -> bool:
    """Whether an address ends like a film that a browser plays by itself.

    >>> is_film("https://video.example/a.mp4?x=1"), is_film("https://video.example/watch")
    (True, False)
    """
    return urlsplit(url).path.lower().endswith(_FILM)


def own_language(name: str, fallback: str) -> str:
    """The language in which a customer is written to first: Chinese for a Chinese name.

    >>> own_language("海河泵业", "en"), own_language("Haihe Pumps", "zh")
    ('zh', 'en')
    """
    if any("\u4e00" <= letter <= "\u9fff" for letter in name):
        return "zh"
    return "en" if name.isascii() else fallback
