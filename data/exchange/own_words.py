"""The company's own fields in files: values as words, and words as values (PRODUCT.md F2, P2)."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.exchange.kinds import currency_of
from core.exchange.rows import Record
from core.fields import Field, Kind
from core.messages import Problem
from data.exchange.lookups import Named, People
from data.exchange.plan import Plan, fetch, words
from data.schema import Customer, Person

_NAMING = (Kind.PERSON, Kind.CUSTOMER)


class OwnWords:
    """Values of own fields as cells: people by their user names, customers by name or reference."""

    def __init__(self, session: Session, own: Sequence[Field], records: Sequence[Mapping[str, Any]]) -> None:
        self.own = {f.key: f for f in own}
        naming = [f for f in own if f.kind in _NAMING]
        self._names = {f.key: _known(session, f.kind, _ids(f.key, records)) for f in naming}

    def said(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """One record's own fields by column."""
        found: dict[str, Any] = {}
        for key, value in fields.items():
            field = self.own.get(key)
            if field is None or value is None:
                continue
            match field.kind:
                case Kind.MONEY:
                    found |= {key: Decimal(str(value["amount"])), currency_of(key): value["currency"]}
                case Kind.NUMBER:
                    found[key] = Decimal(str(value))
                case Kind.PERSON | Kind.CUSTOMER:
                    found[key] = self._names[key].get(value["id"], value.get("name"))
                case _:
                    found[key] = value
        return found


def _ids(key: str, records: Sequence[Mapping[str, Any]]) -> set[int]:
    return {record[key]["id"] for record in records if record.get(key)}


def _known(session: Session, kind: Kind, ids: Collection[int]) -> dict[int, str]:
    if kind is Kind.PERSON:
        found = fetch(session, select(Person.id, Person.username), Person.id, ids)
        return {row["id"]: row["username"] for row in found}
    twice = set(session.scalars(select(Customer.name).group_by(Customer.name).having(func.count() > 1)))
    found = fetch(session, select(Customer.id, Customer.name, Customer.ref), Customer.id, ids)
    return {row["id"]: (row["ref"] or row["name"]) if row["name"] in twice else row["name"] for row in found}


class OwnValues:
    """Cells of own fields as values."""

    def __init__(self, plan: Plan, records: Sequence[Record], people: People) -> None:
        self.own = plan.policy.own_fields
        self.people = people
        naming = [f.key for f in self.own if f.kind is Kind.CUSTOMER]
        said = set[str]().union(*(words(records, key) for key in naming))
        self.customers = Named(plan, Customer, said) if said else None
        self.numbers = frozenset(f.key for f in self.own if f.kind is Kind.NUMBER)

    def read(self, record: Record, type_: Any, currency: str) -> tuple[dict[str, Any], list[Problem]]:
        """A row's own fields, and what they name that there is not.

        Args:
            type_: the action's type, or the kind of record.
            currency: of amounts that say none.
        """
        found: dict[str, Any] = {}
        problems: list[Problem] = []
        for field in self.own:
            value = record.get(field.key)
            if value is not None and type_ in field.types:
                found[field.key] = self._value(field, value, record, currency, problems)
        return found, problems

    def _value(self, field: Field, value: Any, record: Record, currency: str, problems: list[Problem]) -> Any:
        row: Mapping[str, Any] | None
        match field.kind:
            case Kind.MONEY:
                return {"amount": value, "currency": record.get(currency_of(field.key)) or currency}
            case Kind.NUMBER:
                return Decimal(f"{value.normalize():f}")
            case Kind.PERSON:
                key = self.people.find(value)
                row = self.people.rows.get(key or 0)
                code = "unknown_owner"
            case Kind.CUSTOMER:
                row = self.customers.find(value, "customer", []) if self.customers else None
                code = "unknown_customer"
            case _:
                return value
        if row is None:
            problems.append(Problem(field.key, code, {"value": value}))
            return None
        return {"id": row["id"], "name": row["name"]}
