"""The sheet on which a person writes an action down: flat words as widgets and drafts keep them.

A sheet is a mapping of JSON values by field: dates and wall-clock times in the person's own time zone,
amounts as they were typed, people as names with one role each. `read_sheet` makes an `ActionInput` of it,
`write_sheet` is its inverse, and `opening` is what a fresh sheet already knows.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from core.exchange.amounts import typed_amount
from core.exchange.cells import Wrong
from core.fields import Field, Kind
from core.process.actions import ActionInput, fields_of
from core.process.evidence import NextStep
from core.terms import ActionStatus, Outcome

Sheet = Mapping[str, Any]

LENGTHS = (30, 60, 90)  # minutes offered at a touch
UNTIL = 0  # in place of a length: the end is given as a time
USUAL_TIME = "10:00"  # of a step that is planned, until another is chosen
NEW = "new"  # in place of an opportunity's id: open one
OPENED = "opportunity-fields-"  # what the names of own fields of that one begin with
_OF_NEW = "opportunity-"  # what all names of that one begin with
_OF_CUSTOMER = frozenset({"customer", "opportunity", "completes", "cancels", "follows"})
_CLOCK = frozenset({"day", "start", "minutes", "until"})  # one of them says nothing without the others
_TOGETHER = {
    **dict.fromkeys(("day", "start", "minutes", "until", "plan", "started_at", "ended_at"), "time"),
    "outcome": "next_step",
    "type": "fields",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A planned action as the sheet needs it.

    Attributes:
        planned_for: planned instant, UTC.
    """

    id: int
    opportunity_id: int
    type: str
    planned_for: datetime
    note: str = ""


def read_sheet(sheet: Sheet, timezone: str, own: Iterable[Field] = ()) -> ActionInput:
    """What the sheet says, as an action. What is missing or unreadable stays empty: `check` names it.

    Args:
        own: the company's own fields, as they are defined now.
    """
    status = ActionStatus(sheet.get("state") or ActionStatus.COMPLETED)
    type_ = str(sheet.get("type") or "")
    if status is ActionStatus.PLANNED:
        start = instant(sheet.get("plan-day"), sheet.get("plan-time"), timezone)
        return ActionInput(type_, status, started_at=start, note=str(sheet.get("note") or ""))
    start = instant(sheet.get("day"), sheet.get("start"), timezone)
    outcome = Outcome(sheet.get("outcome") or Outcome.OPEN)
    return ActionInput(
        type=type_,
        status=status,
        started_at=start,
        ended_at=_end(sheet, start, timezone),
        summary=str(sheet.get("summary") or ""),
        recording=sheet.get("recording"),
        transcript=sheet.get("transcript") if sheet.get("recording") else None,
        follows=sheet.get("follows"),
        completes=sheet.get("completes"),
        note=str(sheet.get("note") or ""),
        next_step=_next_step(sheet, timezone) if outcome is Outcome.OPEN else None,
        outcome=outcome,
        fields={f.key: read_field(f, sheet) for f in fields_of(type_, own)},
    )


def write_sheet(action: ActionInput, timezone: str, own: Iterable[Field] = ()) -> dict[str, Any]:
    """An action as a sheet; reading it again gives the same action, to the minute."""
    sheet: dict[str, Any] = {"state": str(action.status), "type": action.type or None}
    planned = action.status is ActionStatus.PLANNED
    sheet |= _wall(*(("plan-day", "plan-time") if planned else ("day", "start")), action.started_at, timezone)
    if action.started_at and action.ended_at:
        sheet |= _length(action.started_at, action.ended_at, timezone)
    for name in ("summary", "recording", "transcript", "follows", "completes", "note"):
        sheet[name] = getattr(action, name)
    sheet["outcome"] = str(action.outcome)
    if step := action.next_step:
        sheet |= {"next_step-type": step.type, "next_step-note": step.note}
        sheet |= _wall("next_step-day", "next_step-time", step.planned_for, timezone)
    for field in fields_of(action.type, own):
        sheet |= write_field(field, action.fields.get(field.key))
    return {name: value for name, value in sheet.items() if value not in (None, "")}


