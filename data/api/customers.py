"""Customers over HTTP."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from core.customers import CustomerInput
from core.definitions import CUSTOMER
from core.terms import SEGMENTS, Grade
from data.api.operation import Call, cut, operation, window
from data.api.own import KEPT, SAID, carried_out
from data.api.shapes import Answer, Body, Change, Id, ListQuery, Name, Page, Said, Short, Words, choice
from data.commands.customers import (
    assign_customer,
    edit_customer,
    grade_customer,
    open_customer,
    tag_customer,
)
from data.queries.api_rows import SEE, one, page, tags_of
from data.schema import Customer

GROUP = "customers"
Segment = Annotated[Short, choice(*SEGMENTS)]
GradeKey = Annotated[Short, choice(*Grade)]


class NewCustomer(Body):
    """A customer to add; its owner is whoever adds it unless another within reach is named."""

    name: Name
    industry: Short | None = None
    segment: Segment | None = None
    region: Short | None = None
    owner_id: Id | None = None
    note: Words = ""
    fields: dict[str, Any] = SAID


class CustomerChange(Change):
    """What is to change; fields that are not named stay."""

    name: Name = ""
    industry: Short | None = None
    segment: Segment | None = None
    region: Short | None = None
    note: Words = ""
    fields: dict[str, Any] = SAID


class CustomerOwner(Body):
    """Who looks after the customer from now on."""

    owner_id: Id


class CustomerGrade(Body):
    """A grade with its reason."""

    grade: GradeKey
    reason: Said


class CustomerTags(Body):
    """Exactly the tags that it carries afterwards."""

    tags: list[Short] = Field(max_length=100)


class CustomerRecord(Answer):
    """A customer."""

    id: int
    ref: str | None = Field(description="Its id in another system, from an import.")
    version: int
    name: str
    industry: str | None
    segment: str | None
    region: str | None
    grade: str | None
    graded_at: datetime | None
    owner_id: int | None
    note: str
    created_at: datetime
    tags: list[str] = Field([])
    fields: dict[str, Any] = KEPT


class CustomerPage(Page):
    """Customers."""

    items: list[CustomerRecord]


class CustomerQuery(ListQuery):
    """Customers within reach."""

    owner_id: Id | None = None
    industry: Short | None = None
    grade: GradeKey | None = None


@operation("GET", "/customers", GROUP, CustomerPage, query=CustomerQuery, sees=SEE)
def list_customers(call: Call) -> CustomerPage:
    """Customers within your reach."""
    asked = {"owner_id": call.query.owner_id, "industry": call.query.industry, "grade": call.query.grade}
    narrowed = [getattr(Customer, name) == value for name, value in asked.items() if value is not None]
    rows = page(call.session, call.who, Customer, window(call.query), *narrowed)
    rows, cursor = cut(rows, call.query.limit)
    tags = tags_of(call.session, [row.id for row in rows])
    return CustomerPage(items=[_record(row, tags[row.id]) for row in rows], next_cursor=cursor)


@operation("GET", "/customers/{id}", GROUP, CustomerRecord, sees=SEE)
def get_customer(call: Call) -> CustomerRecord:
    """One customer."""
    return _read(call, call.id)


@operation("POST", "/customers", GROUP, CustomerRecord, body=NewCustomer, status=201)
def create_customer(call: Call) -> CustomerRecord:
    """Add a customer."""
    said = call.body.model_dump()

    def work(fields: dict[str, Any]) -> int:
        return open_customer(call.store, call.who, CustomerInput(**said | {"fields": fields}))

    return _read(call, carried_out(call, CUSTOMER, said["fields"], work))


@operation("PATCH", "/customers/{id}", GROUP, CustomerRecord, body=CustomerChange)
def change_customer(call: Call) -> CustomerRecord:
    """Change a customer; 409 when somebody changed it since `version`."""
    row = one(call.session, call.who, Customer, call.id)
    kept = {name: getattr(row, name) for name in ("name", "industry", "segment", "region", "note")}
    said = kept | call.body.given()

    def work(fields: dict[str, Any]) -> int:
        edited = CustomerInput(**said | {"fields": fields})
        return edit_customer(call.store, call.who, row.id, edited, call.body.version)

    carried_out(call, CUSTOMER, call.body.fields, work)
    return _read(call, row.id)


@operation("POST", "/customers/{id}/assign", GROUP, CustomerRecord, body=CustomerOwner)
def give_customer(call: Call) -> CustomerRecord:
    """Give a customer to another person within your reach."""
    assign_customer(call.store, call.who, call.id, call.body.owner_id)
    return _read(call, call.id)


@operation("POST", "/customers/{id}/grade", GROUP, CustomerRecord, body=CustomerGrade)
def set_grade(call: Call) -> CustomerRecord:
    """Grade a customer A to D, with the reason."""
    grade_customer(call.store, call.who, call.id, call.body.grade, call.body.reason)
    return _read(call, call.id)


@operation("PUT", "/customers/{id}/tags", GROUP, CustomerRecord, body=CustomerTags)
def set_tags(call: Call) -> CustomerRecord:
    """Let a customer carry exactly these tags."""
    tag_customer(call.store, call.who, call.id, call.body.tags)
    return _read(call, call.id)


def _read(call: Call, customer_id: int) -> CustomerRecord:
    row = one(call.session, call.who, Customer, customer_id)
    return _record(row, tags_of(call.session, [row.id])[row.id])


def _record(row: Customer, tags: list[str]) -> CustomerRecord:
    return CustomerRecord.model_validate(row).model_copy(update={"tags": tags})
