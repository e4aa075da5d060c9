"""What is said in a room's group, and its name: in the language of whoever opened or closed the room."""

from sqlalchemy.orm import Session

from core.groups import What, group_name
from data.notices import sentence
from data.schema import Person, Room
from data.settings import settings
from data.text import DEFAULT_LANGUAGE, LANGUAGES, translate


def tool_name(kind: str) -> dict[str, str]:
    """A chat tool's name, in each language."""
    return {language: translate(language, f"channels.kinds.{kind}") for language in LANGUAGES}


def name_of(session: Session, room: Room, customer: str) -> str:
    """The group's name."""
    return group_name(customer, translate(_language(session, room.opened_by_id), "groups.name"))


def words_of(session: Session, what: What, room: Room, customer: str) -> str:
    """What is said at the group's beginning and at the room's end; "" for anything else."""
    if what is What.SAY_OPENED:
        language = _language(session, room.opened_by_id)
        said = translate(language, "groups.opened", customer=customer)
    elif what is What.SAY_CLOSED:
        language = _language(session, room.closed_by_id)
        by = session.get(Person, room.closed_by_id) if room.closed_by_id else None
        name = by.name if by else translate(language, "audit.operator")
        about = {"customer": customer, "by": name, "result": room.result, "note": room.note}
        said = "\n".join(sentence(language, "room_closed", about))
    else:
        return ""
    return "\n".join(part for part in (said, _address(room.id)) if part)


def _language(session: Session, person_id: int | None) -> str:
    person = session.get(Person, person_id) if person_id else None
    return (person.language if person else None) or DEFAULT_LANGUAGE


def _address(room_id: int) -> str:
    base = settings().public_url.rstrip("/")
    return f"{base}/room?room={room_id}" if base else ""
