"""What does the company want to know, and by which rules does the product work?"""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from components import studio, studio_fields
from components.frame import View, page
from components.text import t
from core.access import Permission
from core.studio import Area
from data.commands.command import Command
from data.commands.studio import (
    bring_back_field,
    discard_draft,
    drop_field,
    keep_field,
    move_field,
    publish,
    rebase_draft,
    restore,
)
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
AREA: dict[str, Callable[..., Any]] = {
    "publish": PUBLISH,
    "restore": RESTORE,
    "discard": discard_draft,
    "rebase": rebase_draft,
}


def fields(view: View) -> None:
    """The company's own fields."""
    found = view.read(desk, Area.FIELDS)
    does = studio.commands(view, Area.FIELDS, AREA)
    edits = {name: partial(view.do, work) for name, work in FIELDS.items()}
    studio.at_work(found, does, view)
    studio_fields.fields_block(found, edits)
    studio_fields.editor(found, edits["keep"], view)
    studio.publishing(found, does, studio_fields.describe, partial(held_against, found, view), view)
    studio.versions(found, does["restore"], studio_fields.describe, view)


def held_against(found: Desk, view: View) -> None:
    """The draft on real records."""
    own = found.policy.own_fields
    studio_fields.preview(view.read(fields_preview, own, found.waiting, view.now), own, view)


with page("studio.title", needs=Permission.CHANGE_STUDIO) as view:
    st.caption(t("studio.question"))
    match studio.chosen_part():
        case "elsewhere":
            studio.elsewhere(view)
        case _:
            fields(view)
