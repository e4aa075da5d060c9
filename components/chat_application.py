"""The company's application in its chat tool: where rooms get a group, and whom the chat tool knows."""

import streamlit as st

from components.blocks import plain, section
from components.frame import View
from components.text import listed, t
from data.commands.room_groups import try_application
from data.queries.room_groups import SHOWN, Applications

_COLUMN = {"wecom": "wecom_id", "dingtalk": "dingtalk_id", "feishu": "feishu_id"}


def application(found: Applications, view: View) -> None:
    """Which chat tool, how many people it knows, and a try of the application."""
    section(t("groups.app.title"), icon=":material/group_work:", help=t("groups.app.help"))
    if found.kind is None:
        st.caption(t("groups.app.none"))
        return
    tool = t(f"channels.kinds.{found.kind}")
    known = t("groups.app.known", known=found.known, people=found.people)
    st.markdown(f"{plain(t('groups.app.chosen', tool=tool))} {plain(known)}")
    if found.without:
        column = t(f"people.{_COLUMN[found.kind]}")
        st.caption(plain(t("groups.app.without", names=_names(found), column=column)))
    if st.button(t("groups.app.check"), icon=":material/key:"):
        if error := try_application(view.who):
            st.error(plain(t("groups.app.bad", tool=tool, error=error)), icon=":material/error:")
        else:
            st.success(plain(t("groups.app.good", tool=tool)), icon=":material/check_circle:")


def _names(found: Applications) -> str:
    names = listed(found.without)
    return t("groups.app.more", names=names) if len(found.without) == SHOWN else names
