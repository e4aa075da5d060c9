"""From a number of the outlook or a replay to the rows behind it: what was clicked stands in the address."""

from components import address
from components.scrolling import lead_to
from core.forecast.rollup import CATEGORIES

DRILL = ("pick", "show")  # names in the address that narrow the rows behind
OPEN, WON, ALL = "open", "won", "all"
SHOWS = (OPEN, WON, ALL, *CATEGORIES)
BEHIND = "outlook_behind"


def drill(show: str, pick: str | None = None, **place: str | None) -> None:
    """Put what was clicked into the address; its rows come into view in the same run.

    Args:
        place: what else the address says where the rows stand.
    """
    address.write(show=None if show == OPEN else show, pick=pick, **place)
    lead_to(BEHIND)
