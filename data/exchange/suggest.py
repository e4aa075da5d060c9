"""Guesses for a person to confirm: which header may mean a field, which word may mean a choice."""

import re
from collections.abc import Callable, Mapping, Sequence

from rapidfuzz import fuzz, process

from core.exchange.by_cells import filled, is_date, told_by_cells
from core.exchange.cells import Formats, fold, text_of
from core.exchange.closing import closed_as, only_over
from core.exchange.kinds import Column, Holds, Kind
from core.exchange.mapping import ANY, FileMapping, recognise
from core.exchange.rows import is_total
from core.exchange.sizes import count_staff
from core.exchange.tables import Cell, Table, blank
from core.exchange.units import without_unit
from core.exchange.values import check_cell
from core.terms import Outcome

_SURE_ENOUGH = 82.0  # of 100, each word of a header; below it a guess annoys more than it helps
_LIKE_ENOUGH = 78.0  # of 100, a word for a choice
_LETTER = re.compile(r"(?<![a-z])[a-z](?![a-z])")  # one that stands alone
_SAID = {  # what other systems call it; a person confirms it
    "won": ("成交", "签单", "已签约", "成单", "中标", "win", "signed"),
    "lost": ("丢单", "失单", "丢标", "未中标", "流失", "战败", "失败", "lose", "dead"),
    "open": ("跟进中", "洽谈中", "在谈", "in progress", "ongoing", "active"),
    "appointment": (
        "预约",
        "初步接触",
        "初步接洽",
        "初次拜访",
        "first contact",
        "new",
        "lead",
        "prospecting",
    ),
    "needs_diagnosis": (
        "需求调研",
        "需求分析",
        "需求确认",
        "需求沟通",
        "discovery",
        "qualified",
        "qualification",
    ),
    "solution_demo": ("产品演示", "演示", "方案汇报", "demo", "presentation"),
    "objection_handling": ("谈判", "商务谈判", "negotiation", "negotiating"),
    "quote_confirmation": ("报价", "方案报价", "quote", "quotation", "proposal"),
    "meeting": (
        "visit",
        "site visit",
        "on-site visit",
        "face to face",
        "拜访",
        "上门拜访",
        "客户拜访",
        "面谈",
    ),
    "chat": ("微信", "企业微信", "wechat", "wecom", "whatsapp", "钉钉", "飞书"),
    "call": ("电话", "电话沟通", "电话跟进", "phone", "phone call"),
    "rep": ("客户经理", "大客户经理", "account executive", "account manager", "ae"),
    "manager": ("大区经理", "区域经理"),
    "director": ("总经理", "副总经理", "销售总经理", "销售副总", "vp sales", "vp of sales", "head of sales"),
}
_BEHIND = re.compile(r"(sent|done|made|held|completed)$")  # Proposal sent, Demo done
_MEANT = {fold(word): key for key, words in _SAID.items() for word in words}
_EITHER = ("销售经理", "业务经理")  # a rep's title in one company, a team's head in another: a person says it
_CHOSEN = (Holds.CHOICE, Holds.FLAG)
_MOST_WORDS = 20
_MOST_PEOPLE = 50


def suggest_columns(kind: Kind, table: Table, formats: Formats) -> dict[str, str]:
    """Headers that look like a field's name or words, word by word; each header for one field, the likeliest.

    A column whose first cells hold something else is no guess. What a header leaves open its cells may tell.

    Args:
        formats: with the words of stages and outcomes.

    >>> from core.exchange.kinds import CUSTOMERS
    >>> suggest_columns(CUSTOMERS, Table(("Custmer name", "Customer mood"), ()), Formats())
    {'name': 'Custmer name'}
    """
    certain = recognise(kind, table.headers)
    free = {h: n for n, h in reversed(list(enumerate(table.headers))) if n not in certain.values()}
    scored = []
    for column in (c for c in kind.columns if c.name not in certain):
        for header, place in free.items():
            score = _likeness(header, column) if header and header not in kind.told else 0.0
            if score >= _SURE_ENOUGH and _fits(column, table, place):
                scored.append((score, header, column.name))
    suggested: dict[str, str] = {}
    for _, header, field in sorted(scored, reverse=True):
        if field not in suggested and header not in suggested.values():
            suggested[field] = header
    places = certain | {field: table.headers.index(header) for field, header in suggested.items()}
    return suggested | told_by_cells(kind, table, places, lambda word: _state(kind, word, formats))


