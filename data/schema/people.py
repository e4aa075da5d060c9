"""People, teams, and how they get in: sessions, tickets, sign-in attempts."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, Batched, Imported, Keyed, Versioned


class Team(Keyed, Batched, Base):
    """A sales team, a store, or an office such as product or delivery (`kind`)."""

    __tablename__ = "team"

    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(default="sales")  # sales | store | office
    region: Mapped[str | None]
    timezone: Mapped[str] = mapped_column(default="Asia/Shanghai")


class Person(Keyed, Imported, Versioned, Base):
    """Somebody who works with the product. Without a password hash nobody signs in as them by name.

    `wecom_id`, `dingtalk_id` and `feishu_id` are who they are in these chat tools (`userid`, `user_id`).
    """

    __tablename__ = "person"

    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(index=True)
    email: Mapped[str | None] = mapped_column(index=True)
    role: Mapped[str]
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    password_hash: Mapped[str | None]
    language: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    wecom_id: Mapped[str | None] = mapped_column(index=True, unique=True)  # an index, not a constraint
    dingtalk_id: Mapped[str | None] = mapped_column(index=True, unique=True)
    feishu_id: Mapped[str | None] = mapped_column(index=True, unique=True)


class UserSession(Keyed, Base):
    """A signed-in browser. Only the SHA-256 of its cookie is kept, from the exchange of the ticket
    on; revoking ends it at the next run. `seen_at` is written every few minutes of use."""

    __tablename__ = "user_session"

    token_hash: Mapped[str | None] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    address: Mapped[str | None]
    agent: Mapped[str | None]
    seen_at: Mapped[datetime | None]


class SignInTicket(Keyed, Base):
    """One-time proof with which a browser fetches its session's cookie; lives for seconds."""

    __tablename__ = "sign_in_ticket"

    ticket_hash: Mapped[str] = mapped_column(unique=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("user_session.id"))
    expires_at: Mapped[datetime]


class SignInAttempt(Keyed, Base):
    """A failed or successful try, counted by the throttle."""

    __tablename__ = "sign_in_attempt"

    username: Mapped[str] = mapped_column(index=True)
    address: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    succeeded: Mapped[bool]
