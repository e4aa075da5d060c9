"""Drawing a person's to-dos: each one click from done."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from components import address
from components.blocks import Row, Tone, badge, empty, rows, section
from components.calendars import country_name
from components.frame import View
from components.jobs import job_name
from components.milestone_samples import IN_HAND
from components.navigation import open_page
from components.scrolling import lead_to
from components.text import t
from components.today_lines import details, mark
from core.calendars import NO_HOLIDAYS, country_of
from core.home import SUMMARY, is_hidden
from core.process.stages import following
from core.reports.commitments import Proof
from core.reports.own import PAGE as REPORTS_PAGE
from data.own_terms import offered_types
from data.queries.calendars import kept_holidays
from data.queries.people import nobody_else
from data.queries.today import Group, Home, Kind, ToDo
from data.text import zone_words

TONES = {
    Kind.MEETING: Tone.BLUE,
    Kind.OVERDUE: Tone.RED,
    Kind.RED: Tone.RED,
    Kind.ASSIGNED: Tone.AMBER,
    Kind.DEMAND: Tone.AMBER,
    Kind.ASKED_BACK: Tone.AMBER,
    Kind.CONFLICT: Tone.RED,
    Kind.REPORTED: Tone.RED,
    Kind.COMMITMENT: Tone.AMBER,
    Kind.ROOM_TASK: Tone.BLUE,
    Kind.COACHING: Tone.AMBER,
    Kind.CAUSE: Tone.AMBER,
    Kind.DUE: Tone.BLUE,
    Kind.DELIVERY: Tone.AMBER,
    Kind.UNCONFIRMED: Tone.AMBER,
    Kind.SUGGESTION: Tone.BLUE,
    Kind.EXPIRING: Tone.AMBER,
    Kind.STORE_REQUEST: Tone.BLUE,
    Kind.DRAFT: Tone.QUIET,
    Kind.UNPLANNED: Tone.AMBER,
    Kind.GRADE: Tone.QUIET,
    Kind.REGRADE: Tone.QUIET,
    Kind.MILESTONE: Tone.AMBER,
    Kind.SAMPLE: Tone.QUIET,
    Kind.FACTOR: Tone.QUIET,
    Kind.REPORT: Tone.AMBER,
    Kind.WORKER: Tone.RED,
    Kind.JOB: Tone.AMBER,
    Kind.PASSWORD: Tone.QUIET,
}
ICONS = {
    Kind.MEETING: ":material/groups:",
    Kind.OVERDUE: ":material/alarm:",
    Kind.RED: ":material/local_fire_department:",
    Kind.ASSIGNED: ":material/assignment_ind:",
    Kind.DEMAND: ":material/assignment:",
    Kind.ASKED_BACK: ":material/forum:",
    Kind.CONFLICT: ":material/event_busy:",
    Kind.REPORTED: ":material/report:",
    Kind.COMMITMENT: ":material/handshake:",
    Kind.ROOM_TASK: ":material/checklist:",
    Kind.COACHING: ":material/school:",
    Kind.CAUSE: ":material/account_tree:",
    Kind.DUE: ":material/today:",
    Kind.DELIVERY: ":material/package_2:",
    Kind.UNCONFIRMED: ":material/link_off:",
    Kind.SUGGESTION: ":material/balance:",
    Kind.EXPIRING: ":material/hourglass_bottom:",
    Kind.STORE_REQUEST: ":material/storefront:",
    Kind.DRAFT: ":material/edit_note:",
    Kind.UNPLANNED: ":material/event_busy:",
    Kind.GRADE: ":material/military_tech:",
    Kind.REGRADE: ":material/swap_vert:",
    Kind.MILESTONE: ":material/signature:",
    Kind.SAMPLE: ":material/fact_check:",
    Kind.FACTOR: ":material/add_chart:",
    Kind.REPORT: ":material/visibility_off:",
    Kind.WORKER: ":material/sync_disabled:",
    Kind.JOB: ":material/sync_problem:",
    Kind.PASSWORD: ":material/key:",
}

Target = tuple[str, dict[str, str | int]]

_BEGINS: dict[str, Target] = {  # what a role does unasked
    "rep": ("record", {}),
    "store_manager": ("store_requests", {}),
    "first": ("people", {"tab": "teams"}),
}


def whole() -> str | None:
    """The kind of which the address asks for all."""
    return address.read("all", tuple(Kind), "") or None


def nothing(view: View) -> None:
    """No to-do: says so, and what will appear here for this role."""
    role = "first" if view.read(nobody_else) else view.who.role or "admin"
    title = t("today.first" if role == "first" else "today.nothing")
    empty(title, t(f"today.nothing_{role}"), icon=":material/task_alt:")
    if role in _BEGINS and st.button(t(f"today.begin_{role}"), type="primary", icon=":material/add:"):
        page, query = _BEGINS[role]
        open_page(page, **query)
    if role == "first":
        _holidays(*view.read(kept_holidays), view)


def _holidays(country: str, zone: str, view: View) -> None:
    """Whose public holidays the set-up gave a new company, and where that is changed."""
    unkept = "unshipped" if country_of(zone) == NO_HOLIDAYS else "none"
    state = unkept if country == NO_HOLIDAYS else "holidays"
    words = {"country": country_name(country), "zone": zone_words(view.language, zone)}
    st.caption(t(f"today.first_{state}", **words))
    if st.button(t("today.first_calendars"), type="tertiary", icon=":material/calendar_month:"):
        open_page("calendars")


def has(found: Home, block: str) -> bool:
    """Whether the layout shows a block of the page."""
    return not is_hidden(found.layout, block)


def summary(found: Home) -> None:
    """Counts per kind."""
    with st.container(horizontal=True, gap="small", key="today-summary"):
        for group in found.groups if has(found, SUMMARY) else ():
            badge(t("today.count", kind=t(f"today.{group.kind}"), count=group.total), TONES[group.kind])


def unread_line(waiting: int) -> None:
    """That messages wait, which a phone's closed menu does not show; leads to them."""
    with st.container(key="today-unread"):  # always there: what comes below keeps its place
        if waiting and st.button(t("inbox.unread", n=waiting), type="tertiary", icon=":material/inbox:"):
            open_page("inbox")


