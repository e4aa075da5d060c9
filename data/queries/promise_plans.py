"""The plan beside a promise through its time (C3): of each feature that was to keep it, its own dates."""

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.queries.schedule import DateChange, planned_dates
from data.schema import Audit, Demand, EarlierAnswer, Feature, Person, Promise


@dataclass(frozen=True, slots=True)
class _Turn:
    """When the feature that keeps a promise may have changed.

    Attributes:
        before: the feature that ended then; None where there was none.
        after: the feature of the answer that followed; of no account where the promise's own was `named`.
        change: who, when and why.
    """

    before: int | None
    after: int | None
    named: bool
    change: DateChange


def plans_beside(session: Session, promise: Promise, feature_id: int | None) -> tuple[DateChange, ...]:
    """The dates that a promise was held against, oldest first.

    Args:
        feature_id: the feature that keeps it now.
    """
    turns = _turns(session, promise, feature_id)
    kept_by = [*(turn.before for turn in turns), feature_id]
    names = _names(session, {feature for feature in kept_by if feature is not None})
    changes: list[DateChange] = []
    for n, feature in enumerate(kept_by):
        since, until = turns[n - 1].change if n else None, turns[n].change if n < len(turns) else None
        own = planned_dates(session, feature) if feature else ()
        dates = [c for c in own if (not since or c.at > since.at) and (not until or c.at < until.at)]
        if since:
            stood = [c.day for c in own if c.at <= since.at]
            dates.insert(0, replace(since, day=stood[-1] if stood else None))
        name = names.get(feature) if feature and len(names) > 1 else None
        changes += [replace(c, feature=name) for c in dates]
    return tuple(changes)


def _turns(session: Session, promise: Promise, feature_id: int | None) -> list[_Turn]:
    """When it went from one feature to another, oldest first: told back from the one that keeps it now."""
    found = sorted([*_named(session, promise), *_answered_anew(session, promise)], key=lambda t: t.change.at)
    turns: list[_Turn] = []
    for turn in reversed(found):
        if turn.named or turn.after == feature_id:
            turns.insert(0, turn)
            feature_id = turn.before
    return turns


def _named(session: Session, promise: Promise) -> list[_Turn]:
    """When a feature was named for it, and instead of which."""
    query = (
        select(Audit.before, Person.name, Audit.at)
        .outerjoin(Person, Person.id == Audit.actor_id)
        .where(Audit.command == "promise.plan", Audit.entity == "promise", Audit.entity_id == promise.id)
        .order_by(Audit.id)
    )
    return [
        _Turn(before["feature_id"] if before else None, None, True, DateChange(None, "", by, at))
        for before, by, at in session.execute(query)
    ]


def _answered_anew(session: Session, promise: Promise) -> list[_Turn]:
    """When its demand's answer gave way to another, or to none; what was promised with it went along."""
    query = (
        select(EarlierAnswer, Person.name)
        .outerjoin(Person, Person.id == EarlierAnswer.person_id)
        .where(EarlierAnswer.demand_id == promise.demand_id, EarlierAnswer.ended_at > promise.made_at)
        .order_by(EarlierAnswer.id)
    )
    found = session.execute(query).all()
    if not found:
        return []
    stands = session.get_one(Demand, promise.demand_id)
    following: list[EarlierAnswer | Demand] = [*(answer for answer, _ in found[1:]), stands]
    return [
        _Turn(
            answer.feature_id,
            None if then.declined_for and not answer.declined_for else then.feature_id,
            False,
            DateChange(None, answer.reason, by, answer.ended_at),
        )
        for (answer, by), then in zip(found, following, strict=True)
    ]


def _names(session: Session, features: set[int]) -> dict[int, str]:
    rows = session.execute(select(Feature.id, Feature.name).where(Feature.id.in_(features)))
    return {number: name for number, name in rows}
