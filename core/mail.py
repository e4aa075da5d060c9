"""What a mail address is, the same wherever one is entered and before a letter goes out."""

import re

_ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")


def mail_address(text: str) -> bool:
    """Whether a text is one mail address: never two, for a letter's link is for one person.

    >>> mail_address("li@example.com"), mail_address("li@"), mail_address("a@x.com, b@y.com")
    (True, False, False)
    """
    return bool(_ADDRESS.fullmatch(text))