def todos(found: Home, view: View) -> Target | None:
    """The to-dos by kind; returns the page, and what its address says, of the one that was chosen."""
    chosen = None
    if not found.groups and found.aside:
        empty(t("home.nothing_shown"), t("home.nothing_shown_hint"), icon=":material/visibility_off:")
    elif not found.groups:
        nothing(view)
    for group in found.groups:
        section(t(f"today.{group.kind}"), icon=ICONS[group.kind])
        pressed = rows([_row(todo, view) for todo in group.todos], f"todo-{group.kind}")
        chosen = next((_target(x) for x in group.todos if _key(x) == pressed), chosen)
        _more(group, found.layout.limit(group.kind))
    return chosen


def aside(found: Home) -> None:
    """Kinds that the layout leaves out: one click away, and where the order is changed."""
    with st.container(horizontal=True, gap="small", key="today-aside"):
        if found.aside:
            with st.popover(t("home.aside", n=len(found.aside)), icon=":material/visibility_off:"):
                st.caption(t("home.aside_note"))
                for kind in found.aside:
                    st.button(
                        t(f"today.{kind}"),
                        key=f"aside-{kind}",
                        icon=ICONS[kind],
                        type="tertiary",
                        on_click=partial(address.write, all=kind),
                    )
        if (found.aside or found.own) and st.button(
            t("home.to_order"), key="today-order", icon=":material/tune:", type="tertiary"
        ):
            open_page("account")


def _more(group: Group, limit: int) -> None:
    if group.total > len(group.todos):
        st.button(
            t("today.show_all", n=group.total),
            key=f"all-{group.kind}",
            type="tertiary",
            on_click=lambda: address.write(all=group.kind),
        )
    elif group.total > limit:
        st.button(
            t("today.show_fewer"),
            key=f"fewer-{group.kind}",
            type="tertiary",
            on_click=lambda: address.write(all=None),
        )


def _row(todo: ToDo, view: View) -> Row:
    return Row(
        key=_key(todo),
        title=_title(todo, view),
        detail=" · ".join(details(todo, view)),
        mark=mark(todo, view),
        tone=TONES[todo.kind],
        action=t(f"today.{todo.kind}_do"),
        primary=todo.kind is Kind.OVERDUE,
    )


def _key(todo: ToDo) -> str:
    """One line of its kind; what is to be delivered is a promise, a demand or a delivery."""
    about = (todo.params or {}) if todo.kind is Kind.DELIVERY else {}
    return "-".join([str(todo.id), *about])


