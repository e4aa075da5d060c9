"""Fields of the company in a draft of the studio: kept, taken off, asked for again, moved (PRODUCT.md F2)."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from core.access import Who
from core.definitions import check_definition, from_document, to_document
from core.fields import Field
from core.messages import NotFound, refuse
from core.own_records import asked_of
from core.studio import OWN, Area, moved
from data.commands.studio import edit_draft
from data.engine import Store
from data.queries.policies import policy_in_force

Edit = Callable[[Sequence[Field]], Sequence[Field]]


def keep_field(store: Store, who: Who, field: Field) -> None:
    """Put a field into the person's draft, new or in place of the one of its key.

    Raises:
        Invalid: everything that is wrong with the definition.
    """

    with store.reading(fresh=True) as session:
        places = asked_of(policy_in_force(session).stages)

    def put(own: Sequence[Field]) -> Sequence[Field]:
        refuse(check_definition(field, own, places))
        fresh = not any(f.key == field.key for f in own)
        return [*(field if f.key == field.key else f for f in own), *([field] if fresh else [])]

    _edit(store, who, put)


def drop_field(store: Store, who: Who, key: str) -> None:
    """Take a field off: retired where it was published before, else gone without a trace."""

    def drop(own: Sequence[Field]) -> Sequence[Field]:
        published = {f.key for f in own if f.since is not None}
        return [
            replace(f, retired=True) if f.key == key else f for f in own if f.key != key or key in published
        ]

    _edit(store, who, drop)


def bring_back_field(store: Store, who: Who, key: str) -> None:
    """Ask for a retired field again.

    Raises:
        Invalid: another field has taken its name.
    """

    with store.reading(fresh=True) as session:
        places = asked_of(policy_in_force(session).stages)

    def back(own: Sequence[Field]) -> Sequence[Field]:
        field = next((f for f in own if f.key == key), None)
        if field is None:
            raise NotFound(entity="field")
        back = replace(field, retired=False)
        refuse([replace(p, field="") for p in check_definition(back, own, places)])
        return [back if f.key == key else f for f in own]

    _edit(store, who, back)


def move_field(store: Store, who: Who, key: str, by: int) -> None:
    """Move a field up (-1) or down (1) among those in use."""

    def move(own: Sequence[Field]) -> Sequence[Field]:
        by_key = {f.key: f for f in own}
        used = [f.key for f in own if not f.retired]
        order = moved(used, key, by) if key in used else used
        return [by_key[k] for k in (*order, *(k for k in by_key if k not in used))]

    _edit(store, who, move)


def _edit(store: Store, who: Who, edit: Edit) -> None:
    """Change the fields of the person's draft; the first change begins it."""

    def change(content: dict[str, Any]) -> dict[str, Any]:
        own = [from_document(d) for d in content.get(OWN, ())]
        return {OWN: [to_document(f) for f in edit(own)]}

    edit_draft(store, who, Area.FIELDS, change)
