"""A report as one HTML file of A4 pages that needs nothing from anywhere."""

from html import escape
from pathlib import Path

_HTML_LANGUAGE = {"en": "en", "zh": "zh-CN"}
_STYLE = Path(__file__).with_name("printing.css").read_text(encoding="utf-8")


def document(language: str, title: str, body: str, style: str = "") -> bytes:
    """The file around a body of HTML.

    Args:
        style: a report's own CSS, after that of all.
    """
    return f"""<!doctype html>
<html lang="{_HTML_LANGUAGE[language]}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{escape(title)}</title>
<style>{_STYLE}{style}</style>
</head>
<body>
{body}
</body>
</html>
""".encode()
