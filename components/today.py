"""Drawing a person's to-dos: each one click from done."""

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

import streamlit as st

from components import address, format
from components.blocks import Row, Tone, badge, empty, rows, section
from components.frame import View
from components.text import t, term
from core.process.stages import STAGES, following
from core.reports.commitments import Proof
from data.notices import alert_words
from data.queries.today import FIRST, Group, Kind, ToDo

TONES = {
    Kind.OVERDUE: Tone.RED,
    Kind.RED: Tone.RED,
    Kind.ASSIGNED: Tone.AMBER,
    Kind.COMMITMENT: Tone.AMBER,
    Kind.ROOM_TASK: Tone.BLUE,
    Kind.COACHING: Tone.AMBER,
    Kind.DUE: Tone.BLUE,
    Kind.SUGGESTION: Tone.BLUE,
    Kind.EXPIRING: Tone.AMBER,
    Kind.DRAFT: Tone.QUIET,
    Kind.UNPLANNED: Tone.AMBER,
    Kind.GRADE: Tone.QUIET,
    Kind.PASSWORD: Tone.QUIET,
}
ICONS = {
    Kind.OVERDUE: ":material/alarm:",
    Kind.RED: ":material/local_fire_department:",
    Kind.ASSIGNED: ":material/assignment_ind:",
    Kind.COMMITMENT: ":material/handshake:",
    Kind.ROOM_TASK: ":material/checklist:",
    Kind.COACHING: ":material/school:",
    Kind.DUE: ":material/today:",
    Kind.SUGGESTION: ":material/balance:",
    Kind.EXPIRING: ":material/hourglass_bottom:",
    Kind.DRAFT: ":material/edit_note:",
    Kind.UNPLANNED: ":material/event_busy:",
    Kind.GRADE: ":material/military_tech:",
    Kind.PASSWORD: ":material/key:",
}

Target = tuple[str, dict[str, str | int]]


def whole() -> str | None:
    """The kind of which the address asks for all."""
    return address.read("all", tuple(Kind), "") or None


def nothing(view: View) -> None:
    """No to-do: says so, and what will appear here for this role."""
    role = view.who.role or "admin"
    empty(t("today.nothing"), t(f"today.nothing_{role}"), icon=":material/task_alt:")


def summary(groups: Sequence[Group]) -> None:
    """Counts per kind."""
    with st.container(horizontal=True, gap="small"):
        for group in groups:
            badge(t("today.count", kind=t(f"today.{group.kind}"), count=group.total), TONES[group.kind])


def todos(groups: Sequence[Group], view: View) -> Target | None:
    """The to-dos by kind; returns the page, and what its address says, of the one that was chosen."""
    chosen = None
    for group in groups:
        section(t(f"today.{group.kind}"), icon=ICONS[group.kind])
        pressed = rows([_row(todo, view) for todo in group.todos], f"todo-{group.kind}")
        chosen = next((_target(x) for x in group.todos if str(x.id) == pressed), chosen)
        _more(group)
    return chosen


def _more(group: Group) -> None:
    if group.total > len(group.todos):
        st.button(
            t("today.show_all", n=group.total),
            key=f"all-{group.kind}",
            type="tertiary",
            on_click=lambda: address.write(all=group.kind),
        )
    elif group.total > FIRST:
        st.button(
            t("today.show_fewer"),
            key=f"fewer-{group.kind}",
            type="tertiary",
            on_click=lambda: address.write(all=None),
        )


def _row(todo: ToDo, view: View) -> Row:
    parts = [part for part in _PARTS[todo.kind](todo, view) if part]
    return Row(
        key=str(todo.id),
        title=todo.customer or todo.opportunity or todo.person or t("today.no_name"),
        detail=" · ".join(parts),
        mark=_mark(todo, view),
        tone=TONES[todo.kind],
        action=t(f"today.{todo.kind}_do"),
        primary=todo.kind is Kind.OVERDUE,
    )


def _mark(todo: ToDo, view: View) -> str:
    match todo.kind:
        case Kind.RED | Kind.ASSIGNED:
            return t(f"alerts.{todo.words}.name")
        case Kind.ROOM_TASK | Kind.COMMITMENT:
            return t("customer.overdue") if todo.at and todo.at < view.now else ""
        case Kind.OVERDUE:
            return format.ago(todo.at, view.now, view.language)
        case Kind.DUE:
            return format.clock(todo.at, view.who.timezone)
        case Kind.EXPIRING | Kind.COACHING:
            return format.day(todo.on, view.language)
        case _:
            return ""


def _step(todo: ToDo, view: View) -> list[str]:
    what = [term("stage", todo.type), todo.opportunity or "", view.instant(todo.at)]
    return [*what, todo.words, _worth(todo, view)]