def opening(
    now: datetime,
    timezone: str,
    *,
    type_: str | None = None,
    step: Step | None = None,
    taken: Sequence[tuple[datetime, datetime]] = (),
) -> dict[str, Any]:
    """What a fresh sheet already knows: the planned step's type and time, or the last full half hours.

    Args:
        step: the planned step that is written down; a time still ahead is not taken over.
        taken: when it cannot have been, from and until; a planned time stands all the same.
    """
    start = step.planned_for if step else now
    length = next((m for m in (60, 30) if start + timedelta(minutes=m) <= now), None)
    if length is None:
        start, length = _latest_free(now, taken)
    usual = {"plan-time": USUAL_TIME, "next_step-time": USUAL_TIME}
    return usual | write_sheet(
        ActionInput(
            type=type_ or (step.type if step else ""),
            status=ActionStatus.COMPLETED,
            started_at=start,
            ended_at=start + timedelta(minutes=length),
            completes=step.id if step else None,
        ),
        timezone,
    )


def for_another(sheet: Sheet, opened: Sheet, contacts: Collection[str]) -> dict[str, Any]:
    """What of a sheet holds for another customer too: what was typed, but not what only this customer has.

    Args:
        opened: the sheet as it was opened; what stands there unchanged was not typed.
        contacts: the customer's own, whom the other one does not know.

    >>> for_another({"customer": 1, "summary": "Slow", "day": "2026-03-06"}, {"day": "2026-03-06"}, ())
    {'summary': 'Slow'}
    """
    typed = {k: v for k, v in sheet.items() if v != opened.get(k) and k not in _OF_CUSTOMER}
    if _CLOCK & typed.keys():
        typed |= {k: sheet[k] for k in _CLOCK & sheet.keys()}
    if sheet.get("type"):  # the words are its fields'
        typed["type"] = sheet["type"]
    if sheet.get("opportunity") == NEW and any(v and k.startswith(_OF_NEW) for k, v in typed.items()):
        typed["opportunity"] = NEW  # with the words that it opens with
    return {
        k: [one for one in v if one not in contacts] if k.startswith("fields-") and isinstance(v, list) else v
        for k, v in typed.items()
        if "opportunity" in typed or not k.startswith(_OF_NEW)
    }


def quick_days(today: date) -> dict[str, date]:
    """Days offered at a touch for a next step; a weekend gives way to its Monday.

    >>> [str(d) for d in quick_days(date(2026, 3, 6)).values()]  # a Friday
    ['2026-03-09', '2026-03-09', '2026-03-13']
    """
    ahead = {"tomorrow": 1, "three_days": 3, "next_week": 7}
    days = {name: today + timedelta(days=n) for name, n in ahead.items()}
    return {
        name: d + timedelta(days=max(0, 7 - d.weekday()) if d.weekday() > 4 else 0)
        for name, d in days.items()
    }


def instant(day: str | None, clock: str | None, timezone: str) -> datetime | None:
    """The first instant (UTC) at which the wall clock shows this; None when either is missing.

    A time that the change to summer time skips is read as the hour after it.

    >>> instant("2026-03-04", "12:00", "Asia/Shanghai").isoformat()
    '2026-03-04T04:00:00+00:00'
    """
    try:
        wall = datetime.combine(date.fromisoformat(str(day)), time.fromisoformat(str(clock)))
        return wall.replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_field(field: Field, sheet: Sheet, within: str = "fields-") -> Any:
    """The value of one of the type's own fields; `within` is what the names of such fields begin with."""
    name = f"{within}{field.key}"
    value = sheet.get(name)
    match field.kind:
        case Kind.MONEY:
            currency = sheet.get(f"{name}-currency")
            return {"amount": read_money(value, currency or ""), "currency": currency}
        case Kind.PEOPLE:
            return [{"name": n, "role": sheet.get(role_name(field, n))} for n in value or ()]
        case Kind.DATE:
            return read_day(value)
        case Kind.NUMBER:
            return read_amount(value)
        case Kind.PERSON | Kind.CUSTOMER:
            return None if value is None else {"id": value}
        case _:
            return value


def write_field(field: Field, value: Any) -> dict[str, Any]:
    """One of the type's own fields as the sheet keeps it."""
    name = f"fields-{field.key}"
    if not value and not isinstance(value, Decimal):
        return {}
    match field.kind:
        case Kind.MONEY:
            amount = value.get("amount")
            kept = None if amount is None else str(amount)
            return {name: kept, f"{name}-currency": value.get("currency")}
        case Kind.PEOPLE:
            roles = {role_name(field, p["name"]): p.get("role") for p in value}
            return {name: [p["name"] for p in value]} | roles
        case Kind.DATE:
            return {name: value.isoformat()}
        case Kind.NUMBER:
            return {name: str(value)}
        case Kind.PERSON | Kind.CUSTOMER:
            return {name: value["id"]}
        case _:
            return {name: value}


