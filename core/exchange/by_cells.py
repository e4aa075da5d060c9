"""Headers that mean one field in one company's files and another in the next one's: the cells tell (P1)."""

from collections.abc import Callable, Mapping

from core.exchange.cells import Formats, fold, text_of
from core.exchange.kinds import ACTIONS, CUSTOMERS, OPPORTUNITIES, Column, Holds, Kind
from core.exchange.sizes import count_staff
from core.exchange.tables import Cell, Table, blank
from core.exchange.values import check_cell
from core.terms import Outcome

_LOOKED_AT = 50  # rows whose cells a guess must fit
_MOST_WORDS = 20  # as many as are asked for
_DAY = Column("day", Holds.DATE)
_STATE = {fold(said) for said in ("status", "deal status", "opportunity status", "项目状态", "商机状态")}
_END = {
    fold(said)
    for said in ("签约日期", "签单日期", "关闭日期", "签约/关闭日期", "成交/关闭日期", "成交/结束日期")
}
_MINUTES = {fold("minutes")}
_STAFF_SAID = ("employees", "number of employees", "no of employees", "employee count", "headcount")
_STAFF = {fold(said) for said in (*_STAFF_SAID, "员工人数", "员工数", "人员规模", "公司人数", "企业人数")}


def told_by_cells(
    kind: Kind, table: Table, places: Mapping[str, int], meaning: Callable[[str], str | None]
) -> dict[str, str]:
    """Header by field, where a list of opportunities says a state or an end whose cells can mean one field,
    one of customers how many work there (sizes, once somebody says from how many on each begins), or one of
    actions has minutes: what was said, not how long it took.

    Two headers for the same thing tell nothing.

    Args:
        places: column index of each field that was found otherwise.
        meaning: the key of the stage or the outcome that a word means.
    """
    of_kind = {
        OPPORTUNITIES.name: ((_STATE, _state), (_END, _end)),
        CUSTOMERS.name: ((_STAFF, _size),),
        ACTIONS.name: ((_MINUTES, _minutes),),
    }
    told = {}
    for headers, field_of in of_kind.get(kind.name, ()):
        found = [n for n, h in enumerate(table.headers) if fold(h) in headers and n not in places.values()]
        field = field_of(table, found[0], places, meaning) if len(found) == 1 else None
        if field and field not in places:
            told[field] = table.headers[found[0]]
    if kind.name == OPPORTUNITIES.name and "closed_at" not in {**places, **told}:
        told |= _closed(table, places, told, meaning)
    return told


def _closed(
    table: Table,
    places: Mapping[str, int],
    told: Mapping[str, str],
    meaning: Callable[[str], str | None],
) -> dict[str, str]:
    """Where a list has one date for both, that of the expected close closes what was won or lost."""
    states = [places[field] for field in ("stage", "outcome") if field in places]
    states += [table.headers.index(told[field]) for field in ("stage", "outcome") if field in told]
    over = (Outcome.WON, Outcome.LOST)
    rows = [row.cells for row in table.rows]
    said = {text_of(cells[n]) for n in states for cells in rows if not _empty(cells, n)}
    is_over = any(meaning(word) in over for word in said)
    return {"closed_at": table.headers[places["close_on"]]} if "close_on" in places and is_over else {}


def _state(
    table: Table, place: int, places: Mapping[str, int], meaning: Callable[[str], str | None]
) -> str | None:
    """What at least half of the cells mean, or own words that can all be asked for; won and lost are read
    among stages too, open is not."""
    said = [text_of(cell) for cell in filled(table, place)]
    known = [key for word in said if (key := meaning(word))]
    stages, still = sum(key not in set(Outcome) for key in known), known.count(Outcome.OPEN)
    if known and 2 * len(known) >= len(said):
        return "stage" if stages > still else "outcome"
    own = {fold(word) for word in said if not meaning(word)}
    if not _asked_for(table, place, places):
        return None
    return "stage" if stages > still or (not still and len(own) > 1) else "outcome"


def _asked_for(table: Table, place: int, places: Mapping[str, int]) -> bool:
    """Whether a person is asked what a state's own words mean, where nothing else tells a stage or an end."""
    said = [row.cells[place] for row in table.rows if not _empty(row.cells, place)]
    words = {fold(text_of(cell)) for cell in said}
    told = any(field in places for field in ("stage", "outcome", "pipeline"))
    is_words = not any(is_date(cell) or text_of(cell).isdecimal() for cell in said)
    return 0 < len(words) <= _MOST_WORDS and is_words and not told


def _end(table: Table, place: int, places: Mapping[str, int], _: Callable[[str], str | None]) -> str | None:
    """The closing; the expected close where some row has it beside an empty closing."""
    said = filled(table, place)
    if not said or 2 * sum(map(is_date, said)) < len(said):
        return None
    if "closed_at" not in places:
        return "closed_at"
    closed = places["closed_at"]
    still = any(not _empty(row.cells, place) and _empty(row.cells, closed) for row in table.rows)
    return "close_on" if still else None


def _size(table: Table, place: int, _: Mapping[str, int], __: Callable[[str], str | None]) -> str | None:
    """What at least half of the cells must tell: how many employees."""
    said = [text_of(cell) for cell in filled(table, place)]
    told = set(count_staff(said))
    return "segment" if said and 2 * sum(word in told for word in said) >= len(said) else None


def _minutes(table: Table, place: int, _: Mapping[str, int], __: Callable[[str], str | None]) -> str | None:
    """What was said, where fewer than half of the cells begin with a number."""
    said = [text_of(cell) for cell in filled(table, place)]
    lengths = sum(word[:1].isdecimal() for word in said)
    return "summary" if 2 * lengths < len(said) else None


def filled(table: Table, place: int) -> list[Cell]:
    """The cells of a column's first rows that hold something."""
    return [row.cells[place] for row in table.rows[:_LOOKED_AT] if not _empty(row.cells, place)]


def _empty(cells: tuple[Cell, ...], place: int) -> bool:
    return place >= len(cells) or blank(cells[place])


def is_date(cell: Cell) -> bool:
    """Whether a cell is read as a date, also one whose order must still be said."""
    problem = check_cell(_DAY, cell, Formats())
    return problem is None or problem.code == "ambiguous_date"
