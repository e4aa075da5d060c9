"""The forms about a customer, each a dialog that the address opens (`?do=grade`).

A form gets what stands and a `save` that carries out one command. Two people editing one record: the
second is told what the other changed, field by field; what only the other changed is taken over, what
both changed keeps one's own words until one decides.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import partial
from typing import Any

import streamlit as st

from components import address
from components.audit import field_name, words
from components.blocks import plain
from components.format import NOTHING
from components.forms import Marks
from components.frame import View
from components.own_values import gathered, own_name, own_now, own_part
from components.text import t, term
from core.access import Permission, reach
from core.changes import Merge, merge
from core.customers import ContactInput, CustomerInput
from core.definitions import CUSTOMER, OPPORTUNITY
from core.messages import Conflict
from core.terms import INDUSTRIES, SEGMENTS, DecisionRole, Grade, Outcome
from data.commands.opportunities import OpportunityEdit
from data.queries.customer_file import ContactCard, CustomerFile, CustomerHead, OpportunityCard
from data.queries.customers import Choices
from data.queries.own_fields import Company

CURRENCIES = ("CNY", "USD", "EUR", "HKD", "JPY", "GBP")
Save = Callable[..., Any]
Editor = Callable[[], str | None]


@dataclass(frozen=True, slots=True)
class Editing:
    """One editor's state: the version and values they started from, and what they fill in now.

    Attributes:
        refused: what they wanted to save when somebody had been faster.
        told: what the other has changed, once it is laid under theirs.
    """

    version: int
    seen: Mapping[str, Any]
    start: Mapping[str, Any]
    refused: Mapping[str, Any] | None = None
    told: Merge | None = None


def closed() -> None:
    """Forget the form that the address names."""
    for key in [k for k in st.session_state if str(k).startswith("editing-")]:
        del st.session_state[key]
    address.write(do=None, id=None, proposal=None)


def _editing(key: str, version: int, now: Mapping[str, Any]) -> Editing:
    kept: Editing = st.session_state.get(f"editing-{key}") or Editing(version, now, now)
    if kept.refused is not None:
        told = merge(kept.seen, kept.refused, now)
        kept = Editing(version, now, told.values, told=told)
    st.session_state[f"editing-{key}"] = kept
    return kept


def _send(marks: Marks, key: str, editing: Editing, typed: Mapping[str, Any], save: Save) -> None:
    """Save; when somebody was faster, begin again on what they left, with what was typed."""

    def attempt() -> None:
        try:
            save(typed, editing.version)
        except Conflict as error:
            if error.code != "edited_meanwhile":
                raise
            st.session_state[f"editing-{key}"] = Editing(editing.version, editing.seen, typed, refused=typed)
            st.rerun()

    if marks.sent(attempt):
        done()


def done() -> None:
    """The form has done its work."""
    closed()
    st.rerun()


def _tell(told: Merge | None, editor: Editor, view: View, company: Company | None = None) -> None:
    """What the other editor changed, and what is to be decided."""
    if told is None:
        return
    lines = [t("customer.meanwhile", who=plain(editor() or t("customer.somebody")))]
    for name, value in told.theirs.items():
        own = own_name(name, value, company, view) if company else None
        label, theirs = own or (field_name(name), words(name, value, view))
        key = "customer.both_changed" if name in told.both else "customer.taken_over"
        lines.append("- " + t(key, field=plain(label), theirs=plain(theirs or NOTHING)))
    st.warning("\n".join(lines), icon=":material/group:")


def _form(title: str, body: Callable[[], None]) -> None:
    st.dialog(title, on_dismiss=closed)(body)()


def _submit() -> bool:
    return st.form_submit_button(t("customer.save"), type="primary", icon=":material/check:")


def _one_of(label: str, options: Sequence[str], value: str | None, area: str, key: str, **more: Any) -> Any:
    offered = list(options) + ([value] if value and value not in options else [])
    return st.selectbox(
        label,
        offered,
        index=offered.index(value) if value else None,
        format_func=lambda k: term(area, k),
        placeholder=t("customer.not_said"),
        key=key,
        **more,
    )


def customer_form(
    head: CustomerHead | None, options: Choices, company: Company, view: View, save: Save, editor: Editor
) -> None:
    """Add a customer, or edit one."""
    names = [f.name for f in fields(CustomerInput) if f.name not in ("owner_id", "fields")]
    now = {name: getattr(head, name) for name in names} if head else {"name": "", "note": ""}
    now |= own_now(CUSTOMER, head.fields if head else {}, company)
    title = t("customer.edit_title") if head else t("customers.new")
    _form(title, lambda: _customer(head, now, options, company, view, save, editor))


def _customer(
    head: CustomerHead | None,
    now: Mapping[str, Any],
    options: Choices,
    company: Company,
    view: View,
    save: Save,
    editor: Editor,
) -> None:
    key = f"customer-{head.id if head else 'new'}"
    editing = _editing(key, head.version if head else 0, now)
    _tell(editing.told, editor, view, company)
    start, at = editing.start, f"{key}-{editing.version}"
    marks = Marks(view)
    industries = sorted({*INDUSTRIES, *options.industries})
    with st.form(at, border=False):
        typed: dict[str, Any] = {}
        with marks.field("name"):
            typed["name"] = st.text_input(field_name("name"), start.get("name"), key=f"{at}-name")
        with marks.field("industry"):
            typed["industry"] = _one_of(
                field_name("industry"),
                industries,
                start.get("industry"),
                "industry",
                f"{at}-industry",
                accept_new_options=True,
            )
        with marks.field("segment"):
            typed["segment"] = _one_of(
                field_name("segment"), SEGMENTS, start.get("segment"), "segment", f"{at}-segment"
            )
        with marks.field("region"):
            typed["region"] = (
                st.text_input(field_name("region"), start.get("region") or "", key=f"{at}-region") or None
            )
        with marks.field("note"):
            typed["note"] = st.text_area(field_name("note"), start.get("note") or "", key=f"{at}-note")
        typed |= own_part(CUSTOMER, start, company, view, marks, at)
        if _submit():
            _send(marks, key, editing, typed, save)


def contact_form(contact: ContactCard | None, view: View, save: Save, editor: Editor) -> None:
    """Add a contact, or edit one."""
    names = [f.name for f in fields(ContactInput)]
    now = {n: getattr(contact, n) for n in names} if contact else dict.fromkeys(names)
    title = t("customer.edit_contact") if contact else t("customer.add_contact")
    _form(title, lambda: _contact(contact, now, view, save, editor))


def _contact(
    contact: ContactCard | None,
    now: Mapping[str, Any],
    view: View,
    save: Save,
    editor: Editor,
) -> None:
    key = f"contact-{contact.id if contact else 'new'}"
    editing = _editing(key, contact.version if contact else 0, now)
    _tell(editing.told, editor, view)
    at = f"{key}-{editing.version}"
    marks = Marks(view)
    with st.form(at, border=False):
        typed: dict[str, Any] = {}
        for name in ("name", "title"):
            with marks.field(name):
                text = st.text_input(field_name(name), editing.start.get(name) or "", key=f"{at}-{name}")
                typed[name] = text or (None if name == "title" else "")
        with marks.field("decision_role"):
            typed["decision_role"] = _one_of(
                field_name("decision_role"),
                tuple(DecisionRole),
                editing.start.get("decision_role"),
                "decision_role",
                f"{at}-role",
            )
        for name in ("phone", "email"):
            with marks.field(name):
                typed[name] = (
                    st.text_input(field_name(name), editing.start.get(name) or "", key=f"{at}-{name}") or None
                )
        if _submit():
            _send(marks, key, editing, typed, save)


def opportunity_form(
    card: OpportunityCard | None, company: Company, view: View, save: Save, editor: Editor
) -> None:
    """Open an opportunity, or edit one."""
    names = ("name", "product", "amount", "currency", "close_on")
    fresh = dict.fromkeys(names) | {"currency": company.currency}
    now = {n: getattr(card, n) for n in names} if card else fresh
    now |= own_now(OPPORTUNITY, card.fields if card else {}, company)
    title = t("customer.edit_opportunity") if card else t("customer.open_opportunity")
    _form(title, lambda: _opportunity(card, now, company, view, save, editor))


def _opportunity(
    card: OpportunityCard | None,
    now: Mapping[str, Any],
    company: Company,
    view: View,
    save: Save,
    editor: Editor,
) -> None:
    key = f"opportunity-{card.id if card else 'new'}"
    editing = _editing(key, card.version if card else 0, now)
    _tell(editing.told, editor, view, company)
    start, at = editing.start, f"{key}-{editing.version}"
    marks = Marks(view)
    with st.form(at, border=False):
        typed: dict[str, Any] = {}
        with marks.field("name"):
            typed["name"] = st.text_input(field_name("name"), start["name"] or "", key=f"{at}-name")
        with marks.field("product"):
            typed["product"] = (
                st.text_input(field_name("product"), start["product"] or "", key=f"{at}-product") or None
            )
        left, right = st.columns([2, 1])
        with left, marks.field("amount"):
            amount = st.number_input(
                field_name("amount"),
                value=_float(start["amount"]),
                step=None,
                format="%.2f",
                key=f"{at}-amount",
            )
            typed["amount"] = None if amount is None else Decimal(f"{amount:.4f}")
        with right, marks.field("currency"):
            offered = list(dict.fromkeys((start["currency"], *CURRENCIES)))
            typed["currency"] = st.selectbox(field_name("currency"), offered, key=f"{at}-currency")
        with marks.field("close_on"):
            typed["close_on"] = st.date_input(field_name("close_on"), start["close_on"], key=f"{at}-close")
        typed |= own_part(OPPORTUNITY, start, company, view, marks, at)
        if _submit():
            _send(marks, key, editing, typed, save)


def _float(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)


def grade_form(head: CustomerHead, view: View, save: Save) -> None:
    """Give the customer a grade, with its reason."""

    def body() -> None:
        marks = Marks(view)
        if head.graded_at:
            by = plain(head.graded_by or t("customer.somebody"))
            st.caption(t("customer.graded", by=by, at=plain(view.instant(head.graded_at))))
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
            if _submit() and marks.sent(lambda: save(grade or "", reason)):
                done()

    _form(t("customer.update_grade"), body)


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
            if _submit() and marks.sent(lambda: save(chosen)):
                done()

    _form(t("customer.tags"), body)


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
            if _submit() and marks.sent(lambda: save(Outcome(outcome) if outcome else Outcome.OPEN)):
                done()

    _form(t("customer.close_title"), body)


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
            if _submit() and marks.sent(lambda: save(chosen or 0)):
                done()

    _form(t("customer.assign"), body)


@dataclass(frozen=True, slots=True)
class Desk:
    """What the forms of one customer's page work with.

    Attributes:
        editor: `editor(entity, id)` names who changed a record last.
        save: `save(form, *values)` carries out that form's command.
    """

    file: CustomerFile
    view: View
    options: Callable[[], Choices]
    people: Callable[[], Sequence[tuple[int, str]]]
    company: Callable[[], Company]
    editor: Callable[[str, int], str | None]
    save: Save


def customer_dialog(what: str | None, record_id: int | None, desk: Desk) -> None:
    """The form that the address asks for, when there is one and this person may use it."""
    if what in _FORMS and reach(desk.view.who, _NEEDS.get(what, Permission.EDIT_CUSTOMERS)):
        _FORMS[what](desk, record_id)


def _ask_edit(desk: Desk, _: int | None) -> None:
    head = desk.file.head

    def keep(typed: Mapping[str, Any], version: int) -> None:
        desk.save("edit", head.id, CustomerInput(**gathered(typed)), version)

    told = partial(desk.editor, "customer", head.id)
    customer_form(head, desk.options(), desk.company(), desk.view, keep, told)


def _ask_grade(desk: Desk, _: int | None) -> None:
    head = desk.file.head
    grade_form(head, desk.view, lambda *values: desk.save("grade", head.id, *values))


def _ask_tags(desk: Desk, _: int | None) -> None:
    head = desk.file.head
    tags_form(head, desk.options(), desk.view, lambda keys: desk.save("tags", head.id, keys))


def _ask_owner(desk: Desk, _: int | None) -> None:
    head = desk.file.head
    owner_form(head.name, head.owner_id, desk.people(), desk.view, lambda to: desk.save("owner", head.id, to))


def _ask_contact(desk: Desk, record_id: int | None) -> None:
    contact = next((c for c in desk.file.contacts if c.id == record_id), None)

    def keep(typed: Mapping[str, Any], version: int) -> None:
        if contact is None:
            desk.save("contact.add", desk.file.head.id, ContactInput(**typed))
        else:
            desk.save("contact", contact.id, ContactInput(**typed), version)

    contact_form(contact, desk.view, keep, lambda: desk.editor("contact", record_id or 0))


def _ask_opportunity(desk: Desk, record_id: int | None) -> None:
    card = _card(desk, record_id)

    def keep(typed: Mapping[str, Any], version: int) -> None:
        if card is None:
            desk.save("opportunity.open", desk.file.head.id, **gathered(typed))
        else:
            desk.save("opportunity", card.id, OpportunityEdit(**gathered(typed), version=version))

    told = partial(desk.editor, "opportunity", record_id or 0)
    opportunity_form(card, desk.company(), desk.view, keep, told)


def _ask_close(desk: Desk, record_id: int | None) -> None:
    if card := _card(desk, record_id):
        close_form(card, desk.view, lambda outcome: desk.save("close", card.id, outcome))


def _ask_assign(desk: Desk, record_id: int | None) -> None:
    if card := _card(desk, record_id):
        owner_form(
            card.name, card.owner_id, desk.people(), desk.view, lambda to: desk.save("assign", card.id, to)
        )


def _card(desk: Desk, record_id: int | None) -> OpportunityCard | None:
    return next((c for c in desk.file.opportunities if c.id == record_id), None)


_FORMS: dict[str, Callable[[Desk, int | None], None]] = {
    "edit": _ask_edit,
    "grade": _ask_grade,
    "tags": _ask_tags,
    "owner": _ask_owner,
    "contact": _ask_contact,
    "opportunity": _ask_opportunity,
    "close": _ask_close,
    "assign": _ask_assign,
}
_NEEDS = {"owner": Permission.ASSIGN, "assign": Permission.ASSIGN}
