"""A person's own layout of Today, and the studio's of a role (PRODUCT.md F1, F2)."""

from dataclasses import replace
from typing import Any

from core.access import Permission, Who
from core.home import Layout, check_layout, to_document
from core.messages import NotFound, refuse
from core.studio import LISTS, Area
from data.commands.command import Tx, command
from data.commands.studio import edit_draft
from data.engine import Store
from data.schema import HomeWish


@command("home.keep", needs=Permission.OWN_ACCOUNT)
def keep_own(tx: Tx, layout: Layout) -> int:
    """Lay out one's own Today; returns one's id.

    Raises:
        NotFound: the operator at the command line has no Today.
        Invalid: it hides what must be seen, or shows too few or too many.
    """
    if tx.who.person_id is None:
        raise NotFound(entity="person")
    refuse(check_layout(layout))
    row = tx.session.get(HomeWish, tx.who.person_id)
    before = dict(row.content) if row else None
    if row is None:
        row = HomeWish(person_id=tx.who.person_id)
        tx.session.add(row)
    row.content, row.updated_at = to_document(replace(layout, role="")), tx.now
    tx.audit("person", row.person_id, before, dict(row.content))
    return row.person_id


@command("home.reset", needs=Permission.OWN_ACCOUNT)
def reset_own(tx: Tx) -> int:
    """Take the role's layout again; returns one's id.

    Raises:
        NotFound: one has no layout of one's own.
    """
    row = tx.session.get(HomeWish, tx.who.person_id) if tx.who.person_id else None
    if row is None:
        raise NotFound(entity="layout")
    before = dict(row.content)
    tx.session.delete(row)
    tx.audit("person", tx.who.person_id, before, None)
    return row.person_id


def keep_layout(store: Store, who: Who, layout: Layout) -> None:
    """Put a role's layout into the person's draft.

    Raises:
        Invalid: it hides what must be seen, or shows too few or too many.
    """

    def put(content: dict[str, Any]) -> dict[str, Any]:
        refuse(check_layout(layout))
        rest = [d for d in content.get(LISTS[Area.HOME], ()) if d["key"] != layout.role]
        return {LISTS[Area.HOME]: [*rest, to_document(layout)]}

    edit_draft(store, who, Area.HOME, put)
