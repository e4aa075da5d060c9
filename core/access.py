"""Who may do what, and how far: one table of permissions for pages, queries and commands."""

from dataclasses import dataclass
from enum import StrEnum

from core.messages import Decision
from core.terms import Role


class Permission(StrEnum):
    """Something a person can be allowed to see or do."""

    TODAY = "today"
    SEE_CUSTOMERS = "see_customers"
    EDIT_CUSTOMERS = "edit_customers"
    ASSIGN = "assign"
    RECORD_ACTIONS = "record_actions"
    SEE_BOARD = "see_board"
    IMPORT = "import"
    EXPORT = "export"
    MANAGE_PEOPLE = "manage_people"
    SEE_AUDIT = "see_audit"
    OWN_ACCOUNT = "own_account"
    HANDLE_ALERTS = "handle_alerts"
    SEE_PROMISES = "see_promises"
    FILE_DEMANDS = "file_demands"
    ANSWER_DEMANDS = "answer_demands"
    MAKE_PROMISES = "make_promises"
    SEE_HEALTH = "see_health"
    SEE_REPORTS = "see_reports"
    ISSUE_HEALTH = "issue_health"
    SET_BENCHMARKS = "set_benchmarks"
    OPEN_ROOMS = "open_rooms"
    FOLLOW_UP = "follow_up"
    SEE_FORECAST_HEALTH = "see_forecast_health"
    COACH = "coach"
    CHANGE_WEIGHTS = "change_weights"
    CHANGE_STUDIO = "change_studio"
    SEE_FORECAST = "see_forecast"
    SEE_SUGGESTIONS = "see_suggestions"
    CALIBRATE = "calibrate"
    MANAGE_CALENDARS = "manage_calendars"
    SET_RATES = "set_rates"
    SEE_COLLABORATION = "see_collaboration"
    ISSUE_COLLABORATION = "issue_collaboration"
    SEND_DELIVERIES = "send_deliveries"
    SEE_MORNING = "see_morning"
    RUN_MORNING = "run_morning"
    SEE_JOBS = "see_jobs"
    SET_CHANNELS = "set_channels"
    MANAGE_API = "manage_api"
    SEE_STORE_REQUESTS = "see_store_requests"
    FILE_STORE_REQUESTS = "file_store_requests"
    ANSWER_STORE_REQUESTS = "answer_store_requests"
    REVISE_REPORTS = "revise_reports"
    SEE_MILESTONES = "see_milestones"
    SET_LAUNCH = "set_launch"
    SIGN_MILESTONES = "sign_milestones"
    APPEAL_MILESTONES = "appeal_milestones"
    CHECK_PROOFS = "check_proofs"
    SAVE_VIEWS = "save_views"
    SEE_ONE_TO_ONE = "see_one_to_one"
    SEE_LEADERSHIP = "see_leadership"


class Reach(StrEnum):
    """How far a permission goes: over one's own records, the team's, or all."""

    OWN = "own"
    TEAM = "team"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Who:
    """The person asking. `role` None is the operator at the command line, who may do all."""

    person_id: int | None
    role: Role | None
    team_id: int | None
    name: str
    language: str = "en"
    timezone: str = "Asia/Shanghai"


OPERATOR = Who(person_id=None, role=None, team_id=None, name="operator")

_EVERYONE = {Permission.TODAY: Reach.OWN, Permission.OWN_ACCOUNT: Reach.OWN}

