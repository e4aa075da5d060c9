"""Webhooks: registered, switched, removed, tried; what was given up is told again (PRODUCT.md F3)."""

import secrets

from sqlalchemy import select, update

from core.access import Permission, Who
from core.messages import Conflict, NotFound, refuse
from core.webhooks import TEST, WebhookInput, check_webhook
from data.commands.command import Tx, command
from data.engine import Store
from data.hooks import Told, tell
from data.queries.webhooks import reached_webhook
from data.schema import Webhook, WebhookDelivery
from data.settings import settings

PREFIX = "fbs_"


def new_secret() -> str:
    """A secret with which deliveries are signed; it is shown once."""
    return PREFIX + secrets.token_urlsafe(32)


@command("webhook.add", needs=Permission.MANAGE_API)
def add_webhook(tx: Tx, hook: WebhookInput, secret: str) -> int:
    """Tell an address events from now on; returns the webhook's id.

    Raises:
        Invalid: no name, no kind or an unknown one, or an address that may not be called.
    """
    refuse(check_webhook(hook, loopback=settings().webhook_loopback))
    row = Webhook(
        name=hook.name.strip(),
        url=hook.url,
        secret=secret,
        kinds=sorted(set(hook.kinds)),
        created_at=tx.now,
        created_by_id=tx.who.person_id,
    )
    tx.session.add(row)
    tx.session.flush()
    tx.audit("webhook", row.id, after={"name": row.name, "kinds": row.kinds})
    return row.id


@command("webhook.switch", needs=Permission.MANAGE_API)
def switch_webhook(tx: Tx, webhook_id: int, on: bool) -> int:
    """Switch a webhook on or off; what happens while it is off is not told later. Returns its id.

    Raises:
        NotFound: no such webhook.
    """
    row = _locked(tx, webhook_id)
    before, row.active = row.active, on
    if not on:
        _silence(tx, row)
    tx.audit("webhook", row.id, {"name": row.name, "active": before}, {"active": on})
    return row.id


@command("webhook.remove", needs=Permission.MANAGE_API)
def remove_webhook(tx: Tx, webhook_id: int) -> int:
    """Forget a webhook and its secret; returns its id.

    Raises:
        NotFound: no such webhook.
    """
    row = _locked(tx, webhook_id)
    row.removed_at, row.active, row.secret = tx.now, False, ""
    _silence(tx, row)
    tx.audit("webhook", row.id, before={"name": row.name})
    return row.id


@command("webhook.retry", needs=Permission.MANAGE_API)
def retry_delivery(tx: Tx, delivery_id: int) -> int:
    """Send a delivery that was given up again; returns its id.

    Raises:
        NotFound: no such delivery of a living webhook.
        Conflict: it was not given up, or the webhook is off.
    """
    row = tx.session.get(WebhookDelivery, delivery_id, with_for_update=True)
    hook = _locked(tx, row.webhook_id) if row else None
    if row is None or hook is None:
        raise NotFound(entity="delivery")
    if row.state != "dead":
        raise Conflict("run_not_failed")
    if not hook.active:
        raise Conflict("receiver_off")
    row.state, row.attempts, row.due_at, row.leased_until = "waiting", 0, tx.now, None
    tx.audit("webhook", hook.id, after={"name": hook.name, "retried": row.id})
    return row.id


@command("webhook.tested", needs=Permission.MANAGE_API)
def record_hook_test(tx: Tx, webhook_id: int, error: str | None) -> int:
    """Keep what a try met; returns the webhook's id.

    Raises:
        NotFound: no such webhook.
    """
    row = _locked(tx, webhook_id)
    row.tested_at, row.test_error = tx.now, error
    tx.audit("webhook", row.id, after={"name": row.name, "error": error})
    return row.id


def send_hook_test(store: Store, who: Who, webhook_id: int) -> str | None:
    """Send an event of the kind `test`, outside of any transaction, and keep what came of it.

    Returns:
        What it met; None when it was taken.

    Raises:
        NotAllowed, NotFound: no such webhook for this person.
    """
    with store.reading(fresh=True) as session:
        row = reached_webhook(session, who, webhook_id)
        url, secret = row.url, row.secret
    now, error = store.clock(), None
    told = Told(f"{TEST}:{webhook_id}:{secrets.token_hex(8)}", TEST, now, {"webhook_id": webhook_id})
    try:
        tell(url, secret, told, now)
    except Exception as met:  # whatever it met is what the person wants to know
        error = str(met) or type(met).__name__
    record_hook_test(store, who, webhook_id, error)
    return error


def _locked(tx: Tx, webhook_id: int) -> Webhook:
    living = select(Webhook).where(Webhook.id == webhook_id, Webhook.removed_at.is_(None))
    row = tx.session.scalar(living.with_for_update())
    if row is None:
        raise NotFound(entity="webhook")
    return row


def _silence(tx: Tx, row: Webhook) -> None:
    """What waits for it waits no longer."""
    mine = (WebhookDelivery.webhook_id == row.id, WebhookDelivery.state == "waiting")
    tx.session.execute(update(WebhookDelivery).where(*mine).values(state="off"))
