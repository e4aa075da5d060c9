"""Visits that a device kept: recorded by the same command and rules as in the form, once (PRODUCT.md F4)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.access import Permission, Who, decide
from core.messages import Conflict, Invalid, NotAllowed, NotFound, Problem
from core.process.actions import ActionInput
from core.process.visits import Visit
from core.terms import Severity
from data.commands.actions import record_action
from data.commands.record import meanwhile
from data.engine import Store
from data.files import keep_recording
from data.queries.offline import customer_of_opportunity
from data.queries.policies import policy_in_force
from data.queries.record import records_before
from data.speech import Language


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording as a device sends it."""

    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Synced:
    """What became of a visit: the action's id, or what is wrong, each problem at its field."""

    action_id: int | None
    customer_id: int | None
    problems: Sequence[Problem] = ()


def sync_visit(store: Store, who: Who, visit: Visit, recording: Recording | None = None) -> Synced:
    """Record a visit; sent again with the same key it is found recorded, and nothing is written.

    `recorded_at` is the instant of the sync: what a device knew alone, no forecast knew.

    Raises:
        NotAllowed: this role records nothing, or it is somebody else's visit.
    """
    if not decide(who, Permission.RECORD_ACTIONS).allowed or visit.person_id != who.person_id:
        raise NotAllowed(permission=Permission.RECORD_ACTIONS)
    with store.reading(fresh=True) as session:
        action = visit.action(who.timezone, policy_in_force(session).own_fields)
        customer_id = customer_of_opportunity(session, visit.opportunity_id)
        if customer_id is not None and action.follows is None:
            action = replace(action, follows=records_before(session, customer_id, action.ended_at))
    try:
        action = _with_sound(store, who, action, recording, customer_id)
        key = f"offline:{visit.key}"
        return Synced(record_action.once(store, who, key, visit.opportunity_id, action), customer_id)
    except Invalid as error:
        return Synced(None, None, [p for p in error.problems if p.severity is Severity.ERROR])
    except (NotFound, Conflict) as error:
        return Synced(None, None, [meanwhile(error)])


def _with_sound(
    store: Store, who: Who, action: ActionInput, recording: Recording | None, customer_id: int | None
) -> ActionInput:
    if recording is None:
        return action
    spoken: Language = "zh" if who.language == "zh" else "en"
    kept = keep_recording(
        store, who, recording.content, recording.media_type, language=spoken, customer_id=customer_id
    )
    return replace(action, recording=kept)