def _state(kind: Kind, word: str, formats: Formats) -> str | None:
    """The stage or the outcome that a word means, as far as one can guess."""
    said = fold(word)
    keys = {key for c in kind.columns if c.name in ("stage", "outcome") for key in c.choices}
    known = formats.words.get("stage", {}).get(said) or formats.words.get("outcome", {}).get(said)
    key = known or closed_as(word, formats) or _meant(word)
    return key if key in keys else None


def _meant(word: str) -> str | None:
    """What other systems mean by a word, with 已 before it or done behind it too, or 中, under way."""
    said = fold(word)
    under_way = _MEANT.get(said.removesuffix("中"))
    done = _MEANT.get(said) or _MEANT.get(_BEHIND.sub("", said.removeprefix("已")))
    return done or (None if under_way in set(Outcome) else under_way)


def _likeness(header: str, column: Column) -> float:
    """How like a header is to a column's name or words, 0-100: as its least like word is."""
    said = _parts(without_unit(header))
    return max(_alike(said, _parts(word)) for word in (column.name, *column.words))


def _alike(said: Sequence[str], known: Sequence[str]) -> float:
    if len(said) != len(known):
        return 0.0
    return min((fuzz.ratio(a, b) for a, b in zip(said, known, strict=True)), default=0.0)


def _parts(words: str) -> list[str]:
    """The words of a header, each folded: those written together with capitals too.

    >>> _parts("OpportunityOwner"), _parts("exp._close (date)"), _parts("客户名称")
    (['opportunity', 'owner'], ['exp', 'close', 'date'], ['客户名称'])
    """
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", words)
    return [fold(part) for part in re.split(r"[\s_\-./:()（）]+", apart) if fold(part)]


def _fits(column: Column, table: Table, place: int) -> bool:
    """Whether at least half of a column's first cells can be meant so; one that is empty can."""
    cells = filled(table, place)
    return sum(_can_mean(column, cell) for cell in cells) * 2 >= len(cells)


def _can_mean(column: Column, cell: Cell) -> bool:
    if column.holds in (Holds.DATE, Holds.INSTANT):
        return is_date(cell)
    if column.holds in (Holds.AMOUNT, Holds.COUNT):
        return check_cell(column, cell, Formats()) is None
    return not is_date(cell) or text_of(cell).isdecimal()  # a number may count a day, and be a reference


def unknown_words(
    kind: Kind, table: Table, places: Mapping[str, int], mapping: FileMapping
) -> dict[str, list[str]]:
    """Per column of choices, the words in the file that mean none of them yet."""
    said = ((c, _unmapped(c, table, places, mapping)) for c in kind.columns if c.holds in _CHOSEN)
    unknown = ((c.name, [w for w in words if check_cell(c, w, mapping.formats)]) for c, words in said)
    return {field: words[:_MOST_WORDS] for field, words in unknown if words}


def staff_words(kind: Kind, table: Table, places: Mapping[str, int], mapping: FileMapping) -> list[str]:
    """The words for sizes that are numbers of employees and whose meaning the mapping does not say."""
    column = kind.column("segment")
    return count_staff(_unmapped(column, table, places, mapping)) if column else []


