"""Arguments for any command or query, made from its signature: every id in them is a given world's."""

from __future__ import annotations

import types
from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from inspect import Parameter, signature
from typing import Any, Union, get_args, get_origin, get_type_hints

from core.process.actions import ActionInput
from core.terms import ActionStatus
from tests.conftest import NOON

Ids = Mapping[str, Any]
TABLES = {
    "robot_id": "team_channel", "cause_id": "root_cause", "owner_id": "person", "person_id": "person",
    "rep_id": "person", "rep": "person", "person": "person", "step_id": "talk_step", "token_id": "api_token",
    "session_id": "user_session", "kept_session_id": "user_session", "audit_id": "audit",
    "version_id": "weight_version", "against": "weight_version", "view_id": "saved_view",
    "line_id": "forecast_line", "finding_id": "attribution_finding", "event_id": "business_event",
    "meeting_id": "morning_meeting", "brief_id": "morning_brief", "sample_id": "proof_sample",
    "appeal_id": "milestone_appeal", "result_id": "milestone_result", "attachment_id": "demand_attachment",
    "message_id": "room_message", "into_id": "store_request", "other_ids": "store_request",
    "join_id": "store_request", "batch_id": "import_batch", "follows": "action", "completes": "action",
    "action": "action", "customer": "customer", "opportunity": "opportunity", "team": "team",
    "recording": "stored_file", "sha256": "stored_file", "video": "stored_file", "photo": "stored_file",
    "delivery_id": "customer_delivery", "task_id": "room_task", "request_id": "store_request",
    "run_id": "forecast_run", "jump_to": "action", "alert": "alert", "ids": "demand", "entity_id": "customer",
    "row_id": "customer", "opportunities": "opportunity", "runs": "forecast_run", "about": "alert",
    "cancels": "action", "of": "proof_check",
}  # fmt: skip
WORDS = {
    "currency": "CNY", "language": "en", "grade": "B", "urgency": "P0", "pain": "cost", "kind": "news",
    "type": "demo", "status": "planned", "decision": "accepted", "every": "week", "page": "reports",
    "role": "rep", "outcome": "accepted", "direction": "inbound", "expects": "none", "deliverable": "screen",
    "country": "CN", "timezone": "Asia/Shanghai", "job": "sweep_alerts", "period": "month",
    "horizon": "month", "level": "team", "pipeline": "firebreak", "state": "accepted", "form": "csv",
    "email": "guess@example.com", "phone": "1", "segment": "small", "industry": "manufacturing",
    "username": "guess", "subject": "guess", "url": "https://hooks.example.com/", "video_url": "",
}  # fmt: skip

SOON, MONDAY = NOON + timedelta(days=1), date(2026, 2, 23)

# Values without which a command says no before it looks at the id.
GIVEN: dict[str, dict[str, Any]] = {
    "action.record": {"action": ActionInput("demo", ActionStatus.PLANNED, SOON)},
    "alert.assign": {"due_at": SOON},
    "alert.snooze": {"until": SOON},
    "calendar.hours": {"country": "CN"},
    "channel.add": {"kind": "wecom"},
    "finding.decide": {"cause": "chance"},
    "forecast.decide": {"decision": "accepted", "reason": "agreed"},
    "health.export": {"form": "html", "monday": MONDAY},
    "health.issue": {"monday": MONDAY},
    "milestone.export": {"form": "html"},
    "milestone.check": {"result": "confirmed", "of": 1},
    "pipeline.benchmarks": {"days": {"demo": 3.0}},
    "sign.review": {"kind": "bursts"},
    "weights.draft": {"weights": {"manufacturing": {"stage": 1.0}}},
    "milestone.sample": {"criterion": "completeness"},
    "morning.export": {"day": NOON.date()},
    "room.task_add": {"due_at": SOON},
    "room.close": {"result": "won", "drop_tasks": True},
}


def guessed(run: Callable[..., Any], ids: Ids, given: Mapping[str, Any], skip: int = 1) -> dict[str, Any]:
    """Keyword arguments for a function, those after the first `skip`; `given` goes before what is guessed."""
    hints = get_type_hints(run)
    wanted = list(signature(run).parameters.values())[skip:]
    return {
        p.name: given[p.name] if p.name in given else value(p.name, hints.get(p.name, str), ids)
        for p in wanted
        if p.kind is not Parameter.VAR_POSITIONAL
    }


def value(name: str, hint: Any, ids: Ids) -> Any:
    """A fitting value for something of this name and type."""
    table = TABLES.get(name, name.removesuffix("_id"))
    kinds = _kinds(hint)
    if table in ids and (name in TABLES or name.endswith("_id")) and (int in kinds or str in kinds):
        return ids[table]
    if (table in ids and name in TABLES and kinds[0] in (list, tuple)) or name == "other_ids":
        return (ids[table],)
    return _typed(name, kinds[0], hint, ids)


def _kinds(hint: Any) -> list[Any]:
    """The classes that a hint allows, None apart."""
    if get_origin(hint) in (Union, types.UnionType):
        return [k for part in get_args(hint) if part is not types.NoneType for k in _kinds(part)]
    origin = get_origin(hint) or hint
    if isinstance(origin, type) and not issubclass(origin, str | bytes) and issubclass(origin, Collection):
        return [dict if issubclass(origin, Mapping) else set if issubclass(origin, frozenset) else tuple]
    return [origin]


def _typed(name: str, kind: Any, hint: Any, ids: Ids) -> Any:
    if kind is tuple and len(get_args(hint)) == 2 and Ellipsis not in get_args(hint):
        return tuple(value(name, part, ids) for part in get_args(hint))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    if is_dataclass(kind):
        return _made(kind, ids)
    plain = {
        str: WORDS.get(name, "a guess"), int: 1, float: 1.0, bool: False, bytes: b"", Decimal: Decimal(1),
        date: date(2026, 3, 4), datetime: _instant(name), time: time(9), dict: {}, set: frozenset(),
        tuple: (),
    }  # fmt: skip
    return plain.get(kind)


def _instant(name: str) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) if name == "since" else NOON + timedelta(days=name == "until")


def _made(kind: Any, ids: Ids) -> Any:
    """One of a dataclass: ids in it guessed, what has a default left, except what may hold an id."""
    hints, told = get_type_hints(kind), {}
    for f in fields(kind):
        is_id = f.name in TABLES or f.name.endswith("_id")
        if is_id or (f.default is MISSING and f.default_factory is MISSING):
            told[f.name] = value(f.name, hints[f.name], ids)
    return kind(**told)


def ids_for(name: str, ids: Ids) -> Ids:
    """Ids by table for a command, where one word means different tables to different commands."""
    area = name.partition(".")[0]
    other = {
        "coaching": {"room_task": "coaching_task"},
        "factor": {"store_request": "factor_request"},
        "webhook": {"customer_delivery": "webhook_delivery"},
        "job": {"forecast_run": "job_run"},
    }.get(area, {})
    return dict(ids) | {word: ids[table] for word, table in other.items()}
