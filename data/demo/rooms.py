"""Rooms of the demo company: one open right now, on demos without a quote; one closed with what came of it
(docs/demo.md)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from core.access import Who
from core.terms import HIGH_VALUE_TAGS
from data.commands.customers import tag_customer
from data.commands.room_files import say_with_file
from data.commands.room_reading import mark_seen
from data.commands.room_work import add_task, finish_task
from data.commands.rooms import close_room, open_room
from data.demo.calendar import local, workday
from data.demo.market import Customer
from data.demo.simulation import Simulation
from data.demo.staff import Staff
from data.demo.texts import words
from data.engine import Store

_EVENING = 18
_BOM = b"\xef\xbb\xbf"  # spreadsheets read a CSV in UTF-8 by it


@dataclass(slots=True)
class Story:
    """A room to come, and what is there of it already; `last` is its newest message."""

    customer: Customer
    people: dict[str, Who]
    id: int = 0
    last: int = 0
    tasks: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _File:
    name: str

    def getvalue(self) -> bytes:
        return _BOM + str(words("rooms")["files"][self.name]).encode()


class Gatherer:
    """Lets rooms be opened, worked in and closed as time runs through the demo."""

    def __init__(self, store: Store, simulation: Simulation, staff: Staff, now: datetime) -> None:
        self._store, self._simulation, self._staff, self._now = store, simulation, staff, now

    def expect(self, customers: list[Customer]) -> None:
        """The two stories, on early customers of the first team, the open one of the account `rep`."""
        first = self._staff.reps[0]
        ours = sorted((c for c in customers if c.rep.team == first.team), key=lambda c: c.rep is not first)
        for name, customer in zip(("lying", "solved"), ours, strict=False):
            self._push(name, Story(customer, self._people(customer)))

    def _people(self, customer: Customer) -> dict[str, Who]:
        staff, rep = self._staff, customer.rep
        manager = staff.managers[rep.team]
        return {"rep": rep.who, "manager": manager, "product": staff.product, "delivery": staff.delivery}

    def _push(self, name: str, story: Story) -> None:
        does: dict[str, Callable[..., None]] = {
            "tag": self._tag,
            "open": self._open,
            "say": self._say,
            "task": self._task,
            "done": self._done,
            "close": self._close,
        }
        for step in words("rooms")[name]["steps"]:
            at = time.fromisoformat(step["at"])
            when = local(workday(self._now, step["day"]), at.hour, at.minute)
            self._simulation.push(when, does[step["do"]], story, story.people[step["by"]], step)

    def _tag(self, story: Story, who: Who, step: dict[str, Any]) -> None:
        del step
        wanted = set(story.customer.tags) | set(HIGH_VALUE_TAGS[:3])
        tag_customer(self._store, who, story.customer.id, sorted(wanted))

    def _open(self, story: Story, who: Who, step: dict[str, Any]) -> None:
        del step
        story.id = open_room(self._store, who, story.customer.id)

    def _say(self, story: Story, who: Who, step: dict[str, Any]) -> None:
        mark_seen(self._store, who, story.id, story.last)  # whoever answers has read
        file = _File(step["file"]) if "file" in step else None
        key = f"{step['day']} {step['at']}"
        story.last = say_with_file(self._store, who, key, story.id, _text(story, step), file)

    def _task(self, story: Story, who: Who, step: dict[str, Any]) -> None:
        owner = story.people[step["owner"]].person_id or 0
        due_at = local(workday(self._now, step["until"]), _EVENING)
        story.tasks.append(add_task(self._store, who, story.id, _text(story, step), owner, due_at))

    def _done(self, story: Story, who: Who, step: dict[str, Any]) -> None:
        finish_task(self._store, who, story.tasks[step["task"]])

    def _close(self, story: Story, who: Who, step: dict[str, Any]) -> None:
        close_room(self._store, who, story.id, step["result"], _text(story, step))


def _text(story: Story, step: dict[str, Any]) -> str:
    names = {key: who.name for key, who in story.people.items()}
    return str(step["text"]).format(short=story.customer.short, **names)