def _quote(todo: ToDo, view: View) -> list[str]:
    here = view.now.astimezone(ZoneInfo(view.who.timezone)).date()
    gone = todo.on is not None and todo.on < here
    return [todo.opportunity or "", t("today.expired" if gone else "today.expires"), _worth(todo, view)]


def _unplanned(todo: ToDo, view: View) -> list[str]:
    ago = format.ago(todo.at, view.now, view.language)
    return [todo.opportunity or "", term("stage", todo.type), t("today.since", ago=ago), _worth(todo, view)]


def _grade(todo: ToDo, view: View) -> list[str]:
    if todo.at is None:
        return [t("today.never_graded")]
    return [t("today.graded", grade=todo.words, ago=format.ago(todo.at, view.now, view.language))]


def _draft(todo: ToDo, view: View) -> list[str]:
    ago = format.ago(todo.at, view.now, view.language)
    return [term("stage", todo.type), t("today.saved", ago=ago)]


def _red(todo: ToDo, view: View) -> list[str]:
    why = alert_words(view.language, todo.words, todo.params or {})["why"]
    return [todo.person or "", todo.opportunity or "", _worth(todo, view), why]


def _assigned(todo: ToDo, view: View) -> list[str]:
    due = t("today.by", at=view.instant(todo.at)) if todo.at else ""
    words = alert_words(view.language, todo.words, todo.params or {})
    return [due, words["why"], words["action"], todo.opportunity or ""]


def _room_task(todo: ToDo, view: View) -> list[str]:
    return [todo.words, t("today.by", at=view.instant(todo.at))]


def _coaching(todo: ToDo, view: View) -> list[str]:
    here = view.now.astimezone(ZoneInfo(view.who.timezone)).date()
    return [t("today.coaching_late" if todo.on is not None and todo.on < here else "today.coaching_due")]


def _password(todo: ToDo, view: View) -> list[str]:
    del view
    return [term("role", todo.type), t("today.username", name=todo.words)]


_PARTS = {
    Kind.OVERDUE: _step,
    Kind.DUE: _step,
    Kind.SUGGESTION: lambda todo, view: [todo.opportunity or "", _worth(todo, view)],
    Kind.EXPIRING: _quote,
    Kind.UNPLANNED: _unplanned,
    Kind.GRADE: _grade,
    Kind.DRAFT: _draft,
    Kind.RED: _red,
    Kind.ASSIGNED: _assigned,
    Kind.COMMITMENT: _room_task,
    Kind.ROOM_TASK: _room_task,
    Kind.COACHING: _coaching,
    Kind.PASSWORD: _password,
}


def _worth(todo: ToDo, view: View) -> str:
    if todo.amount is None or todo.currency is None:
        return ""
    return format.money(todo.amount, todo.currency, view.language, compact=True)


def _target(todo: ToDo) -> Target:
    if todo.kind in _TARGETS:
        return _TARGETS[todo.kind](todo)
    said = {"customer": todo.customer_id, "opportunity": todo.opportunity_id}
    record: dict[str, str | int] = {k: v for k, v in said.items() if v is not None}
    match todo.kind:
        case Kind.UNPLANNED:
            return "record", record | {"type": following(todo.type)}
        case Kind.EXPIRING:
            return "record", record | {"type": "quote_confirmation"}
        case _:  # an overdue or due step
            return "record", record | {"type": todo.type or STAGES[0], "action": todo.id}


def _proof(todo: ToDo) -> Target:
    """Where the record is made that shows a commitment done."""
    about = (todo.params or {}).get("about")
    match todo.type:
        case Proof.PROMISE:
            return "promises", {"promise": about} if about else {}
        case Proof.DEMAND:
            return "demands", {"demand": about} if about else {}
        case _:
            said = {"customer": todo.customer_id, "opportunity": todo.opportunity_id}
            quote = {"type": "quote_confirmation"} if todo.type == Proof.QUOTE else {}
            return "record", {k: v for k, v in said.items() if v is not None} | quote


_TARGETS: dict[Kind, Callable[[ToDo], Target]] = {
    Kind.DRAFT: lambda todo: ("record", {"draft": todo.id}),
    Kind.GRADE: lambda todo: ("customer", {"customer": todo.id, "do": "grade"}),
    Kind.RED: lambda todo: ("customer", {"customer": todo.customer_id or 0}),
    Kind.ASSIGNED: lambda todo: ("alerts", {"alert": todo.id}),
    Kind.COMMITMENT: lambda todo: _proof(todo),
    Kind.ROOM_TASK: lambda todo: ("room", {"room": todo.room_id or 0}),
    Kind.COACHING: lambda todo: ("forecast_health", {"task": todo.id}),
    Kind.PASSWORD: lambda _: ("people", {}),
    Kind.SUGGESTION: lambda todo: ("calibrate", {"opportunity": todo.id}),
}
