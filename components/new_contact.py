"""Somebody met for the first time is put on file where they are named: in a record, a demand or a promise."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from components.blocks import plain
from components.customer_forms import contact_fields
from components.editing import submit
from components.form_turns import next_turn, turn_of
from components.forms import Marks
from components.frame import View
from components.text import t
from core.access import Permission, reach
from core.customers import ContactInput
from data.commands.customers import add_contact

Put = Callable[[int, ContactInput], object]


def new_contact(
    customer: int, at: str, put: Put, view: View, name: str = "", role: str | None = None
) -> None:
    """A contact of a customer, added beside the field that names people; the rest of the form stays as it is.

    Args:
        at: the field, for keys.
        put: what becomes of the new contact in the form: `put(id, contact)`.
        name: who was named already and is not on file; "" for anybody.
        role: their part in the decision, as far as it was said.
    """
    if reach(view.who, Permission.EDIT_CUSTOMERS) is None:
        return
    place = f"contact-{customer}-{at}"
    turn = turn_of(place)
    label = t("customer.put_on_file", name=plain(name)) if name else t("customer.add_contact")
    with st.popover(label, icon=":material/person_add:", type="tertiary", key=turn):
        marks, form = Marks(view), f"{turn}-{name}-{role or ''}"  # another person: another form
        with st.form(form, border=False):
            typed = contact_fields(marks, {"name": name, "decision_role": role}, form)
            sent = submit()
    if not sent:
        return
    contact = ContactInput(**typed)
    made: list[int] = []
    if marks.sent(lambda: made.append(view.do(add_contact.once, turn, customer, contact))):
        put(made[0], replace(contact, name=contact.name.strip()))
        st.toast(t("customer.on_file", name=plain(contact.name.strip())))
        next_turn(place)
        st.rerun()
