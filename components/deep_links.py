"""What another program's address says: `?customer=12`, `ref`, `contact`, `chat`, `customer_name`, `type`."""

from components import address
from core.process.stages import STAGES
from data.queries.named_customers import Named

OWN = "own_"  # what keys of the company's own action types begin with
SHORT = {
    "diagnosis": "needs_diagnosis",
    "demo": "solution_demo",
    "objection": "objection_handling",
    "quote": "quote_confirmation",
}


def named() -> Named | None:
    """The customer that the address means; None when it names none."""
    said = (address.said(part) or "" for part in ("customer_name", "ref", "contact", "chat"))
    found = Named(address.number("customer"), *said)
    return found if found != Named() else None


def action_type() -> str | None:
    """The action type that the address asks for, also by its short name."""
    asked = address.said("type") or ""
    known = asked in (*STAGES, *SHORT) or asked.startswith(OWN)  # whether it is offered is the form's to say
    return SHORT.get(asked, asked) if known else None
