"""The first administrator of a real installation, guarded by a code that only the operator sees."""

import hmac
import secrets

from sqlalchemy import delete, select

from core.messages import Conflict, Invalid, Problem, refuse
from core.people import PersonInput, check_password, check_person
from data.commands.people import hash_password
from data.commands.sessions import fingerprint
from data.engine import Store
from data.queries.sessions import nobody_yet
from data.schema import Audit, Person, Setting

_CODE = "setup_code_hash"


def new_setup_code(store: Store) -> str | None:
    """A fresh code for the set-up page; earlier ones end. None when the company has people already."""
    code = "-".join(secrets.token_hex(2) for _ in range(4))
    with store.writing() as session:
        if not nobody_yet(session):
            return None
        session.merge(Setting(key=_CODE, value=fingerprint(code)))
    return code


def set_up(store: Store, code: str, company: str, admin: PersonInput, password: str, timezone: str) -> int:
    """Make the first administrator and name the company; returns the person's id.

    Raises:
        Invalid: a wrong code or value, each at its field.
        Conflict: the company was set up already.
    """
    problems = [*check_person(admin), *check_password(password)]
    if not company.strip():
        problems.append(Problem("company", "required"))
    with store.writing() as session:
        kept = session.scalar(select(Setting).where(Setting.key == _CODE).with_for_update())
        if kept is None or not nobody_yet(session):
            raise Conflict("already_set_up")
        if not hmac.compare_digest(str(kept.value), fingerprint(code.strip().lower())):
            raise Invalid([Problem("code", "wrong_code"), *problems])
        refuse(problems)
        row = Person(
            username=admin.username.strip(),
            name=admin.name.strip(),
            email=admin.email,
            role="admin",
            password_hash=hash_password(password),
            language=admin.language,
            created_at=store.clock(),
        )
        session.add(row)
        session.flush()
        session.execute(delete(Setting).where(Setting.key == _CODE))
        facts = {"installation": "company", "company": company.strip(), "timezone": timezone}
        for key, value in facts.items():
            session.merge(Setting(key=key, value=value))
        session.add(
            Audit(
                at=store.clock(),
                actor_id=row.id,
                command="setup",
                entity="person",
                entity_id=row.id,
                after=facts,
            )
        )
        return row.id
