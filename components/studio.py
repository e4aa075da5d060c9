"""What every part of the studio shares: who else is at work, publishing, and the versions (PRODUCT.md F2)."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NoReturn

import streamlit as st

from components import address
from components.blocks import empty, plain, section
from components.forms import Marks
from components.frame import View
from components.navigation import PAGES, open_page
from components.scrolling import arrive, lead_to
from components.text import t
from core.access import decide
from core.studio import Area, Difference
from data.queries.studio import Desk, Version

_EDITOR = "studio_in_hand"
Does = Mapping[str, Callable[..., Any]]
Describe = Callable[[Difference], Sequence[str]]
PARTS = ("fields", "stages", "tags", "grades", "rules", "reports", "home", "notices", "elsewhere")
_ELSEWHERE = {
    "weights": ":material/tune:",
    "health": ":material/straighten:",
    "calendars": ":material/calendar_month:",
    "channels": ":material/outgoing_mail:",
}


def chosen_part() -> str:
    """The part of the studio to work in, kept in the address."""
    names = {part: t(f"studio.part.{part}") for part in PARTS}
    how = {"label_visibility": "collapsed", "required": True}
    return address.choose(
        st.segmented_control, t("studio.parts"), "part", names, PARTS[0], drops=("field", "own"), **how
    )


def at_work(desk: Desk, does: Does, view: View) -> None:
    """Who else prepares something here, and whether somebody has published since one began."""
    with st.container(key="studio-at-work"):
        for other in desk.others:
            said = t("studio.also", name=other.name, at=view.instant(other.since))
            st.caption(f":material/group: {plain(said)}")
        if desk.draft and desk.overtaken is not None:
            late = desk.overtaken
            by = late.by or t("studio.operator")
            st.warning(plain(t("studio.overtaken", name=by, at=view.instant(late.at), note=late.note)))
            if st.button(t("studio.rebase"), icon=":material/merge:"):
                does["rebase"]()
                st.rerun()


def publishing(
    area: Area, desk: Desk, does: Does, describe: Describe, preview: Callable[[], None], view: View
) -> None:
    """What the draft changes, what that would have meant, and putting it in force.

    Args:
        does: `publish(note)`, `discard()`.
        describe: a difference as lines of Markdown.
        preview: draws the draft held against real records.
    """
    with st.container(key="studio-publishing"):
        if not desk.draft:
            return
        section(t("studio.draft"), icon=":material/edit_note:")
        if not desk.pending:
            st.caption(t("studio.no_difference"))
        else:
            with st.container(border=True, gap="small"):
                for one in desk.pending:
                    st.markdown("  \n".join(describe(one)))
            preview()
        _publish(area, desk, does, view)


def _publish(area: Area, desk: Desk, does: Does, view: View) -> None:
    marks = Marks(view)
    with marks.field("note"):
        note = st.text_input(
            t("studio.note"),
            placeholder=t(f"studio.note_hint.{area}"),
            key=f"studio-note-{desk.in_force.version}",
        )
    with st.container(horizontal=True, gap="small"):
        pressed = st.button(
            t("studio.publish"),
            type="primary",
            icon=":material/publish:",
            disabled=not desk.pending or desk.overtaken is not None,
        )
        if st.button(t("studio.discard"), type="tertiary", icon=":material/delete:"):
            does["discard"]()
            st.rerun()
    if pressed and marks.sent(partial(does["publish"], note or "")):
        st.toast(t("studio.published"), icon=":material/check_circle:")
        st.rerun()


def edit(asked: str, what: str) -> NoReturn:
    """Take something up in its editor, and bring that into view.

    Args:
        asked: the address's name for what is edited.
    """
    address.write(**{asked: what})
    lead_to(_EDITOR)
    st.rerun()


def editing(name: str) -> None:
    """What the editor holds, at its head."""
    with st.container(key=_EDITOR):
        st.markdown(f"**{plain(name)}**")
        arrive(_EDITOR)


def keep_or_leave(keep: Callable[[], Any], marks: Marks, asked: str) -> None:
    """The end of an editor: what it holds goes into the draft, or is left; either closes it.

    Args:
        asked: the address's name for what is edited.
    """
    with st.container(horizontal=True, gap="small"):
        pressed = st.button(t("studio.keep"), type="primary", icon=":material/save:", key="studio-keep")
        left = st.button(t("studio.leave"), type="tertiary", icon=":material/close:", key="studio-leave")
    if left or (pressed and marks.sent(keep)):
        address.write(**{asked: None})
        st.rerun()


def versions(desk: Desk, restore: Callable[[int, str], Any], describe: Describe, view: View) -> None:
    """Every version with what it changed, and the way back to each."""
    section(t("studio.versions"), help=t("studio.versions_help"), icon=":material/history:")
    if not desk.versions:
        empty(t("studio.as_shipped"), t("studio.as_shipped_hint"), icon=":material/history:")
        return
    newest, *older = desk.versions
    _version(newest, describe, view)
    for item in older:
        _version(item, describe, view, restore)
    with st.expander(t("studio.to_shipped"), icon=":material/undo:"):
        _restore(0, restore, view)


def _version(
    item: Version, describe: Describe, view: View, restore: Callable[[int, str], Any] | None = None
) -> None:
    by = f"{item.by or t('studio.operator')} · {view.instant(item.at)}"
    title = f"{t('studio.version', version=item.version)} · {plain(item.note)} · {plain(by)}"
    if restore is None:
        title += f" · {t('studio.in_force')}"
    with st.expander(title, key=f"studio-version-{item.version}"):
        for one in item.changed:
            st.markdown("  \n".join(describe(one)))
        if restore is not None:
            _restore(item.version, restore, view)


def _restore(version: int, restore: Callable[[int, str], Any], view: View) -> None:
    with st.form(f"studio-restore-{version}", border=False):
        marks = Marks(view)
        with marks.field("note"):
            note = st.text_input(t("studio.restore_note"), key=f"studio-restore-note-{version}")
        sent = st.form_submit_button(t("studio.restore"), icon=":material/undo:")
        if sent and marks.sent(partial(restore, version, note or "")):
            st.toast(t("studio.restored"), icon=":material/check_circle:")
            st.rerun()


def elsewhere(view: View) -> None:
    """Parts of the studio that have pages of their own, for whoever may open them."""
    needs = {spec.name: spec.needs for spec in PAGES}
    for name, icon in _ELSEWHERE.items():
        if not decide(view.who, needs[name]).allowed:
            continue
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            hint = t(f"studio.elsewhere_hint.{name}")
            st.markdown(f"**{t(f'studio.elsewhere.{name}')}**  \n:small[{hint}]", width="stretch")
            if st.button(t("studio.open"), key=f"studio-open-{name}", icon=icon):
                open_page(name)


def commands(view: View, area: Area, does: Does) -> dict[str, Callable[..., Any]]:
    """The commands as this person, over one area."""
    return {name: partial(view.do, command, area) for name, command in does.items()}
