"""Every night: what only had to live for a while goes."""

from datetime import timedelta

from sqlalchemy import delete, select

from data.commands.privacy import forget
from data.commands.upkeep import measure
from data.commands.webhook_promises import standing_red
from data.engine import Store
from data.files import sweep_halves
from data.jobs.registry import Run, job
from data.schema import (
    AcceptanceMiss,
    Delivery,
    JobRun,
    Receipt,
    SignInAttempt,
    SignInTicket,
    StoredFile,
    UserSession,
    WebhookDelivery,
    WebhookEvent,
)

NAME = "tidy"
KEPT_DAYS = 90


@job(NAME)
def tidy(store: Store, run: Run) -> None:
    """Delete ended sessions, old tries to sign in, used keys, old events and finished runs after 90 days (a
    promise that was told red and still is would be told again: its event stays);
    files whose writing was broken off after a day; bytes of erased recordings that are still there. Then the
    database is measured.
    """
    old = run.due_at - timedelta(days=KEPT_DAYS)
    ended = select(UserSession.id).where(UserSession.expires_at < old)
    with store.writing() as session:
        session.execute(delete(SignInTicket).where(SignInTicket.session_id.in_(ended)))
        session.execute(delete(UserSession).where(UserSession.expires_at < old))
        session.execute(delete(SignInAttempt).where(SignInAttempt.at < old))
        session.execute(delete(AcceptanceMiss).where(AcceptanceMiss.at < run.due_at - timedelta(days=1)))
        session.execute(delete(Receipt).where(Receipt.at < old))
        session.execute(delete(Delivery).where(Delivery.sent_at < old))
        over = (WebhookEvent.happened_at < old, WebhookEvent.id.not_in(standing_red()))
        told = select(WebhookEvent.id).where(*over)
        session.execute(delete(WebhookDelivery).where(WebhookDelivery.event_id.in_(told)))
        session.execute(delete(WebhookEvent).where(*over))
        session.execute(delete(JobRun).where(JobRun.finished_at < old))
        measure(session, store.clock())
    sweep_halves(store, run.due_at)
    _forget(store)


def _forget(store: Store) -> None:
    """Bytes that an erasure left behind, because the process ended between the rows and the disk."""
    with store.reading(fresh=True) as session:
        gone = session.scalars(select(StoredFile.sha256).where(StoredFile.erased_at.is_not(None))).all()
    forget(store, gone)