GRANTS: dict[Role, dict[Permission, Reach]] = {
    Role.REP: _EVERYONE
    | {
        Permission.SEE_CUSTOMERS: Reach.OWN,
        Permission.EDIT_CUSTOMERS: Reach.OWN,
        Permission.RECORD_ACTIONS: Reach.OWN,
        Permission.EXPORT: Reach.OWN,
        Permission.SEE_PROMISES: Reach.OWN,
        Permission.SEE_REPORTS: Reach.OWN,
        Permission.FILE_DEMANDS: Reach.OWN,
        Permission.MAKE_PROMISES: Reach.OWN,
        Permission.HANDLE_ALERTS: Reach.OWN,
        Permission.OPEN_ROOMS: Reach.OWN,
        Permission.FOLLOW_UP: Reach.OWN,
        Permission.SEE_FORECAST_HEALTH: Reach.OWN,
        Permission.SEE_SUGGESTIONS: Reach.OWN,
        Permission.CALIBRATE: Reach.OWN,
        Permission.SEE_MORNING: Reach.TEAM,
        Permission.SAVE_VIEWS: Reach.OWN,
        Permission.SEE_ONE_TO_ONE: Reach.OWN,
    },
    Role.MANAGER: _EVERYONE
    | {
        Permission.SEE_CUSTOMERS: Reach.TEAM,
        Permission.EDIT_CUSTOMERS: Reach.TEAM,
        Permission.ASSIGN: Reach.TEAM,
        Permission.RECORD_ACTIONS: Reach.TEAM,
        Permission.SEE_BOARD: Reach.TEAM,
        Permission.SEE_FORECAST: Reach.TEAM,
        Permission.EXPORT: Reach.TEAM,
        Permission.SEE_PROMISES: Reach.TEAM,
        Permission.SEE_REPORTS: Reach.TEAM,
        Permission.FILE_DEMANDS: Reach.TEAM,
        Permission.MAKE_PROMISES: Reach.TEAM,
        Permission.HANDLE_ALERTS: Reach.TEAM,
        Permission.SEE_HEALTH: Reach.TEAM,
        Permission.ISSUE_HEALTH: Reach.TEAM,
        Permission.SEE_COLLABORATION: Reach.TEAM,
        Permission.OPEN_ROOMS: Reach.TEAM,
        Permission.FOLLOW_UP: Reach.TEAM,
        Permission.SEE_FORECAST_HEALTH: Reach.TEAM,
        Permission.COACH: Reach.TEAM,
        Permission.SEE_SUGGESTIONS: Reach.TEAM,
        Permission.CALIBRATE: Reach.TEAM,
        Permission.SEE_MORNING: Reach.TEAM,
        Permission.RUN_MORNING: Reach.TEAM,
        Permission.SET_CHANNELS: Reach.TEAM,
        Permission.SEE_MILESTONES: Reach.TEAM,
        Permission.APPEAL_MILESTONES: Reach.TEAM,
        Permission.CHECK_PROOFS: Reach.TEAM,
        Permission.SAVE_VIEWS: Reach.OWN,
        Permission.SEE_ONE_TO_ONE: Reach.TEAM,
    },
    Role.DIRECTOR: _EVERYONE
    | {
        Permission.SEE_CUSTOMERS: Reach.ALL,
        Permission.EDIT_CUSTOMERS: Reach.ALL,
        Permission.ASSIGN: Reach.ALL,
        Permission.SEE_BOARD: Reach.ALL,
        Permission.SEE_FORECAST: Reach.ALL,
        Permission.EXPORT: Reach.ALL,
        Permission.SEE_AUDIT: Reach.ALL,
        Permission.SEE_PROMISES: Reach.ALL,
        Permission.SEE_REPORTS: Reach.ALL,
        Permission.FILE_DEMANDS: Reach.ALL,
        Permission.SEE_STORE_REQUESTS: Reach.ALL,
        Permission.ANSWER_STORE_REQUESTS: Reach.ALL,
        Permission.MAKE_PROMISES: Reach.ALL,
        Permission.HANDLE_ALERTS: Reach.ALL,
        Permission.SEE_HEALTH: Reach.ALL,
        Permission.ISSUE_HEALTH: Reach.ALL,
        Permission.SEE_COLLABORATION: Reach.ALL,
        Permission.ISSUE_COLLABORATION: Reach.ALL,
        Permission.SET_BENCHMARKS: Reach.ALL,
        Permission.SET_RATES: Reach.ALL,
        Permission.OPEN_ROOMS: Reach.ALL,
        Permission.FOLLOW_UP: Reach.ALL,
        Permission.SEE_FORECAST_HEALTH: Reach.ALL,
        Permission.COACH: Reach.ALL,
        Permission.CHANGE_WEIGHTS: Reach.ALL,
        Permission.CHANGE_STUDIO: Reach.ALL,
        Permission.SEE_SUGGESTIONS: Reach.ALL,
        Permission.SEE_MORNING: Reach.ALL,
        Permission.REVISE_REPORTS: Reach.ALL,
        Permission.SAVE_VIEWS: Reach.OWN,
        Permission.SEE_ONE_TO_ONE: Reach.ALL,
        Permission.SEE_LEADERSHIP: Reach.ALL,
        Permission.RUN_MORNING: Reach.ALL,
        Permission.SEE_MILESTONES: Reach.ALL,
        Permission.SET_LAUNCH: Reach.ALL,
        Permission.SIGN_MILESTONES: Reach.ALL,
        Permission.CHECK_PROOFS: Reach.ALL,
    },
    Role.PRODUCT: _EVERYONE
    | {
        Permission.SEE_PROMISES: Reach.ALL,
        Permission.ANSWER_DEMANDS: Reach.ALL,
        Permission.SEE_COLLABORATION: Reach.ALL,
        Permission.SAVE_VIEWS: Reach.OWN,
        Permission.FOLLOW_UP: Reach.OWN,
        Permission.SEND_DELIVERIES: Reach.ALL,
        Permission.SEE_STORE_REQUESTS: Reach.ALL,
        Permission.ANSWER_STORE_REQUESTS: Reach.ALL,
    },
    Role.DELIVERY: _EVERYONE
    | {
        Permission.SEE_PROMISES: Reach.ALL,
        Permission.FOLLOW_UP: Reach.OWN,
        Permission.SEND_DELIVERIES: Reach.ALL,
    },
    Role.STORE_MANAGER: _EVERYONE
    | {Permission.SEE_STORE_REQUESTS: Reach.TEAM, Permission.FILE_STORE_REQUESTS: Reach.TEAM},
    Role.ADMIN: _EVERYONE
    | {
        Permission.SEE_CUSTOMERS: Reach.ALL,
        Permission.IMPORT: Reach.ALL,
        Permission.EXPORT: Reach.ALL,
        Permission.MANAGE_PEOPLE: Reach.ALL,
        Permission.MANAGE_CALENDARS: Reach.ALL,
        Permission.SET_RATES: Reach.ALL,
        Permission.SEE_HEALTH: Reach.ALL,
        Permission.SET_BENCHMARKS: Reach.ALL,
        Permission.SEE_AUDIT: Reach.ALL,
        Permission.SEE_JOBS: Reach.ALL,
        Permission.SET_CHANNELS: Reach.ALL,
        Permission.SEE_MILESTONES: Reach.ALL,
        Permission.SET_LAUNCH: Reach.ALL,
        Permission.MANAGE_API: Reach.ALL,
        Permission.CHANGE_STUDIO: Reach.ALL,
    },
}


def reach(who: Who, needs: Permission) -> Reach | None:
    """How far `who` may use a permission; None when not at all.

    >>> reach(Who(1, Role.REP, 1, "Li"), Permission.SEE_BOARD) is None
    True
    >>> reach(OPERATOR, Permission.IMPORT)
    <Reach.ALL: 'all'>
    """
    return Reach.ALL if who.role is None else GRANTS[who.role].get(needs)


def decide(who: Who, needs: Permission) -> Decision:
    """Whether `who` holds the permission at all, whatever its reach."""
    return Decision(True) if reach(who, needs) else Decision(False, "role")
