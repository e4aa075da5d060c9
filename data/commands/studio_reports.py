"""The studio's reports: put together in a person's draft, taken off and brought back (PRODUCT.md F2, D1)."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from core.access import Who
from core.messages import NotFound, refuse
from core.reports.library import Report
from core.reports.own import check_report, from_document, to_document
from core.studio import LISTS, Area
from data.commands.studio import edit_draft
from data.engine import Store
from data.queries.policies import policy_in_force

Edit = Callable[[Sequence[Report]], Sequence[Report]]


def keep_report(store: Store, who: Who, report: Report) -> None:
    """Put a report into the person's draft, new or in place of the one of its name.

    Raises:
        Invalid: everything that is wrong with the definition; a vanity count with its reason.
    """

    def put(own: Sequence[Report]) -> Sequence[Report]:
        refuse(check_report(report, own))
        fresh = not any(r.name == report.name for r in own)
        return [*(report if r.name == report.name else r for r in own), *([report] if fresh else [])]

    _edit(store, who, put)


def drop_report(store: Store, who: Who, name: str) -> None:
    """Take a report off: retired where it was published before, else gone without a trace."""
    with store.reading(fresh=True) as session:
        published = {r.name for r in policy_in_force(session).own_reports}

    def drop(own: Sequence[Report]) -> Sequence[Report]:
        return [
            replace(r, retired=True) if r.name == name else r
            for r in own
            if r.name != name or name in published
        ]

    _edit(store, who, drop)


def bring_back_report(store: Store, who: Who, name: str) -> None:
    """Show a retired report again.

    Raises:
        Invalid: another report has taken its name.
    """

    def back(own: Sequence[Report]) -> Sequence[Report]:
        report = next((r for r in own if r.name == name), None)
        if report is None:
            raise NotFound(entity="report")
        back = replace(report, retired=False)
        refuse([replace(p, field="") for p in check_report(back, own)])
        return [back if r.name == name else r for r in own]

    _edit(store, who, back)


def _edit(store: Store, who: Who, edit: Edit) -> None:
    attribute = LISTS[Area.REPORTS]

    def change(content: dict[str, Any]) -> dict[str, Any]:
        own = [from_document(d) for d in content.get(attribute, ())]
        return {attribute: [to_document(r) for r in edit(own)]}

    edit_draft(store, who, Area.REPORTS, change)
