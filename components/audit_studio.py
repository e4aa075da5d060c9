"""What the studio published, in the audit's lines: in the words of the studio itself."""

from collections.abc import Callable, Sequence

from components import studio_fields, studio_home, studio_lists, studio_notices, studio_reports, studio_rules
from components.frame import View
from core.studio import Area, Difference
from data.queries.reports import offered
from data.queries.studio import Published


def published_lines(published: Published, view: View) -> list[str]:
    """Everything that a version changed, as Markdown lines."""
    describe = _describer(published, view)
    return [line for one in published.changed for line in describe(one)]


def _describer(published: Published, view: View) -> Callable[[Difference], Sequence[str]]:
    match published.area:
        case Area.FIELDS:
            return studio_fields.describer(published.own)
        case Area.RULES:
            return studio_rules.describer(view)
        case Area.REPORTS:
            return studio_reports.describer(view.read(offered))
        case Area.HOME:
            return studio_home.describer()
        case Area.NOTICES:
            return studio_notices.describer()
        case _:
            return studio_lists.describer(published.own)
