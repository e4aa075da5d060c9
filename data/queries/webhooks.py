"""Webhooks and how their deliveries went, for who looks after them (PRODUCT.md F3)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access import Permission, Who, reach
from core.messages import NotAllowed, NotFound
from core.webhooks import TEST
from data.schema import Webhook, WebhookDelivery, WebhookEvent

LOG = 30  # deliveries that the log shows


@dataclass(frozen=True, slots=True)
class WebhookCard:
    """A webhook; its secret is not shown again.

    Attributes:
        waiting, dead: deliveries on their way, and given up.
        test_error: what the last try met; None when it got through or was never tried.
    """

    id: int
    name: str
    url: str
    kinds: tuple[str, ...]
    active: bool
    tested_at: datetime | None
    test_error: str | None
    waiting: int
    dead: int


@dataclass(frozen=True, slots=True)
class LogRow:
    """One delivery: what happened, to whom it is told, and how that went.

    Attributes:
        id: of the delivery; of a test its webhook's, negative.
    """

    id: int
    webhook: str
    key: str
    kind: str
    happened_at: datetime
    state: str
    attempts: int
    due_at: datetime
    sent_at: datetime | None
    error: str | None


def webhooks(session: Session, who: Who) -> tuple[WebhookCard, ...]:
    """The living webhooks, by name.

    Raises:
        NotAllowed: for whoever does not look after them.
    """
    _check(who)
    counts: dict[tuple[int, str], int] = {
        (webhook_id, state): n
        for webhook_id, state, n in session.execute(
            select(WebhookDelivery.webhook_id, WebhookDelivery.state, func.count())
            .where(WebhookDelivery.state.in_(("waiting", "dead")))
            .group_by(WebhookDelivery.webhook_id, WebhookDelivery.state)
        )
    }
    living = select(Webhook).where(Webhook.removed_at.is_(None)).order_by(Webhook.name, Webhook.id)
    return tuple(
        WebhookCard(
            id=row.id,
            name=row.name,
            url=row.url,
            kinds=tuple(row.kinds),
            active=row.active,
            tested_at=row.tested_at,
            test_error=row.test_error,
            waiting=counts.get((row.id, "waiting"), 0),
            dead=counts.get((row.id, "dead"), 0),
        )
        for row in session.scalars(living)
    )


def webhook_log(session: Session, who: Who) -> tuple[LogRow, ...]:
    """The latest deliveries of living webhooks and the latest test of each, newest first.

    Raises:
        NotAllowed: for whoever does not look after them.
    """
    _check(who)
    d, e = WebhookDelivery, WebhookEvent
    query: Any = (
        select(
            d.id,
            Webhook.name,
            e.key,
            e.kind,
            e.happened_at,
            d.state,
            d.attempts,
            d.due_at,
            d.sent_at,
            d.error,
        )
        .join(Webhook, Webhook.id == d.webhook_id)
        .join(e, e.id == d.event_id)
        .where(Webhook.removed_at.is_(None))
        .order_by(d.id.desc())
        .limit(LOG)
    )
    told = [LogRow(*row) for row in session.execute(query)]
    if tests := _tests(session):
        told = sorted([*told, *tests], key=lambda row: row.happened_at, reverse=True)
    return tuple(told[:LOG])


def _tests(session: Session) -> list[LogRow]:
    living = select(Webhook).where(Webhook.removed_at.is_(None), Webhook.tested_at.is_not(None))
    return [
        LogRow(
            id=-row.id,
            webhook=row.name,
            key=TEST,
            kind=TEST,
            happened_at=row.tested_at,
            state="dead" if row.test_error else "sent",
            attempts=1,
            due_at=row.tested_at,
            sent_at=None if row.test_error else row.tested_at,
            error=row.test_error,
        )
        for row in session.scalars(living)
        if row.tested_at is not None
    ]


def reached_webhook(session: Session, who: Who, webhook_id: int) -> Webhook:
    """A living webhook with its secret.

    Raises:
        NotAllowed: for whoever does not look after them.
        NotFound: there is none.
    """
    _check(who)
    row = session.get(Webhook, webhook_id)
    if row is None or row.removed_at is not None:
        raise NotFound(entity="webhook")
    return row


def _check(who: Who) -> None:
    if reach(who, Permission.MANAGE_API) is None:
        raise NotAllowed(permission=Permission.MANAGE_API)
