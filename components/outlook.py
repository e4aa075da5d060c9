"""Drawing the outlook: filters, figures, categories, teams and people."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import streamlit as st

from components import address, format
from components.blocks import Card, Tone, cards, empty, section
from components.frame import View
from components.outlook_charts import LEAST
from components.outlook_drill import ALL, DRILL, OPEN, WON, drill
from components.tables import amounts, cell_clicked, clickable, money_column
from components.text import t
from core.access import Permission, Reach, reach
from core.forecast.landmarks import FEW_WINS
from core.forecast.rollup import CATEGORIES, band, by_category
from core.policies import Policy
from data.queries.outlook import Offered
from data.queries.snapshots import Group, Snapshot

PERIODS = ("month", "quarter")


class Part(StrEnum):
    """What is looked at; one part at a time is asked for and drawn."""

    COURSE = "course"
    MADE = "made"


_OTHERS = ("fresh", "undone", "adjustment")  # parts that belong to nobody, in no row
_COUNTS = {
    "won": WON,
    "value": ALL,
}  # the rows that a column of the groups counts; others those that are open


def pipeline(offered: Offered, *drops: str) -> str:
    """The pipeline that is looked at, kept in the address; one alone is not asked for."""
    names = dict(offered.pipelines)
    first = next(iter(names), "")
    if len(names) < 2:
        return first
    gone = ("start", *DRILL, *drops)
    return address.choose(
        st.selectbox, t("outlook.pipeline"), "pipeline", names, first, drops=gone, width=220
    )


def place(offered: Offered, *drops: str) -> tuple[str, str]:
    """The pipeline and the kind of period that are looked at, kept in the address."""
    key = pipeline(offered, *drops)
    kinds = {p: t(f"outlook.{p}") for p in PERIODS}
    period = address.choose(
        st.segmented_control,
        t("outlook.period"),
        "period",
        kinds,
        "quarter",
        drops=("start", *DRILL, *drops),
        required=True,
    )
    return key, period


def start(days: Mapping[date, Sequence[date]], period: str, language: str, *drops: str) -> date | None:
    """The period that is looked at, the latest first; None where there is none."""
    options = {s.isoformat(): format.period(s, period, language) for s in sorted(days, reverse=True)}
    if not options:
        return None
    chosen = address.choose(
        st.selectbox,
        t("outlook.which"),
        "start",
        options,
        next(iter(options)),
        drops=(*DRILL, *drops),
        width=170,
    )
    return date.fromisoformat(chosen)


def parts(taken: Sequence[date]) -> list[Part]:
    """What there is to look at, first what is shown unasked: one snapshot has no course yet.

    Args:
        taken: days on which snapshots of the period were taken.
    """
    return [Part.COURSE, Part.MADE] if len(taken) >= LEAST else [Part.MADE, Part.COURSE]


def nothing() -> None:
    """No snapshot was taken yet."""
    empty(t("outlook.empty"), t("outlook.empty_hint"), icon=":material/trending_up:")


def taken(shown: Snapshot, view: View, late: datetime | None = None) -> None:
    """When the snapshot was taken, whether it was shown on its day, and whether it rests on few wins.

    Args:
        late: when an import told of opportunities what is not in it.
    """
    key = "outlook.taken" if shown.source == "shown" else "outlook.computed"
    recorded = view.instant(shown.run.recorded_at)
    st.caption(t(key, day=format.day(shown.run.taken_on, view.language), at=recorded))
    kinds = {told["kind"] for told in shown.run.models.values()}
    with st.container(key="outlook_few"):
        untold(late, view)
        if kinds == {"scorecard"}:
            st.caption(t("outlook.few" if shown.whole else "outlook.few_team", n=FEW_WINS))


def untold(late: datetime | None, view: View) -> None:
    """When an import told of opportunities what is not in the forecast; nothing where none did."""
    if late:
        st.caption(f":material/history: {t('outlook.late', at=view.instant(late))}")


def headline(shown: Snapshot, language: str, **place: str) -> None:
    """The whole in figures; one that is made of rows opens them.

    Args:
        place: what the address says besides where the rows stand.
    """
    found = [_value(shown, language), _won(shown, language), _open(shown, language)]
    if pressed := cards([*found, *_beside(shown, language)]):
        drill(pressed, **place)
    low, high = (shown.run.low, shown.run.high) if shown.whole else band(shown.won, shown.lines)
    if low is not None and high is not None:
        ends = [format.worth(amount, shown.run.currency, language) for amount in (low, high)]
        st.caption(t("outlook.range", low=ends[0], high=ends[1]))
    unknown_wins(sum(not win.amount for win in shown.wins))


def unknown_wins(n: int) -> None:
    """How many wins are not in the sum of what was won, for want of an amount; nothing where none is."""
    if n:
        st.caption(f":material/currency_exchange: {t('outlook.unknown_wins', n=n)}")


def _value(shown: Snapshot, language: str) -> Card:
    if not shown.whole:
        value = _short(shown.won + shown.open, shown, language)
        return Card(t("outlook.team_value"), value, opens=ALL)
    if shown.run.value is None:
        return Card(t("outlook.value"), format.NOTHING, t("outlook.too_little"), help=t("outlook.value_help"))
    return Card(t("outlook.value"), _short(shown.run.value, shown, language), help=t("outlook.value_help"))


def _won(shown: Snapshot, language: str) -> Card:
    note = t("outlook.won_note", n=len(shown.wins))
    return Card(t("outlook.won"), _short(shown.won, shown, language), note, Tone.GREEN, opens=WON)


def _open(shown: Snapshot, language: str) -> Card:
    note = t("outlook.open_note", n=len(shown.lines))
    value = _short(shown.open, shown, language)
    return Card(t("outlook.open"), value, note, opens=OPEN)


def _beside(shown: Snapshot, language: str) -> list[Card]:
    """What is in no row: only of the whole company."""
    if not shown.whole:
        return []
    return [
        Card(t("outlook.fresh"), _short(shown.run.fresh, shown, language), help=t("outlook.fresh_help")),
        Card(
            t("outlook.adjustment"),
            _short(shown.adjustment, shown, language),
            help=t("outlook.adjustment_help"),
        ),
        *_undone(shown, language),
    ]


def _undone(shown: Snapshot, language: str) -> list[Card]:
    if not shown.run.undone:
        return []
    value = _short(shown.run.undone, shown, language)
    return [Card(t("outlook.undone"), value, help=t("outlook.undone_help"))]


def _short(amount: Decimal | None, shown: Snapshot, language: str) -> str:
    return format.worth(amount, shown.run.currency, language, compact=True)


def categories(shown: Snapshot, policy: Policy, view: View) -> None:
    """Commit, best case and pipeline; a click opens the opportunities of one."""
    section(t("outlook.categories"), help=_rule(policy, view.language))
    found = by_category(shown.lines, policy)
    column = st.column_config
    chosen = clickable(
        {
            "name": [t(f"outlook.is_{name}") for name in CATEGORIES],
            "lines": [found[name].lines for name in CATEGORIES],
            "amount": amounts([found[name].amount for name in CATEGORIES], shown.run.currency),
            "value": amounts([found[name].value for name in CATEGORIES], shown.run.currency),
        },
        CATEGORIES,
        "outlook-categories",
        config={
            "name": column.TextColumn(t("outlook.category"), pinned=True),
            "lines": column.NumberColumn(t("outlook.opportunities")),
            "amount": shown_money(t("outlook.amount_all"), shown, view, t("outlook.amount_all_help")),
            "value": shown_money(t("outlook.expected"), shown, view),
        },
        alt=t("outlook.categories"),
    )
    if chosen:
        drill(chosen)


def _rule(policy: Policy, language: str) -> str:
    commit, best = (format.percent(c, language) for c in (policy.commit_chance, policy.best_case_chance))
    return t("outlook.categories_help", commit=commit, best=best)


def groups(shown: Snapshot, view: View) -> str:
    """Teams or people with the parts that belong to nobody; they add up to the total. Returns which.

    A click on a number opens the rows that it counts; the company's total is the sum of the rows above it.
    """
    section(t("outlook.by"), help=t("outlook.by_help"))
    wide = reach(view.who, Permission.SEE_FORECAST) is Reach.ALL
    by = "rep"
    if wide:
        kinds = {"team": t("outlook.by_team"), "rep": t("outlook.by_rep")}
        by = address.choose(
            st.segmented_control, t("outlook.by"), "by", kinds, "team", drops=DRILL, required=True,
            label_visibility="collapsed",
        )  # fmt: skip
    found = shown.by_team() if by == "team" else shown.by_rep()
    if cell := _group_table(found, shown, by, view):
        group, column = cell
        show = _COUNTS.get(column, OPEN)
        if group == "total" and not (shown.whole and show == ALL):
            drill(show)
        elif group not in (*_OTHERS, "total"):
            drill(show, group)
    return by


def _group_table(found: Sequence[Group], shown: Snapshot, by: str, view: View) -> tuple[str, str] | None:
    rest = _rest(shown)
    nobodys = [None] * (len(rest) - 1)
    column = st.column_config
    return cell_clicked(
        {
            "name": [_group_name(g, by) for g in found] + [t(f"outlook.{name}") for name in rest],
            "lines": [*(g.lines for g in found), *nobodys, len(shown.lines)],
            "won": amounts([*(g.won for g in found), *nobodys, shown.won], shown.run.currency),
            "open": amounts([*(g.open for g in found), *nobodys, shown.open], shown.run.currency),
            "value": amounts([*(g.value for g in found), *rest.values()], shown.run.currency),
        },
        [*(str(g.id) for g in found), *rest],
        f"outlook-groups-{by}",
        config={
            "name": column.TextColumn(t(f"outlook.by_{by}"), pinned=True, width="medium"),
            "lines": column.NumberColumn(t("outlook.opportunities")),
            "won": shown_money(t("outlook.won"), shown, view),
            "open": shown_money(t("outlook.open"), shown, view),
            "value": shown_money(t("outlook.expected"), shown, view),
        },
        alt=t("outlook.by"),
    )


def _rest(shown: Snapshot) -> dict[str, Decimal | None]:
    """The rows under the groups; the last is what all add up to."""
    if not shown.whole:
        return {"total": shown.won + shown.open}
    undone = {"undone": shown.run.undone} if shown.run.undone else {}
    return {"fresh": shown.run.fresh, **undone, "adjustment": shown.adjustment, "total": shown.run.value}


def _group_name(group: Group, by: str) -> str:
    return group.name or t(f"outlook.without_{by}")


def shown_money(label: str, shown: Snapshot, view: View, help: str | None = None) -> Any:
    """A column of money in the snapshot's currency."""
    return money_column(label, shown.run.currency, view.language, help)
