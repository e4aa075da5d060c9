"""A click runs the page alone; of the shell around it is drawn again what would look otherwise."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from core.access import OPERATOR
from core.people import PersonInput
from data.commands.people import create_person, create_team
from data.commands.sessions import end_session
from data.engine import Store
from data.schema import Message, Person, UserSession
from tests.bench.visitors import Visitor, line_of, signed_in

pytestmark = pytest.mark.browser


def seed(store: Store) -> None:
    team = create_team(store, OPERATOR, "East")
    create_person(store, OPERATOR, PersonInput("rep", "Rep", "rep", team), password="a long password")


@pytest.fixture(scope="module")
def server(served):
    return served(seed)


@dataclass
class Listening(Visitor):
    """A session that remembers what its last run told."""

    heard: list[ForwardMsg] = field(default_factory=list)

    def see(self, told: ForwardMsg) -> None:
        super().see(told)
        self.heard.append(told)

    def headings(self) -> list[str]:
        elements = [m.delta.new_element for m in self.heard if m.WhichOneof("type") == "delta"]
        return [e.heading.body for e in elements if e.WhichOneof("type") == "heading"]

    def shells(self) -> int:
        """How often the menu was drawn."""
        return sum(m.WhichOneof("type") == "navigation" for m in self.heard)


def click_after(server, meanwhile: Callable[[Store], object]) -> Listening:
    """Open the account, let something happen, click on the page."""
    store = server.store()
    with store.reading() as session:
        rep = session.query(Person.id).filter_by(username="rep").scalar()
    visitor = Listening(server.url, signed_in(store, server.url, rep), ("account",))

    async def visit() -> None:
        async with line_of(visitor) as line:
            await visitor.run(line, "account")
            assert (visitor.shells(), visitor.headings()[0]) == (1, "Account")
            visitor.heard.clear()
            meanwhile(store)
            await visitor.run(line, "account", visitor.largest_part())

    asyncio.run(visit())
    store.close()
    return visitor


def test_a_click_draws_the_page_and_not_the_menu(server):
    clicked = click_after(server, lambda store: None)
    assert (clicked.shells(), clicked.headings()[0]) == (0, "Account")


def test_where_the_menu_counts_otherwise_it_is_drawn_again(server):
    def told(store: Store) -> None:
        now = store.clock()
        with store.writing() as session:
            rep = session.query(Person.id).filter_by(username="rep").scalar()
            message = Message(person_id=rep, kind="test", key="test", page="today", posted_at=now)
            message.params = message.query = {}
            session.add(message)

    clicked = click_after(server, told)
    assert (clicked.shells(), clicked.headings()[0]) == (1, "Account")


def test_a_click_in_a_session_that_has_ended_leads_to_the_sign_in(server):
    def ended(store: Store) -> None:
        with store.reading() as session:
            ids = [
                found for (found,) in session.query(UserSession.id).filter(UserSession.revoked_at.is_(None))
            ]
        for session_id in ids:
            end_session(store, session_id)

    clicked = click_after(server, ended)
    assert "Account" not in clicked.headings()
