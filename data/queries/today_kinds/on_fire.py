"""Alerts: the red ones of the team, and those in a person's own hands."""

from dataclasses import replace

from sqlalchemy import func, select

from core.access import Permission
from core.terms import Outcome, Severity
from data.queries.alert_hands import hands_of
from data.queries.scope import owned
from data.queries.standing import standing
from data.queries.today_kinds.asked import Asked, Group, Kind, of_opportunity, worth
from data.schema import Alert, Customer, Opportunity, Person


def red(asked: Asked, most: int) -> Group:
    """The team's standing red alerts, with who looks after each."""
    query = (
        select(
            Alert.id,
            *of_opportunity(),
            Alert.raised_at.label("at"),
            Alert.rule.label("words"),
            Alert.params,
            Person.name.label("person"),
        )
        .join(Opportunity, Opportunity.id == Alert.opportunity_id)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
        .outerjoin(Person, Person.id == Opportunity.owner_id)
        .where(
            standing(asked.now),
            Alert.severity == Severity.RED,
            Opportunity.outcome == Outcome.OPEN,
            owned(asked.who, Permission.SEE_BOARD, Opportunity.owner_id),
        )
        .order_by(Alert.raised_at, worth(), Alert.id)
    )
    found = asked.group(Kind.RED, query, most)
    hands = hands_of(asked.session, [todo.id for todo in found.todos], asked.now)
    return replace(found, todos=tuple(replace(todo, hands=hands.get(todo.id)) for todo in found.todos))


def assigned(asked: Asked, most: int) -> Group:
    """Alerts that somebody put into this person's hands."""
    query = (
        select(
            Alert.id,
            *of_opportunity(),
            Alert.due_at.label("at"),
            Alert.rule.label("words"),
            Alert.params,
        )
        .join(Opportunity, Opportunity.id == Alert.opportunity_id)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
        .where(
            standing(asked.now),
            Opportunity.outcome == Outcome.OPEN,
            Alert.assigned_to_id == asked.who.person_id,
        )
        .order_by(func.coalesce(Alert.due_at, asked.midnight), Alert.id)
    )
    return asked.group(Kind.ASSIGNED, query, most)