def _title(todo: ToDo, view: View) -> str:
    if todo.kind is Kind.JOB:
        return job_name(todo.type or "", view.language)
    if todo.kind is Kind.WORKER:
        return t("today.worker_waits", n=(todo.params or {}).get("waiting", 0))
    if todo.kind in (Kind.CAUSE, Kind.MILESTONE, Kind.SAMPLE):
        return todo.person or t("today.company")
    if todo.kind is Kind.FACTOR:
        return todo.words
    if todo.kind is Kind.REPORT:
        label = (todo.params or {}).get("label", {})
        return str(label.get(view.language) or t(f"reports.report.{todo.type}.title"))
    return todo.customer or todo.opportunity or todo.person or t("today.no_name")


def _target(todo: ToDo) -> Target:
    if todo.kind in _TARGETS:
        return _TARGETS[todo.kind](todo)
    said = {"customer": todo.customer_id, "opportunity": todo.opportunity_id}
    record: dict[str, str | int] = {k: v for k, v in said.items() if v is not None}
    match todo.kind:
        case Kind.UNPLANNED:
            return "record", record | {"type": following(todo.type, offered_types())}
        case Kind.EXPIRING:
            return "record", record | {"type": "quote_confirmation"}
        case _:  # an overdue or due step
            return "record", record | {"type": todo.type or offered_types()[0], "action": todo.id}


def _proof(todo: ToDo) -> Target:
    """Where the record is made that shows a commitment done."""
    about = (todo.params or {}).get("about")
    match todo.type:
        case Proof.PROMISE:
            return "promises", {"promise": about} if about else {}
        case Proof.DEMAND:
            return "demands", {"demand": about} if about else {}
        case Proof.STEP if about:
            return "record", {"action": about}
        case _:
            said = {"customer": todo.customer_id, "opportunity": todo.opportunity_id}
            quote = {"type": "quote_confirmation"} if todo.type == Proof.QUOTE else {}
            return "record", {k: v for k, v in said.items() if v is not None} | quote


def _sample(todo: ToDo) -> Target:
    """The first row that nobody has looked at yet."""
    lead_to(IN_HAND)
    return "milestones", {name: value for name, value in (todo.params or {}).items() if name != "left"}


def _report(todo: ToDo) -> Target:
    """The page of a report; of those that share one, with its name."""
    page = str((todo.params or {}).get("page"))
    return page, {"report": todo.type} if page == REPORTS_PAGE and todo.type else {}


_TARGETS: dict[Kind, Callable[[ToDo], Target]] = {
    Kind.MEETING: lambda _: ("morning", {}),
    Kind.DRAFT: lambda todo: ("record", {"draft": todo.id}),
    Kind.GRADE: lambda todo: ("customer", {"customer": todo.id, "do": "grade"}),
    Kind.REGRADE: lambda todo: (
        "customer",
        {"customer": todo.id, "do": "grade", "proposal": todo.words},
    ),
    Kind.RED: lambda todo: ("alerts", {"alert": todo.id}),
    Kind.ASSIGNED: lambda todo: ("alerts", {"alert": todo.id}),
    Kind.COMMITMENT: lambda todo: _proof(todo),
    Kind.ROOM_TASK: lambda todo: ("room", {"room": todo.room_id or 0}),
    Kind.COACHING: lambda todo: ("forecast_health", {"task": todo.id}),
    Kind.PASSWORD: lambda todo: ("people", {"person": todo.id}),
    Kind.SUGGESTION: lambda todo: ("calibrate", {"opportunity": todo.id}),
    Kind.DEMAND: lambda todo: ("demands", {"demand": todo.id, "do": "answer"}),
    Kind.ASKED_BACK: lambda todo: ("demands", {"demand": todo.id}),
    Kind.CONFLICT: lambda todo: ("promises", {"promise": todo.id}),
    Kind.REPORTED: lambda todo: ("deliveries", {"delivery": todo.id}),
    Kind.UNCONFIRMED: lambda todo: ("deliveries", {"delivery": todo.id}),
    Kind.DELIVERY: lambda todo: ("deliveries", dict(todo.params or {})),
    Kind.STORE_REQUEST: lambda todo: ("store_requests", {"request": todo.id}),
    Kind.CAUSE: lambda todo: ("collaboration", {"cause": todo.id}),
    Kind.MILESTONE: lambda todo: ("milestones", dict(todo.params or {})),
    Kind.SAMPLE: lambda todo: _sample(todo),
    Kind.FACTOR: lambda _: ("attribution", {}),
    Kind.REPORT: lambda todo: _report(todo),
    Kind.WORKER: lambda _: ("jobs", {}),
    Kind.JOB: lambda _: ("jobs", {}),
}
