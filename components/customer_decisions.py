"""What is decided about a customer, each a small dialog: grade, tags, owner, an opportunity's end."""

from collections.abc import Sequence

import streamlit as st

from components import address
from components.blocks import plain
from components.change_words import field_name
from components.customer import graded
from components.editing import Save, dialog, done, submit
from components.forms import Marks
from components.frame import View
from components.text import t, term
from core.terms import Grade, Outcome
from data.queries.customer_file import CustomerHead
from data.queries.customers import Choices
from data.queries.opportunity_cards import OpportunityCard


def grade_form(head: CustomerHead, view: View, save: Save) -> None:
    """Give the customer a grade, with its reason."""

    def body() -> None:
        marks = Marks(view)
        if head.graded_at:
            st.caption(graded(head, view))
        proposal = address.read("proposal", tuple(Grade), "")
        if proposal:
            st.caption(f":material/swap_vert: {t('customer.proposed', grade=proposal)}")
        with st.form("grade", border=False):
            with marks.field("grade"):
                grade = st.segmented_control(
                    field_name("grade"),
                    [str(g) for g in Grade],
                    default=proposal or head.grade,
                    key="grade-grade",
                )
            with marks.field("reason"):
                reason = st.text_area(
                    t("audit.reason"), key="grade-reason", placeholder=t("customer.reason_hint")
                )
            if submit() and marks.sent(lambda: save(grade or "", reason)):
                done()

    dialog(t("customer.update_grade"), body)


def tags_form(head: CustomerHead, options: Choices, view: View, save: Save) -> None:
    """Choose the tags that the customer carries."""

    def body() -> None:
        marks = Marks(view)
        with st.form("tags", border=False):
            with marks.field("tags"):
                chosen = st.pills(
                    t("customer.tags"),
                    list(dict.fromkeys((*options.tags, *(k for k, _ in head.tags)))),
                    default=[k for k, _ in head.tags],
                    selection_mode="multi",
                    format_func=lambda k: term("tag", k),
                    key="tags-tags",
                )
            if submit() and marks.sent(lambda: save(chosen)):
                done()

    dialog(t("customer.tags"), body)


def close_form(card: OpportunityCard, view: View, save: Save) -> None:
    """Close an opportunity as won or lost."""

    def body() -> None:
        marks = Marks(view)
        st.markdown(f"**{plain(card.name)}**")
        st.caption(t("customer.close_hint"))
        with st.form("close", border=False):
            with marks.field("outcome"):
                outcome = st.segmented_control(
                    field_name("outcome"),
                    [str(Outcome.WON), str(Outcome.LOST)],
                    format_func=lambda k: term("outcome", k),
                    key="close-outcome",
                )
            if submit() and marks.sent(lambda: save(Outcome(outcome) if outcome else Outcome.OPEN)):
                done()

    dialog(t("customer.close_title"), body)


def owner_form(
    name: str, owner_id: int | None, people: Sequence[tuple[int, str]], view: View, save: Save
) -> None:
    """Give a customer or an opportunity to another person."""

    def body() -> None:
        marks = Marks(view)
        names = dict(people)
        st.markdown(f"**{plain(name)}**")
        with st.form("owner", border=False):
            with marks.field("owner"):
                chosen = st.selectbox(
                    field_name("owner_id"),
                    list(names),
                    index=list(names).index(owner_id) if owner_id in names else None,
                    format_func=lambda i: names[i],
                    placeholder=t("customer.choose_person"),
                    key="owner-owner",
                )
            if submit() and marks.sent(lambda: save(chosen or 0)):
                done()

    dialog(t("customer.assign"), body)
