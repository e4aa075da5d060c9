"""The tables, by noun."""

from data.schema.acceptance import (
    AcceptanceAnswer,
    AcceptanceLink,
    AcceptanceMail,
    AcceptanceMiss,
    CustomerDelivery,
)
from data.schema.actions import Action, Draft, StoredFile, Transcript
from data.schema.api import ApiToken
from data.schema.ballots import BallotBox, BallotPaper, SealedBallot
from data.schema.base import Base
from data.schema.calendars import CalendarVersion
from data.schema.channels import NoticeWishes, TeamChannel
from data.schema.coaching import (
    AttributionFinding,
    BusinessEvent,
    CoachingNote,
    CoachingTask,
    FactorRequest,
)
from data.schema.collaboration import CollaborationReport, RootCause
from data.schema.currencies import ExchangeRate
from data.schema.customers import Contact, Customer, CustomerState, CustomerTag, Interaction, Tag
from data.schema.forecast import ForecastDecision, ForecastLine, ForecastRun, ForecastWin
from data.schema.forecast_models import ForecastBacktest, ForecastModel
from data.schema.groups import GroupStep, RoomGroup
from data.schema.home import HomeWish
from data.schema.jobs import JobRun
from data.schema.milestones import (
    Launch,
    MilestoneAppeal,
    MilestoneResult,
    MilestoneSignature,
    ProofCheck,
    ProofSample,
    UsageDay,
)
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
    StudioDraft,
)
from data.schema.plausibility import SignReview
from data.schema.promises import (
    Demand,
    DemandAttachment,
    DemandPause,
    EarlierAnswer,
    Escalation,
    Feature,
    PlannedDate,
    Promise,
    PromisedDate,
)
from data.schema.ratings import ReportOffline, ReportVersion
from data.schema.reports import HealthReport
from data.schema.rooms import Room, RoomMember, RoomMessage, RoomTask
from data.schema.signals import Signal
from data.schema.store_requests import StoreRequest
from data.schema.talks import Talk, TalkStep
from data.schema.views import SavedView, Subscription
from data.schema.webhooks import Webhook, WebhookDelivery, WebhookEvent
from data.schema.weights import WeightUse, WeightVersion

__all__ = [
    "AcceptanceAnswer",
    "AcceptanceLink",
    "AcceptanceMail",
    "AcceptanceMiss",
    "Action",
    "Alert",
    "ApiToken",
    "AttributionFinding",
    "Audit",
    "BallotBox",
    "BallotPaper",
    "Base",
    "BusinessEvent",
    "CalendarVersion",
    "CoachingNote",
    "CoachingTask",
    "CollaborationReport",
    "Commitment",
    "Contact",
    "Customer",
    "CustomerDelivery",
    "CustomerState",
    "CustomerTag",
    "Delivery",
    "Demand",
    "DemandAttachment",
    "DemandPause",
    "Draft",
    "EarlierAnswer",
    "Escalation",
    "ExchangeRate",
    "FactorRequest",
    "Feature",
    "ForecastBacktest",
    "ForecastDecision",
    "ForecastLine",
    "ForecastModel",
    "ForecastRun",
    "ForecastWin",
    "GroupStep",
    "HealthReport",
    "HomeWish",
    "ImportBatch",
    "ImportChange",
    "Interaction",
    "JobRun",
    "Launch",
    "Message",
    "MilestoneAppeal",
    "MilestoneResult",
    "MilestoneSignature",
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
    "ProofCheck",
    "ProofSample",
    "Receipt",
    "ReportOffline",
    "ReportVersion",
    "Room",
    "RoomGroup",
    "RoomMember",
    "RoomMessage",
    "RoomTask",
    "RootCause",
    "SavedView",
    "SealedBallot",
    "Setting",
    "SignInAttempt",
    "SignInTicket",
    "SignReview",
    "Signal",
    "Stage",
    "StageEvent",
    "StoreRequest",
    "StoredFile",
    "StudioDraft",
    "Subscription",
    "Tag",
    "Talk",
    "TalkStep",
    "Team",
    "TeamChannel",
    "Transcript",
    "UsageDay",
    "UserSession",
    "Webhook",
    "WebhookDelivery",
    "WebhookEvent",
    "WeightUse",
    "WeightVersion",
]
