"""Whether a request comes from our own pages, and the cookie that says whose it is."""

from urllib.parse import urlsplit

from starlette.requests import Request

COOKIE = "firebreak_session"


def same_origin(request: Request) -> bool:
    """Browsers say where a request comes from; one from another site is refused.

    `Sec-Fetch-Site` comes over TLS and from this machine only; `Origin` comes with every POST, but a
    proxy may change the host that it is compared with.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return urlsplit(request.headers.get("origin", "")).netloc == request.headers.get("host")
