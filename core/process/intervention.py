"""Follow up together: when a room is offered, who is called into it, and how it ends (PRODUCT.md A4)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from unicodedata import category

from core.messages import Problem
from core.policies import Policy
from core.terms import Role

MAX_TEXT = 4_000
MAX_NAME = 120
_HIDDEN = ("Cc", "Cf", "Zl", "Zp")  # control and direction signs, line ends
TAKES_PART = (Role.REP, Role.MANAGER, Role.DIRECTOR, Role.PRODUCT, Role.DELIVERY)


class Why(StrEnum):
    """The rule by which somebody is in a room."""

    OWNER = "owner"
    OPPORTUNITY = "opportunity"
    MANAGER = "manager"
    PRODUCT = "product"
    DELIVERY = "delivery"
    OPENER = "opener"
    ADDED = "added"


class Result(StrEnum):
    """What following up together led to."""

    MOVED_ON = "moved_on"
    OBSTACLE_GONE = "obstacle_gone"
    WON = "won"
    LOST = "lost"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could be called in, and in how many open rooms they are already."""

    person_id: int
    open_rooms: int = 0


@dataclass(frozen=True, slots=True)
class Around:
    """Those around a customer.

    Attributes:
        owner: who looks after the customer.
        opportunity_owners: of its open opportunities, in their order.
        managers: of the team of the owner, or of the first opportunity's owner without one.
        product, delivery: everybody active of these roles.
    """

    owner: int | None
    opportunity_owners: tuple[int, ...] = ()
    managers: tuple[Candidate, ...] = ()
    product: tuple[Candidate, ...] = ()
    delivery: tuple[Candidate, ...] = ()


def offered(high_value_tags: int, policy: Policy, *, room_open: bool) -> bool:
    """Whether "follow up together" is offered: enough high-value tags, and no room open yet.

    Args:
        high_value_tags: how many the customer carries, not negative.

    >>> offered(3, Policy(), room_open=False), offered(2, Policy(), room_open=False)
    (True, False)
    """
    return not room_open and high_value_tags >= policy.high_value_tags


def members(around: Around, opener: int | None) -> tuple[tuple[int, Why], ...]:
    """Who is in the room from the start, each once, under the first rule that names them.

    In this order: the customer's owner, the owners of its open opportunities, one manager of the
    owner's team, one person of product, one of delivery, and whoever opens it.

    >>> members(Around(1, managers=(Candidate(5),), product=(Candidate(8, 2), Candidate(9, 1))), opener=5)
    ((1, <Why.OWNER: 'owner'>), (5, <Why.MANAGER: 'manager'>), (9, <Why.PRODUCT: 'product'>))
    """
    called: list[tuple[int | None, Why]] = [(around.owner, Why.OWNER)]
    called += [(person, Why.OPPORTUNITY) for person in around.opportunity_owners]
    called.append((chosen(around.managers), Why.MANAGER))
    called.append((chosen(around.product), Why.PRODUCT))
    called.append((chosen(around.delivery), Why.DELIVERY))
    called.append((opener, Why.OPENER))
    first: dict[int, Why] = {}
    for person, why in called:
        if person is not None:
            first.setdefault(person, why)
    return tuple(first.items())


def chosen(candidates: Iterable[Candidate]) -> int | None:
    """One of several: who is in the fewest open rooms; of these the lowest id. None of none.

    >>> chosen([Candidate(7, 1), Candidate(3, 1), Candidate(9, 4)])
    3
    """
    best = min(candidates, key=lambda c: (c.open_rooms, c.person_id), default=None)
    return best.person_id if best else None


def mentioned(text: str, names: Sequence[tuple[int, str]]) -> frozenset[int]:
    """Whose names stand behind an @ in a text; of "@Li Ming" it is Li Ming who is meant, not Li.

    Args:
        names: (person id, name) of those who can be meant.

    >>> sorted(mentioned("@Li Ming please look", [(1, "Li"), (2, "Li Ming")]))
    [2]
    """
    found = set()
    for person, name in sorted(names, key=lambda n: -len(n[1])):
        if f"@{name}" in text:
            found.add(person)
            text = text.replace(f"@{name}", "")
    return frozenset(found)


def clean(text: str) -> str:
    r"""Text as it is kept: no blanks around it, and nothing that no database takes.

    >>> clean(" one\x00two\ud800 ")
    'onetwo'
    """
    return text.replace("\x00", "").encode("utf-8", "ignore").decode().strip()


def file_name(name: str) -> str:
    r"""A file's name as others see it: no folders, and no signs that hide what it is.

    Control and direction signs go; a long name keeps its ending.

    >>> file_name("..\\C:/plans/offer\n\u202efdp.pdf")
    'offerfdp.pdf'
    """
    last = clean(name).replace("\\", "/").rpartition("/")[2]
    shown = "".join(c for c in last if category(c) not in _HIDDEN)
    return shown[-MAX_NAME:].strip()


def notice_key(room_id: int) -> str:
    """How the keys of a room's notices begin: who looks at the room has read them."""
    return f"room:{room_id}:"


def check_words(field: str, text: str) -> tuple[Problem, ...]:
    """What is wrong with a message or a task's text."""
    if not clean(text):
        return (Problem(field, "required"),)
    return (Problem(field, "too_long", {"limit": MAX_TEXT}),) if len(text) > MAX_TEXT else ()


def check_closing(result: str, note: str, open_tasks: Collection[str], *, drop: bool) -> tuple[Problem, ...]:
    """All problems of closing a room: a result and words about it, and no task left open unless dropped."""
    problems = [] if result in tuple(Result) else [Problem("result", "required")]
    problems += check_words("note", note)
    if open_tasks and not drop:
        problems.append(Problem("tasks", "tasks_open", {"n": len(open_tasks), "first": min(open_tasks)}))
    return tuple(problems)
