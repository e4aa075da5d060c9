"""The tables, by noun."""

from data.schema.acceptance import (
    AcceptanceAnswer,
    AcceptanceLink,
    AcceptanceMail,
    AcceptanceMiss,
    CustomerDelivery,
)
from data.schema.actions import Action, Draft, StoredFile
from data.schema.base import Base
from data.schema.customers import Contact, Customer, CustomerState, CustomerTag, Interaction, Tag
from data.schema.jobs import JobRun
from data.schema.opportunities import (
    Alert,
    Opportunity,
    OpportunityChange,
    OpportunityState,
    Pipeline,
    Stage,
    StageEvent,
)
from data.schema.outbox import Delivery, Message
from data.schema.people import Person, SignInAttempt, SignInTicket, Team, UserSession
from data.schema.platform import (
    Audit,
    ImportBatch,
    ImportChange,
    PolicyVersion,
    Receipt,
    Setting,
)
from data.schema.plausibility import SignReview
from data.schema.promises import (
    Demand,
    DemandPause,
    Escalation,
    Feature,
    PlannedDate,
    Promise,
    PromisedDate,
)
from data.schema.store_requests import StoreRequest

__all__ = [
    "AcceptanceAnswer",
    "AcceptanceLink",
    "AcceptanceMail",
    "AcceptanceMiss",
    "Action",
    "Alert",
    "Audit",
    "Base",
    "Contact",
    "Customer",
    "CustomerDelivery",
    "CustomerState",
    "CustomerTag",
    "Delivery",
    "Demand",
    "DemandPause",
    "Draft",
    "Escalation",
    "Feature",
    "ImportBatch",
    "ImportChange",
    "Interaction",
    "JobRun",
    "Message",
    "Opportunity",
    "OpportunityChange",
    "OpportunityState",
    "Person",
    "Pipeline",
    "PlannedDate",
    "PolicyVersion",
    "Promise",
    "PromisedDate",
    "Receipt",
    "Setting",
    "SignInAttempt",
    "SignInTicket",
    "SignReview",
    "Stage",
    "StageEvent",
    "StoreRequest",
    "StoredFile",
    "Tag",
    "Team",
    "UserSession",
]
