"""The pool of what stores ask for: by region, each with every store that asked, and its likes."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session, aliased

from core.access import Permission, Reach, Who, reach
from core.likeness import enough, likest
from core.messages import NotFound
from core.promises.taking_back import Entered, hindrance
from data.queries.store_answers import EarlierVerdict, Separated, earlier_verdicts, separated
from data.queries.taken_back import TakenBack
from data.schema import Person, StoreRequest, Team

PAGE = 10
MOST_COMPARED = 2_000


class Show(StrEnum):
    """Which requests of the pool are shown."""

    OPEN = "open"
    ANSWERED = "answered"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True)
class Asked:
    """One store's own request, as it was filed; `photo` is the hash of its picture, `by` who filed it."""

    id: int
    store_id: int | None
    store: str
    region: str | None
    person: str | None
    words: str
    urgency: str
    filed_at: datetime
    photo: str | None = None
    by: int | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A request of the pool.

    Attributes:
        asked: everybody who asked for it, the first one first.
        urgency: the most urgent of theirs.
        taken_back: by whom, when and why, where it was filed by mistake; it stands alone then.
        earlier: answers that stand no more, the oldest first; only `request_file` knows them.
        separated: what it was taken out of, where it had been merged by mistake; the same.
    """

    id: int
    words: str
    urgency: str
    asked: tuple[Asked, ...]
    outcome: str | None
    reply: str
    planned_on: date | None
    answered_by: str | None
    answered_at: datetime | None
    taken_back: TakenBack | None
    earlier: tuple[EarlierVerdict, ...] = ()
    separated: Separated | None = None

    @property
    def shown(self) -> Show:
        """Among which requests of the pool it stands."""
        if self.taken_back is not None:
            return Show.TAKEN_BACK
        return Show.OPEN if self.answered_at is None else Show.ANSWERED

    @property
    def stores(self) -> tuple[str, ...]:
        """Stores that asked for it."""
        return tuple(dict.fromkeys(a.store for a in self.asked if a.store))

    @property
    def regions(self) -> tuple[str, ...]:
        """Regions that asked for it."""
        return tuple(dict.fromkeys(a.region for a in self.asked if a.region))


@dataclass(frozen=True, slots=True)
class Pool:
    """What is shown, how many there are of each, and the regions to choose from: none for a store."""

    rows: Sequence[Request]
    counts: Mapping[str, int]
    regions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alike:
    """A request of the pool that asks for much the same; `score` 0–1."""

    score: float
    request: Request


def pool(session: Session, who: Who, show: Show, region: str | None = None) -> Pool:
    """Requests within reach: the open ones by how many stores wait, the others newest first."""
    found = _requests(session, who)
    chosen = [r for r in found if region is None or region in r.regions]
    split = {s: [r for r in chosen if r.shown is s] for s in Show}
    rows = split[show]
    if show is Show.OPEN:
        rows.sort(key=lambda r: (-len(r.stores), r.urgency, r.id))
    else:
        rows.sort(key=lambda r: (_settled(r), r.id), reverse=True)
    everywhere = reach(who, Permission.SEE_STORE_REQUESTS) is Reach.ALL
    regions = sorted({region for r in found for region in r.regions}) if everywhere else []
    return Pool(rows, {str(s): len(split[s]) for s in Show}, tuple(regions))


def next_open(session: Session, who: Who, but: int) -> tuple[Request | None, int]:
    """The first request of the pool other than `but` that waits for an answer, and how many do."""
    rows = [r for r in pool(session, who, Show.OPEN).rows if r.id != but]
    return next(iter(rows), None), len(rows)


def _settled(one: Request) -> datetime:
    """When it was answered or taken back."""
    return one.taken_back.at if one.taken_back else one.answered_at or one.asked[0].filed_at


def own_mistakes(who: Who, one: Request) -> tuple[Asked, ...]:
    """What of a request this person may take back: what their store filed, while it has no answer."""
    needs, settled = Permission.FILE_STORE_REQUESTS, one.answered_at is not None
    return tuple(
        a
        for a in one.asked
        if within_store(who, a.store_id)
        and hindrance(Entered(a.by, one.taken_back is not None, settled), who, needs) is None
    )


def within_store(who: Who, store_id: int | None) -> bool:
    """Whether a store's requests are this person's to file and to take back."""
    return reach(who, Permission.FILE_STORE_REQUESTS) is Reach.ALL or store_id == who.team_id


def request_file(session: Session, who: Who, request_id: int) -> Request:
    """One request of the pool; of a merged one, the request that it is part of.

    Raises:
        NotFound: there is none within reach.
    """
    kept = session.get(StoreRequest, request_id)
    main = (kept.merged_into_id or kept.id) if kept else 0
    for request in _requests(session, who, StoreRequest.id == main):
        return replace(request, earlier=earlier_verdicts(session, main), separated=separated(session, main))
    raise NotFound(entity="store_request")


def alike(session: Session, who: Who, words: str, but: int | None = None) -> tuple[Alike, ...]:
    """Open requests of the whole pool that are most alike, the likest first; none for a few letters.

    A store sees other stores' requests here, so that it can join one instead of asking again.
    """
    return _likest(session, who, words, but, StoreRequest.answered_at.is_(None))


def answered_alike(session: Session, who: Who, words: str, but: int | None = None) -> tuple[Alike, ...]:
    """Answered requests of the whole pool that are most alike, as `alike`: each store may read the answer."""
    return _likest(session, who, words, but, StoreRequest.answered_at.is_not(None))


def _likest(
    session: Session, who: Who, words: str, but: int | None, narrowed: ColumnElement[bool]
) -> tuple[Alike, ...]:
    if not enough(words) or reach(who, Permission.SEE_STORE_REQUESTS) is None:
        return ()
    newest = (
        select(StoreRequest.id)
        .where(StoreRequest.merged_into_id.is_(None), StoreRequest.taken_back_at.is_(None), narrowed)
        .order_by(StoreRequest.id.desc())
        .limit(MOST_COMPARED)
    )
    rows = {r.id: r for r in _read(session, StoreRequest.id.in_(newest)) if r.id != but}
    found = likest(words, {i: [a.words for a in r.asked] for i, r in rows.items()})
    return tuple(Alike(score, rows[i]) for score, i in found)


def _requests(session: Session, who: Who, narrowed: ColumnElement[bool] | None = None) -> list[Request]:
    """Requests of the pool that somebody within reach asked for."""
    far = reach(who, Permission.SEE_STORE_REQUESTS)
    if far is None:
        return []
    found = _read(session, true() if narrowed is None else narrowed)
    if far is Reach.ALL:
        return found
    mine = set(session.scalars(select(StoreRequest.id).where(StoreRequest.team_id == who.team_id)))
    return [r for r in found if mine & {a.id for a in r.asked}]


def _read(session: Session, narrowed: ColumnElement[bool]) -> list[Request]:
    mistaken = aliased(Person)
    heads = session.execute(
        select(StoreRequest, Person.name, mistaken.name)
        .outerjoin(Person, Person.id == StoreRequest.answered_by)
        .outerjoin(mistaken, mistaken.id == StoreRequest.taken_back_by)
        .where(StoreRequest.merged_into_id.is_(None), narrowed)
        .order_by(StoreRequest.id)
    ).all()
    asked = _asked(session, {row.id for row, *_ in heads})
    return [
        Request(
            row.id,
            row.words,
            min(a.urgency for a in asked[row.id]),
            tuple(asked[row.id]),
            row.outcome,
            row.reply,
            row.planned_on,
            by,
            row.answered_at,
            TakenBack(row.taken_back_at, undone_by, row.taken_back_for or "") if row.taken_back_at else None,
        )
        for row, by, undone_by in heads
    ]


def _asked(session: Session, ids: Collection[int]) -> dict[int, list[Asked]]:
    """By request of the pool, all that were filed for it."""
    query = (
        select(StoreRequest, Team.name, Person.name)
        .outerjoin(Team, Team.id == StoreRequest.team_id)
        .outerjoin(Person, Person.id == StoreRequest.person_id)
        .where(StoreRequest.id.in_(ids) | StoreRequest.merged_into_id.in_(ids))
        .order_by(StoreRequest.id)
    )
    found: dict[int, list[Asked]] = defaultdict(list)
    for r, store, person in session.execute(query):
        one = Asked(r.id, r.team_id, store or "", r.region, person, r.words, r.urgency, r.filed_at, r.photo,
                    r.person_id)  # fmt: skip
        found[r.merged_into_id or r.id].append(one)
    return found
