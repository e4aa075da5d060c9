"""What another program's address says: `?customer=12`, `?ref=CRM-7`, `?customer_name=…`, and `&type=demo`."""

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
    found = Named(address.number("customer"), address.said("customer_name") or "", address.said("ref") or "")
    return found if found != Named() else None


def action_type() -> str | None:
    """The action type that the address asks for, also by its short name."""
    asked = address.read("type", (*STAGES, *SHORT), "")
    return SHORT.get(asked, asked) or None
