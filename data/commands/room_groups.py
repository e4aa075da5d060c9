"""Trying the application by which rooms get their groups."""

from core.access import Permission, Who, reach
from core.messages import NotAllowed, NotFound
from data.groups import chosen, platforms
from data.settings import settings


def try_application(who: Who) -> str | None:
    """Ask the chat tool to let the application in, past any token that is kept; nothing is written.

    Returns:
        What it met; None where it is let in.

    Raises:
        NotAllowed: for whoever does not manage people.
    """
    if reach(who, Permission.MANAGE_PEOPLE) is None:
        raise NotAllowed(permission=Permission.MANAGE_PEOPLE)
    kind = chosen(settings())
    if kind is None:
        raise NotFound(entity="application")
    try:
        platforms(settings())[kind].check()
    except Exception as error:  # whatever it met is what the person wants to know
        return str(error) or type(error).__name__
    return None