def read_amount(value: Any) -> Decimal | None:
    """An amount as the sheet keeps it; None when there is none or it is no number."""
    try:
        return None if value in (None, "") else Decimal(str(value))
    except InvalidOperation:
        return None


def read_money(value: Any, currency: str) -> Decimal | str | None:
    """An amount as somebody typed it; the text itself where it is none, so that `check` can say why.

    >>> [str(read_money(one, "CNY")) for one in ("1200.50", "42万", "60k", "much", "$5", None)]
    ['1200.50', '420000', '60000', 'much', '$5', 'None']
    """
    text = "" if value is None else str(value)
    try:
        amount = typed_amount(text, currency)
    except Wrong:
        return text
    digits = read_amount(text)  # they stay as they are
    return Decimal(f"{amount.normalize():f}") if amount is not None and digits is None else digits


def read_day(value: Any) -> date | None:
    """A date as the sheet keeps it."""
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None


def role_name(field: Field, person: str) -> str:
    """Where the sheet keeps a person's part in the decision: letters and digits only, whatever the name."""
    digest = hashlib.sha256(person.encode("utf-8", "surrogatepass")).hexdigest()
    return f"fields-{field.key}-role-{digest[:12]}"


def concerns(problem_field: str, sheet_field: str) -> bool:
    """Whether a problem may be gone once this field of the sheet has changed.

    >>> concerns("next_step.planned_for", "next_step-day"), concerns("summary", "next_step-day")
    (True, False)
    """
    if sheet_field in ("state", "opportunity"):
        return True
    asked = problem_field.replace(".", "-")
    head, changed = asked.split("-")[0], sheet_field.split("-")[0]
    if head == "fields" and sheet_field != "type":
        return sheet_field == asked or sheet_field.startswith(f"{asked}-")
    return head == changed or _TOGETHER.get(head, head) == _TOGETHER.get(changed, changed)


def _end(sheet: Sheet, start: datetime | None, timezone: str) -> datetime | None:
    minutes = sheet.get("minutes")
    if minutes:
        return start + timedelta(minutes=int(minutes)) if start else None
    end = instant(sheet.get("day"), sheet.get("until"), timezone)
    if start and end and end <= start:  # an hour that the clock shows twice ends in its second showing
        wall = end.astimezone(ZoneInfo(timezone)).replace(fold=1)
        end = wall.astimezone(UTC)
    return end


def _length(start: datetime, end: datetime, timezone: str) -> dict[str, Any]:
    minutes, rest = divmod(end - start, timedelta(minutes=1))
    if not rest and minutes in LENGTHS:
        return {"minutes": minutes}
    return {"minutes": UNTIL} | _wall("", "until", end, timezone)


def _next_step(sheet: Sheet, timezone: str) -> NextStep | None:
    step = {k: sheet.get(f"next_step-{k}") for k in ("type", "day", "note")}
    if not any(step.values()):
        return None
    planned_for = instant(step["day"], sheet.get("next_step-time"), timezone)
    return NextStep(str(step["type"] or ""), planned_for, str(step["note"] or ""))


def _wall(day: str, clock: str, at: datetime | None, timezone: str) -> dict[str, Any]:
    if at is None:
        return {}
    local = at.astimezone(ZoneInfo(timezone))
    return {day: local.date().isoformat(), clock: f"{local:%H:%M}"} if day else {clock: f"{local:%H:%M}"}


def _latest_free(now: datetime, taken: Sequence[tuple[datetime, datetime]]) -> tuple[datetime, int]:
    """Start and minutes of the last full half hours that are over and not taken, of one half hour at least.

    Where none of the last eight hours are free, the last ones as they are.
    """
    usual = (_full_half_hour(now - timedelta(minutes=60)), 60)
    earlier = ((usual[0] - timedelta(minutes=30 * n), m) for n in range(-1, 16) for m in (60, 30))
    for start, minutes in (usual, *earlier):
        end = start + timedelta(minutes=minutes)
        if end <= now and not any(a < end and start < b for a, b in taken):
            return start, minutes
    return usual


def _full_half_hour(at: datetime) -> datetime:
    return at.replace(minute=at.minute - at.minute % 30, second=0, microsecond=0)
