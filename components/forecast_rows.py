"""The calibration curve of forecast health, and the opportunities behind its numbers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn

import streamlit as st

from components import address, charts, format, marks, pictures
from components.blocks import empty, section
from components.forecast_health import Part
from components.forecast_words import UNKNOWN, month_name
from components.frame import View
from components.marks import Figure
from components.navigation import open_page
from components.outlook_charts import LEAST_CHANCES
from components.scrolling import arrive, lead_to
from components.tables import amounts, clickable, money_column, name_column, share_column, shares
from components.text import t
from core.forecast.calibration import REJECTED
from core.forecast.month_attribution import LARGEST
from core.forecast.months import Line
from core.forecast.reliability import EDGES, bin_of
from core.pictures.rates import Rate, came_true
from data.queries.forecast_health import COMPANY, ForecastHealth
from data.queries.forecast_health_rows import Narrow, Shown

_WIDTHS = {"value": 95, "scorecard": 108, "actual": 82, "gap": 85, "added": 98}  # pixels
_BINS = [str(n) for n in range(len(EDGES) - 1)]
_BEHIND = "forecast_rows"
_WHICH = ("all", REJECTED)


def open_rows(month: str | None = None, place: str | None = None, which: str | None = None) -> NoReturn:
    """Show the rows behind the numbers, of a month, of a group of chances or the rejected ones."""
    address.write(part=Part.ROWS, month=month, bin=place, rows=which, but=None)
    lead_to(_BEHIND)
    st.rerun()


def leave_for_rows(month: date, **said: str | int) -> None:
    """Leave for forecast health, where the rows behind a month's number stand."""
    lead_to(_BEHIND)
    open_page("forecast_health", part=Part.ROWS, month=month.isoformat(), **said)


def curve(found: ForecastHealth, view: View) -> None:
    """What the chances said beside what came, with counts; a click on a group of chances opens its rows."""
    section(t("forecast_health.curve"), help=t("forecast_health.curve_help"))
    if not found.curve:
        empty(t("forecast_health.no_lines"), icon=":material/show_chart:")
        return
    counts = sum(b.n for b in found.curve)
    said = came_true([Rate((b.low, b.high), b.won, b.n, b.chance) for b in found.curve], LEAST_CHANCES)
    finding = pictures.words("chances", said, view.language, name=lambda ends: _bin_name(ends, view.language))
    note = t("forecast_health.curve_alt", n=counts)
    chart = _curve_chart(found, view)
    if chosen := pictures.draw(chart, "health-curve", finding, note, view.language):
        open_rows(place=chosen)


def _bin_name(ends: tuple[float, float], language: str) -> str:
    return "–".join(format.percent(end, language) for end in ends)


def _curve_chart(found: ForecastHealth, view: View) -> Figure:
    bins = found.curve
    at = [b.chance for b in bins]
    seen = marks.scatter(
        x=at,
        y=[b.rate for b in bins],
        mode="markers+lines+text",
        text=[str(b.n) for b in bins],
        textposition="middle right",
        marker={"size": 11, "color": charts.MARK},
        line={"color": charts.MARK, "width": 1},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [b.bounds[1] - b.rate for b in bins],
            "arrayminus": [b.rate - b.bounds[0] for b in bins],
            "color": charts.QUIET,
        },
        name=t("forecast_health.came"),
        customdata=[str(bin_of(b.low)) for b in bins],
        hovertext=[_bin_words(b.low, b.high, view.language, b.n, b.won) for b in bins],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    most = max([*at, *(b.bounds[1] for b in bins)])
    ideal = marks.scatter(
        x=[0, most],
        y=[0, most],
        mode="lines",
        line={"dash": "dot", "color": charts.QUIET},
        name=t("forecast_health.ideal"),
        hoverinfo="skip",
    )
    axis = {"tickformat": ".0%", "range": [-0.02, min(most * 1.15, 1.05)]}
    told, came = ({"title": {"text": t(f"replay.{key}")}} for key in ("told_chance", "share_won"))
    return charts.figure(ideal, seen, height=300, xaxis=axis | told, yaxis=axis | came, showlegend=True)


def _bin_words(low: float, high: float, language: str, n: int, won: int) -> str:
    ends = {"low": format.percent(low, language), "high": format.percent(high, language)}
    return t("forecast_health.bin_won", won=won, total=n, **ends)


def asked() -> Narrow:
    """The rows that the address asks for."""
    place = address.read("bin", _BINS, "")
    return Narrow(
        address.said("month") or "",
        int(place) if place else None,
        rejected=address.read("rows", _WHICH, "all") == REJECTED,
        others=_others(),
    )


def _others() -> bool:
    """Whether a month is asked for without its largest deviations."""
    return bool(address.said("month") and address.read("but", ("largest",), ""))


