"""Launch dates are set; milestones are issued on their day and stay as they were (PRODUCT.md E)."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from core.access import Permission
from core.messages import Conflict, NotFound, Problem, refuse
from core.milestones.assess import State, verdict
from core.milestones.criteria import DAYS, window
from core.milestones.path import check_launch
from core.notices import Notice
from core.terms import Role
from data.commands.command import Tx, command
from data.commands.outbox import post
from data.jsontext import to_json
from data.milestone_json import assessments_json, rows_json
from data.queries.leads import active
from data.queries.milestone_facts import assessed
from data.queries.milestone_place import place_of, reached_place
from data.queries.milestones import launch_of, result_key, result_of
from data.schema import Launch, MilestoneResult, Person, Team


@command("milestone.launch", needs=Permission.SET_LAUNCH)
def set_launch(tx: Tx, team_id: int | None, launched_on: date | None, reason: str = "") -> int:
    """Say when the company, or a team, began to work with the product; earlier dates stay in the history.

    Raises:
        NotFound: no such sales team.
        Invalid: no day, the one that stands, one too far away, or a change without a reason.
    """
    place = reached_place(tx.session, tx.who, team_id, Permission.SET_LAUNCH)
    before = launch_of(tx.session, team_id)
    own = before.launched_on if before and before.team_id == team_id else None
    refuse(list(check_launch(launched_on, reason, own, place.day(tx.now))))
    row = Launch(
        team_id=team_id,
        launched_on=launched_on,
        reason=reason.strip(),
        set_at=tx.now,
        set_by=tx.who.person_id,
    )
    tx.session.add(row)
    tx.session.flush()
    after = {"team_id": team_id, "launched_on": launched_on, "reason": row.reason}
    tx.audit("launch", row.id, to_json({"launched_on": own}), to_json(after))
    return row.id


@command("milestone.issue", needs=Permission.SIGN_MILESTONES)
def issue_milestone(tx: Tx, team_id: int | None, day: int) -> int:
    """Keep a milestone as it stood when its day began; returns the result's id.

    Raises:
        NotFound: no such place, or no launch date holds for it.
        Invalid: no such milestone, or its day has not come.
        Conflict: it was issued already.
    """
    place = place_of(tx.session, team_id)
    launch = launch_of(tx.session, team_id)
    if launch is None:
        raise NotFound(entity="launch")
    refuse([] if day in DAYS else [Problem("day", "unknown_choice", {"value": day})])
    days = window(launch.launched_on, day)
    refuse([] if days.due_on <= place.day(tx.now) else [Problem("day", "milestone_not_due")])
    if result_of(tx.session, team_id, launch.launched_on, day) is not None:
        raise Conflict("milestone_issued")
    as_of = place.midnight(days.due_on) - timedelta(microseconds=1)
    found = assessed(tx.session, place, launch.launched_on, day, as_of, tx.policy)
    row = MilestoneResult(
        key=result_key(team_id, launch.launched_on, day),
        team_id=team_id,
        launched_on=launch.launched_on,
        day=day,
        due_on=days.due_on,
        timezone=place.zone.key,
        as_of=as_of,
        issued_at=tx.now,
        issued_by=tx.who.person_id,
        verdict=verdict(a.state for a in found.assessments),
        policy_version=tx.policy.version,
        figures=assessments_json(found.assessments),
        rows=rows_json(found.rows),
    )
    tx.session.add(row)
    tx.session.flush()
    tx.audit("milestone_result", row.id, after={"team_id": team_id, "day": day, "verdict": row.verdict})
    post(tx.session, tx.now, _issued(tx, row))
    return row.id


def _issued(tx: Tx, row: MilestoneResult) -> Iterator[Notice]:
    """The company's to the directors, a team's to its managers."""
    kind = f"milestone_{State(row.verdict).value}"
    params: dict[str, Any] = {"day": row.day, "due_on": row.due_on}
    query: dict[str, str | int] = {}
    told: Sequence[int] = active(tx.session, Role.DIRECTOR)
    if row.team_id is not None:
        kind, query = f"team_{kind}", {"team": row.team_id}
        params["team"] = tx.session.get_one(Team, row.team_id).name
        manages = (Person.role == Role.MANAGER) & Person.active & (Person.team_id == row.team_id)
        told = tx.session.scalars(select(Person.id).where(manages).order_by(Person.id)).all()
    for person_id in told:
        yield Notice(person_id, kind, f"milestone:{row.key}", to_json(params), "milestones", query)
