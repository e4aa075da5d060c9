"""Every hour: what was not read within its rule's working hours is told to who leads the person (P8)."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.notices import Notice
from data.commands.outbox import post
from data.engine import Store
from data.jobs.registry import Run, job
from data.notices import sentence
from data.queries.recipients import leaders
from data.schema import Message, Person
from data.text import LANGUAGES

NAME = "follow_up"


@job(NAME)
def follow_up(store: Store, run: Run) -> None:
    """Each unread message is followed up once, in the transaction that takes its instant off."""
    del run
    now = store.clock()
    with store.writing() as session:
        due = select(Message, Person.name).join(Person, Person.id == Message.person_id)
        due = due.where(Message.follows_at <= now, Message.read_at.is_(None), Person.active)
        found = [(message, name) for message, name in session.execute(due.order_by(Message.id))]
        post(session, now, list(_notices(session, found)))
        over = update(Message).where(Message.follows_at <= now)
        session.execute(over.values(follows_at=None))


def _notices(session: Session, found: Sequence[tuple[Message, str]]) -> Iterator[Notice]:
    lead = leaders(session, {message.person_id for message, _ in found})
    for message, name in found:
        said = {language: sentence(language, message.kind, message.params)[0] for language in LANGUAGES}
        about = {"person": name, "what": said}
        for person_id in lead[message.person_id]:
            key = f"unread:{message.person_id}:{message.key}"
            yield Notice(person_id, "unread", key, about, message.page, message.query)
