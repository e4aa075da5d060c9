"""Every sentence of the catalogues is said somewhere: what nothing asks for is translated for nobody."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from core.calendars import COUNTRIES
from core.definitions import MADE
from core.home import Kind as ToDoKind
from core.milestones.criteria import CRITERIA
from core.promises.collaboration import Measure
from core.webhooks import KINDS as EVENTS
from data.channels import KINDS as ROBOTS
from data.jobs.schedule import SCHEDULE
from data.text import LANGUAGES, catalogue, has, translate

ROOT = Path(__file__).parents[2]
PLURAL = re.compile(r"\.(zero|one|two|other)$")


def trees() -> Iterator[ast.AST]:
    for part in ("pages", "components", "core", "data"):
        for path in (ROOT / part).rglob("*.py"):
            if "migrations" not in path.parts and path.name != "text.py":  # the translator itself
                yield from ast.walk(ast.parse(path.read_text()))


def pattern(sentence: ast.JoinedStr) -> str:
    """An f-string as a regular expression: anything where a value stands."""
    return "".join(re.escape(v.value) if isinstance(v, ast.Constant) else ".+" for v in sentence.values)


def test_every_sentence_is_asked_for():
    nodes = list(trees())
    said = {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    names = said | {n.arg for n in nodes if isinstance(n, ast.keyword)} | {s.replace(".", "_") for s in said}
    drawn = {pattern(n) for n in nodes if isinstance(n, ast.JoinedStr)}
    made = re.compile("|".join(p for p in drawn if re.match(r"\w+\\\.|\.\+\\\.\w", p)))  # an area, or words
    page = "".join(p.read_text() for p in (ROOT / "data" / "offline").rglob("*.js"))

    def asked(key: str) -> bool:
        area, _, last = key.rpartition(".")
        if key.startswith("offline."):
            return last in page or key in said
        listed = "." in area and area in said and last in names  # e.g. what the log says of a command
        return key in said or listed or bool(made.fullmatch(key))

    unasked = [k for k in catalogue("en") if not asked(k) and not asked(PLURAL.sub("", k))]
    assert unasked == []


COUNTING = {  # sentences whose counts may be one, with what they count
    "alerts.customer_silent.why": ("days",),
    "alerts.quote_unanswered.why": ("days",),
    "alerts.stalled.why": ("days",),
    "board.week_pace": ("n",),
    "demands.promise_clock": ("hours",),
    "demands.promise_hours": ("hours",),
    "demands.spent": ("allowed",),
    "demands.spent_clock": ("allowed",),
    "health.cause.no_next_step": ("count", "of"),
    "health.cause.skipped": ("count", "of"),
    "health.do.no_next_step": ("count",),
    "health.do.skipped": ("count",),
    "health.gap.few_stays": ("n",),
    "milestones.position_next": ("left",),
    "pictures.causes.tied": ("value",),
    "pictures.chances.few": ("n",),
    "pictures.months.beyond": ("far",),
    "pictures.promises.kept": ("of",),
    "pictures.promises.late": ("late", "of", "days"),
    "pictures.promises.missed": ("missed",),
    "pictures.stands.over": ("over", "of"),
    "pictures.stands.within": ("of",),
    "plausibility.looked_through": ("actions", "people"),
    "replay.counted": ("periods", "n"),
    "studio.goes": ("planned", "opportunities", "actions"),
    "studio.reach": ("before", "after"),
    "studio.stage_use": ("opportunities",),
    "views.finding.board": ("open", "past", "red"),
    "weights.rests_on": ("n", "landmarks", "wins"),
}


@pytest.mark.parametrize("key", COUNTING)
def test_one_is_said_as_one(key):
    others = dict.fromkeys(named_in(key), "Haihe")
    said = translate("en", key, **(others | dict.fromkeys(COUNTING[key], 1) | {"n": 1}))
    assert not re.search(r"\b1 (?:\w+ )?(?:\w+s|are|were)\b", said)


def test_two_times_are_said_as_twice():
    counted = [key for key, said in catalogue("en").items() if "{n} times" in said]
    assert [key for key in counted if key.replace(".other", ".two") not in catalogue("en")] == []
    said = [translate("en", "promises.moves", n=n) for n in (1, 2, 3)]
    assert said == ["moved once", "moved twice", "moved 3 times"]


def named_in(key: str) -> set[str]:
    sentences = [said for name, said in catalogue("en").items() if PLURAL.sub("", name) == key]
    return {name for said in sentences for _, name, _, _ in Formatter().parse(said) if name}


REGISTRIES = {  # where the words of each of its names stand
    "calendars.countries.{}": COUNTRIES,
    "channels.kinds.{}": ROBOTS,
    "collaboration.of.{}": Measure,
    "collaboration.help.{}": Measure,
    "jobs.name.{}": [one.job for one in SCHEDULE],
    "jobs.when.{}": [one.when for one in SCHEDULE],
    **{
        f"milestones.{part}.{{}}": [c.name for c in CRITERIA]
        for part in ("of", "help", "next", "keep", "little")
    },
    "studio.kind.{}": MADE,
    "today.{}": ToDoKind,
    "today.{}_do": ToDoKind,
    "webhooks.kinds.{}": [kind.replace(".", "_") for kind in EVENTS],
}


@pytest.mark.parametrize("key", REGISTRIES)
def test_every_name_of_a_registry_is_said(key):
    wanted = [(language, key.format(name)) for name in REGISTRIES[key] for language in LANGUAGES]
    assert [one for one in wanted if not has(*one)] == []
