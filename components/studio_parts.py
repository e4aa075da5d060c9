"""The parts of the studio, put together: each reads its desk, draws it, and carries out what is asked."""

from collections.abc import Callable
from functools import partial
from typing import Any

from components import studio, studio_fields, studio_rules
from components.frame import View
from core.studio import Area
from data.commands.command import Command
from data.commands.studio import (
    bring_back_field,
    discard_draft,
    drop_field,
    keep_field,
    keep_rules,
    move_field,
    publish,
    rebase_draft,
    restore,
)
from data.queries.rules_preview import rules_preview
from data.queries.studio import Desk, desk
from data.queries.studio_preview import fields_preview

PUBLISH: Command[..., int] = publish
RESTORE: Command[..., int] = restore
FIELDS: dict[str, Callable[..., Any]] = {
    "keep": keep_field,
    "up": partial(move_field, by=-1),
    "drop": drop_field,
    "back": bring_back_field,
}
KEEP_RULES: Callable[..., None] = keep_rules
AREA: dict[str, Callable[..., Any]] = {
    "publish": PUBLISH,
    "restore": RESTORE,
    "discard": discard_draft,
    "rebase": rebase_draft,
}


def fields(view: View) -> None:
    """The company's own fields."""
    found = view.read_now(desk, Area.FIELDS)
    does = studio.commands(view, Area.FIELDS, AREA)
    edits = {name: partial(view.do, work) for name, work in FIELDS.items()}
    studio.at_work(found, does, view)
    studio_fields.fields_block(found, edits)
    studio_fields.editor(found, edits["keep"], view)
    describe = studio_fields.describer(found.policy.own_fields)
    studio.publishing(Area.FIELDS, found, does, describe, partial(held_against, found, view), view)
    studio.versions(found, does["restore"], describe, view)


def held_against(found: Desk, view: View) -> None:
    """The draft on real records."""
    own = found.policy.own_fields
    studio_fields.preview(view.read(fields_preview, own, found.waiting, view.now), own, view)


def rules(view: View) -> None:
    """The policy's numbers and switches."""
    found = view.read_now(desk, Area.RULES)
    does = studio.commands(view, Area.RULES, AREA)
    describe = studio_rules.describer(view)
    studio.at_work(found, does, view)
    studio_rules.rules_block(found, partial(view.do, KEEP_RULES), view)
    studio.publishing(Area.RULES, found, does, describe, partial(would_mean, found, view), view)
    studio.versions(found, does["restore"], describe, view)


def would_mean(found: Desk, view: View) -> None:
    """The draft's rules on what is recorded."""
    policies = found.in_force, found.policy
    studio_rules.preview(view.read(rules_preview, policies, found.waiting, view.now), view)


PARTS: dict[str, Callable[[View], None]] = {
    "fields": fields,
    "rules": rules,
    "elsewhere": studio.elsewhere,
}
