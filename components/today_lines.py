"""What a to-do's line says: the word before it, and the details behind it."""

from components import format
from components.alert_hands import hands_words
from components.frame import View
from components.text import listed, t, term
from data.notices import alert_words
from data.queries.today import Kind, ToDo


def mark(todo: ToDo, view: View) -> str:
    """The status word before a line; "" where none is needed."""
    match todo.kind:
        case Kind.RED | Kind.ASSIGNED:
            return t(f"alerts.{todo.words}.name")
        case Kind.ROOM_TASK | Kind.COMMITMENT | Kind.DEMAND:
            return t("customer.overdue") if todo.at and todo.at < view.now else ""
        case Kind.OVERDUE:
            return view.ago(todo.at)
        case Kind.DUE | Kind.MEETING:
            return format.clock(todo.at, view.who.timezone)
        case Kind.EXPIRING | Kind.COACHING | Kind.DELIVERY | Kind.CAUSE | Kind.MILESTONE:
            return format.day(todo.on, view.language)
        case Kind.UNCONFIRMED:
            return "" if todo.at else term("delivery", todo.type)
        case Kind.REPORTED | Kind.WORKER | Kind.JOB | Kind.SAMPLE | Kind.FACTOR | Kind.REPORT:
            return view.ago(todo.at)
        case _:
            return ""


def details(todo: ToDo, view: View) -> list[str]:
    """The parts of a line, without those that say nothing."""
    return [part for part in _PARTS[todo.kind](todo, view) if part]


def _meeting(todo: ToDo, view: View) -> list[str]:
    del view
    return [t(f"today.meeting_{todo.type}"), listed((todo.params or {}).get("top", ()))]


def _step(todo: ToDo, view: View) -> list[str]:
    what = [term("stage", todo.type), todo.opportunity or "", view.instant(todo.at)]
    return [*what, todo.words, _worth(todo, view)]


def _quote(todo: ToDo, view: View) -> list[str]:
    gone = todo.on is not None and todo.on < view.today
    return [todo.opportunity or "", t("today.expired" if gone else "today.expires"), _worth(todo, view)]


def _unplanned(todo: ToDo, view: View) -> list[str]:
    ago = view.ago(todo.at)
    return [todo.opportunity or "", term("stage", todo.type), t("today.since", ago=ago), _worth(todo, view)]


def _grade(todo: ToDo, view: View) -> list[str]:
    if todo.at is None:
        return [t("today.never_graded")]
    return [t("today.graded", grade=todo.words, ago=view.ago(todo.at))]


def _draft(todo: ToDo, view: View) -> list[str]:
    ago = view.ago(todo.at)
    return [term("stage", todo.type), t("today.saved", ago=ago)]


def _regrade(todo: ToDo, view: View) -> list[str]:
    del view
    now = (todo.params or {}).get("grade")
    proposal = t("today.proposed", grade=todo.words)
    return [proposal, t("today.graded_now", grade=now) if now else t("today.never_graded")]


def _red(todo: ToDo, view: View) -> list[str]:
    why = alert_words(view.language, todo.words, todo.params or {})["why"]
    hands = hands_words(todo.hands, view)
    return [todo.person or "", todo.opportunity or "", _worth(todo, view), hands, why]


def _assigned(todo: ToDo, view: View) -> list[str]:
    due = t("today.by", at=view.instant(todo.at)) if todo.at else ""
    words = alert_words(view.language, todo.words, todo.params or {})
    return [due, words["why"], words["action"], todo.opportunity or ""]


def _room_task(todo: ToDo, view: View) -> list[str]:
    return [todo.words, t("today.by", at=view.instant(todo.at))]


def _coaching(todo: ToDo, view: View) -> list[str]:
    late = todo.on is not None and todo.on < view.today
    return [t("today.coaching_late" if late else "today.coaching_due")]


