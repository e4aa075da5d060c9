"""Rubbing a person out: names and words about them become a mark, their voice goes, what is counted stays."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.orm import Session

from core.privacy import GONE, Kind, Subject, rubbed
from data.commands.api_tokens import end_tokens
from data.privacy.subjects import pictures
from data.privacy.traces import naming, tables, written_in
from data.privacy.voices import voices
from data.schema import (
    AcceptanceAnswer,
    Action,
    ApiToken,
    Audit,
    CoachingNote,
    CoachingTask,
    Contact,
    CustomerDelivery,
    Draft,
    GroupStep,
    HomeWish,
    NoticeWishes,
    Person,
    RoomGroup,
    RoomMessage,
    SavedView,
    SignInAttempt,
    SignInTicket,
    SignReview,
    StoredFile,
    StudioDraft,
    Subscription,
    Talk,
    TalkStep,
    Transcript,
    UserSession,
)


def erase(session: Session, found: Subject, now: datetime) -> list[str]:
    """Rub a person out of the store; the SHA-256 of every file whose bytes have to go with them."""
    gone = [sha256 for sha256, _ in voices(session, found)]
    _silence(session, gone, now)
    _words(session, found)
    _mentions(session, found)
    _past(session, found)
    if found.kind is Kind.PERSON:
        _desk(session, found.id, now)
        _groups(session, found.id)
        _person(session.get_one(Person, found.id), found.mark)
    else:
        _contact(session.get_one(Contact, found.id), found.mark)
    session.flush()
    return gone


def _silence(session: Session, gone: Collection[str], now: datetime) -> None:
    """Their recordings: what was heard in them is forgotten, how long and how loud it was is not."""
    session.execute(update(StoredFile).where(StoredFile.sha256.in_(gone)).values(erased_at=now))
    said = (Transcript.recording.in_(gone), Transcript.text != "")
    session.execute(update(Transcript).where(*said).values(text=GONE))
    written = (Action.recording.in_(gone), Action.transcript.is_not(None), Action.transcript != "")
    session.execute(update(Action).where(*written).values(transcript=GONE))


def _words(session: Session, found: Subject) -> None:
    """What was written about them, or by them to others, as a whole."""
    for column, mine in _told(found):
        kept = column.class_
        session.execute(update(kept).where(mine, column != "").values({column.key: GONE}))


def _told(found: Subject) -> Iterator[tuple[Any, Any]]:
    if found.kind is Kind.CONTACT:
        theirs = select(CustomerDelivery.id).where(CustomerDelivery.contact_id == found.id)
        yield AcceptanceAnswer.text, AcceptanceAnswer.delivery_id.in_(theirs)
        return
    talks = select(Talk.id).where(Talk.rep_id == found.id)
    tasks = select(CoachingTask.id).where(CoachingTask.rep_id == found.id)
    yield Talk.note, Talk.rep_id == found.id
    yield TalkStep.what, TalkStep.talk_id.in_(talks)
    yield TalkStep.drop_reason, TalkStep.talk_id.in_(talks)
    yield CoachingTask.outcome, CoachingTask.rep_id == found.id
    yield CoachingNote.note, CoachingNote.task_id.in_(tasks)
    yield SignReview.note, SignReview.person_id == found.id
    yield RoomMessage.text, RoomMessage.author_id == found.id


def _mentions(session: Session, found: Subject) -> None:
    for table in tables():
        if columns := written_in(table):
            named = select(*table.primary_key.columns, *columns).where(naming(session, table, found))
            for row in session.execute(named).all():
                _rub_row(session, table, dict(row._mapping), found)


def _rub_row(session: Session, table: Table, row: dict[str, Any], found: Subject) -> None:
    keys = {c.name for c in table.primary_key.columns}
    words = (*found.names, *found.addresses)
    clean = {name: rubbed(old, words, found.mark) for name, old in row.items() if name not in keys}
    changed = {name: value for name, value in clean.items() if value != row[name]}
    if changed:
        mine = [table.c[name] == row[name] for name in keys]
        session.execute(update(table).where(*mine).values(changed))


def _past(session: Session, found: Subject) -> None:
    """Their own lines of the audit log stay, with the mark for how they were called and reached."""
    personal = ("name", "username", "email", "phone", "title", "wecom_id", "dingtalk_id", "feishu_id")
    for row in session.scalars(select(Audit).where(*pictures(found.kind, found.id))):
        for side in ("before", "after"):
            picture = getattr(row, side)
            if isinstance(picture, dict):
                setattr(row, side, {k: found.mark if k in personal and v else v for k, v in picture.items()})


def _desk(session: Session, person_id: int, now: datetime) -> None:
    """What only they saw goes; their sessions and tokens end and no longer say from where."""
    views = select(SavedView.id).where(SavedView.owner_id == person_id, ~SavedView.shared)
    session.execute(delete(Subscription).where(Subscription.view_id.in_(views)))
    for table in (Draft, StudioDraft, NoticeWishes, HomeWish, Subscription):
        session.execute(delete(table).where(table.person_id == person_id))
    session.execute(delete(SavedView).where(SavedView.id.in_(views)))
    mine = UserSession.person_id == person_id
    session.execute(
        delete(SignInTicket).where(SignInTicket.session_id.in_(select(UserSession.id).where(mine)))
    )
    session.execute(update(UserSession).where(mine, UserSession.revoked_at.is_(None)).values(revoked_at=now))
    session.execute(update(UserSession).where(mine).values(address=None, agent=None, token_hash=None))
    end_tokens(session, person_id, now)
    session.execute(update(ApiToken).where(ApiToken.person_id == person_id).values(name=GONE))
    name = session.scalar(select(Person.username).where(Person.id == person_id)) or ""
    session.execute(delete(SignInAttempt).where(func.lower(SignInAttempt.username) == name.lower()))


def _groups(session: Session, person_id: int) -> None:
    """Their id in a chat tool goes. What still waits to be asked of it under that id is let be."""
    for group in session.scalars(select(RoomGroup)):
        if str(person_id) in group.users:
            group.users = {k: v for k, v in group.users.items() if k != str(person_id)}
    mine = GroupStep.person_id == person_id
    session.execute(update(GroupStep).where(mine, GroupStep.state == "waiting").values(state="off"))
    session.execute(update(GroupStep).where(mine).values(user=""))


def _person(row: Person, mark: str) -> None:
    row.name, row.username, row.active = mark, f"erased-{row.id}", False
    row.email = row.password_hash = row.ref = row.language = None
    row.wecom_id = row.dingtalk_id = row.feishu_id = None
    row.version += 1


def _contact(row: Contact, mark: str) -> None:
    row.name = mark
    row.title = row.phone = row.email = row.ref = None
    row.version += 1
