"""Word to the administrators about a year whose holidays nobody entered (PRODUCT.md P5)."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.notices import Notice
from core.terms import Role
from data.commands.outbox import post
from data.queries.calendars import missing
from data.queries.leads import active


def sweep_calendars(session: Session, now: datetime) -> int:
    """Tell every missing year once; returns how many people were newly told."""
    people = active(session, Role.ADMIN)
    notices = [
        Notice(
            person_id,
            "calendar_missing",
            f"calendar_missing:{country}:{year}",
            {"country": country, "year": str(year)},
            "calendars",
            {"country": country, "year": year},
        )
        for country, years in missing(session, now).items()
        for year in years
        for person_id in people
    ]
    return post(session, now, notices)
