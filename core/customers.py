"""What makes a customer, a contact or an interaction valid: the same for page, import and API."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.mail import mail_address
from core.messages import Problem
from core.terms import DIRECTIONS, INTERACTION_KINDS, SEGMENTS, DecisionRole, Grade

MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class CustomerInput:
    """What is said about a customer.

    Attributes:
        owner_id: the rep who looks after it.
        fields: values of the company's own fields, by key; those that are not named stay.
    """

    name: str
    industry: str | None = None
    segment: str | None = None
    region: str | None = None
    owner_id: int | None = None
    note: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ContactInput:
    """A person at the customer."""

    name: str
    title: str | None = None
    decision_role: str | None = None
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class InteractionInput:
    """A touch that is not a recorded action.

    Attributes:
        duration_seconds: talk time, if any; not negative.
        questions: questions that the customer asked; not negative.
    """

    kind: str
    direction: str
    happened_at: datetime | None
    opportunity_id: int | None = None
    contact_id: int | None = None
    duration_seconds: int | None = None
    questions: int | None = None
    subject: str = ""


def check_customer(customer: CustomerInput) -> tuple[Problem, ...]:
    """All problems of a customer. Industry and region are the company's own words; segments are three."""
    problems = _check_name(customer.name)
    if customer.segment and customer.segment not in SEGMENTS:
        problems.append(Problem("segment", "unknown_choice", {"value": customer.segment}))
    return tuple(problems)


def check_contact(contact: ContactInput) -> tuple[Problem, ...]:
    """All problems of a contact.

    >>> [p.code for p in check_contact(ContactInput("Li Na", email="a@x.example, b@y.example"))]
    ['bad_email']
    """
    problems = _check_name(contact.name)
    if contact.decision_role and contact.decision_role not in tuple(DecisionRole):
        problems.append(Problem("decision_role", "unknown_choice", {"value": contact.decision_role}))
    if contact.email and not mail_address(contact.email.strip()):
        problems.append(Problem("email", "bad_email"))
    return tuple(problems)


def check_grade(grade: str, reason: str) -> tuple[Problem, ...]:
    """A grade is A to D, and comes with its reason."""
    problems = [] if grade in tuple(Grade) else [Problem("grade", "unknown_choice", {"value": grade})]
    if not reason.strip():
        problems.append(Problem("reason", "reason_required"))
    return tuple(problems)


def check_interaction(touch: InteractionInput, now: datetime) -> tuple[Problem, ...]:
    """All problems of an interaction; it cannot lie in the future."""
    problems = []
    if touch.kind not in INTERACTION_KINDS:
        problems.append(Problem("kind", "unknown_choice", {"value": touch.kind}))
    if touch.direction not in DIRECTIONS:
        problems.append(Problem("direction", "unknown_choice", {"value": touch.direction}))
    if touch.happened_at is None:
        problems.append(Problem("happened_at", "required"))
    elif touch.happened_at > now:
        problems.append(Problem("happened_at", "instant_in_future"))
    counts = {"duration_seconds": touch.duration_seconds, "questions": touch.questions}
    problems += [Problem(k, "negative_number") for k, v in counts.items() if v is not None and v < 0]
    return tuple(problems)


def _check_name(name: str) -> list[Problem]:
    if not name.strip():
        return [Problem("name", "required")]
    return [Problem("name", "too_long", {"limit": MAX_NAME})] if len(name) > MAX_NAME else []
