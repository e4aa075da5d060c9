"""The forms in which a customer, a contact or an opportunity is added or edited.

A form gets what stands and a `save` that carries out one command.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import partial
from typing import Any

import streamlit as st

from components.action_fields import CURRENCIES
from components.amounts import amount_line, read_amount
from components.change_words import field_name
from components.draft_begin import form_over, note_draft
from components.editing import Editor, Save, begun, dialog, one_of, send, submit, tell
from components.forms import Marks
from components.frame import View
from components.outage import pressed
from components.own_values import own_now, own_part
from components.text import t
from core.customers import ContactInput, CustomerInput
from core.definitions import CUSTOMER, OPPORTUNITY
from core.messages import Problem, refuse
from core.terms import INDUSTRIES, SEGMENTS, DecisionRole
from data.commands.drafts import drop_draft
from data.commands.form_drafts import CUSTOMER_NOTE
from data.commands.note_drafts import save_note
from data.queries.customer_file import ContactCard, CustomerHead
from data.queries.customers import Choices
from data.queries.drafts import DraftView
from data.queries.opportunity_cards import OpportunityCard
from data.queries.own_fields import Company


def customer_form(
    head: CustomerHead | None,
    options: Choices,
    company: Company,
    view: View,
    save: Save,
    editor: Editor,
    then: Callable[[Any], None] = lambda _: None,
) -> None:
    """Add a customer, or edit one; its note is kept while it is typed.

    Args:
        then: what comes after it, with what `save` returned.
    """
    names = [f.name for f in fields(CustomerInput) if f.name not in ("owner_id", "fields")]
    now = {name: getattr(head, name) for name in names} if head else {"name": "", "note": ""}
    now |= own_now(CUSTOMER, head.fields if head else {}, company)
    title = t("customer.edit_title") if head else t("customers.new")
    dialog(title, lambda: _customer(head, now, options, company, view, save, editor, then))


def _customer(
    head: CustomerHead | None,
    now: Mapping[str, Any],
    options: Choices,
    company: Company,
    view: View,
    save: Save,
    editor: Editor,
    then: Callable[[Any], None],
) -> None:
    key = f"customer-{head.id if head else 'new'}"
    noted = {"note": now["note"] or None, "before": now["note"] or None}
    kept = note_draft(view, CUSTOMER_NOTE, head.id if head else 0, noted)
    editing = begun(key, head.version if head else 0, now, _left(kept, now))
    tell(editing.told, editor, view, company)
    start, at = editing.start, f"{key}-{editing.version}"
    marks = Marks(view)
    industries = sorted({*INDUSTRIES, *options.industries})
    form = form_over(view, kept, save_note, key)
    with st.container(key=f"{at}-fields"):
        typed: dict[str, Any] = {"name": _line(marks, "name", start, at)}
        typed["industry"] = _word(marks, "industry", industries, start, at, accept_new_options=True)
        typed["segment"] = _word(marks, "segment", SEGMENTS, start, at)
        typed["region"] = _line(marks, "region", start, at) or None
        with marks.field("note"):
            typed["note"] = form.long_text("note", field_name("note"))
            with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{key}-kept"):
                _kept(kept, view)
        typed |= own_part(CUSTOMER, start, company, view, marks, at)
        sent = st.button(t("customer.save"), type="primary", icon=":material/check:", key=f"{at}-save")
        form.finish(lines=f"{at}-fields", send=f"{at}-save")

    def saved(values: Mapping[str, Any], version: int) -> None:
        done = save(values, version)
        view.do(drop_draft, kept.id)
        then(done)

    if sent:
        send(marks, key, editing, typed, saved)


def _kept(kept: DraftView, view: View) -> None:
    """That the note is kept as it stands, and the way back to what it was."""
    if not kept.touched:
        return
    st.caption(t("customer.note_kept"), width="content")
    drop = partial(view.do, drop_draft, kept.id)
    st.button(
        t("demands.discard"), type="tertiary", icon=":material/delete:", key=f"discard-{kept.id}",
        on_click=pressed, args=(drop,),
    )  # fmt: skip


def _left(kept: DraftView, now: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
    """Of a note that was typed earlier and changed by somebody since: what its writer saw, and typed."""
    seen, typed = kept.values["before"] or "", kept.values.get("note") or ""
    if not kept.touched or seen == (now["note"] or ""):
        return None
    return {**now, "note": seen}, {**now, "note": typed}


def contact_form(contact: ContactCard | ContactInput | None, view: View, save: Save, editor: Editor) -> None:
    """Add a contact, perhaps of whom something is known, or edit one."""
    names = [f.name for f in fields(ContactInput)]
    now = {n: getattr(contact, n) for n in names} if contact else dict.fromkeys(names)
    card = contact if isinstance(contact, ContactCard) else None
    title = t("customer.edit_contact") if card else t("customer.add_contact")
    dialog(title, lambda: _contact(card, now, view, save, editor))


def _contact(
    contact: ContactCard | None,
    now: Mapping[str, Any],
    view: View,
    save: Save,
    editor: Editor,
) -> None:
    key = f"contact-{contact.id if contact else now['name'] or 'new'}"
    editing = begun(key, contact.version if contact else 0, now)
    tell(editing.told, editor, view)
    at = f"{key}-{editing.version}"
    marks = Marks(view)
    with st.form(at, border=False):
        typed = contact_fields(marks, editing.start, at)
        if submit():
            send(marks, key, editing, typed, save)


def contact_fields(marks: Marks, start: Mapping[str, Any], at: str) -> dict[str, Any]:
    """The fields of a contact; returns what is typed, by the names of `ContactInput`.

    Args:
        start: what stands in them at first.
        at: what the keys of their widgets begin with.
    """
    typed: dict[str, Any] = {
        "name": _line(marks, "name", start, at, t("people.name")),
        "title": _line(marks, "title", start, at) or None,
    }
    typed["decision_role"] = _word(marks, "decision_role", tuple(DecisionRole), start, at)
    for name in ("phone", "email"):
        typed[name] = _line(marks, name, start, at) or None
    return typed


def opportunity_form(
    card: OpportunityCard | None, company: Company, view: View, save: Save, editor: Editor
) -> None:
    """Open an opportunity, or edit one."""
    names = ("name", "product", "amount", "currency", "close_on")
    fresh = dict.fromkeys(names) | {"currency": company.currency}
    now = {n: getattr(card, n) for n in names} if card else fresh
    now |= own_now(OPPORTUNITY, card.fields if card else {}, company)
    title = t("customer.edit_opportunity") if card else t("customer.open_opportunity")
    dialog(title, lambda: _opportunity(card, now, company, view, save, editor))


def _opportunity(
    card: OpportunityCard | None,
    now: Mapping[str, Any],
    company: Company,
    view: View,
    save: Save,
    editor: Editor,
) -> None:
    key = f"opportunity-{card.id if card else 'new'}"
    editing = begun(key, card.version if card else 0, now)
    tell(editing.told, editor, view, company)
    start, at = editing.start, f"{key}-{editing.version}"
    marks = Marks(view)
    with st.form(at, border=False):
        typed: dict[str, Any] = {
            "name": _line(marks, "name", start, at),
            "product": _line(marks, "product", start, at) or None,
        }
        left, right = st.columns([2, 1])
        with left, marks.field("amount"):
            line = amount_line(field_name("amount"), start["amount"], view.language, f"{at}-amount")
        with right, marks.field("currency"):
            offered = list(dict.fromkeys((start["currency"], *CURRENCIES)))
            typed["currency"] = st.selectbox(field_name("currency"), offered, key=f"{at}-currency")
        typed["amount"], wrong = read_amount("amount", line, typed["currency"])
        with marks.field("close_on"):
            typed["close_on"] = st.date_input(
                field_name("close_on"), start["close_on"], format="YYYY-MM-DD", key=f"{at}-close"
            )
        typed |= own_part(OPPORTUNITY, start, company, view, marks, at)
        if submit():
            send(marks, key, editing, typed, partial(_save_read, wrong, save))


def _save_read(wrong: Sequence[Problem], save: Save, *what: Any) -> None:
    """Save what was typed, once all of it could be read."""
    refuse(wrong)
    save(*what)


def _line(marks: Marks, name: str, start: Mapping[str, Any], at: str, label: str = "") -> str:
    with marks.field(name):
        line: str = st.text_input(label or field_name(name), start.get(name) or "", key=f"{at}-{name}")
    return line


def _word(
    marks: Marks, name: str, options: Sequence[str], start: Mapping[str, Any], at: str, **more: Any
) -> Any:
    """One of a few words, whose names stand in the catalogue's area of the field's name."""
    with marks.field(name):
        return one_of(field_name(name), options, start.get(name), name, f"{at}-{name}", **more)
