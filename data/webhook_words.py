"""What a call to a webhook met, in words: in the log and in the letter to administrators the same (F3)."""

import re

from data.text import translate

# what its words look like (HTTP answers, the operating system, TLS), and what that means
_MET = (
    ("redirect", re.compile(r"redirects are not followed")),
    ("forbidden", re.compile(r"HTTP 40[13]\b")),
    ("refused", re.compile(r"HTTP 4\d\d\b")),
    ("trouble", re.compile(r"HTTP \d+")),
    ("inside", re.compile(r"private network|not an address that may be called")),
    ("nowhere", re.compile(r"leads nowhere|service not known|name resolution|getaddrinfo|Errno -[235]\b")),
    ("late", re.compile(r"time[d ]*out", re.IGNORECASE)),
    ("closed", re.compile(r"Connection refused|Errno 111\b|unreachable|Errno 1(01|13)\b")),
    ("unsafe", re.compile(r"certificate|SSL|TLS")),
    ("broken", re.compile(r"disconnected|reset by peer|Errno 104\b|Broken pipe")),
)  # fmt: skip
_STATUS = re.compile(r"HTTP (\d+)")


def met_words(language: str, error: str) -> str:
    """What was met; what is not known is said as that, and its own words are kept elsewhere.

    >>> met_words("en", "[Errno -2] Name or service not known")
    'the address leads nowhere'
    >>> met_words("zh", "HTTP 503")
    '对方系统暂时出错（HTTP 503）'
    """
    code = next((code for code, looks in _MET if looks.search(error)), "unknown")
    status = _STATUS.search(error)
    return translate(language, f"webhooks.met.{code}", status=status.group(1) if status else "")
