"""A rep's sheet, drawn: what happened since the last talk, what stands, what is at risk, what is due."""

from collections.abc import Sequence

import streamlit as st

from components import address, format
from components.blocks import Row, Tone, badge, empty, rows, section
from components.board_rows import table_of
from components.folding import folded
from components.forecast_words import money, month_name, verdict_words
from components.frame import View
from components.navigation import open_page
from components.promises import light_of, standing_words
from components.reports import headline
from components.tables import clickable
from components.text import t
from components.today import TONES
from core.reports.brief import Cause
from core.reports.talks import is_over
from core.terms import Severity
from data.brief_words import cause_words, risk_words, time_words
from data.queries.coaching import Coaching
from data.queries.one_to_one import Sheet
from data.queries.talks import Rep
from data.text import sentences


def choose(reps: Sequence[Rep]) -> int | None:
    """Whose sheet, kept in the address; None where nobody is within reach."""
    if not reps:
        empty(t("one_to_one.nobody"), t("one_to_one.nobody_hint"), icon=":material/group_off:")
        return None
    names = {str(rep.id): rep.name for rep in reps}
    first = next(iter(names))
    if len(names) == 1:
        return int(first)
    return int(address.choose(st.selectbox, t("one_to_one.rep"), "rep", names, first, width=260))


def since(found: Sheet, view: View) -> None:
    """Since when the figures look back."""
    at = view.instant(found.since.ask.span.since)
    over = any(is_over(talk.held_at, view.now) for talk in found.talks)
    st.caption(t("one_to_one.since" if over else "one_to_one.first", at=at))


def figures(found: Sheet, view: View) -> None:
    """What happened since the last talk beside as long a time before; each opens its rows."""
    section(t("one_to_one.figures"), icon=":material/query_stats:", help=t("one_to_one.figures_help"))
    headline(found.since, view)


def risks(found: Sheet, view: View) -> None:
    """Customers with something at risk, as the morning brief ranks them."""
    section(t("one_to_one.risks"), icon=":material/local_fire_department:", help=t("one_to_one.risks_help"))
    if not found.risks:
        st.caption(t("one_to_one.no_risks"))
        return
    lines = []
    for item in found.risks:
        said = cause_words(view.language, item.causes[0])
        by = time_words(view.language, item.due_at, view.who.timezone)
        detail = f"{risk_words(view.language, item)} · {sentences(said.why, said.action)} · {by}"
        customer, tone = item.deal.customer_id, _tone(item.causes[0])
        key, action = str(customer or f"deal-{item.deal.id}"), t("one_to_one.open") if customer else ""
        lines.append(Row(key, item.name, detail, mark=said.name, tone=tone, action=action))
    if pressed := rows(lines, "sheet-risks"):
        open_page("customer", customer=pressed)


def _tone(cause: Cause) -> Tone:
    return Tone.RED if cause.severity is Severity.RED else Tone.AMBER


def deals(found: Sheet, view: View) -> None:
    """Open opportunities where they stand; a click opens the customer."""
    section(t("one_to_one.deals"), icon=":material/monitoring:")
    if not found.deals.lines:
        st.caption(t("one_to_one.no_deals"))
    elif chosen := table_of(found.deals.lines, "open", view, without=("rep",)):
        open_page("customer", customer=chosen)


def forecasts(found: Sheet, view: View) -> None:
    """Forecast against what came, beside what luck alone does; a click opens the month's rows."""
    section(t("one_to_one.forecasts"), icon=":material/monitor_heart:", help=t("one_to_one.forecasts_help"))
    if not found.months:
        st.caption(t("one_to_one.no_forecasts"))
        return
    last = found.months[-1]
    said = t(
        "one_to_one.last_month", month=month_name(last.month, view.language),
        deviation=format.percent(last.deviation, view.language), verdict=verdict_words(last.verdict),
    )  # fmt: skip
    with folded(said, "sheet-forecasts", icon=":material/table:") as is_open:
        if is_open:
            _months(found, view)


def _months(found: Sheet, view: View) -> None:
    currency, language = found.since.ask.currency, view.language
    columns = {
        "month": [month_name(m.month, language) for m in found.months],
        "forecast": [money(m.forecast, currency, language) for m in found.months],
        "actual": [money(m.actual, currency, language) for m in found.months],
        "deviation": [format.percent(m.deviation, language) for m in found.months],
        "verdict": [verdict_words(m.verdict) for m in found.months],
    }
    titles = {name: st.column_config.TextColumn(t(f"one_to_one.col.{name}")) for name in columns}
    ids = [m.month.isoformat() for m in found.months]
    alt = t("one_to_one.forecasts")
    if month := clickable(columns, ids, "sheet-months", config=titles, alt=alt):
        open_page("forecast_health", group=f"rep-{found.rep.id}", part="rows", month=month)


def promises(found: Sheet, view: View) -> None:
    """Promises ahead beside the plan, the widest gap first."""
    section(t("one_to_one.promises"), icon=":material/handshake:")
    if not found.promises.rows:
        st.caption(t("one_to_one.no_promises"))
        return
    lines = []
    for row in found.promises.rows:
        p, (mark, tone) = row.promise, light_of(row)
        detail = f"{p.words} · {standing_words(row, view)}"
        lines.append(Row(str(p.id), p.customer, detail, mark=mark, tone=tone, action=t("one_to_one.open")))
    if pressed := rows(lines, "sheet-promises"):
        open_page("promises", promise=pressed)


def todos(found: Sheet, view: View) -> None:
    """How much waits for the rep, by kind; the rep goes on to their own list."""
    section(t("one_to_one.todos"), icon=":material/today:")
    if not found.todos:
        st.caption(t("one_to_one.no_todos"))
        return
    with st.container(horizontal=True, gap="small"):
        for group in found.todos:
            badge(t("today.count", kind=t(f"today.{group.kind}"), count=group.total), TONES[group.kind])
    mine = found.rep.id == view.who.person_id
    if mine and st.button(t("one_to_one.to_today"), icon=":material/today:", type="tertiary"):
        open_page("today")


def coaching(tasks: Sequence[Coaching], view: View) -> None:
    """Open coaching tasks, and the way to their page."""
    section(t("one_to_one.coaching"), icon=":material/school:")
    if not tasks:
        st.caption(t("one_to_one.no_coaching"))
        return
    lines = [
        Row(
            str(task.id),
            task.owner or t("one_to_one.in_no_hands"),
            t("coaching.due", on=format.day(task.due_on, view.language)),
            mark=t("coaching.open"),
            tone=Tone.AMBER,
            action=t("coaching.look"),
        )
        for task in tasks
    ]
    if pressed := rows(lines, "sheet-coaching"):
        open_page("forecast_health", task=pressed)
