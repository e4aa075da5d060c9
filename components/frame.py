"""page(): the frame of every page. It says who looks, checks the role, and turns errors into words."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import streamlit as st

from components import format
from components.outage import again_when_back
from components.text import explain, language, say, t
from core.access import Permission, Who, decide
from core.messages import AppError, Conflict, NotAllowed, Problem, Unavailable
from data.own_terms import hear
from data.queries.sessions import by_id
from data.reading import read_as
from data.recall import recall
from data.runtime import this_store

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from data.engine import Store

WHO, SESSION = "who", "session_id"
P = ParamSpec("P")
R = TypeVar("R")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class View:
    """What a page works with: the person, the language, reading and doing.

    Attributes:
        now: the instant of this run, UTC.
    """

    who: Who
    store: Store
    language: str
    now: datetime

    def read(self, query: Callable[Concatenate[Session, Who, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a query in this person's scope, where all that they have written is to be seen."""
        return read_as(
            self.store,
            self.who,
            lambda session: recall(self.store, session, self.who, self.now, query, args, kwargs),
        )

    def read_now(
        self, query: Callable[Concatenate[Session, Who, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run a query of what is written without a command (drafts, what was read): never on a replica."""
        with self.store.reading(fresh=True) as session:
            return query(session, self.who, *args, **kwargs)

    def do(self, command: Callable[Concatenate[Store, Who, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Carry out a command as this person; its errors are raised.

        Raises:
            Conflict: the session has ended, or the person has another role or team by now. A dialog and a
                callback run before the gate looks again.
        """
        if not self.stands():
            raise Conflict("session_over")
        return command(self.store, self.who, *args, **kwargs)

    def stands(self) -> bool:
        """Whether this person is signed in still, with the role and team that the page was drawn for."""
        own = st.session_state.get(SESSION)
        if own is None:
            return True
        with self.store.reading(fresh=True) as session:
            found = by_id(session, own, self.store.clock())
        return found is not None and _place(found.who) == _place(self.who)

    @property
    def today(self) -> date:
        """The day that it is for this person."""
        return self.now.astimezone(ZoneInfo(self.who.timezone)).date()

    def instant(self, value: datetime | None) -> str:
        """An instant in this person's language and time zone."""
        return format.instant(value, self.language, self.who.timezone)

    def span(self, starts: datetime | None, ends: datetime | None) -> str:
        """From when to when, in this person's language and time zone."""
        return format.span(starts, ends, self.language, self.who.timezone)

    def ago(self, value: datetime | None) -> str:
        """How long ago, or how soon, in this person's language and by their calendar."""
        return format.ago(value, self.now, self.language, self.who.timezone)

    def explain(self, problem: Problem) -> str:
        """A problem as a sentence, its days and its instants, these in this person's time zone."""
        shown = {
            k: self.instant(v) if isinstance(v, datetime) else format.day(v, self.language)
            for k, v in problem.params.items()
            if isinstance(v, date)
        }
        return explain(problem, **shown)


def _place(who: Who) -> tuple[object, ...]:
    """What decides what somebody may do."""
    return who.person_id, who.role, who.team_id


def signed_in() -> Who | None:
    """The person of this session, put there by the shell's gate."""
    return st.session_state.get(WHO)


@contextmanager
def page(title: str, needs: Permission) -> Iterator[View]:
    """Frame a page: title, permission, errors.

    Args:
        title: catalogue key of the page's heading.
        needs: without this permission the page shows a refusal and nothing else, whatever the menu says.
    """
    who = signed_in()
    if who is None or not decide(who, needs).allowed:
        show_error(NotAllowed(permission=needs))
        st.stop()
    store = this_store()
    try:
        hear(store)
        st.title(t(title), anchor=False)
        yield View(who, store, language(), store.clock())
    except Unavailable as error:
        again_when_back(error, store)
    except AppError as error:
        show_error(error)
    except Exception:
        reference = secrets.token_hex(4)
        _log.exception("page %s failed, reference %s", title, reference)
        st.error(t("errors.unexpected", reference=reference), icon=":material/error:")


def show_error(error: AppError, **params: Any) -> None:
    """An error as a sentence on the page."""
    st.error(say(error, **params), icon=":material/block:")
