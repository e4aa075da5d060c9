"""What people change about themselves: language, name shown, password."""

import bcrypt
from sqlalchemy import select, update

from core.access import Permission
from core.messages import Conflict, Invalid, NotFound, Problem, refuse
from core.people import PersonInput, check_password, check_person
from data.commands.api_tokens import end_tokens
from data.commands.command import Tx, command
from data.commands.people import hash_password
from data.schema import Person, UserSession
from data.text import LANGUAGES


@command("account.language", needs=Permission.OWN_ACCOUNT)
def choose_language(tx: Tx, language: str) -> str:
    """Remember one's own language; returns it.

    Raises:
        Invalid: the product does not speak it.
    """
    if language not in LANGUAGES:
        raise Invalid([Problem("language", "unknown_choice", {"value": language})])
    row = _own_row(tx)
    before, row.language = row.language, language
    tx.audit("person", row.id, before={"language": before}, after={"language": language})
    return language


@command("account.name", needs=Permission.OWN_ACCOUNT)
def change_own_name(tx: Tx, name: str, version: int) -> int:
    """Change the name that others see of oneself; returns the new version.

    Raises:
        Invalid: no name, or one too long.
        Conflict: an administrator changed the person meanwhile.
    """
    row = _own_row(tx)
    if row.version != version:
        raise Conflict("edited_meanwhile", name=row.name)
    person = PersonInput(row.username, name, row.role, row.team_id, row.email, row.language)
    refuse([p for p in check_person(person) if p.field == "name"])
    before, row.name = row.name, name.strip()
    row.version += 1
    tx.audit("person", row.id, before={"name": before}, after={"name": row.name})
    return row.version


@command("account.password", needs=Permission.OWN_ACCOUNT)
def change_own_password(
    tx: Tx, old: str, new: str, kept_session_id: int | None, *, end_programs: bool = True
) -> int:
    """Change one's own password; every other session of oneself ends. Returns one's id.

    Args:
        end_programs: whether one's API tokens end too, as they do when somebody else knew the password.

    Raises:
        Invalid: the old password is wrong, or the new one too short or too long.
    """
    row = _own_row(tx)
    if not row.password_hash or not bcrypt.checkpw(old.encode()[:72], row.password_hash.encode()):
        raise Invalid([Problem("old", "wrong_password")])
    refuse(check_password(new))
    row.password_hash = hash_password(new)
    others = (UserSession.person_id == row.id, UserSession.id != (kept_session_id or 0))
    tx.session.execute(
        update(UserSession).where(*others, UserSession.revoked_at.is_(None)).values(revoked_at=tx.now)
    )
    if end_programs:
        end_tokens(tx.session, row.id, tx.now)
    tx.audit("person", row.id, after={"password": "changed"})
    return row.id


def _own_row(tx: Tx) -> Person:
    """Oneself, locked: an administrator who changes the person meanwhile comes first or second."""
    own = select(Person).where(Person.id == tx.who.person_id).with_for_update(key_share=True)
    row = tx.session.scalar(own)
    if row is None:
        raise NotFound(entity="person")
    return row
