"""The policy in force, and facts about the installation."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.calendar import WorkCalendar
from core.policies import DEFAULTS, Policy, override
from data.calendars import china
from data.schema import PolicyVersion, Setting

ZONE = "Asia/Shanghai"  # where the installation's setting `timezone` says nothing else


def policy_in_force(session: Session) -> Policy:
    """The highest published version over the defaults."""
    row = session.execute(
        select(PolicyVersion.version, PolicyVersion.changes).order_by(PolicyVersion.version.desc()).limit(1)
    ).first()
    return override(row.changes, row.version) if row else DEFAULTS


def setting(session: Session, key: str) -> Any:
    """One installation fact; None when it was never set."""
    return session.scalar(select(Setting.value).where(Setting.key == key))


def company_zone(session: Session) -> str:
    """The company's time zone, by its IANA name."""
    return str(setting(session, "timezone") or ZONE)


def working_calendar(session: Session) -> WorkCalendar:
    """The company's working days and office hours."""
    return china(company_zone(session))
