"""What another program's address says: `?customer=12`, `ref`, `contact`, `customer_name`, `type`."""

from components import address
from core.process.stages import STAGES
from data.queries.named_customers import Named

SHORT = {
    "diagnosis": "needs_diagnosis",
    "demo": "solution_demo",
    "objection": "objection_handling",
    "quote": "quote_confirmation",
}


def named() -> Named | None:
    """The customer that the address means; None when it names none."""
    name, ref, contact = (address.said(part) or "" for part in ("customer_name", "ref", "contact"))
    found = Named(address.number("customer"), name, ref, contact)
    return found if found != Named() else None


def action_type() -> str | None:
    """The action type that the address asks for, also by its short name."""
    asked = address.read("type", (*STAGES, *SHORT), "")
    return SHORT.get(asked, asked) or None
