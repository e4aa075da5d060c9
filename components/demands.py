"""Demands drawn: the list with its clocks, and one of them with what was answered."""

from collections.abc import Sequence

import streamlit as st

from components import address, format
from components.address import leave_for, within_list
from components.blocks import Card, Row, Tone, badge, cards, empty, plain, rows, section
from components.demand_form import allowed_words, effect_words, what_came, years_unknown
from components.frame import View
from components.navigation import open_page
from components.taking_back import worth_choosing
from components.text import t, term
from core.access import Permission, reach
from core.promises.sla import SlaState
from data.queries.demand_desk import Similar
from data.queries.demand_file import DemandFile
from data.queries.demands import PAGE, DemandList, DemandRow, Show
from data.queries.promises import PromiseRow

_TONES = {
    SlaState.BREACHED: Tone.RED,
    SlaState.RUNNING: Tone.BLUE,
    SlaState.PAUSED: Tone.QUIET,
    SlaState.ANSWERED: Tone.GREEN,
    SlaState.DECLINED: Tone.QUIET,
    SlaState.TAKEN_BACK: Tone.QUIET,
}
_WAITING = (SlaState.BREACHED, SlaState.RUNNING, SlaState.PAUSED)
LIGHTS = {"red": Tone.RED, "amber": Tone.AMBER, "green": Tone.GREEN}


def chosen_show() -> Show:
    """Which demands the address asks for."""
    return Show(address.read("show", [s.value for s in Show], Show.OPEN))


def searched() -> str:
    """What the list is searched for, kept in the address."""
    with st.container(width=360):
        return address.search(t("demands.search"), "q", drops=("shown",))


def filters(found: DemandList) -> None:
    """The states, with how many there are of each."""
    shown = worth_choosing(Show, found.counts, Show.TAKEN_BACK, chosen_show())
    states = {s.value: f"{t(f'demands.show.{s}')} ({found.counts[s]})" for s in shown}
    address.choose(
        st.segmented_control,
        t("demands.state"),
        "show",
        states,
        Show.OPEN.value,
        drops=("shown",),
        required=True,
    )
    years_unknown(found.unknown_years)


def listed(found: DemandList, show: Show, view: View) -> None:
    """The list; a button opens a demand."""
    if not found.items:
        _nothing(found, show)
        return
    if pressed := rows([_line(row, view) for row in found.items], "demands"):
        within_list(demand=int(pressed))
    total = found.counts[show]
    if total > len(found.items) and st.button(t("demands.more"), type="tertiary"):
        address.write(shown=len(found.items) + PAGE)
        st.rerun()


def _nothing(found: DemandList, show: Show) -> None:
    if address.said("q"):
        empty(t("demands.none.found"), t("demands.none_found_hint"), icon=":material/search:")
        return
    which = show if any(found.counts.values()) else "ever"
    empty(t(f"demands.none.{which}"), t("demands.none_hint"), icon=":material/assignment:")


def _line(row: DemandRow, view: View) -> Row:
    words, tone = _state(row)
    effect = effect_words(row.metric, row.before, row.after, row.unit, view)
    with_what = term("decline", row.declined_for) if row.state is SlaState.DECLINED else row.feature
    since = t("demands.filed_at", at=view.instant(row.opened_at)) if row.state in _WAITING else ""
    parts = [part for part in (_when(row, view), since, with_what, effect, _brief(row.words)) if part]
    return Row(
        str(row.id),
        f"{row.customer} · {term('urgency', row.urgency)}",
        " · ".join(parts),
        mark=words,
        tone=tone,
        action=t("demands.look"),
    )


def _brief(words: str) -> str:
    return words if len(words) <= 90 else f"{words[:90]}…"


def _state(row: DemandRow) -> tuple[str, Tone]:
    if row.state is SlaState.ANSWERED and row.clock.breached:
        return t("demands.answered_late"), Tone.AMBER
    late = row.state is SlaState.DECLINED and row.clock.breached
    return t(f"demands.show.{row.state}"), Tone.AMBER if late else _TONES[row.state]


def _when(row: DemandRow, view: View) -> str:
    at = format.deadline(row.clock.due_at, view.language, view.who.timezone)
    ago = view.ago(row.clock.due_at)
    match row.state:
        case SlaState.ANSWERED | SlaState.DECLINED if row.anew:
            return t("demands.first_answered_on", at=view.instant(row.answered_at), spent=_spent(row, view))
        case SlaState.ANSWERED:
            return t("demands.answered_on", at=view.instant(row.answered_at), spent=_spent(row, view))
        case SlaState.DECLINED:
            return t("demands.declined_on", at=view.instant(row.answered_at), spent=_spent(row, view))
        case SlaState.TAKEN_BACK:
            return t("demands.taken_back_on", at=view.instant(row.taken_back_at))
        case SlaState.BREACHED:
            return t("demands.was_due", at=at, ago=ago)
        case SlaState.PAUSED:
            return t("demands.waits", since=view.instant(row.paused_since), at=at)
        case _:
            return t("demands.due", at=at, ago=ago)


