"""The policy in force, and facts about the installation."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from core.calendar import WorkCalendar
from core.policies import DEFAULTS, Policy, override
from data.once import once
from data.queries.calendars import ZONE, answering_calendar
from data.schema import PolicyVersion, Setting


@once
def policy_in_force(session: Session) -> Policy:
    """The highest published version over the defaults."""
    version, changes = policy_changes(session)
    return override(changes, version) if version else DEFAULTS


def policies_of(session: Session, versions: Collection[int]) -> dict[int, Policy]:
    """Policies by their versions, as they were published; 0 are the defaults."""
    query = select(PolicyVersion.version, PolicyVersion.changes).where(PolicyVersion.version.in_(versions))
    found = {row.version: override(row.changes, row.version) for row in session.execute(query)}
    return {version: found.get(version, DEFAULTS) for version in versions}


def policy_changes(session: Session) -> tuple[int, dict[str, Any]]:
    """The version in force and its overrides; 0 and none as shipped."""
    row = session.execute(
        select(PolicyVersion.version, PolicyVersion.changes).order_by(PolicyVersion.version.desc()).limit(1)
    ).first()
    return (row.version, dict(row.changes)) if row else (0, {})


_SETTING = select(Setting.value).where(Setting.key == bindparam("named"))


def setting(session: Session, key: str) -> Any:
    """One installation fact; None when it was never set."""
    return session.scalar(_SETTING, {"named": key})


def is_demo(session: Session) -> bool:
    """Whether this is the demo company."""
    return bool(setting(session, "installation") == "demo")


@once
def company_zone(session: Session) -> str:
    """The company's time zone, by its IANA name."""
    return str(setting(session, "timezone") or ZONE)


def company_tz(session: Session) -> ZoneInfo:
    """The time zone in which the company's days begin."""
    return ZoneInfo(company_zone(session))


def company_day(session: Session, at: datetime) -> date:
    """The company's day at an instant."""
    return at.astimezone(company_tz(session)).date()


def working_calendar(session: Session) -> WorkCalendar:
    """The working days and hours of those who answer demands: product's team, else the company."""
    return answering_calendar(session)
