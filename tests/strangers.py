"""One row of every table for our team, and one for another team: what nobody may reach by guessing its id.

Written from the schema, so a new table is in it by itself. Every word of the other team's carries `MARK`:
where that is seen, something of theirs is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON as JSON_TYPE
from sqlalchemy import Boolean, Column, Date, Table, insert, select
from sqlalchemy.orm import Session

from core.access import Who
from core.terms import Role
from data.engine import Store
from data.schema import Base, Person, Team
from data.schema.types import Amount, Instant
from tests.company import Company, found
from tests.rooms import joined

MARK, OURS = "Taihu", "Haihe"  # begin the names of the customers as well
FAR = {OURS: 500_000, MARK: 900_000}  # ids begin there: no row has the id of another table's

# Words that the product itself reads; elsewhere any do.
WORDS: dict[str, Any] = {
    "person.role": "rep", "person.username": "{mark}.person", "person.language": "en",
    "team.kind": "store", "team.timezone": "Asia/Shanghai",
    "action.type": "demo", "action.status": "planned",
    "opportunity.outcome": "open", "opportunity.currency": "CNY", "forecast_run.currency": "CNY",
    "forecast_run.period": "month", "forecast_backtest.horizon": "month", "forecast_backtest.level": "rep",
    "interaction.kind": "mail", "interaction.direction": "inbound",
    "signal.kind": "news", "demand.pain": "cost", "demand.urgency": "P0", "store_request.urgency": "P0",
    "alert.rule": "stalled", "alert.severity": "red", "message.kind": "alert_red", "message.page": "alerts",
    "team_channel.kind": "wecom", "team_channel.url": "https://qyapi.weixin.qq.com/{mark}",
    "team_channel.language": "en", "webhook.url": "https://hooks.example.com/{mark}",
    "customer_delivery.language": "en", "acceptance_link.language": "en", "acceptance_answer.kind": "problem",
    "morning_brief.timezone": "Asia/Shanghai", "health_report.timezone": "Asia/Shanghai",
    "milestone_result.timezone": "Asia/Shanghai", "collaboration_report.timezone": "Asia/Shanghai",
    "milestone_result.verdict": "missed", "proof_sample.criterion": "completeness",
    "proof_check.result": "confirmed", "attribution_finding.proposed": "chance",
    "attribution_finding.cause": "chance", "forecast_decision.decision": "accepted",
    "coaching_task.cause": "deviation {mark}", "talk_step.expects": "action", "commitment.expects": "action",
    "saved_view.page": "reports", "subscription.every": "week", "studio_draft.area": "fields",
    "draft.kind": "record", "transcript.language": "en", "transcript.state": "done",
    "room_member.why": "owner", "sign_review.kind": "burst", "job_run.job": "sweep_alerts",
    "job_run.state": "done", "forecast_model.layer": "pipeline", "forecast_model.state": "in_use",
    "factor_request.state": "open", "exchange_rate.currency": "USD", "import_batch.kind": "customers",
    "forecast_line.layer": "pipeline", "room.result": None, "store_request.outcome": None,
    "notice_wishes.quiet_from": None, "notice_wishes.quiet_to": None, "notice_wishes.digest_at": None,
    "milestone_appeal.upheld": None, "import_change.entity": "customer", "policy_version.area": "rules",
    "audit.command": "customer.edit", "audit.entity": "customer", "delivery.state": "sent",
    "acceptance_mail.state": "sent", "webhook_delivery.state": "failed", "webhook_event.kind": "alert.raised",
    "milestone_result.day": 30, "forecast_decision.late": False, "ballot_box.opened": False,
    "saved_view.shared": False, "tag.high_value": False, "sign_in_attempt.succeeded": False,
    "pipeline.key": None,
}  # fmt: skip
JSON: dict[str, Any] = {
    "draft.body": {"values": {"words": "{mark}"}, "initial": {}, "problems": [], "refusals": 0, "sent": None},
    "morning_brief.items": {
        "currency": "{mark}", "top": [], "others": [], "following": [], "customers": 0, "at_risk": {},
        "share_red": 0.5, "share_amber": 0.2,
    },
    "proof_sample.items": [{"of": 1}], "milestone_result.figures": [],
    "milestone_result.rows": {}, "saved_view.query": {"industry": "{mark}"},
    "message.query": {"customer": "{mark}"},
    "root_cause.evidence": {
        "figure": {
            "measure": "kept", "level": "team", "id": 1, "name": "{mark}", "team_id": 1, "value": 0.5,
            "hours": 1.0, "n": 9, "mean": 0.9, "below": True,
        },
        "rows": [],
    },
    "api_token.scopes": {}, "webhook.kinds": [], "notice_wishes.off": [], "room.tags": [],
    "import_change.before": {}, "import_change.after": {}, "audit.before": {"note": "{mark}"},
    "audit.after": {"note": "{mark}!"}, "calendar_version.changes": {}, "policy_version.changes": {},
    "studio_draft.content": {},
}  # fmt: skip
KEPT = {
    "setting", "pipeline", "stage", "tag", "policy_version", "calendar_version", "person", "team",
    "customer", "opportunity", "weight_use", "forecast_model", "sign_in_attempt",
}  # fmt: skip
THE_COMPANYS = {
    "forecast_run", "collaboration_report", "exchange_rate", "job_run", "weight_version", "feature",
}  # fmt: skip
UNTOLD = {
    "closed_at", "closed_by_id", "voided_at", "resolved_at", "cleared_at", "withdrawn_at", "removed_at",
    "revoked_at", "undone_at", "finished_at", "dropped_at", "merged_at", "merged_into_id", "settled_at",
    "left_at", "backtest", "answered_at", "decided_at", "closed_on", "closed_by", "undoes_id", "done_at",
    "ended_at", "cancelled_at", "snoozed_until", "used_at", "retired_at", "outcome", "batch_id", "result_id",
}  # fmt: skip


@dataclass
class World:
    """One team's people, and one row of each table that is theirs, by table."""

    mark: str
    rep: Who
    manager: Who
    keeper: Who
    ids: dict[str, Any] = field(default_factory=dict)


