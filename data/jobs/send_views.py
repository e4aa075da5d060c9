"""Every hour: whoever subscribes to a saved view is told of it when their turn has come, once (D3, P8)."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.notices import Notice
from core.reports.views import Every, latest_turn
from data.commands.outbox import post
from data.engine import Store
from data.jobs.registry import Run, job
from data.queries.sessions import who_of
from data.queries.views import reached_view
from data.schema import Message, Person, Subscription, Team
from data.view_words import findings

NAME = "send_views"


@job(NAME)
def send_views(store: Store, run: Run) -> None:
    """Post what is due; a turn missed by a stop comes late, but only the latest one, and each once."""
    del run
    now = store.clock()
    with store.reading(fresh=True) as session:
        notices = list(_due(session, now))
    if notices:
        with store.writing() as session:
            post(session, now, notices)


def _due(session: Session, now: datetime) -> Iterator[Notice]:
    people = (
        select(Subscription, Person, Team.timezone)
        .join(Person, Person.id == Subscription.person_id)
        .outerjoin(Team, Team.id == Person.team_id)
        .where(Person.active)
        .order_by(Subscription.id)
    )
    for wanted, person, timezone in session.execute(people):
        who = who_of(session, person, timezone)
        view = reached_view(session, who, wanted.view_id)
        turn = latest_turn(Every(wanted.every), wanted.weekday, who.timezone, wanted.since, now)
        if view is None or turn is None:
            continue
        key = f"view:{view.id}:{turn.isoformat()}"
        said = select(Message.id).where(Message.person_id == person.id, Message.key == key)
        if session.scalar(said) is not None:
            continue
        found = findings(session, who, view.page, view.query, now)
        params = {"name": view.name} | ({"finding": found} if found else {})
        yield Notice(person.id, "view" if found else "view_plain", key, params, view.page, view.query)
