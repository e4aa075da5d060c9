"""Alerts and notices in words: on pages, in the inbox and on every channel the same."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

from data.alert_words import alert_words, shown
from data.brief_words import lines_words
from data.forecast_words import name_of
from data.text import LOCALES, translate
from data.webhook_words import met_words

__all__ = ["alert_words", "sentence"]


def sentence(language: str, kind: str, params: Mapping[str, Any]) -> tuple[str, str]:
    """Title and body of a notice; one about an alert can name its rule's words, one about
    a room's end its result, one about a morning brief its lines. An answer that names what
    was there already (`there`) has a body of its own.

    Of the params, `…_on` is a day and `…_at` an instant, said in the time zone `zone`.
    """
    words = {key: _said(language, key, value, params.get("zone", "UTC")) for key, value in params.items()}
    if rule := params.get("rule"):
        words |= alert_words(language, rule, params)
    if result := params.get("result"):
        words["result"] = translate(language, f"terms.room_result.{result}")
    if declined := params.get("declined_for"):
        words["why"] = translate(language, f"terms.decline.{declined}")
    if lines := params.get("lines"):
        words["lines"] = lines_words(language, lines, params.get("zone", "UTC"))
    if isinstance(report := params.get("report"), str):
        words["report"] = translate(language, f"reports.report.{report}.title")
    if kind == "webhook_failed":
        words["error"] = met_words(language, params["error"])
    if "factor" in params:
        words["factor"] = name_of(language, params["factor"])
    parts = ("title", "there" if params.get("there") else "body")
    title, body = (translate(language, f"notices.{kind}.{part}", **words) for part in parts)
    return title, body.rstrip()  # who gave no reason leaves none


def _said(language: str, key: str, value: Any, zone: str) -> Any:
    if isinstance(value, dict) and language in value:  # said in each language when it was posted
        return value[language]
    if key.endswith("_on") and isinstance(value, str):
        return format_date(date.fromisoformat(value), "medium", locale=LOCALES[language])
    if key.endswith("_at") and isinstance(value, str):
        pattern = "M月d日EEE HH:mm" if language == "zh" else "EEE d MMM, HH:mm"
        at = datetime.fromisoformat(value)
        return format_datetime(at, pattern, tzinfo=ZoneInfo(zone), locale=LOCALES[language])
    return shown(language, key, value)
