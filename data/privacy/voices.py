"""Recordings of somebody's voice, and pictures that they sent."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.privacy import Kind, Subject
from data.files import AUDIO
from data.privacy.traces import naming
from data.schema import AcceptanceAnswer, Action, CustomerDelivery, StoredFile


def voices(session: Session, found: Subject) -> list[tuple[str, str]]:
    """SHA-256 and media type of each that is still kept.

    An employee's are those that they recorded; a contact's those of the meetings in whose fields they are
    named, and the pictures with which they answered a delivery.
    """
    if found.kind is Kind.PERSON:
        theirs = select(Action.recording).where(Action.owner_id == found.id, Action.recording.is_not(None))
        kept_by = (StoredFile.owner_id == found.id) & StoredFile.media_type.in_(AUDIO)
        mine = or_(StoredFile.sha256.in_(theirs), kept_by)
    else:
        sent = (
            select(AcceptanceAnswer.photo)
            .join(CustomerDelivery, CustomerDelivery.id == AcceptanceAnswer.delivery_id)
            .where(CustomerDelivery.contact_id == found.id, AcceptanceAnswer.photo.is_not(None))
        )
        named = naming(session, Action.__table__, found)  # type: ignore[arg-type]  # a Table, which mypy calls a FromClause
        heard = select(Action.recording).where(named, Action.recording.is_not(None))
        mine = or_(StoredFile.sha256.in_(heard), StoredFile.sha256.in_(sent))
    kept = select(StoredFile.sha256, StoredFile.media_type).where(mine, StoredFile.erased_at.is_(None))
    return [(sha256, media_type) for sha256, media_type in session.execute(kept.order_by(StoredFile.sha256))]
