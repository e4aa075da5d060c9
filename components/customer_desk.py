"""Which form a customer's address asks for (`?do=grade`), what stands in it, and what saving it does."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from components.customer_decisions import close_form, grade_form, owner_form, tags_form
from components.customer_forms import contact_form, customer_form, opportunity_form
from components.editing import Save
from components.frame import View
from components.own_values import gathered
from core.access import Permission, reach
from core.customers import ContactInput, CustomerInput
from data.commands.opportunities import OpportunityEdit
from data.queries.customer_file import CustomerFile
from data.queries.customers import Choices
from data.queries.opportunity_cards import OpportunityCard
from data.queries.own_fields import Company


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


def _ask_met(desk: Desk, place: int | None) -> None:
    """A card for somebody whom a record names, begun with what it says."""
    if not place or not 0 < place <= len(desk.file.met):
        return
    one = desk.file.met[place - 1]

    def keep(typed: Mapping[str, Any], _: int) -> None:
        desk.save("contact.add", desk.file.head.id, ContactInput(**typed))

    contact_form(ContactInput(one.name, decision_role=one.role), desk.view, keep, lambda: None)


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
    "met": _ask_met,
    "opportunity": _ask_opportunity,
    "close": _ask_close,
    "assign": _ask_assign,
}
_NEEDS = {"owner": Permission.ASSIGN, "assign": Permission.ASSIGN}