def unknown_stages(kind: Kind, table: Table, places: Mapping[str, int], mapping: FileMapping) -> list[str]:
    """The words for stages that mean none of Firebreak's own; none where a file follows its own pipeline.

    Closed alone is asked for only where a row leaves open how it closed.
    """
    column = next((c for c in kind.columns if c.holds is Holds.STAGE), None)
    other = mapping.pipeline is not None or "pipeline" in places or "pipeline" in mapping.defaults
    if column is None or other:
        return []
    formats, closing = mapping.formats, kind.column("outcome") is not None
    known = {fold(c) for c in column.choices} | set(formats.words.get("stage", {}))
    said = [w for w in _unmapped(column, table, places, mapping) if fold(w) not in known]
    left = [w for w in said if not (closing and closed_as(w, formats))]
    told = _with_outcome(table, places, mapping) if left else ()
    return [w for w in left if w not in told or not only_over(w, formats)][:_MOST_WORDS]


def _with_outcome(table: Table, places: Mapping[str, int], mapping: FileMapping) -> set[str]:
    """The words for stages beside which every row has an outcome."""
    stage, outcome = places["stage"], places.get("outcome")
    rows = [row.cells for row in table.rows if stage < len(row.cells) and not blank(row.cells[stage])]
    if outcome is None:
        without = rows if not mapping.defaults.get("outcome") else []
    else:
        without = [cells for cells in rows if outcome >= len(cells) or blank(cells[outcome])]
    return {text_of(cells[stage]) for cells in rows} - {text_of(cells[stage]) for cells in without}


def unknown_people(
    kind: Kind,
    table: Table,
    places: Mapping[str, int],
    mapping: FileMapping,
    known: Callable[[str], int | None],
) -> dict[str, list[str]]:
    """Per column that names people, the words in the file that mean nobody, or more than one.

    Args:
        known: the person that a word means.
    """
    said = ((c.name, _unmapped(c, table, places, mapping)) for c in kind.columns if c.person)
    unknown = ((field, [w for w in words if known(w) is None]) for field, words in said)
    return {field: words[:_MOST_PEOPLE] for field, words in unknown if words}


def _unmapped(column: Column, table: Table, places: Mapping[str, int], mapping: FileMapping) -> Sequence[str]:
    """What a column's cells say, each once, but for what the mapping reads another word for.

    A row that sums up others is refused anyway: what it alone says need not be asked for.
    """
    place, known = places.get(column.name), mapping.values.get(column.name, {})
    if place is None or ANY in known:
        return ()
    said: dict[str, None] = {}
    for cells in (row.cells for row in table.rows if place < len(row.cells)):
        word = "" if blank(cells[place]) else text_of(cells[place])
        if word and word not in known and word not in said and not is_total(cells, len(table.headers)):
            said[word] = None
    return list(said)


def nearest(word: str, choices: Mapping[str, str]) -> str | None:
    """The choice whose words are most like `word`; None when none is.

    Args:
        choices: per key, the words that people see for it; one letter is like a word where it stands alone,
            and one that a word ends with goes before others in it.

    >>> grades = {"a": "A", "d": "D"}
    >>> nearest("A级", grades), nearest("Grade D", grades), nearest("Gold", grades)
    ('a', 'd', None)
    >>> nearest("丢单", {"won": "Won", "lost": "Lost"}), nearest("丢单", grades)
    ('lost', None)
    >>> nearest("销售总监", {"rep": "销售", "director": "总监"})
    'director'
    """
    if (meant := _meant(word)) in choices:
        return meant
    if fold(word).endswith(_EITHER):
        return None
    letters = _LETTER.findall(word.lower())
    labels = {key: fold(label) for key, label in choices.items()}
    spoken = {key: said for key, said in labels.items() if len(said) > 1 or said in letters}
    ends = [key for key, said in spoken.items() if len(said) > 1 and fold(word).endswith(said)]
    if len(ends) == 1:
        return ends[0]
    found = process.extractOne(fold(word), spoken, scorer=fuzz.WRatio, score_cutoff=_LIKE_ENOUGH)
    return found[2] if found else None
