"""Which requests ask for much the same, by what their words share: docs/method.md, Requests in like words."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from itertools import pairwise
from math import sqrt

ALIKE = 0.36  # below it a suggestion annoys more than it helps
MOST_ALIKE = 3
FEWEST_LETTERS = 4
_FEWEST_SHARED = 2
_STEM = 5  # first letters of a word that are compared: *report* and *reporting* are one
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_RUNS = re.compile(rf"([{_HAN}]+)|[^\W_{_HAN}]+")
_GRAMMAR = str.maketrans(dict.fromkeys(
    "的了要能们我你您他有在是不就可以希望现和也没都让别给把被这那个太"
    "一来去到对很还只又再才与或但而为如果从跟些什么怎样哪谁说想请帮",
    " ",
))  # fmt: skip
_SMALL = frozenset(re.findall(r"\w+", """
    a an the this that these those i me my we us our you your he him his she her it its they them their
    one who whom whose which what when where why how in on at to of for from with without by about into
    onto over under up down out off as than between through during before after since per and or but nor
    so if because while until unless though am is are was were be been being do does did done doing have
    has had having can could may might will would shall should must cannot not no none nothing nobody
    never all any each every both some few more most much many such own same other another only just
    also too very even still again already always here there then now today want wants wanted need needs
    needed like please let lets get gets got make makes made give gives take takes put see show go goes
    come comes use uses don t s d ll re ve m
"""))  # fmt: skip


def enough(words: str) -> bool:
    """Whether there are letters enough to look for the like."""
    return len(words.strip()) >= FEWEST_LETTERS


def likest(words: str, asked: Mapping[int, Iterable[str]]) -> list[tuple[float, int]]:
    """Likeness 0–1 and key of up to three requests that are alike, the likest first.

    Args:
        asked: by key, each wording of one request; the likest of them counts.
    """
    mine = parts(words)
    scored = ((max(likeness(mine, parts(text)) for text in texts), key) for key, texts in asked.items())
    found = [one for one in scored if one[0] >= ALIKE]
    return sorted(found, key=lambda one: one[0], reverse=True)[:MOST_ALIKE]


def likeness(a: frozenset[str], b: frozenset[str]) -> float:
    """0–1: parts shared over the geometric mean of both numbers of parts (A. Ochiai, 1957); 0 for one alone.

    >>> likeness(parts("Export to PDF"), parts("A PDF export, please"))
    1.0
    """
    shared = len(a & b)
    return shared / sqrt(len(a) * len(b)) if shared >= _FEWEST_SHARED else 0.0


def parts(text: str) -> frozenset[str]:
    """What a text is compared by: Chinese letters and pairs of them, the first letters of other words.

    Grammar and politeness (要, 能, 希望; the, want, please) count for nothing.

    >>> sorted(parts("要导出报表 and Reports"))
    ['repor', '出', '出报', '导', '导出', '报', '报表', '表']
    """
    found = set[str]()
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_GRAMMAR)
    for run in _RUNS.finditer(plain):
        if han := run[1]:
            found.update(han, map("".join, pairwise(han)))
        elif run[0] not in _SMALL:
            found.add(run[0][:_STEM])
    return frozenset(found)
