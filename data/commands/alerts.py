"""Sweeping the alert rules over present state: raise what is new, clear what is gone."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from core.messages import Finding
from core.notices import Notice
from core.policies import Policy
from core.process.alerts import findings
from core.terms import Role, Severity
from data.commands.outbox import post
from data.jsontext import to_json
from data.queries.alert_facts import alert_facts
from data.schema import Alert, Customer, Opportunity, Person


def sweep(session: Session, now: datetime, policy: Policy, ids: Collection[int] | None = None) -> None:
    """Hold every rule against these opportunities; against all when None.

    One cause is told once: a standing alert of the same rule and opportunity is kept, a cleared one
    of the same key stands again (what had cleared it was undone) and is not raised anew. What a person
    has resolved stays resolved.
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
    for cause, alert in standing.items():
        if cause not in found:
            alert.cleared_at = now
        elif (params := to_json(dict(found[cause].params))) != alert.params:
            alert.params = params  # days go by
    fresh = {finding.key: (o, finding) for (rule, o), finding in found.items() if (rule, o) not in standing}
    known = {alert.key: alert for alert in session.scalars(select(Alert).where(Alert.key.in_(fresh)))}
    red = {}
    for key, (opportunity_id, finding) in fresh.items():
        if key in known:
            known[key].cleared_at = None if known[key].resolved_at is None else known[key].cleared_at
        else:
            session.add(_alert(opportunity_id, finding, now))
            if finding.severity is Severity.RED:
                red[opportunity_id] = finding
    post(session, now, _notices(session, red))


def _standing(session: Session, ids: Collection[int] | None) -> dict[tuple[str, int], Alert]:
    query = select(Alert).where(Alert.cleared_at.is_(None), Alert.resolved_at.is_(None))
    if ids is not None:
        query = query.where(Alert.opportunity_id.in_(ids))
    return {(a.rule, a.opportunity_id): a for a in session.scalars(query)}


def _notices(session: Session, red: Mapping[int, Finding]) -> Iterator[Notice]:
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
        finding = red[opportunity_id]
        about = {"rule": finding.rule, "opportunity": name, "customer": customer or name}
        place = ("customer", {"customer": customer_id}) if customer_id else ("board", {})
        for person_id in [manager_id] if manager_id else directors:
            yield Notice(person_id, "alert", f"alert:{finding.key}", dict(finding.params) | about, *place)


def _alert(opportunity_id: int, finding: Finding, now: datetime) -> Alert:
    return Alert(
        key=finding.key,
        rule=finding.rule,
        severity=finding.severity,
        opportunity_id=opportunity_id,
        params=to_json(dict(finding.params)),
        raised_at=now,
    )