@dataclass
class Strangers:
    """The company, what is our team's in it, and what is the other's."""

    company: Company
    ours: World
    theirs: World


def strangers(store: Store) -> Strangers:
    """Write the company, and one row of every table for its rep and for its stranger."""
    company = found(store)
    theirs = World(MARK, company.stranger, *_joined(store, MARK, company.stranger.team_id))
    ours = World(OURS, company.rep, company.manager, _joined(store, OURS, company.rep.team_id)[1])
    ours.ids |= {"customer": company.customer, "opportunity": company.opportunity}
    theirs.ids |= {"customer": company.strange_customer, "opportunity": company.strange_opportunity}
    for world in (ours, theirs):
        world.ids |= {
            "person": world.rep.person_id, "team": world.rep.team_id, "shop": world.keeper.team_id
        }  # fmt: skip
        with store.writing() as session:
            _fill(session, store, world, ours)
    return Strangers(company, ours, theirs)


def _joined(store: Store, mark: str, team: int | None) -> tuple[Who, Who]:
    """A manager of the team, and the manager of a store in its region."""
    with store.writing() as session:
        shop = Team(name=f"{mark} Shop", kind="store", region=mark)
        session.add(shop)
        session.flush()
        number = shop.id
    names = (f"{mark.lower()}_manager", f"{mark.lower()}_keeper")
    return joined(store, names[0], Role.MANAGER, team), joined(store, names[1], Role.STORE_MANAGER, number)


def _fill(session: Session, store: Store, world: World, first: World) -> None:
    person = session.get_one(Person, world.rep.person_id)
    person.name, person.email = f"{world.mark} Rep", f"rep@{world.mark.lower()}.example"
    session.get_one(Team, world.rep.team_id).name = f"{world.mark} Team"
    for number, table in enumerate(Base.metadata.sorted_tables):
        if table.name in ("pipeline", "stage", "tag"):
            world.ids[table.name] = session.scalar(select(table.c.id).order_by(table.c.id).limit(1))
        elif table.name in THE_COMPANYS and world is not first:
            world.ids[table.name] = first.ids[table.name]
        elif table.name not in KEPT:
            row = {c.name: _value(table, c, world, store, FAR[world.mark] + number) for c in table.columns}
            session.execute(insert(table).values({k: v for k, v in row.items() if v is not _LEFT}))
            world.ids[table.name] = row[next(iter(table.primary_key)).name]


_LEFT = object()


def _value(table: Table, column: Column[Any], world: World, store: Store, number: int) -> Any:
    name = f"{table.name}.{column.name}"
    for told in (WORDS, JSON):
        if name in told:
            return _marked(told[name], world.mark)
    if table.name == "store_request" and column.name in ("team_id", "person_id"):
        return world.ids["shop"] if column.name == "team_id" else world.keeper.person_id
    for key in column.foreign_keys:
        target = key.column.table.name
        if target == table.name or (column.nullable and column.name in UNTOLD):
            return None
        return world.ids.get(target)
    if column.nullable and column.name in UNTOLD:
        return None
    return _plain(column, store, number, f"{world.mark} {name}", world)


def _marked(told: Any, mark: str) -> Any:
    return json.loads(json.dumps(told).replace("{mark}", mark))


def _plain(column: Column[Any], store: Store, number: int, words: str, world: World) -> Any:
    kind, name = column.type, column.name
    if name in ("id", "entity_id", "subject_id"):
        return number if name == "id" else world.ids["customer"]
    if isinstance(kind, Instant):
        return store.clock() + timedelta(days=2 if name in ("expires_at", "due_at") else 0)
    if isinstance(kind, Date):
        return _day(name, store)
    if isinstance(kind, JSON_TYPE):
        return [] if name in ("items", "kinds", "off") else {}
    if isinstance(kind, Boolean):
        return True if name == "active" else _LEFT
    return Decimal(1) if isinstance(kind, Amount) else words if kind.python_type is str else 1


def _day(name: str, store: Store) -> date:
    told = {"week_start": date(2026, 2, 23), "quarter_start": date(2025, 10, 1), "from_on": date(2026, 1, 1)}
    return told.get(name, store.clock().date())
