"""The jobs page's parts: the timetable with last and next runs, what runs now, what was given up."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from components import address
from components.blocks import Row, Tone, empty, plain, rows, section
from components.format import ago
from components.frame import View
from components.outage import gently
from components.tables import instant_column
from components.text import listed, t
from data.commands.jobs import retry_run, run_job
from data.queries.jobs import JobRow, JobState, Outbox, job_runs, job_states, outbox, workers
from data.queries.suggestions_asked import PERIODS
from data.queries.workers import Pulse
from data.text import has, zone_words

EVERY_SECONDS = 3


def live(view: View) -> None:
    """All of the page that changes by itself, looked at again every few seconds."""

    @st.fragment(run_every=EVERY_SECONDS)
    @gently
    def draw() -> None:
        now = view.store.clock()
        states, hands = view.read(job_states, now), view.read(workers, now)
        _silence(hands, view, now)
        _table(states, view)
        _now(states, hands, view)
        _running(view.read(job_runs, now, state="running"), view)
        _given_up(view.read(job_runs, now, state="failed"), view)
        chosen = _narrowed(states, view.language)
        _runs(view.read(job_runs, now, chosen), view)
        _messages(view.read(outbox))

    draw()


def job_name(job: str, language: str) -> str:
    """A job in words; one of another release shows as it is."""
    return t(f"jobs.name.{job}") if has(language, f"jobs.name.{job}") else job


def _about(run: JobRow) -> str:
    return t("health.company") if run.about == "company" else run.about


def _said(run: JobRow) -> str:
    """How far it said to be; of a forecast, its period in words."""
    period, _, rest = (run.progress or "").partition(" ")
    return f"{t(f'outlook.{period}')} {rest}" if period in PERIODS else run.progress or ""


def _state(run: JobRow | None) -> str:
    return t(f"jobs.state.{run.state}") if run else ""


def _silence(hands: Pulse, view: View, now: datetime) -> None:
    """Says what waits for a worker that is not there; always there, so that nothing moves."""
    with st.container(key="jobs-silence"):
        if hands.waiting and not hands.alive:
            st.warning(_no_worker(hands, view, now), icon=":material/sync_disabled:")


def _no_worker(hands: Pulse, view: View, now: datetime) -> str:
    """What waits, since when no worker took anything up, and what brings one."""
    since = hands.worked_at and ago(hands.worked_at, now, view.language, view.who.timezone)
    silent = t("jobs.silent", ago=since) if since else t("jobs.never")
    waits = t("jobs.waits", n=hands.waiting) if hands.waiting else ""
    return " ".join(said for said in (waits, silent, t("jobs.start_one")) if said)


def _table(states: Sequence[JobState], view: View) -> None:
    section(t("jobs.table"), icon=":material/schedule:", help=t("jobs.table_help"))
    columns: dict[str, list[Any]] = {
        "job": [job_name(s.job, view.language) for s in states],
        "when": [t(f"jobs.when.{s.when}") for s in states],
        "zone": [listed(zone_words(view.language, z) for z in s.zones) or t("jobs.any_zone") for s in states],
        "last": [s.last.started_at if s.last else None for s in states],
        "result": [_state(s.last) for s in states],
        "took": [s.last.seconds if s.last else None for s in states],
        "next": [s.next_at for s in states],
        "open": [f"{s.waiting} / {s.failed}" for s in states],
        "error": [(s.last.error or "") if s.last else "" for s in states],
    }
    _draw(columns, view, instants=("last", "next"))


def _draw(columns: dict[str, list[Any]], view: View, instants: Sequence[str]) -> None:
    words = {"when": "when_col", "state": "state_col"}
    config: dict[str, Any] = {name: t(f"jobs.{words.get(name, name)}") for name in columns}
    for name in instants:
        config[name] = instant_column(config[name], view.language, view.who.timezone, short=True)
    if "took" in columns:
        config["took"] = st.column_config.NumberColumn(config["took"], format="%.1f")
    st.dataframe(columns, hide_index=True, column_config=config, placeholder="")


def _now(states: Sequence[JobState], hands: Pulse, view: View) -> None:
    names = {s.job: job_name(s.job, view.language) for s in states if s.by_hand}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        job = st.selectbox(
            t("jobs.which"), list(names), format_func=names.__getitem__, key="job-by-hand", width=280
        )
        pressed = st.button(t("jobs.run_now"), icon=":material/play_arrow:")
    if pressed and job:
        new = view.do(run_job, job)
        asked = t("jobs.asked" if hands.alive else "jobs.asked_waits", n=new)
        st.toast(asked if new else t("jobs.asked_none"))
        st.rerun()


def _running(found: Sequence[JobRow], view: View) -> None:
    section(t("jobs.running"), icon=":material/sync:")
    if not found:
        st.caption(t("jobs.running_none"))
    for run in found:
        line = t(
            "jobs.running_line",
            job=job_name(run.job, view.language),
            about=_about(run),
            at=view.instant(run.started_at),
            attempt=run.attempts,
            progress=_said(run) or t("jobs.no_progress"),
        )
        st.markdown(f":material/sync: {plain(line)}")


def _given_up(found: Sequence[JobRow], view: View) -> None:
    """Runs that were given up, each with its error and a way back."""
    if not found:
        return
    section(t("jobs.given_up"), icon=":material/error:")
    lines = [
        Row(
            str(run.id),
            f"{job_name(run.job, view.language)} {_about(run)}".strip(),
            f"{view.instant(run.due_at)} · {run.error or ''}",
            mark=_state(run),
            tone=Tone.RED,
            action=t("jobs.retry"),
            at_once=True,
        )
        for run in found
    ]
    if pressed := rows(lines, "given-up"):
        view.do(retry_run, int(pressed))
        st.toast(t("jobs.retried"))
        st.rerun()


def _narrowed(states: Sequence[JobState], language: str) -> str | None:
    section(t("jobs.runs"), icon=":material/list:")
    names = {s.job: job_name(s.job, language) for s in states}
    return address.pick(t("jobs.runs_of"), "job", list(names), names.__getitem__, everything=t("jobs.all"))


def _runs(found: Sequence[JobRow], view: View) -> None:
    if not found:
        empty(t("jobs.none"), t("jobs.none_hint"), icon=":material/schedule:")
        return
    columns: dict[str, list[Any]] = {
        "job": [job_name(r.job, view.language) for r in found],
        "about": [_about(r) for r in found],
        "due": [r.due_at for r in found],
        "state": [_state(r) for r in found],
        "last": [r.started_at for r in found],
        "took": [r.seconds for r in found],
        "attempts": [r.attempts for r in found],
        "said": [_said(r) for r in found],
        "error": [r.error or "" for r in found],
    }
    _draw(columns, view, instants=("due", "last"))


def _messages(found: Outbox) -> None:
    section(t("jobs.messages"), icon=":material/outgoing_mail:")
    if not found.channels:
        st.caption(t("jobs.messages_none"))
        return
    columns: dict[str, list[Any]] = {"channel": list(found.channels)}
    for state in ("waiting", "sent", "dead"):
        columns[state] = [counts.get(state, 0) for counts in found.channels.values()]
    config = {name: t(f"jobs.{name}") for name in columns}
    st.dataframe(columns, hide_index=True, column_config=config)
