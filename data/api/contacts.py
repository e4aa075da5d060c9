"""Contacts of customers over HTTP; they belong to the scope of customers."""

from typing import Annotated

from pydantic import Field

from core.customers import ContactInput
from core.terms import DecisionRole
from data.api.customers import GROUP
from data.api.operation import Call, cut, operation, window
from data.api.shapes import Answer, Body, Change, Id, ListQuery, Name, Page, Short, choice
from data.commands.customers import add_contact, edit_contact
from data.queries.api_rows import SEE, one, page
from data.schema import Contact

Part = Annotated[Short, choice(*DecisionRole)]


class NewContact(Body):
    """A person at a customer."""

    customer_id: Id
    name: Name
    title: Short | None = None
    decision_role: Part | None = None
    phone: Short | None = None
    email: Short | None = None


class ContactChange(Change):
    """What is to change; fields that are not named stay."""

    name: Name = ""
    title: Short | None = None
    decision_role: Part | None = None
    phone: Short | None = None
    email: Short | None = None


class ContactRecord(Answer):
    """A person at a customer."""

    id: int
    ref: str | None = Field(description="Its id in another system, from an import.")
    version: int
    customer_id: int
    name: str
    title: str | None
    decision_role: str | None
    phone: str | None
    email: str | None


class ContactPage(Page):
    """Contacts."""

    items: list[ContactRecord]


class ContactQuery(ListQuery):
    """Contacts of customers within reach."""

    customer_id: Id | None = None


@operation("GET", "/contacts", GROUP, ContactPage, query=ContactQuery, sees=SEE)
def list_contacts(call: Call) -> ContactPage:
    """Contacts of customers within your reach."""
    customer_id = call.query.customer_id
    narrowed = [Contact.customer_id == customer_id] if customer_id else []
    rows = page(call.session, call.who, Contact, window(call.query), *narrowed)
    rows, cursor = cut(rows, call.query.limit)
    return ContactPage(items=[ContactRecord.model_validate(row) for row in rows], next_cursor=cursor)


@operation("GET", "/contacts/{id}", GROUP, ContactRecord, sees=SEE)
def get_contact(call: Call) -> ContactRecord:
    """One contact."""
    return _read(call, call.id)


@operation("POST", "/contacts", GROUP, ContactRecord, body=NewContact, status=201)
def create_contact(call: Call) -> ContactRecord:
    """Add a contact to a customer."""
    said = call.body.model_dump()
    return _read(call, add_contact(call.store, call.who, said.pop("customer_id"), ContactInput(**said)))


@operation("PATCH", "/contacts/{id}", GROUP, ContactRecord, body=ContactChange)
def change_contact(call: Call) -> ContactRecord:
    """Change a contact; 409 when somebody changed it since `version`."""
    row = one(call.session, call.who, Contact, call.id)
    kept = {name: getattr(row, name) for name in ("name", "title", "decision_role", "phone", "email")}
    edit_contact(call.store, call.who, row.id, ContactInput(**kept | call.body.given()), call.body.version)
    return _read(call, row.id)


def _read(call: Call, contact_id: int) -> ContactRecord:
    return ContactRecord.model_validate(one(call.session, call.who, Contact, contact_id))