def rows(found: ForecastHealth, view: View) -> int | None:
    """The opportunities behind a number, largest distance first; returns the customer that was chosen."""
    with st.container(key=_BEHIND):
        section(t("forecast_health.rows"), help=t("forecast_health.rows_help"))
        arrive(_BEHIND)
    _narrowing(found, view)
    if asked().rejected:
        st.caption(t("forecast_health.overrides_help"))
    behind = found.rows
    if not behind.total:
        empty(t("forecast_health.no_lines"), icon=":material/table_rows:")
        return None
    chosen = clickable(
        _row_values(behind.shown, found, view),
        [row.names.customer_id for row in behind.shown],
        "health-rows",
        config=_row_columns(found, view),
        alt=t("forecast_health.rows"),
    )
    sums = {"counted": behind.counted, "came": behind.came}
    said = {k: _whole(v, found.currency, view.language) for k, v in sums.items()}
    st.caption(t("forecast_health.sums", shown=len(behind.shown), total=behind.total, **said))
    _beyond(found, view)
    return chosen


def _narrowing(found: ForecastHealth, view: View) -> None:
    """All rows or the rejected ones, and a button that takes the month or the chance away."""
    address.choose(
        st.segmented_control,
        t("forecast_health.rows"),
        "rows",
        {k: t(f"forecast_health.rows_{k}") for k in _WHICH},
        "all",
        required=True,
        label_visibility="collapsed",
    )
    days = {m.month.isoformat(): m.month for m in found.chosen.months} if found.chosen else {}
    month, place = address.read("month", days, ""), address.read("bin", _BINS, "")
    label = month_name(days[month], view.language) if month else ""
    if month and _others():
        label = t("forecast_health.others", month=label, n=LARGEST)
    if place:
        low, high = (format.percent(EDGES[int(place) + n], view.language) for n in (0, 1))
        label = t("forecast_health.bin", low=low, high=high)
    if label and st.button(label, icon=":material/close:", help=t("forecast_health.show_all")):
        address.write(but=None, month=None, bin=None)
        st.rerun()


def _row_values(ordered: Sequence[Shown], found: ForecastHealth, view: View) -> Mapping[str, Sequence[Any]]:
    names = [row.names for row in ordered]
    lines = [row.of if isinstance(row.of, Line) else None for row in ordered]

    def said(values: Iterable[Decimal | None]) -> list[float | None]:
        return amounts(list(values), found.currency)

    return {
        "customer": [n.customer or n.opportunity for n in names],
        "opportunity": [n.opportunity for n in names],
        "rep": [n.rep or UNKNOWN for n in names],
        "month": [month_name(row.of.month, view.language) for row in ordered],
        "chance": shares([x.chance if x else None for x in lines]),
        "value": said(x.value if x else None for x in lines),
        "scorecard": said(x.scorecard if x else None for x in lines),
        "decision": [_decision(x) for x in lines],
        "actual": said(row.of.actual for row in ordered),
        "gap": said(row.gap for row in ordered),
        "added": said(x.added if x and x.decision == REJECTED else None for x in lines),
    }


def _decision(line: Line | None) -> str:
    if line is None:
        return t("forecast_health.no_line")
    return t(f"forecast_health.decision_{line.decision or 'open'}")


def _row_columns(found: ForecastHealth, view: View) -> dict[str, Any]:
    column = st.column_config
    helps = {
        "value": t("forecast_health.row_value_help"),
        "gap": t("forecast_health.row_gap_help"),
        "added": t("forecast_health.overrides_help"),
    }

    def money_of(name: str) -> Any:
        label = t(f"forecast_health.row_{name}")
        return money_column(label, found.currency, view.language, helps.get(name), width=_WIDTHS[name])

    return {
        "customer": name_column(t("forecast_health.row_customer"), pinned=True, width=90),
        "opportunity": name_column(t("forecast_health.row_opportunity"), width=115),
        "chance": share_column(t("forecast_health.row_chance"), width=60),
        **{n: column.TextColumn(t(f"forecast_health.row_{n}")) for n in ("rep", "month", "decision")},
        **{n: money_of(n) for n in _WIDTHS},
    }


def _beyond(found: ForecastHealth, view: View) -> None:
    """What the forecasts hold beyond the opportunities in the rows, so that all of them is there."""
    beyond, whose = found.rows.beyond, found.chosen
    if beyond is None or whose is None:
        return
    shown = {
        name: round(part, 0 if found.currency else 1)
        for name, part in (("counted", found.rows.counted), ("fresh", beyond.fresh), ("whole", beyond.whole))
    }
    shown["rest"] = shown["whole"] - shown["counted"] - shown["fresh"]  # what is read adds up too
    key = "beyond_company" if whose.key == COMPANY else "beyond"
    said = {name: _whole(part, found.currency, view.language) for name, part in shown.items()}
    st.caption(t(f"forecast_health.{key}", n=beyond.months, **said), help=t(f"forecast_health.{key}_help"))


def _whole(amount: Decimal, currency: str, language: str) -> str:
    """An amount to its unit, to be added up; a count where a pipeline keeps no amounts."""
    if not currency:
        return format.number(float(amount), language, 1)
    return format.money(round(amount, 0), currency, language)
