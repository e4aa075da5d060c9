"""Who is meant: people of the company and of its customers, by name or by their mark (`P12`, `C12`)."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from core.messages import NotFound
from core.privacy import GONE, Kind, Subject, rubbed
from data.schema import Audit, Contact, Customer, Person

_MARK = re.compile(r"([PC])(\d{1,18})")
MOST = 50


def subject(session: Session, kind: Kind, number: int) -> Subject:
    """One person, with every name and address that they have had here.

    Raises:
        NotFound: there is none.
    """
    row: Any = session.get(Person if kind is Kind.PERSON else Contact, number)
    if row is None:
        raise NotFound(entity=str(kind))
    past = _pictures(session, kind, number)
    names = _known([row.name, *(p.get("name") for p in past)])
    addresses = [row.email, *(p.get("email") for p in past)]
    if isinstance(row, Contact):
        addresses += [row.phone, *(p.get("phone") for p in past)]
    return Subject(kind, number, row.name, names, _known(addresses), _alone(session, kind, number, names))


def find(session: Session, said: str) -> list[tuple[Kind, int, str, str]]:
    """Everybody whom a word can mean: kind, id, name, and where they belong."""
    word = said.strip()
    if not word:
        return []
    marked = _MARK.fullmatch(word)
    number, kind = (int(marked[2]), marked[1]) if marked else (0, "")
    people = select(Person.id, Person.name, Person.username).where(
        Person.id == number if kind == "P" else _like(word, Person.name, Person.email, Person.username)
    )
    contacts = (
        select(Contact.id, Contact.name, Customer.name)
        .join(Customer, Customer.id == Contact.customer_id)
        .where(Contact.id == number if kind == "C" else _like(word, Contact.name, Contact.email))
    )
    found = [] if kind == "C" else [(Kind.PERSON, *r) for r in _first(session, people, Person)]
    return found + ([] if kind == "P" else [(Kind.CONTACT, *r) for r in _first(session, contacts, Contact)])


def _first(session: Session, query: Any, table: type[Person] | type[Contact]) -> Sequence[Any]:
    return session.execute(query.order_by(table.name, table.id).limit(MOST)).all()


def _like(word: str, *columns: Any) -> Any:
    return or_(*(func.lower(column).contains(word.lower(), autoescape=True) for column in columns))


def pictures(kind: Kind, number: int) -> tuple[ColumnElement[bool], ...]:
    """Lines of the audit log that are about somebody's own record."""
    return Audit.entity == str(kind), Audit.entity_id == number


def _pictures(session: Session, kind: Kind, number: int) -> list[dict[str, Any]]:
    rows = session.execute(select(Audit.before, Audit.after).where(*pictures(kind, number))).all()
    return [picture for row in rows for picture in row if isinstance(picture, dict)]


def _known(words: Sequence[Any]) -> tuple[str, ...]:
    texts = (w.strip() for w in words if isinstance(w, str))
    return tuple(dict.fromkeys(w for w in texts if len(w) > 1 and not w.startswith(GONE)))


def _alone(session: Session, kind: Kind, number: int, names: Sequence[str]) -> bool:
    """Whether these names stand in nobody else's, and in no customer's."""
    for table, own in ((Person, kind is Kind.PERSON), (Contact, kind is Kind.CONTACT), (Customer, False)):
        for name in names:
            query = select(table.name).where(table.name.contains(name, autoescape=True))
            others = session.scalars(query.where(table.id != number) if own else query)
            if any(rubbed(other, [name], "") != other for other in others):
                return False
    return bool(names)
