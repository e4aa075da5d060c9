"""A notice in words: in the inbox and on every channel the same."""

from collections.abc import Mapping
from typing import Any

from data.text import has, translate


def sentence(language: str, kind: str, params: Mapping[str, Any]) -> tuple[str, str]:
    """Title and body of a notice. A rule among the parameters gives its own name, reason and action."""
    words = dict(params)
    if rule := params.get("rule"):
        for part in ("name", "why", "action"):
            key = f"alerts.{rule}.{part}"
            words[part] = translate(language, key, **params) if has(language, key) else ""
    return tuple(translate(language, f"notices.{kind}.{part}", **words) for part in ("title", "body"))  # type: ignore[return-value]  # two of them
