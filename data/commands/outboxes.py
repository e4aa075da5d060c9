"""What an administrator does with what was given up: try it again, or let it be for a reason (P10)."""

from typing import Any

from core.access import Permission
from core.groups import What
from core.messages import Conflict, NotFound, refuse
from core.process.intervention import check_words, clean
from data.commands.command import Tx, command
from data.queries.channels import TEAM
from data.queries.outboxes import OUTBOXES
from data.schema import Delivery, GroupStep, JobRun, RoomGroup, TeamChannel, Webhook, WebhookDelivery


@command("outbox.retry", needs=Permission.SEE_JOBS)
def retry(tx: Tx, kind: str, row_id: int) -> int:
    """Let something that was given up be tried again from the start; returns its id.

    Raises:
        NotFound: no such outbox, or nothing there of this id.
        Conflict: it was not given up, somebody was faster, or nobody is told by that way any more.
    """
    row = _given_up(tx, kind, row_id)
    if not _listens(tx, row):
        raise Conflict("receiver_off")
    before = {"error": row.error}
    if isinstance(row, GroupStep):
        _forget_founders(tx, row)
    row.state, row.attempts, row.leased_until, row.error = "waiting", 0, None, None
    if isinstance(row, JobRun):
        row.finished_at = None  # its due time names it, and stays
    else:
        row.due_at = tx.now
    tx.audit("outbox", None, before=before, after={"outbox": kind, "row": row_id})
    return row_id


@command("outbox.drop", needs=Permission.SEE_JOBS)
def drop(tx: Tx, kind: str, row_id: int, reason: str) -> int:
    """Let something be that was given up; returns its id.

    Raises:
        NotFound: no such outbox, or nothing there of this id.
        Conflict: it was not given up, or somebody was faster.
        Invalid: no reason, or a very long one.
    """
    row = _given_up(tx, kind, row_id)
    refuse(check_words("reason", reason))
    row.state = OUTBOXES[kind].let_be
    after = {"outbox": kind, "row": row_id, "reason": clean(reason)}
    tx.audit("outbox", None, before={"error": row.error}, after=after)
    return row_id


def _given_up(tx: Tx, kind: str, row_id: int) -> Any:
    box = OUTBOXES.get(kind)
    row: Any = tx.session.get(box.table, row_id, with_for_update=True) if box else None
    if box is None or row is None:
        raise NotFound(entity="outbox")
    if row.state != box.dead:
        raise Conflict("run_not_failed")
    return row


def _listens(tx: Tx, row: Any) -> bool:
    """Whether its webhook or its team's robot is on; the operator's own channels always are."""
    if isinstance(row, WebhookDelivery):
        return tx.session.get_one(Webhook, row.webhook_id, with_for_update=True).active
    if isinstance(row, Delivery) and row.channel.startswith(TEAM):
        return tx.session.get_one(TeamChannel, int(row.channel.removeprefix(TEAM))).active
    return True


def _forget_founders(tx: Tx, step: GroupStep) -> None:
    """A group that was refused is asked for anew with those whom the chat tool knows by then."""
    if step.what == What.MAKE.value and step.unsure_since is None:
        tx.session.get_one(RoomGroup, step.group_id).users = {}
    step.unsure_since = None
