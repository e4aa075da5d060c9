"""How Today is laid out: the order of its kinds of to-dos, which are shown, and how many (PRODUCT.md F1, F2).

A role has a layout that the studio publishes, a person may have one of their own. What must be seen stays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from core.access import GRANTS, Permission
from core.messages import Problem
from core.terms import Role


class Kind(StrEnum):
    """Kinds of to-dos, in the order in which they are shown."""

    MEETING = "meeting"
    OVERDUE = "overdue"
    RED = "red"
    ASSIGNED = "assigned"
    DEMAND = "demand"
    ASKED_BACK = "asked_back"
    CONFLICT = "conflict"
    REPORTED = "reported"
    COMMITMENT = "commitment"
    ROOM_TASK = "room_task"
    COACHING = "coaching"
    CAUSE = "cause"
    DUE = "due"
    DELIVERY = "delivery"
    UNCONFIRMED = "unconfirmed"
    SUGGESTION = "suggestion"
    EXPIRING = "expiring"
    STORE_REQUEST = "store_request"
    DRAFT = "draft"
    UNPLANNED = "unplanned"
    GRADE = "grade"
    REGRADE = "regrade"
    MILESTONE = "milestone"
    SAMPLE = "sample"
    FACTOR = "factor"
    REPORT = "report"
    WORKER = "worker"
    JOB = "job"
    PASSWORD = "password"  # noqa: S105 - a kind of to-do


NEEDS: Mapping[Kind, Permission] = {
    Kind.MEETING: Permission.RUN_MORNING,
    Kind.OVERDUE: Permission.RECORD_ACTIONS,
    Kind.RED: Permission.SEE_BOARD,
    Kind.ASSIGNED: Permission.HANDLE_ALERTS,
    Kind.DEMAND: Permission.ANSWER_DEMANDS,
    Kind.ASKED_BACK: Permission.FILE_DEMANDS,
    Kind.CONFLICT: Permission.SEE_PROMISES,
    Kind.REPORTED: Permission.SEND_DELIVERIES,
    Kind.COMMITMENT: Permission.SEE_MORNING,
    Kind.ROOM_TASK: Permission.FOLLOW_UP,
    Kind.COACHING: Permission.COACH,
    Kind.CAUSE: Permission.SEE_COLLABORATION,
    Kind.DUE: Permission.RECORD_ACTIONS,
    Kind.DELIVERY: Permission.SEND_DELIVERIES,
    Kind.UNCONFIRMED: Permission.SEND_DELIVERIES,
    Kind.SUGGESTION: Permission.CALIBRATE,
    Kind.EXPIRING: Permission.RECORD_ACTIONS,
    Kind.STORE_REQUEST: Permission.ANSWER_STORE_REQUESTS,
    Kind.DRAFT: Permission.RECORD_ACTIONS,
    Kind.UNPLANNED: Permission.RECORD_ACTIONS,
    Kind.GRADE: Permission.EDIT_CUSTOMERS,
    Kind.REGRADE: Permission.EDIT_CUSTOMERS,
    Kind.MILESTONE: Permission.SIGN_MILESTONES,
    Kind.SAMPLE: Permission.CHECK_PROOFS,
    Kind.FACTOR: Permission.CHANGE_WEIGHTS,
    Kind.REPORT: Permission.REVISE_REPORTS,
    Kind.WORKER: Permission.SEE_JOBS,
    Kind.JOB: Permission.SEE_JOBS,
    Kind.PASSWORD: Permission.MANAGE_PEOPLE,
}
"""What a kind of to-do is for: whoever may do it."""
MANDATORY = frozenset({Kind.OVERDUE, Kind.RED, Kind.DEMAND, Kind.ASKED_BACK, Kind.CONFLICT, Kind.REPORTED})
"""What somebody else waits for, or what burns: never hidden."""
SUMMARY, SURVEY = "summary", "survey"
BLOCKS = (SUMMARY, SURVEY)  # of the page beside its to-dos
FIRST, MOST = 5, 50  # to-dos of a kind at first, and the most that a layout may show


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout of Today.

    Attributes:
        role: whose it is; "" for a person's own.
        order: kinds, the first first; others follow in the order of `Kind`.
        hidden: kinds and blocks that are not shown.
        limits: by kind, how many to-dos are shown at first; `FIRST` where none is said.
    """

    role: str = ""
    order: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    limits: tuple[tuple[str, int], ...] = ()

    def limit(self, kind: str) -> int:
        """How many to-dos of a kind are shown at first."""
        return dict(self.limits).get(kind, FIRST)


