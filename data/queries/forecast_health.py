"""How well months were forecast, by company, team and rep within reach (B4)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import OPERATOR, Reach, Who, reach
from core.forecast.health import Figures, Health, company_figures, group_figures, health
from core.forecast.months import Line, Win
from core.forecast.reliability import Bin, Overrides, overrides, reliability
from core.policies import Policy
from data.once import recalled
from data.queries.forecast_health_rows import EVERY, Narrow, Rows, rows_of
from data.queries.forecast_month_books import NEEDS, ZERO
from data.queries.forecast_months import Months, ended_months, forecast_pipelines
from data.queries.policies import policy_in_force
from data.queries.scope import owned
from data.schema import Person, Team

COMPANY = "company"
GROUPS_SHOWN = 100
_Row = TypeVar("_Row", Line, Win)


@dataclass(frozen=True, slots=True)
class Group:
    """The company, a team or a rep over the months: `key` is `company`, `team-3`, `rep-7`."""

    key: str
    name: str | None
    months: tuple[Figures, ...]
    total: Health
    overrides: Overrides


@dataclass(frozen=True, slots=True)
class ForecastHealth:
    """Forecast health of everybody within reach.

    Attributes:
        names: of all groups, by key; `groups` are those with the most opportunities, in the same order, and
            `chosen`, whose curve and rows are given, among them.
        left_out: how many of its opportunities were won in a currency without a rate.
    """

    policy: Policy
    currency: str
    pipelines: dict[str, str]
    names: dict[str, str | None]
    groups: tuple[Group, ...]
    chosen: Group | None
    curve: tuple[Bin, ...]
    rows: Rows
    left_out: int = 0


@recalled
def forecast_health(
    session: Session,
    who: Who,
    now: datetime,
    *,
    months: int,
    pipeline: str | None,
    group: str | None,
    narrow: Narrow = EVERY,
    most: int = GROUPS_SHOWN,
) -> ForecastHealth:
    """The last so many ended months; `group` None takes the widest within reach.

    Args:
        pipeline: its key; None takes the one whose runs are the latest.
        narrow: which of the chosen group's rows are wanted.
        most: of so many groups the figures are wanted, the chosen one's included.
    """
    policy, known = policy_in_force(session), forecast_pipelines(session)
    key = pipeline if pipeline in known else next(iter(known), None)
    if key is None:
        return ForecastHealth(policy, policy.currency, {}, {}, (), None, (), Rows((), 0, ZERO, ZERO))
    found = ended_months(session, who, key, now, months)
    names = _names(session, found, who)
    choice = group if group in names else next(iter(names), None)
    groups = _groups(found, names, choice, most)
    chosen = next((g for g in groups if g.key == choice), None)
    lines = tuple(line for line in found.lines if choice and belongs(line, choice))
    wins = tuple(win for win in found.wins if choice and belongs(win, choice))
    runs = {run.month: run for run in found.runs}
    shown = [(runs[figures.month], figures) for figures in chosen.months] if chosen else []
    return ForecastHealth(
        policy,
        found.currency,
        known,
        names,
        groups,
        chosen,
        reliability(lines),
        rows_of(lines, wins, found.names, narrow, shown, whole=choice == COMPANY),
        sum(belongs(one, choice) for one in found.left_out) if choice else 0,
    )


def belongs(row: Line | Win, key: str) -> bool:
    """Whether a line or a win is of a group."""
    return key in (COMPANY, f"team-{row.team or 0}", f"rep-{row.rep or 0}")


def _names(session: Session, found: Months, who: Who) -> dict[str, str | None]:
    """The company where all of it is within reach, teams where theirs is, and reps, by name.

    A manager reaches the lines of the team's people also from when they were of another team; these make no
    figures of that team. Lines of people who have left the team since are in its figures, but not all of
    theirs are within reach: they have none of their own here.
    """
    rows: list[Line | Win] = [*found.lines, *found.wins]
    far, teams = reach(who, NEEDS), {r.team for r in rows}
    if far is Reach.TEAM:
        teams &= {who.team_id}
    kinds = (("team", Team, teams), ("rep", Person, _people(session, who, {r.rep for r in rows})))
    names: dict[str, str | None] = {COMPANY: None} if far is Reach.ALL and found.runs else {}
    for kind, table, ids in kinds[far is Reach.OWN :]:
        named = session.execute(select(table.id, table.name).where(table.id.in_(ids)).order_by(table.name))
        names |= {f"{kind}-{row.id}": row.name for row in named}
        names |= {f"{kind}-0": None} if None in ids else {}
    return names


def _groups(found: Months, names: dict[str, str | None], chosen: str | None, most: int) -> tuple[Group, ...]:
    """The chosen group, and those with the most opportunities: so many as to have `most` in all."""
    lines, wins = _by_group(found.lines), _by_group(found.wins)
    others = sorted(names.keys() - {chosen}, key=lambda key: (-len(lines[key]), key))
    wanted = {chosen, *others[: most - 1]}
    return tuple(
        _group(key, name, found, lines[key], wins[key]) for key, name in names.items() if key in wanted
    )


def _people(session: Session, who: Who, reps: set[int | None]) -> set[int | None]:
    within = session.scalars(select(Person.id).where(Person.id.in_(reps), owned(who, NEEDS, Person.id)))
    return {*within, *(reps & {None})}


def _by_group(rows: Iterable[_Row]) -> dict[str, list[_Row]]:
    found: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        for key in (COMPANY, f"team-{row.team or 0}", f"rep-{row.rep or 0}"):
            found[key].append(row)
    return found


def _group(key: str, name: str | None, found: Months, lines: Sequence[Line], wins: Sequence[Win]) -> Group:
    months = []
    for run in found.runs:
        mine = [line for line in lines if line.month == run.month]
        came = [win for win in wins if win.month == run.month]
        if key == COMPANY:
            months.append(company_figures(run, mine, came))
        elif mine:
            months.append(group_figures(run, mine, came))
    return Group(key, name, tuple(months), health(months), overrides(lines))


def rep_months(session: Session, pipeline: str, now: datetime, months: int) -> dict[int, tuple[Figures, ...]]:
    """Every rep's ended months with a forecast, for the rule that opens coaching."""
    found = ended_months(session, OPERATOR, pipeline, now, months)
    lines, wins = _by_group(found.lines), _by_group(found.wins)
    reps = {line.rep: f"rep-{line.rep}" for line in found.lines if line.rep}
    return {rep: _group(key, None, found, lines[key], wins[key]).months for rep, key in reps.items()}