def _password(todo: ToDo, view: View) -> list[str]:
    del view
    return [term("role", todo.type), t("today.username", name=todo.words)]


def _demand(todo: ToDo, view: View) -> list[str]:
    return [todo.type or "", t("today.by", at=view.instant(todo.at)), todo.words]


def _asked_back(todo: ToDo, view: View) -> list[str]:
    return [todo.words, t("today.asked", ago=view.ago(todo.at))]


def _conflict(todo: ToDo, view: View) -> list[str]:
    told = t("today.promised", day=format.day(todo.on, view.language))
    planned = (todo.params or {}).get("planned_on")
    inside = (
        t("today.planned", day=format.day(planned, view.language)) if planned else t("today.unplanned_yet")
    )
    return [told, inside, todo.words]


def _unconfirmed(todo: ToDo, view: View) -> list[str]:
    ends = t("today.link_ends", ago=view.ago(todo.at)) if todo.at else ""
    told = t("today.promised", day=format.day(todo.on, view.language)) if todo.on else ""
    return [todo.words, told, ends]


def _request(todo: ToDo, view: View) -> list[str]:
    stores = t("today.stores", n=(todo.params or {}).get("stores", 1))
    ago = t("today.filed", ago=view.ago(todo.at))
    return [todo.type or "", stores, ago, todo.words]


def _cause(todo: ToDo, view: View) -> list[str]:
    del view
    return [t(f"collaboration.of.{todo.type}")]


def _milestone(todo: ToDo, view: View) -> list[str]:
    del view
    day = t("milestones.day", day=(todo.params or {}).get("day", ""))
    state = t("today.appealed") if todo.type == "appeal" else t(f"milestones.state.{todo.type}")
    return [day, state]


def _sample(todo: ToDo, view: View) -> list[str]:
    del view
    return [t(f"milestones.of.{todo.type}"), t("today.unchecked", n=(todo.params or {}).get("left", 0))]


def _job(todo: ToDo, view: View) -> list[str]:
    del view
    return [t("today.gave_up")]


def _worker(todo: ToDo, view: View) -> list[str]:
    worked_at = (todo.params or {}).get("worked_at")
    if worked_at is None:
        return [t("today.worker_never")]
    return [t("today.worker_silent", ago=view.ago(worked_at))]


_PARTS = {
    Kind.MEETING: _meeting,
    Kind.OVERDUE: _step,
    Kind.DUE: _step,
    Kind.SUGGESTION: lambda todo, view: [todo.opportunity or "", _worth(todo, view)],
    Kind.EXPIRING: _quote,
    Kind.UNPLANNED: _unplanned,
    Kind.GRADE: _grade,
    Kind.REGRADE: _regrade,
    Kind.DRAFT: _draft,
    Kind.RED: _red,
    Kind.ASSIGNED: _assigned,
    Kind.COMMITMENT: _room_task,
    Kind.ROOM_TASK: _room_task,
    Kind.COACHING: _coaching,
    Kind.PASSWORD: _password,
    Kind.DEMAND: _demand,
    Kind.ASKED_BACK: _asked_back,
    Kind.CONFLICT: _conflict,
    Kind.REPORTED: lambda todo, _: [todo.words],
    Kind.DELIVERY: lambda todo, _: [todo.words, term("delivery", todo.type) if todo.type else ""],
    Kind.UNCONFIRMED: _unconfirmed,
    Kind.STORE_REQUEST: _request,
    Kind.CAUSE: _cause,
    Kind.MILESTONE: _milestone,
    Kind.SAMPLE: _sample,
    Kind.FACTOR: lambda todo, _: [todo.person or ""],
    Kind.REPORT: lambda todo, _: [t("today.offline")],
    Kind.WORKER: _worker,
    Kind.JOB: _job,
}


def _worth(todo: ToDo, view: View) -> str:
    if todo.amount is None or todo.currency is None:
        return ""
    return format.money(todo.amount, todo.currency, view.language, compact=True)
