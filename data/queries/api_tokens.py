"""Who is behind a token, and which tokens there are (PRODUCT.md F3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from core.access import Permission, Who, reach
from core.messages import NotAllowed
from data.queries.sessions import who_of
from data.schema import ApiToken, Person, Team


@dataclass(frozen=True, slots=True)
class Bearer:
    """A living token and the person for whom it speaks, as they are now."""

    token_id: int
    who: Who
    scopes: Mapping[str, str]
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class TokenCard:
    """A token as lists show it."""

    id: int
    name: str
    person: str
    ending: str
    scopes: Mapping[str, str]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


def bearer(session: Session, token_hash: str, now: datetime) -> Bearer | None:
    """The person whose token has this hash; None when unknown, revoked, expired, or the person locked out."""
    row = session.execute(
        select(ApiToken, Person, Team.timezone)
        .join(Person, Person.id == ApiToken.person_id)
        .outerjoin(Team, Team.id == Person.team_id)
        .where(ApiToken.token_hash == token_hash, _living(now), Person.active)
    ).first()
    if row is None:
        return None
    token, person, timezone = row
    return Bearer(token.id, who_of(session, person, timezone), token.scopes, token.last_used_at)


def own_tokens(session: Session, who: Who, now: datetime) -> tuple[TokenCard, ...]:
    """A person's own living tokens, newest first."""
    return _cards(session, now, ApiToken.person_id == who.person_id)


def all_tokens(session: Session, who: Who, now: datetime) -> tuple[TokenCard, ...]:
    """Everybody's living tokens, newest first.

    Raises:
        NotAllowed: for whoever does not look after the API.
    """
    if reach(who, Permission.MANAGE_API) is None:
        raise NotAllowed(permission=Permission.MANAGE_API)
    return _cards(session, now)


def _living(now: datetime) -> ColumnElement[bool]:
    return ApiToken.revoked_at.is_(None) & (ApiToken.expires_at > now)


def _cards(session: Session, now: datetime, *narrowed: ColumnElement[bool]) -> tuple[TokenCard, ...]:
    query = (
        select(ApiToken, Person.name)
        .join(Person, Person.id == ApiToken.person_id)
        .where(_living(now), *narrowed)
        .order_by(ApiToken.id.desc())
    )
    return tuple(
        TokenCard(
            t.id, t.name, person, t.ending, t.scopes, t.created_at, t.expires_at, t.last_used_at
        )
        for t, person in session.execute(query)
    )  # fmt: skip
