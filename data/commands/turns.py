"""Writers who would overlook one another take turns."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.schema import Person


def take_turn(session: Session, person_id: int | None) -> None:
    """Wait for whoever else writes for this person, until they commit (SQLite has one writer at a time).

    Nobody is in two meetings at once (A6), and two tabs of one person lose nothing of each other's draft.
    """
    person = select(Person.id).where(Person.id == person_id)
    session.execute(person.with_for_update(key_share=True))  # rows that point to them may be written
