"""Sweeping the alert rules over present state: raise what is new, clear what is gone."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from core.messages import Finding
from core.notices import Notice
from core.policies import Policy
from core.process.alerts import findings
from core.terms import Role, Severity
from data.commands.outbox import post
from data.commands.webhook_events import tell_alerts
from data.jsontext import to_json
from data.queries.alert_facts import alert_facts
from data.schema import Alert, Customer, Opportunity, Person
from data.upsert import insert_new

_AT_ONCE = 5000  # keys of one statement; databases take a limited number of values

Cause = tuple[str, int]  # a rule and an opportunity


def sweep(session: Session, now: datetime, policy: Policy, ids: Collection[int] | None = None) -> None:
    """Hold every rule against these opportunities; against all when None.

    One cause is told once: a standing alert of the same rule and opportunity is kept and takes the
    present cause's key, so that settling it settles what it says now; what was put off for another
    cause wakes. A cleared one of the same key stands again (what had cleared it was undone) and is not
    raised anew. What a person has resolved stays resolved.
    """
    session.flush()
    if ids is not None and not ids:
        return
    standing = _standing(session, ids)
    found = {
        (finding.rule, facts.opportunity_id): finding
        for facts in alert_facts(session, now, ids)
        for finding in findings(facts, policy)
    }
    fresh = _fresh(session, found, standing)
    for cause, alert in standing.items():
        _follow(alert, found.get(cause), now)
    _raise(session, now, fresh)


def _fresh(
    session: Session, found: Mapping[Cause, Finding], standing: Mapping[Cause, Alert]
) -> list[tuple[int, Finding]]:
    """What was never told; what was told before stands again, or follows its cause."""
    known = _known(session, found.values())
    fresh = []
    for cause, finding in found.items():
        alert, other = known.get(finding.key), standing.get(cause)
        if alert is not None:
            alert.cleared_at = alert.cleared_at if alert.resolved_at else None
        elif other is not None:
            other.key, other.snoozed_until = finding.key, None
        else:
            fresh.append((cause[1], finding))
    return fresh


def _known(session: Session, said: Iterable[Finding]) -> dict[str, Alert]:
    keys = sorted(finding.key for finding in said)
    portions = (keys[n : n + _AT_ONCE] for n in range(0, len(keys), _AT_ONCE))
    return {a.key: a for some in portions for a in session.scalars(select(Alert).where(Alert.key.in_(some)))}


def _follow(alert: Alert, finding: Finding | None, now: datetime) -> None:
    """A standing alert counts on while its cause stands, and is cleared with it."""
    if finding is None or finding.key != alert.key:
        alert.cleared_at = now
    elif (params := to_json(dict(finding.params))) != alert.params:
        alert.params = params  # days go by


def _raise(session: Session, now: datetime, fresh: Sequence[tuple[int, Finding]]) -> None:
    """Write new alerts, also when another hand raises the same ones at once; push the red ones."""
    session.flush()
    rows = [_row(opportunity_id, finding, now) for opportunity_id, finding in fresh]
    raised = insert_new(session, Alert, sorted(rows, key=itemgetter("key")), Alert.key)
    tell_alerts(session, now, raised)
    red: dict[int, list[Finding]] = defaultdict(list)
    for opportunity_id, finding in fresh:
        if finding.severity is Severity.RED:
            red[opportunity_id].append(finding)
    post(session, now, _notices(session, red))


def _standing(session: Session, ids: Collection[int] | None) -> dict[Cause, Alert]:
    query = select(Alert).where(Alert.cleared_at.is_(None), Alert.resolved_at.is_(None))
    if ids is not None:
        query = query.where(Alert.opportunity_id.in_(ids))
    return {(a.rule, a.opportunity_id): a for a in session.scalars(query)}


def _notices(session: Session, red: Mapping[int, Sequence[Finding]]) -> Iterator[Notice]:
    """For each red finding, the managers of the opportunity's team; the directors where it has none."""
    if not red:
        return
    owner, manager = aliased(Person), aliased(Person)
    leads = (manager.role == Role.MANAGER) & (manager.team_id == owner.team_id) & manager.active
    query = (
        select(Opportunity.id, Opportunity.name, Customer.id, Customer.name, manager.id)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
        .outerjoin(owner, owner.id == Opportunity.owner_id)
        .outerjoin(manager, leads)
        .where(Opportunity.id.in_(red))
    )
    directors = session.scalars(select(Person.id).where(Person.role == Role.DIRECTOR, Person.active)).all()
    for opportunity_id, name, customer_id, customer, manager_id in session.execute(query):
        place = ("customer", {"customer": customer_id}) if customer_id else ("board", {})
        for finding in red[opportunity_id]:
            about = {"rule": finding.rule, "opportunity": name, "customer": customer or name}
            for person_id in [manager_id] if manager_id else directors:
                yield Notice(person_id, "alert", f"alert:{finding.key}", dict(finding.params) | about, *place)


def _row(opportunity_id: int, finding: Finding, now: datetime) -> dict[str, Any]:
    return {
        "key": finding.key,
        "rule": finding.rule,
        "severity": finding.severity,
        "opportunity_id": opportunity_id,
        "params": to_json(dict(finding.params)),
        "raised_at": now,
    }
