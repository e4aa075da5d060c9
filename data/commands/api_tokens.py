"""Tokens of the HTTP API: made by the person for whom they speak, revoked by them or an administrator."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from core.access import Permission, reach
from core.api import TokenInput, check_token
from core.messages import NotFound, refuse
from data.commands.command import Tx, command
from data.commands.sessions import fingerprint
from data.commands.turns import take_turn
from data.engine import Store
from data.schema import ApiToken

PREFIX = "fbk_"  # by which scanners for leaked secrets know one
_ENDING = 4  # characters that are shown afterwards
USE_STEP = timedelta(minutes=1)  # how exactly the last use is kept


def new_token() -> str:
    """A token that nobody can guess; it is shown once and never stored."""
    return PREFIX + secrets.token_urlsafe(32)


@command("token.create", needs=Permission.OWN_ACCOUNT)
def create_token(tx: Tx, wanted: TokenInput, token_hash: str, ending: str) -> int:
    """Let a program speak for oneself from now on; returns the token's id.

    Args:
        token_hash, ending: of a token that only its person has seen; see `token_parts`.

    Raises:
        NotFound: the operator at the command line has no tokens.
        Invalid: no name, no scope, an unknown one or too many living tokens.
    """
    if tx.who.person_id is None:
        raise NotFound(entity="person")
    take_turn(tx.session, tx.who.person_id)
    mine = (ApiToken.person_id == tx.who.person_id, ApiToken.revoked_at.is_(None))
    living = select(func.count()).select_from(ApiToken).where(*mine, ApiToken.expires_at > tx.now)
    refuse(check_token(wanted, tx.session.scalar(living) or 0))
    row = ApiToken(
        person_id=tx.who.person_id,
        name=wanted.name.strip(),
        token_hash=token_hash,
        ending=ending,
        scopes=dict(wanted.scopes),
        created_at=tx.now,
        expires_at=tx.now + timedelta(days=wanted.days),
    )
    tx.session.add(row)
    tx.session.flush()
    tx.audit("token", row.id, after={"name": row.name, "scopes": row.scopes, "days": wanted.days})
    return row.id


@command("token.revoke", needs=Permission.OWN_ACCOUNT)
def revoke_token(tx: Tx, token_id: int) -> int:
    """End a token at once: one's own, or anybody's for who looks after the API. Returns its id.

    Raises:
        NotFound: no such living token within reach.
    """
    row = tx.session.get(ApiToken, token_id, with_for_update=True)
    if row is None or row.revoked_at is not None:
        raise NotFound(entity="token")
    if row.person_id != tx.who.person_id and reach(tx.who, Permission.MANAGE_API) is None:
        raise NotFound(entity="token")
    row.revoked_at, row.revoked_by_id = tx.now, tx.who.person_id
    tx.audit("token", row.id, before={"name": row.name}, after={"person_id": row.person_id})
    return row.id


def token_parts(token: str) -> tuple[str, str]:
    """What the store keeps of a token: its SHA-256 and its last characters."""
    return fingerprint(token), token[-_ENDING:]


def end_tokens(session: Session, person_id: int, now: datetime) -> None:
    """Revoke all living tokens of a person: no program speaks for them any more."""
    living = (ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None))
    session.execute(update(ApiToken).where(*living).values(revoked_at=now))


def note_use(store: Store, token_id: int) -> None:
    """Remember that a token was used, to the minute: no row is written for every request."""
    now = store.clock()
    stale = or_(ApiToken.last_used_at.is_(None), ApiToken.last_used_at <= now - USE_STEP)
    with store.writing() as session:
        session.execute(update(ApiToken).where(ApiToken.id == token_id, stale).values(last_used_at=now))
