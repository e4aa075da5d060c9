"""Customers, contacts, tags, grades: every change with its audit row, undone by `data.commands.undo`."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, select

from core.access import Permission
from core.customers import ContactInput, CustomerInput, check_contact, check_customer, check_grade
from core.definitions import CUSTOMER
from core.messages import Conflict, Invalid, NotFound, Problem, refuse
from data.commands.command import Tx, command
from data.commands.own_values import put, settled
from data.commands.projections import project_customers
from data.jsontext import to_json
from data.queries.scope import customers, owned
from data.schema import Base, Contact, Customer, CustomerTag, Person, Tag


@command("customer.open", needs=Permission.EDIT_CUSTOMERS)
def open_customer(tx: Tx, customer: CustomerInput) -> int:
    """Add a customer; its owner is the person who adds it unless another within reach is named.

    Raises:
        Invalid: a value is wrong or the owner is out of reach.
    """
    fields, wrong = settled(tx, CUSTOMER, customer, customer.fields)
    refuse([*check_customer(customer), *check_owner(tx, customer.owner_id), *wrong])
    row = Customer(created_at=tx.now, owner_id=customer.owner_id or tx.who.person_id, fields={})
    _fill(row, customer)
    put(tx, row, fields)
    tx.session.add(row)
    project_customers_of(tx, row)
    tx.audit("customer", row.id, after=picture(row))
    return row.id


@command("customer.edit", needs=Permission.EDIT_CUSTOMERS)
def edit_customer(tx: Tx, customer_id: int, customer: CustomerInput, version: int) -> int:
    """Change a customer; returns the new version. The owner is changed by `assign_customer`.

    Raises:
        NotFound: no such customer within reach.
        Conflict: somebody changed it since `version`.
        Invalid: a value is wrong.
    """
    row = reached_customer(tx, customer_id)
    if row.version != version:
        raise Conflict("edited_meanwhile", name=row.name)
    fields, wrong = settled(tx, CUSTOMER, customer, customer.fields, row)
    refuse([*check_customer(customer), *wrong])
    before = picture(row)
    _fill(row, customer)
    put(tx, row, fields)
    row.version += 1
    tx.audit("customer", row.id, before=before, after=picture(row))
    return row.version


@command("customer.assign", needs=Permission.ASSIGN)
def assign_customer(tx: Tx, customer_id: int, owner_id: int) -> int:
    """Give a customer to another person within reach; returns its new version.

    Raises:
        NotFound: no such customer within reach.
        Invalid: the new owner is out of reach.
    """
    row = reached_customer(tx, customer_id)
    refuse(check_owner(tx, owner_id))
    before = picture(row)
    row.owner_id = owner_id
    row.version += 1
    tx.audit("customer", row.id, before=before, after=picture(row))
    return row.version


@command("customer.grade", needs=Permission.EDIT_CUSTOMERS)
def grade_customer(tx: Tx, customer_id: int, grade: str, reason: str) -> int:
    """Give a customer a grade A to D with its reason; returns the new version.

    Raises:
        NotFound: no such customer within reach.
        Invalid: no such grade, or no reason.
    """
    row = reached_customer(tx, customer_id)
    refuse(check_grade(grade, reason))
    before = picture(row)
    row.grade, row.graded_at = grade, tx.now
    row.version += 1
    tx.audit("customer", row.id, before=before, after=picture(row) | {"reason": reason.strip()})
    return row.version


@command("customer.tag", needs=Permission.EDIT_CUSTOMERS)
def tag_customer(tx: Tx, customer_id: int, keys: Collection[str]) -> int:
    """Let a customer carry exactly these tags; returns its id.

    Raises:
        NotFound: no such customer within reach.
        Invalid: a tag that does not exist, or that is retired and not carried yet.
    """
    row = reached_customer(tx, customer_id)
    wanted = {tag.key: tag.id for tag in tx.session.scalars(select(Tag).where(Tag.key.in_(keys)))}
    if unknown := sorted(set(keys) - wanted.keys()):
        raise Invalid([Problem("tags", "unknown_choice", {"value": ", ".join(unknown)})])
    before = tags_of(tx, row.id)
    retired = sorted({tag.key for tag in tx.policy.tags if tag.retired} & (wanted.keys() - before.keys()))
    refuse([Problem("tags", "tag_retired", {"value": ", ".join(retired)})] if retired else [])
    gone = [i for k, i in before.items() if k not in wanted]
    tx.session.execute(
        delete(CustomerTag).where(CustomerTag.customer_id == row.id, CustomerTag.tag_id.in_(gone))
    )
    fresh = (i for k, i in wanted.items() if k not in before)
    tx.session.add_all(CustomerTag(customer_id=row.id, tag_id=i, added_at=tx.now) for i in fresh)
    project_customers_of(tx, row)
    tx.audit("customer_tags", row.id, before=sorted(before), after=sorted(wanted))
    return row.id


@command("contact.add", needs=Permission.EDIT_CUSTOMERS)
def add_contact(tx: Tx, customer_id: int, contact: ContactInput) -> int:
    """Add a contact of a customer; returns its id.

    Raises:
        NotFound: no such customer within reach.
        Invalid: a value is wrong.
    """
    customer = reached_customer(tx, customer_id)
    refuse(check_contact(contact))
    row = Contact(customer_id=customer.id)
    _fill(row, contact)
    tx.session.add(row)
    tx.session.flush()
    tx.audit("contact", row.id, after=picture(row))
    return row.id


@command("contact.edit", needs=Permission.EDIT_CUSTOMERS)
def edit_contact(tx: Tx, contact_id: int, contact: ContactInput, version: int) -> int:
    """Change a contact; returns the new version.

    Raises:
        NotFound: no such contact within reach.
        Conflict: somebody changed it since `version`.
        Invalid: a value is wrong.
    """
    customer_id = tx.session.scalar(select(Contact.customer_id).where(Contact.id == contact_id))
    if customer_id is None:
        raise NotFound(entity="contact")
    reached_customer(tx, customer_id)
    row = tx.session.get_one(Contact, contact_id, with_for_update=True)
    if row.version != version:
        raise Conflict("edited_meanwhile", name=row.name)
    refuse(check_contact(contact))
    before = picture(row)
    _fill(row, contact)
    row.version += 1
    tx.audit("contact", row.id, before=before, after=picture(row))
    return row.version


def reached_customer(tx: Tx, customer_id: int) -> Customer:
    """A customer within reach of editing, locked against a second editor.

    Raises:
        NotFound: there is none.
    """
    allowed = customers(tx.who, Permission.EDIT_CUSTOMERS)
    row = tx.session.scalar(select(Customer).where(Customer.id == customer_id, allowed).with_for_update())
    if row is None:
        raise NotFound(entity="customer")
    return row


def tags_of(tx: Tx, customer_id: int) -> dict[str, int]:
    """Tag keys of a customer with their ids."""
    carried = (
        select(Tag.key, Tag.id)
        .join(CustomerTag, CustomerTag.tag_id == Tag.id)
        .where(CustomerTag.customer_id == customer_id)
    )
    return {row.key: row.id for row in tx.session.execute(carried)}


def picture(row: Base) -> dict[str, Any]:
    """A record as the audit keeps it."""
    kept: dict[str, Any] = to_json({c.key: getattr(row, c.key) for c in row.__table__.columns})
    return kept


def project_customers_of(tx: Tx, row: Customer) -> None:
    """Refresh the customer's projection within this transaction."""
    tx.session.flush()
    project_customers(tx.session, [row.id])


def _fill(row: Customer | Contact, values: CustomerInput | ContactInput) -> None:
    for name in values.__slots__:
        value = getattr(values, name)
        if name not in ("owner_id", "fields"):
            setattr(row, name, value.strip() if isinstance(value, str) else value)


def check_owner(tx: Tx, owner_id: int | None) -> list[Problem]:
    """What is wrong with a new owner: they must be active and within reach."""
    if owner_id is None:
        return []
    allowed = owned(tx.who, Permission.EDIT_CUSTOMERS, Person.id)
    found = tx.session.scalar(select(Person.id).where(Person.id == owner_id, Person.active, allowed))
    return [] if found else [Problem("owner", "unknown_person")]
