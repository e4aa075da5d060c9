"""What an administrator does with groups of rooms: try the application, ask again, or let it be."""

from core.access import Permission, Who, reach
from core.groups import What
from core.messages import Conflict, Invalid, NotAllowed, NotFound, Problem
from core.process.intervention import clean
from data.commands.command import Tx, command
from data.groups import chosen, platforms
from data.schema import GroupStep, RoomGroup
from data.settings import settings


def try_application(who: Who) -> str | None:
    """Ask the chat tool to let the application in, past any token that is kept; nothing is written.

    Returns:
        What it met; None where it is let in.

    Raises:
        NotAllowed: for whoever does not manage people.
    """
    if reach(who, Permission.MANAGE_PEOPLE) is None:
        raise NotAllowed(permission=Permission.MANAGE_PEOPLE)
    kind = chosen(settings())
    if kind is None:
        raise NotFound(entity="application")
    try:
        platforms(settings())[kind].check()
    except Exception as error:  # whatever it met is what the person wants to know
        return str(error) or type(error).__name__
    return None


@command("group.retry", needs=Permission.SEE_JOBS)
def retry_step(tx: Tx, step_id: int) -> int:
    """Ask the chat tool once more for what was given up; returns the step's id.

    Raises:
        NotFound: no such step.
        Conflict: it was not given up, or somebody was faster.
    """
    step = _given_up(tx, step_id)
    before = {"error": step.error}
    if step.what == What.MAKE.value and step.unsure_since is None:  # nothing was made of those whom it named
        tx.session.get_one(RoomGroup, step.group_id).users = {}
    step.state, step.attempts, step.due_at, step.unsure_since, step.error = "waiting", 0, tx.now, None, None
    tx.audit("room_group", step.group_id, before=before, after={"step": step.what})
    return step.id


@command("group.drop", needs=Permission.SEE_JOBS)
def drop_step(tx: Tx, step_id: int, reason: str) -> int:
    """Let be what was given up, with the reason; returns the step's id.

    Raises:
        NotFound: no such step.
        Conflict: it was not given up, or somebody was faster.
        Invalid: no reason.
    """
    step = _given_up(tx, step_id)
    if not clean(reason):
        raise Invalid([Problem("reason", "required")])
    step.state = "off"
    tx.audit("room_group", step.group_id, before={"error": step.error}, after={"reason": clean(reason)})
    return step.id


def _given_up(tx: Tx, step_id: int) -> GroupStep:
    step = tx.session.get(GroupStep, step_id, with_for_update=True)
    if step is None:
        raise NotFound(entity="room_group")
    if step.state != "dead":
        raise Conflict("run_not_failed")
    return step
