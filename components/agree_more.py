"""What else the morning meeting agrees on, over a draft: a look at something else loses nothing."""

from functools import partial

import streamlit as st

from components.commitments import agreed_words, first_day
from components.days import EVENING, day_in
from components.draft_begin import form_over, note_draft, unfolded
from components.draft_end import send_here
from components.frame import View
from components.text import t
from core.reports.commitments import BY_HAND, Proof
from data.commands.form_drafts import AGREEMENT
from data.commands.note_drafts import save_note
from data.queries.morning import Meeting, Morning


def agree_more(told: Morning, held: Meeting, view: View, *, goes_on: bool) -> None:
    """A form for anything else that the meeting agrees on, for who runs it.

    Args:
        goes_on: whether something was agreed on in it just now.
    """
    if not told.may_run:
        return
    kept = note_draft(view, AGREEMENT, held.id)
    people, customers = told.members, told.customers
    with st.expander(t("morning.agree_more"), expanded=unfolded(kept, goes_on), icon=":material/add_task:"):
        form = form_over(view, kept, save_note, f"agreement-{held.id}")
        st.caption(t("morning.agree_more_hint"))
        form.long_text("what", t("morning.what"), height=68)
        owner = form.select("owner", t("morning.assign_to"), list(people), people.__getitem__, placeholder="")
        form.select("customer", t("morning.customer"), list(customers), customers.__getitem__, placeholder="")
        usual = first_day(told, view)
        day_in(form, "due_at", t("morning.due"), told.ahead, usual, view.language)
        with st.container(horizontal=True, gap="small"):
            form.clock("at", t("morning.at_time"), EVENING, step=1800, width=110)
            proofs = {str(p): t(f"morning.proof.{p}") for p in BY_HAND}
            form.select(
                "expects", t("morning.expects"), list(proofs), proofs.__getitem__, default=str(Proof.ACTION)
            )
        agrees = partial(
            AGREEMENT.submit, days=told.ahead, usual=usual, otherwise=EVENING, zone=told.timezone
        )
        send_here(view, form, t("morning.add"), agrees, said=agreed_words(owner, people, view))
        form.finish()
