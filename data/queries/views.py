"""Saved views that somebody sees: their own and those shared with them, of pages that they may open."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, aliased

from core.access import Who, decide
from core.reports.views import PAGES, Every
from data.once import recalled
from data.schema import Person, SavedView, Subscription


@dataclass(frozen=True, slots=True)
class View:
    """A saved view.

    Attributes:
        owner: the name of who saved it.
        mine: whether that is the person who looks.
        every, weekday: of the person's own subscription; None without one.
    """

    id: int
    page: str
    query: dict[str, str]
    name: str
    owner: str
    mine: bool
    shared: bool
    every: Every | None
    weekday: int | None


@recalled
def views(session: Session, who: Who, page: str | None = None) -> tuple[View, ...]:
    """The views of one page, or of all; one's own first, by name."""
    found = [_view(row, who) for row in session.execute(_seen(who, page))]
    return tuple(sorted(found, key=lambda v: (v.page, not v.mine, v.name)))


def reached_view(session: Session, who: Who, view_id: int) -> SavedView | None:
    """A view that somebody sees."""
    return session.scalar(select(SavedView).where(SavedView.id == view_id, visible(who)))


def visible(who: Who) -> ColumnElement[bool]:
    """SQL: views of pages that `who` may open, which are theirs or shared with their team or all."""
    open_to = [page for page, needs in PAGES.items() if decide(who, needs).allowed]
    theirs = SavedView.owner_id == who.person_id
    shared = SavedView.shared & or_(SavedView.team_id.is_(None), SavedView.team_id == who.team_id)
    return SavedView.page.in_(open_to) & or_(theirs, shared)


def _seen(who: Who, page: str | None) -> Select[Any, Any, Any, Any]:
    owner = aliased(Person)
    mine = (Subscription.view_id == SavedView.id) & (Subscription.person_id == who.person_id)
    query = (
        select(SavedView, owner.name, Subscription.every, Subscription.weekday)
        .join(owner, owner.id == SavedView.owner_id)
        .outerjoin(Subscription, mine)
        .where(visible(who))
    )
    return query if page is None else query.where(SavedView.page == page)


def _view(row: Any, who: Who) -> View:
    saved, owner, every, weekday = row
    return View(
        saved.id,
        saved.page,
        dict(saved.query),
        saved.name,
        owner,
        saved.owner_id == who.person_id,
        saved.shared,
        Every(every) if every else None,
        weekday,
    )