def _spent(row: DemandRow, view: View) -> str:
    used, allowed = (
        format.number(row.clock.used_hours, view.language, 1),
        allowed_words(row.clock, view.language),
    )
    key = "demands.spent_clock" if row.clock.round_the_clock else "demands.spent"
    return t(key, n=row.clock.allowed_hours, used=used, allowed=allowed)


def head(file: DemandFile, view: View) -> None:
    """What the customer said and wants, and how the clock stands."""
    row = file.row
    if st.button(t("demands.to_list"), type="tertiary", icon=":material/arrow_back:"):
        within_list()
    st.header(plain(row.customer), anchor=False)
    words, tone = _state(row)
    with st.container(horizontal=True, gap="small"):
        badge(words, tone)
        badge(term("urgency", row.urgency))
        if row.pain:
            badge(term("pain", row.pain))
    with st.container(border=True, gap="xsmall"):
        st.caption(_who_said(file, view))
        st.text(row.words)
        effect = effect_words(row.metric, row.before, row.after, row.unit, view)
        st.markdown(f"**{plain(effect)}**" if effect else f":gray[{t('demands.no_effect')}]")
    _clock(file, view)


def _who_said(file: DemandFile, view: View) -> str:
    parts = [
        t("demands.words"),
        file.contact or "",
        file.opportunity or "",
        t(
            "demands.filed",
            by=file.row.filed_by or t("demands.somebody"),
            at=view.instant(file.row.opened_at),
        ),
    ]
    return plain(" · ".join(p for p in parts if p))


def _clock(file: DemandFile, view: View) -> None:
    """By when, in words; how much of the time is used; what it waited for."""
    row = file.row
    tone = f":red[{plain(_when(row, view))}]" if row.state is SlaState.BREACHED else plain(_when(row, view))
    st.markdown(f":material/timer: **{tone}**")
    used = format.number(row.clock.used_hours, view.language, 1)
    allowed = allowed_words(row.clock, view.language)
    hours = t("demands.hours_clock" if row.clock.round_the_clock else "demands.hours")
    cards(
        [
            Card(t("demands.used"), f"{used} / {allowed}", hours, _state(row)[1]),
            Card(t("demands.stood"), format.number(row.clock.paused_hours, view.language, 1), hours,
                 help=t("demands.stood_help")),
        ],
        key="demand-clock",
    )  # fmt: skip
    for pause in file.pauses:
        end = view.instant(pause.ended_at) if pause.ended_at else t("demands.until_now")
        said = t("demands.paused_from", start=view.instant(pause.started_at), end=end, reason=pause.reason)
        st.caption(f":material/pause_circle: {plain(said)}")
        if pause.answer:
            by = pause.by or t("demands.somebody")
            said = t("demands.customer_said", answer=pause.answer, by=by)
            st.markdown(f":material/forum: {plain(said)}")
    years_unknown(row.clock.unknown_years)


def promised(file: DemandFile, found: Sequence[PromiseRow], view: View) -> None:
    """What the customer was told about it, and the way to tell them a date."""
    section(t("demands.promised"), icon=":material/handshake:")
    lines = [
        Row(
            str(row.id),
            row.words,
            t("promises.promised_for", on=format.day(row.promised_on, view.language)),
            mark=t(f"promises.light.{row.state.light}"),
            tone=LIGHTS[row.state.light],
            action=t("demands.look"),
        )
        for row in found
    ]
    if not lines:
        st.caption(t("demands.nothing_promised"))
    elif pressed := rows(lines, "demand-promises"):
        open_page("promises", promise=int(pressed))
    may = reach(view.who, Permission.MAKE_PROMISES) and file.taken_back is None
    if may and st.button(t("promises.make"), icon=":material/add:", key="demand-promise"):
        open_page("promises", do="make", customer=file.row.customer_id, demand=file.row.id)


def alike(found: Sequence[Similar], view: View) -> None:
    """Demands asked before in like words or with the same measure: product may answer with their feature."""
    with st.container(key="demand-likes"):  # always there: the form below it keeps its place
        if not found:
            return
        section(t("demands.similar"), icon=":material/content_copy:")
        lines = [
            Row(str(one.id), _brief(one.words), what_came(one, view), action=t("demands.look"))
            for one in found
        ]
        if pressed := rows(lines, "likes"):
            leave_for(demand=int(pressed))
