"""The customer's page as HTML: small, without scripts, in the customer's language, light and dark."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from core.promises.acceptance import SECOND, Door
from core.promises.handover import MAX_TEXT, is_film, web_address
from data.queries.public_links import Opened
from data.text import LOCALES, translate

_FOLDER = Path(__file__).parent / "templates"
_TAGS = {"en": "en", "zh": "zh-Hans"}


@dataclass(frozen=True, slots=True)
class Form:
    """What the answer's form holds.

    Attributes:
        nonce: of this view; without it no answer is taken.
        photo_mb: largest picture.
        text: as it was typed, when it comes back with something wrong.
        wrong: what, as a sentence.
    """

    nonce: str
    photo_mb: int
    text: str = ""
    wrong: str = ""


def page(link: Opened, form: Form, video: str) -> str:
    """The page of a link.

    Args:
        video: address of the kept walkthrough; "" without one.
    """
    day = partial(_day, link.language, link.zone)
    film = video or (link.video_url if _plays(link.video_url) else "")
    return _render(
        link.language,
        link.door,
        company=link.company,
        link=link,
        second=link.round == SECOND,
        film=film,
        elsewhere=link.video_url if link.video_url and not film else "",
        nonce=form.nonce,
        text=form.text,
        wrong=form.wrong,
        reporting=bool(form.text or form.wrong),
        photo_mb=form.photo_mb,
        most=MAX_TEXT,
        expires_at=_instant(link.language, link.zone, link.expires_at),
        confirmed_on=day(link.confirmed_at),
        answered_at=_instant(link.language, link.zone, link.answered_at),
    )


def closed_page(language: str, why: str) -> str:
    """The page of no link: `unknown` or `throttled`; nothing in it says what there might have been."""
    return _render(language, why, company="", link=None)


def policy(link: Opened | None) -> str:
    """The Content-Security-Policy: nothing but this page's own style, form and walkthrough."""
    media = "'self'"
    if link is not None and _plays(link.video_url):
        media += f" https://{urlsplit(link.video_url).netloc}"
    return (
        f"default-src 'none'; style-src 'sha256-{_style_hash()}'; media-src {media}; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )


def _plays(url: str) -> bool:
    """Whether the page plays a film from elsewhere; any other address is a link at most."""
    return web_address(url) and is_film(url)


def _render(language: str, door: Door | str, **values: Any) -> str:
    words = partial(_words, language)
    shown = {"door": str(door), "t": words, "css": Markup(_css()), "html_language": _TAGS[language]}  # noqa: S704 - our own file
    return _environment().get_template("acceptance.html").render(**shown, **values)


def _words(language: str, key: str, **params: Any) -> str:
    return translate(language, f"acceptance.{key}", **params)


def _day(language: str, zone: str, at: datetime | None) -> str:
    return format_date(at.astimezone(ZoneInfo(zone)).date(), "long", locale=LOCALES[language]) if at else ""


def _instant(language: str, zone: str, at: datetime | None) -> str:
    pattern = "y年M月d日 HH:mm" if language == "zh" else "d MMMM y, HH:mm"
    return format_datetime(at, pattern, tzinfo=ZoneInfo(zone), locale=LOCALES[language]) if at else ""


@lru_cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@lru_cache
def _css() -> str:
    return (_FOLDER / "acceptance.css").read_text(encoding="utf-8")


@lru_cache
def _style_hash() -> str:
    return base64.b64encode(hashlib.sha256(_css().encode()).digest()).decode()
