"""Saving a page's address under a name, changing and deleting it, subscribing to it."""

from collections.abc import Mapping

from sqlalchemy import delete, select

from core.access import Permission, decide
from core.messages import Invalid, NotAllowed, NotFound, Problem, refuse
from core.reports.views import PAGES, check_subscription, check_view
from data.commands.command import Tx, command
from data.queries.views import reached_view
from data.schema import SavedView, Subscription


@command("view.save", needs=Permission.SAVE_VIEWS)
def save_view(tx: Tx, page: str, query: Mapping[str, str], name: str, shared: bool) -> int:
    """Save the address of a page; returns the view's id.

    Raises:
        NotAllowed: the person may not open that page, or is the operator.
        Invalid: no name, one taken before, or no address of a report page.
    """
    refuse(check_view(name, query, page))
    if tx.who.person_id is None or not decide(tx.who, PAGES[page]).allowed:
        raise NotAllowed()
    _check_name(tx, page, name, None)
    row = SavedView(
        page=page,
        query=dict(query),
        name=name.strip(),
        owner_id=tx.who.person_id,
        team_id=tx.who.team_id,
        shared=shared,
        saved_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    tx.audit("view", row.id, after=_picture(row))
    return row.id


@command("view.edit", needs=Permission.SAVE_VIEWS)
def edit_view(tx: Tx, view_id: int, name: str, shared: bool) -> int:
    """Rename one of one's own views, share it or not; returns its id.

    Raises:
        NotFound: no such view of this person.
        Invalid: no name, or one taken before.
    """
    row = _own(tx, view_id)
    refuse(check_view(name, row.query, row.page))
    _check_name(tx, row.page, name, row.id)
    before = _picture(row)
    row.name, row.shared = name.strip(), shared
    tx.audit("view", row.id, before, _picture(row))
    return row.id


@command("view.delete", needs=Permission.SAVE_VIEWS)
def delete_view(tx: Tx, view_id: int) -> int:
    """Delete one of one's own views, with everybody's subscriptions to it; returns its id.

    Raises:
        NotFound: no such view of this person.
    """
    row = _own(tx, view_id)
    tx.session.execute(delete(Subscription).where(Subscription.view_id == row.id))
    tx.session.delete(row)
    tx.audit("view", view_id, before=_picture(row))
    return view_id


@command("view.subscribe", needs=Permission.SAVE_VIEWS)
def subscribe(tx: Tx, view_id: int, every: str, weekday: int = 0) -> int:
    """Be told of a view every week on a day (0 is Monday), or every month; returns the view's id.

    Raises:
        NotFound: no view that this person sees.
        Invalid: no such rhythm or day.
    """
    view = reached_view(tx.session, tx.who, view_id)
    if view is None or tx.who.person_id is None:
        raise NotFound(entity="view")
    refuse(check_subscription(every, weekday))
    row = _subscription(tx, view_id)
    if row is None:
        row = Subscription(view_id=view_id, person_id=tx.who.person_id)
        tx.session.add(row)
    row.every, row.weekday, row.since = every, weekday, tx.now
    tx.audit("view", view_id, after={"name": view.name, "every": every})
    return view_id


@command("view.unsubscribe", needs=Permission.SAVE_VIEWS)
def unsubscribe(tx: Tx, view_id: int) -> int:
    """Be told no more; returns the view's id.

    Raises:
        NotFound: this person has no subscription to it.
    """
    row = _subscription(tx, view_id)
    if row is None:
        raise NotFound(entity="view")
    tx.session.delete(row)
    tx.audit("view", view_id, before={"every": row.every})
    return view_id


def _own(tx: Tx, view_id: int) -> SavedView:
    row = tx.session.get(SavedView, view_id, with_for_update=True)
    if row is None or tx.who.person_id is None or row.owner_id != tx.who.person_id:
        raise NotFound(entity="view")
    return row


def _subscription(tx: Tx, view_id: int) -> Subscription | None:
    mine = (Subscription.view_id == view_id, Subscription.person_id == tx.who.person_id)
    return tx.session.scalar(select(Subscription).where(*mine))


def _check_name(tx: Tx, page: str, name: str, but: int | None) -> None:
    same = select(SavedView.id).where(
        SavedView.owner_id == tx.who.person_id, SavedView.page == page, SavedView.name == name.strip()
    )
    if tx.session.scalar(same) not in (None, but):
        raise Invalid([Problem("name", "taken", {"value": name.strip()})])


def _picture(row: SavedView) -> dict[str, object]:
    return {"name": row.name, "page": row.page, "shared": row.shared}
