"""The company on one screen, drawn: six tiles, each with its number, where it comes from, and its page."""

from collections.abc import Callable, Sequence

import streamlit as st

from components import format, pictures
from components.blocks import plain
from components.forecast_words import month_name, verdict_words
from components.frame import View
from components.leadership_risks import largest, target
from components.milestones import position_words
from components.navigation import open_page
from components.outlook import unknown_wins, untold
from components.outlook_charts import went
from components.text import t
from core.pictures.courses import trend
from core.promises.collaboration import Measure
from data.brief_words import money_words
from data.health_words import verdict, week_words
from data.queries.leadership import Leadership
from data.queries.milestones import Path

_Target = tuple[str, dict[str, str | int]]  # a page and what its address says


def way(path: Path, view: View) -> None:
    """Where the company stands on its way from the launch; leads to the milestones."""
    words = position_words(path, view.language)
    if words and st.button(plain(words), key="to-milestones", type="tertiary", icon=":material/flag:"):
        open_page("milestones")


def tiles(found: Leadership, view: View) -> None:
    """All six, side by side as the screen allows."""
    with st.grid(3, min_column_width=330, gap="medium", key="leadership"):
        for name, (icon, leads, draw) in _TILES.items():
            with st.container(border=True, height="stretch", gap="xsmall", key=f"tile-of-{name}"):
                st.markdown(f"##### {icon} {t(f'leadership.{name}')}", anchors=False)
                draw(found, view)
                _leave(name, leads(found))


def _leave(name: str, target: _Target | None) -> None:
    """The tile's button, all over it; a tile whose lines lead further themselves has none."""
    if target is None:
        return
    leads_to, query = target
    opening = t("leadership.open", page=t(f"{leads_to}.title"))
    if st.button(opening, key=f"to-{name}", type="tertiary", icon=":material/arrow_forward:"):
        open_page(leads_to, **query)


def _outlook(found: Leadership, view: View) -> None:
    if found.outlook is None:
        st.caption(t("leadership.no_outlook"))
        return
    shown, language = found.outlook.now, view.language
    run = shown.run
    value = shown.won + shown.open if run.value is None else run.value
    name = format.period(run.starts_on, run.period, language)
    course = [float(p.value) for p in found.outlook.course if p.value is not None]
    _number(name, format.worth(value, run.currency, language, compact=True), course)
    if len(course) > 1:
        st.markdown(plain(went(found.outlook.course, run.currency, language)))
    won = format.worth(shown.won, run.currency, language, compact=True)
    parts = [t("leadership.won", won=won)]
    if run.low is not None and run.high is not None:
        ends = (format.worth(v, run.currency, language, compact=True) for v in (run.low, run.high))
        parts.insert(0, t("leadership.band", low=next(ends), high=next(ends)))
    else:
        parts.insert(0, t("leadership.no_band"))
    parts.append(t("leadership.taken", day=format.day(run.taken_on, language)))
    st.caption(plain(" · ".join(parts)))
    unknown_wins(shown.unknown)
    untold(found.outlook.late, view)


def _health(found: Leadership, view: View) -> None:
    group = found.health.chosen
    if group is None or not group.months:
        st.caption(t("leadership.no_health"))
        return
    last = group.months[-1]
    course = [m.deviation for m in group.months if m.deviation is not None]
    _number(
        t("leadership.deviation", month=month_name(last.month, view.language)),
        format.percent(last.deviation, view.language),
        course,
    )
    said = pictures.words(
        "deviations", trend(course), view.language, value=lambda rate: format.percent(rate, view.language)
    )
    st.markdown(plain(said))
    wape = format.percent(group.total.wape, view.language)
    st.caption(
        plain(f"{verdict_words(last.verdict)} · {t('leadership.wape', wape=wape, n=len(group.months))}")
    )


def _process(found: Leadership, view: View) -> None:
    if not found.weeks:
        st.caption(t("leadership.no_process"))
        return
    last = found.weeks[-1]
    lost = [v for week in found.weeks if (v := week.health.measure("lost")) is not None]
    shown = format.number(last.health.measure("lost"), view.language, 1)
    _number(t("leadership.lost"), shown, lost)
    st.markdown(plain(pictures.words("weeks", trend(lost), view.language)))
    st.markdown(plain(verdict(view.language, last.health).sentence))
    st.caption(week_words(view.language, last.monday))


def _promises(found: Leadership, view: View) -> None:
    told = found.promises
    _number(t("leadership.red"), format.number(told.red, view.language))
    stake = money_words(view.language, told.at_stake) if told.at_stake else ""
    parts = [t("leadership.stake", money=stake)] if stake else []
    parts.append(t("leadership.red_before", n=told.before))
    st.caption(plain(" · ".join(parts)))


def _collaboration(found: Leadership, view: View) -> None:
    told = found.collaboration
    if told is None or not told.figures:
        st.caption(t("leadership.no_collaboration"))
        return
    st.caption(format.period(told.quarter, "quarter", view.language))
    for figure in told.figures:
        value = format.percent(figure.value, view.language)
        if figure.measure is Measure.RESPONSE:
            value += t("leadership.hours", n=format.number(figure.hours, view.language, 1))
        before = told.before.get(figure.measure)
        was = t("leadership.was", value=format.percent(before.value, view.language)) if before else ""
        name = t(f"collaboration.of.{figure.measure}")
        st.markdown(f"{plain(name)}  \n**{plain(value)}** :gray[{plain(was)}]")


def _number(label: str, value: str, course: Sequence[float] = ()) -> None:
    """A number with its course, where there is one."""
    st.metric(label, value, chart_data=list(course) if len(course) > 1 else None, chart_type="line")


_Tile = tuple[str, Callable[[Leadership], _Target | None], Callable[[Leadership, View], None]]
_TILES: dict[str, _Tile] = {
    "outlook": (":material/trending_up:", lambda _: ("outlook", {}), _outlook),
    "health": (":material/monitor_heart:", lambda _: ("forecast_health", {}), _health),
    "process": (":material/vital_signs:", lambda _: ("health", {}), _process),
    "promises": (":material/handshake:", lambda _: ("promises", {"show": "red"}), _promises),
    "collaboration": (":material/diversity_3:", lambda _: ("collaboration", {}), _collaboration),
    "risks": (":material/local_fire_department:", target, largest),
}
