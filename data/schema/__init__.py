"""The tables, by noun."""

from data.schema.actions import Action, Draft, StoredFile, Transcript
from data.schema.base import Base
from data.schema.channels import NoticeWishes, TeamChannel
from data.schema.customers import Contact, Customer, CustomerState, CustomerTag, Interaction, Tag
from data.schema.forecast import ForecastDecision, ForecastLine, ForecastRun
from data.schema.jobs import JobRun
from data.schema.morning import Commitment, MorningBrief, MorningMeeting
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
from data.schema.reports import HealthReport
from data.schema.rooms import Room, RoomMember, RoomMessage, RoomTask

__all__ = [
    "Action",
    "Alert",
    "Audit",
    "Base",
    "Commitment",
    "Contact",
    "Customer",
    "CustomerState",
    "CustomerTag",
    "Delivery",
    "Demand",
    "DemandPause",
    "Draft",
    "Escalation",
    "Feature",
    "ForecastDecision",
    "ForecastLine",
    "ForecastRun",
    "HealthReport",
    "ImportBatch",
    "ImportChange",
    "Interaction",
    "JobRun",
    "Message",
    "MorningBrief",
    "MorningMeeting",
    "NoticeWishes",
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
    "Room",
    "RoomMember",
    "RoomMessage",
    "RoomTask",
    "Setting",
    "SignInAttempt",
    "SignInTicket",
    "SignReview",
    "Stage",
    "StageEvent",
    "StoredFile",
    "Tag",
    "Team",
    "TeamChannel",
    "Transcript",
    "UserSession",
]