def check_layout(layout: Layout) -> list[Problem]:
    """What is wrong with a layout; what must be seen cannot be hidden.

    >>> [(p.code, p.params) for p in check_layout(Layout(hidden=("red",), limits=(("due", 0),)))]
    [('kind_mandatory', {'kind': 'red'}), ('out_of_range', {'low': 1, 'high': 50})]
    """
    problems = [Problem("hidden", "kind_mandatory", {"kind": k}) for k in layout.hidden if k in MANDATORY]
    named = {*layout.order, *layout.hidden, *dict(layout.limits)} - {*Kind, *BLOCKS}
    problems += [Problem("order", "unknown_choice", {"value": name}) for name in sorted(named)]
    if layout.role not in ("", *Role):
        problems.append(Problem("role", "unknown_choice", {"value": layout.role}))
    problems += [
        Problem(f"limit_{kind}", "out_of_range", {"low": 1, "high": MOST})
        for kind, limit in layout.limits
        if not 1 <= limit <= MOST
    ]
    return problems


def kinds_of(role: str | None) -> tuple[Kind, ...]:
    """The kinds of to-dos that a role has; all for the operator.

    >>> kinds_of("store_manager")
    ()
    """
    granted = GRANTS[Role(role)] if role else None
    return tuple(kind for kind in Kind if granted is None or NEEDS[kind] in granted)


def in_order(layout: Layout, kinds: Sequence[Kind]) -> tuple[Kind, ...]:
    """Kinds as the layout puts them, hidden ones among them.

    >>> in_order(Layout(order=("grade",)), (Kind.OVERDUE, Kind.GRADE))
    (<Kind.GRADE: 'grade'>, <Kind.OVERDUE: 'overdue'>)
    """
    place = {kind: n for n, kind in enumerate(layout.order)}
    return tuple(sorted(kinds, key=lambda kind: place.get(kind, len(place))))


def is_hidden(layout: Layout, part: str) -> bool:
    """Whether a kind or a block is not shown; what must be seen is, whatever a layout says."""
    return part in layout.hidden and part not in MANDATORY


def layout_of(layouts: Sequence[Layout], role: str | None) -> Layout:
    """A role's layout; the shipped one where the company made none."""
    return next((one for one in layouts if one.role == role), Layout(role or ""))


def moved(layout: Layout, kinds: Sequence[Kind], kind: str, by: int) -> Layout:
    """A layout with one kind moved up (-1) or down (1) among those of its role.

    >>> moved(Layout(), (Kind.OVERDUE, Kind.RED, Kind.DUE), "due", -1).order
    ('overdue', 'due', 'red')
    """
    order = [str(k) for k in in_order(layout, kinds)]
    place = order.index(kind)
    order.insert(max(0, place + by), order.pop(place))
    return replace(layout, order=tuple(order))


def with_shown(layout: Layout, part: str, shown: bool) -> Layout:
    """A layout with one kind or block shown, or not."""
    rest = tuple(k for k in layout.hidden if k != part)
    return replace(layout, hidden=rest if shown else (*rest, part))


def with_limit(layout: Layout, kind: str, limit: int) -> Layout:
    """A layout with another number of to-dos of a kind at first."""
    rest = tuple(pair for pair in layout.limits if pair[0] != kind)
    return replace(layout, limits=rest if limit == FIRST else (*rest, (kind, limit)))


def to_document(layout: Layout) -> dict[str, Any]:
    """A layout as JSON."""
    return {
        "key": layout.role,
        "order": list(layout.order),
        "hidden": list(layout.hidden),
        "limits": dict(layout.limits),
    }


def from_document(document: Mapping[str, Any]) -> Layout:
    """A layout from its document; kinds that this release does not know are left out."""
    known = {*Kind, *BLOCKS}
    order, hidden = (tuple(k for k in document.get(part, ()) if k in known) for part in ("order", "hidden"))
    limits = tuple((k, n) for k, n in (document.get("limits") or {}).items() if k in known)
    return Layout(document.get("key", ""), order, hidden, limits)
