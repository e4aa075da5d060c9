"""The words of the field, once: every layer uses these keys and no others."""

from enum import StrEnum


class Role(StrEnum):
    """Who somebody is in the company (PRODUCT.md, "People")."""

    REP = "rep"
    MANAGER = "manager"
    DIRECTOR = "director"
    PRODUCT = "product"
    DELIVERY = "delivery"
    STORE_MANAGER = "store_manager"
    ADMIN = "admin"


class ActionStatus(StrEnum):
    """Where an action stands in its own short life."""

    PLANNED = "planned"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """How an opportunity ended, or that it has not."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class Severity(StrEnum):
    """How loudly a problem or a finding speaks."""

    ERROR = "error"
    WARNING = "warning"
    RED = "red"
    AMBER = "amber"


class Grade(StrEnum):
    """A customer's grade, best first."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class DecisionRole(StrEnum):
    """A contact's part in the customer's decision."""

    DECISION_MAKER = "decision_maker"
    CHAMPION = "champion"
    INFLUENCER = "influencer"
    BUYER = "buyer"
    USER = "user"
    BLOCKER = "blocker"


INDUSTRIES = ("manufacturing", "electronics", "chemicals", "automotive", "food", "logistics")
SEGMENTS = ("small", "mid", "large")
INTERACTION_KINDS = ("mail", "call", "meeting", "chat", "document_view", "video_meeting")
SIGNAL_KINDS = (
    "competitor_contact",
    "contract_change",
    "trial_activity",
    "drawing_confirmation",
    "document_download",
    "video_meeting",
    "ticket",
    "category_added",
    "complaint_satisfaction",
    "news",
    "event",
)
DIRECTIONS = ("inbound", "outbound")
STAGES = (  # action types as shipped, which are the stages too, in their order
    "appointment",
    "needs_diagnosis",
    "solution_demo",
    "objection_handling",
    "quote_confirmation",
)

HIGH_VALUE_TAGS = (
    "budget_approved",
    "decision_maker_engaged",
    "strategic_account",
    "expansion_potential",
    "reference_customer",
)
