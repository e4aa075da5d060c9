"""Features that answer demands: planned, moved, made anew (C2, C3)."""

from datetime import date, datetime

from sqlalchemy import select

from core.access import Permission
from core.messages import Conflict, NotFound, Problem, refuse
from core.promises.acceptance import Spread, spread
from core.promises.demands import Answer, Named, check_ahead, check_kept_plan, check_move, check_named
from data.commands.command import Tx, command
from data.commands.plan_notices import tell_moved
from data.commands.promise_sweep import promised_with, sweep_promises
from data.jsontext import to_json
from data.queries.feature_holders import holders
from data.queries.milestone_results import check_freeze, freezes_in_force
from data.queries.policies import company_day
from data.schema import Feature, PlannedDate


@command("feature.move", needs=Permission.ANSWER_DEMANDS)
def move_feature(tx: Tx, feature_id: int, planned_on: date | None, reason: str) -> int:
    """Plan a feature for another day, or take it off the plan (None); the old date stays in its history.

    Raises:
        NotFound: no such feature.
        Conflict: all who waited for it have confirmed it.
        Invalid: no reason, the date that stands or a passed one, or a new feature is moved into a freeze.
    """
    feature = reached_feature(tx, feature_id)
    if _spread(tx, feature_id) is Spread.CONFIRMED:
        raise Conflict("feature_confirmed")
    before = planned_date(tx, feature_id)
    problems = check_move("planned_on", before, planned_on, reason)
    refuse([*problems, *not_plannable(tx, planned_on, feature.recorded_at)])
    planned = plan(tx, feature_id, planned_on, reason)
    after = to_json({"planned_on": planned_on, "reason": reason})
    tx.audit("feature", feature.id, to_json({"planned_on": before}), after)
    sweep_promises(tx.session, tx.now, tx.policy, promised_with(feature.id), by=tx.who.person_id)
    tell_moved(tx, feature, planned)
    return feature.id


@command("feature.correct", needs=Permission.ANSWER_DEMANDS)
def correct_feature(tx: Tx, feature_id: int, named: Named) -> int:
    """Put right what a feature is called or what is handed over; its dates and the answers with it stay.

    Raises:
        NotFound: no such feature.
        Conflict: all who waited for it have confirmed it.
        Invalid: something is missing.
    """
    feature = reached_feature(tx, feature_id)
    if _spread(tx, feature_id) is Spread.CONFIRMED:
        raise Conflict("feature_confirmed")
    refuse(check_named(named))
    before = {"name": feature.name, "deliverable": feature.deliverable, "reference": feature.reference}
    feature.name, feature.reference = named.feature.strip(), named.reference.strip()
    feature.deliverable = named.deliverable
    after = {"name": feature.name, "deliverable": feature.deliverable, "reference": feature.reference}
    tx.audit("feature", feature.id, before, after)
    return feature.id


def planned_date(tx: Tx, feature_id: int) -> date | None:
    """When a feature is planned for now; None without a plan."""
    history = select(PlannedDate.planned_on).where(PlannedDate.feature_id == feature_id)
    return tx.session.scalar(history.order_by(PlannedDate.id.desc()).limit(1))


def plan(tx: Tx, feature_id: int, planned_on: date | None, reason: str) -> PlannedDate:
    """Add a date to a feature's history; returns it."""
    row = PlannedDate(
        feature_id=feature_id,
        planned_on=planned_on,
        reason=reason,
        person_id=tx.who.person_id,
        recorded_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def not_plannable(tx: Tx, planned_on: date | None, made_at: datetime) -> list[Problem]:
    """Why a feature that was made then cannot be planned for a day: it has passed, or lies in a freeze."""
    today = company_day(tx.session, tx.now)
    frozen = check_freeze(freezes_in_force(tx.session, today), planned_on, made_at)
    return [*check_ahead("planned_on", planned_on, today), *frozen]


def not_kept(tx: Tx, feature_id: int, planned_on: date | None) -> list[Problem]:
    """Why an answer cannot keep the day that a feature is planned for: it has passed."""
    return check_kept_plan(planned_on, _spread(tx, feature_id), company_day(tx.session, tx.now))


def _spread(tx: Tx, feature_id: int) -> Spread:
    theirs = holders(tx.session, tx.who, tx.now, [feature_id]).get(feature_id, ())
    return spread([one.seen for one in theirs])


def reached_feature(tx: Tx, feature_id: int) -> Feature:
    """A feature, held until the command ends.

    Raises:
        NotFound: no such feature.
    """
    feature = tx.session.get(Feature, feature_id, with_for_update=True)
    if feature is None:
        raise NotFound(entity="feature")
    return feature


def new_feature(tx: Tx, answer: Answer) -> Feature:
    """The feature that an answer names for the first time."""
    feature = Feature(
        name=answer.feature,
        owner_id=tx.who.person_id,
        deliverable=answer.deliverable,
        reference=answer.reference,
        recorded_at=tx.now,
    )
    tx.session.add(feature)
    tx.session.flush()
    return feature
