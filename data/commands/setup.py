"""The first administrator of a real installation, guarded by a code that only the operator sees."""

import hmac
import secrets

from sqlalchemy import delete, select

from core.calendars import COUNTRIES, Place, holidays_of
from core.messages import Conflict, Invalid, Problem, refuse
from core.money import is_currency
from core.people import PersonInput, check_password, check_person, is_zone
from core.policies import DEFAULTS
from data.commands.calendars import publish_country
from data.commands.currencies import publish_currency
from data.commands.people import hash_password, taken
from data.commands.sessions import fingerprint
from data.engine import Store
from data.migrate import alone
from data.queries.policies import setting
from data.queries.sessions import nobody_yet
from data.schema import Audit, Person, Setting

_CODES = "setup_codes"
_COOKIE_KEY = "cookie_key"
KEPT_CODES = 5  # `init` and each start print one; the one that somebody noted down should still do


def new_setup_code(store: Store) -> str | None:
    """A fresh code for the set-up page, of which the store keeps the hash. None after the set-up."""
    with store.reading(fresh=True) as session:
        if not nobody_yet(session):
            return None
    code = "-".join(secrets.token_hex(2) for _ in range(4))
    with store.writing() as session:
        alone(session.connection())
        if not nobody_yet(session):
            return None
        kept = setting(session, _CODES) or []
        session.merge(Setting(key=_CODES, value=[*kept, fingerprint(code)][-KEPT_CODES:]))
    return code


def cookie_secret(store: Store) -> str:
    """The key with which this installation signs Streamlit's own cookies; made at the first call."""
    with store.reading(fresh=True) as session:
        if kept := setting(session, _COOKIE_KEY):
            return str(kept)
    with store.writing() as session:
        alone(session.connection())
        if (kept := setting(session, _COOKIE_KEY)) is None:
            kept = secrets.token_hex(32)
            session.add(Setting(key=_COOKIE_KEY, value=kept))
        return str(kept)


def set_up(
    store: Store,
    code: str,
    company: str,
    admin: PersonInput,
    password: str,
    timezone: str,
    *,
    repeat: str,
    currency: str = DEFAULTS.currency,
    country: str = "",
) -> int:
    """Make the first administrator, name the company, its currency and the country whose holidays it keeps.

    Without a country it is the time zone's, if its holidays are shipped; else weekends alone are free.

    Returns the person's id.

    Raises:
        Invalid: a wrong code or value, each at its field.
        Conflict: the company was set up already.
    """
    problems = [*check_person(admin), *check_password(password)]
    if repeat != password:
        problems.append(Problem("repeat", "passwords_differ"))
    country = holidays_of(country, timezone)
    problems += _check_company(company, timezone, currency, country)
    with store.writing() as session:
        kept = session.scalar(select(Setting).where(Setting.key == _CODES).with_for_update())
        if kept is None or not nobody_yet(session):
            raise Conflict("already_set_up")
        given = fingerprint(code.strip().lower())
        if not any([hmac.compare_digest(one, given) for one in kept.value or ()]):
            raise Invalid([Problem("code", "wrong_code"), *problems])
        refuse([*problems, *taken(session, admin.username)])
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
        session.execute(delete(Setting).where(Setting.key == _CODES))
        facts = {"installation": "company", "company": company.strip(), "timezone": timezone}
        for key, value in facts.items():
            session.merge(Setting(key=key, value=value))
        if currency != DEFAULTS.currency:
            publish_currency(session, currency, store.clock(), row.id)
        if country != Place().country:
            publish_country(session, country, store.clock(), row.id)
        session.add(
            Audit(
                at=store.clock(),
                actor_id=row.id,
                command="setup",
                entity="person",
                entity_id=row.id,
                after=facts | {"currency": currency, "country": country},
            )
        )
        return row.id


def _check_company(company: str, timezone: str, currency: str, country: str) -> list[Problem]:
    problems = [] if company.strip() else [Problem("company", "required")]
    if not is_zone(timezone):
        problems.append(Problem("timezone", "unknown_choice", {"value": timezone}))
    if not is_currency(currency):
        problems.append(Problem("currency", "currency_code"))
    if country not in COUNTRIES:
        problems.append(Problem("country", "unknown_choice", {"value": country}))
    return problems
