"""Changes in words: what was done, by whom, and each field before and after."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from components import format
from components.action_fields import name_of
from components.blocks import plain
from components.collaboration import quarter_words
from components.field_words import text_of
from components.frame import View
from components.text import listed, pair, t, term
from components.tokens import scope_words
from components.webhooks import kind_words
from data.queries.audit import CUSTOMERS, AuditEntry, FieldChange
from data.text import has
from data.webhook_words import met_words

_TERMS = {
    "industry": "industry",
    "segment": "segment",
    "outcome": "outcome",
    "role": "role",
    "decision_role": "decision_role",
    "status": "status",
    "type": "stage",
    "kind": "interaction",
    "direction": "direction",
    "cancel_reason": "cancelled_because",
    "result": "room_result",
    "decision": "decision",
    "reason": "answer_reason",
    "answer": "delivery",
    "declined_for": "decline",
}
_WORDS = {  # keys of some records' words, before the terms
    "kind": (
        "exchange.kind.{}",
        "calendars.way.{}",
        "terms.signal.{}",
        "channels.kinds.{}",
        "people.kind_{}",
    ),
    "outcome": ("store_requests.outcome.{}",),
    "country": ("calendars.countries.{}",),
    "job": ("jobs.name.{}",),
    "finding": ("attribution.cause.{}",),
    "state": ("attribution.state.{}",),
    "page": ("{}.title",),
    "every": ("views.every.{}",),
    "sign": ("plausibility.{}.name",),
    "result": ("milestones.found.{}",),
    "outbox": ("operator.box.{}",),
    "horizon": ("replay.every_{}",),
    "level": ("replay.level_{}",),
}
_AMOUNTS = {"amount", "suggested", "scorecard"}
_DAYS = {"first", "last", "day", "from", "to", "as_of"}


def deed(entry: AuditEntry) -> str:
    """What was done, in words: “Grade updated”."""
    if entry.undoes and entry.command == "undo":
        return t("audit.did_undo", what=known("audit.entity", entry.entity))
    return known("audit.did", entry.command.replace(".", "_"))


def field_name(name: str) -> str:
    """A field's label, or that of a rule that the studio changed."""
    return known("rules.name" if has("en", f"rules.name.{name}") else "audit.field", name)


def words(field: str, value: Any, view: View) -> str:
    """A field's value as people read it."""
    if value in (None, "", []):
        return format.NOTHING
    if isinstance(value, bool):
        return t("audit.yes") if value else t("audit.no")
    if isinstance(value, list):
        events = field == "kinds"
        return listed(kind_words(str(v)) if events else term("tag", str(v)) for v in value)
    if field == "password":
        return t("audit.password_new")
    keys = (key.format(value) for key in _WORDS.get(field, ()))
    if key := next((key for key in keys if has(view.language, key)), None):
        return t(key)
    if field in _TERMS:
        return term(_TERMS[field], str(value))
    if field == "verdict":
        return known("milestones.state", str(value))
    return _measured(field, value, view)


def _met(error: str, view: View) -> str:
    """What a call met, in words where they are known; else in its own."""
    said, unknown = (met_words(view.language, one) for one in (error, ""))
    return error if said == unknown else said


def _measured(field: str, value: Any, view: View) -> str:
    if field.endswith(("_at", "_until")) or field == "planned_for":
        return view.instant(value if isinstance(value, datetime) else datetime.fromisoformat(value))
    if field.endswith(("_on", "_start")) or field in _DAYS:
        return str(value) if (day := _day(value)) is None else format.day(day, view.language)
    if field == "quarter":
        return quarter_words(date.fromisoformat(value))
    if field == "error":
        return _met(str(value), view)
    if field in _AMOUNTS:
        return format.number(float(Decimal(str(value))), view.language, 2)
    return str(value)


def _day(value: Any) -> date | None:
    """The day that a value is; None of a milestone's, which is a number."""
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        return None


def change_line(change: FieldChange, view: View) -> str:
    """`Grade: B → A`, as Markdown."""
    before, after = (plain(_said(change, v, view)) for v in (change.before, change.after))
    return pair(f":gray[{_label(change)}]", f"{before} → {after}")


def _label(change: FieldChange) -> str:
    return plain(name_of(change.own)) if change.own else field_name(change.field)


def _said(change: FieldChange, value: Any, view: View) -> str:
    if change.field == "scopes" and isinstance(value, dict):
        return scope_words(value)
    if change.own or isinstance(value, dict):
        return text_of(change.own, value, view) or format.NOTHING
    if change.currency and value is not None:
        return format.money(round(Decimal(str(value)), 2), change.currency, view.language)
    return words(change.field, value, view)


def changes_block(entry: AuditEntry, view: View) -> str:
    """All fields of a change, and its reason, as Markdown lines."""
    if entry.changes and all(c.before is None for c in entry.changes):  # a new record: its values
        said = (pair(f":gray[{_label(c)}]", plain(_said(c, c.after, view))) for c in entry.changes)
        lines = [" · ".join(said)]
    else:
        lines = [change_line(c, view) for c in entry.changes]
    return "  \n".join([*lines, *reason(entry, view)])


def reason(entry: AuditEntry, view: View) -> list[str]:
    """Why it was done, as a Markdown line; none where nobody said it."""
    said = plain(words("reason", entry.reason, view))
    return [pair(f":gray[{t('audit.reason')}]", said)] if entry.reason else []


def by(entry: AuditEntry) -> str:
    """Who did it; customers have no account, and the command line has no name."""
    return entry.actor or t("audit.customer" if entry.command == CUSTOMERS else "audit.operator")


def known(area: str, key: str) -> str:
    """The catalogue's words for a key; the key itself where there are none."""
    name = f"{area}.{key}"
    return t(name) if has("en", name) else key
