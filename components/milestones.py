"""The path of milestones drawn: whose it is, where it stands today, and its four stops."""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from components import address, format
from components.blocks import Card, Tone, cards, empty, plain, section
from components.draft_begin import sheets
from components.draft_end import send_here, tell_sent
from components.frame import View
from components.text import t
from core.access import Permission, decide
from core.milestones.assess import State
from core.milestones.criteria import SPANS, window
from core.milestones.path import Phase
from data.commands.form_drafts import LAUNCH
from data.commands.milestone_export import export_milestones
from data.milestone_words import chance_words, day_words
from data.queries.milestones import LaunchRow, Path, Stop

DRILL = ("criterion", "item")
_FILES = {
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ":material/table:"),
    "html": ("text/html", ":material/print:"),
}
_TONES = {State.MET: Tone.GREEN, State.MISSED: Tone.RED, State.LITTLE: Tone.QUIET}


def chosen_team(teams: Mapping[int | None, str]) -> int | None:
    """Whose path is shown, kept in the address; None is the whole company."""
    options = {str(i or ""): name or t("milestones.company") for i, name in teams.items()}
    if not options:
        empty(t("health.no_team"), t("health.no_team_hint"), icon=":material/group_off:")
        st.stop()
    first = next(iter(options))
    chosen = first
    if len(options) > 1:
        label = t("milestones.whose")
        chosen = address.choose(st.selectbox, label, "team", options, first, drops=DRILL, width=320)
    return int(chosen) if chosen else None


def position(path: Path, view: View) -> None:
    """Where it stands today, in a sentence; what is missing before a launch date is set."""
    if path.launch is None:
        empty(t("milestones.no_launch"), t("milestones.no_launch_hint"), icon=":material/flag:")
        return
    st.markdown(f"#### {plain(position_words(path, view.language))}", anchors=False)
    if path.team_id is not None and path.launch.team_id is None:
        st.caption(t("milestones.inherited"))


def position_words(path: Path, language: str) -> str:
    """Which day since the launch it is, and what comes next; nothing before a launch date is set."""
    if path.launch is None:
        return ""
    on, n = day_words(language, path.launch.launched_on), path.day_number or 0
    if n < 0:
        return t("milestones.before_launch", on=on)
    coming = next((stop for stop in path.stops if stop.phase is not Phase.OVER), None)
    if coming is None:
        return t("milestones.position", n=n, on=on)
    due, left = day_words(language, coming.due_on), (coming.due_on - path.today).days
    return t("milestones.position_next", n=n, on=on, day=coming.day, due=due, left=left)


def files(path: Path, view: View) -> None:
    """The path to take along, with the rows that prove it."""
    if not path.stops:
        return
    name = f"{t('milestones.file')}-{path.team or t('milestones.company')}-{path.today.isoformat()}"
    with st.container(horizontal=True, gap="medium"):
        for form, (mime, icon) in _FILES.items():
            st.download_button(
                t(f"milestones.export_{form}"),
                partial(view.do, export_milestones, path.team_id, form, view.language),
                file_name=f"{name}.{form}",
                mime=mime,
                type="tertiary",
                icon=icon,
                on_click="ignore",
                key=f"milestone-export-{form}",
            )


def stops(path: Path, view: View) -> Stop | None:
    """The four milestones side by side; returns the one in hand: the address's, else the next one."""
    if not path.stops:
        return None
    if pressed := cards([_card(stop, view.language) for stop in path.stops], key="milestone-path"):
        address.write(day=int(pressed.removeprefix("day-")), criterion=None, item=None)
        st.rerun()
    running = next((s for s in path.stops if s.phase is not Phase.OVER), path.stops[-1])
    return next((s for s in path.stops if s.day == address.number("day")), running)


def _card(stop: Stop, language: str) -> Card:
    note, tone = t(f"milestones.phase.{stop.phase}"), Tone.QUIET
    if stop.chance is not None:
        note = t("milestones.chance", chance=chance_words(language, stop.chance))
    if stop.phase is Phase.OVER:
        tone = _TONES[stop.counts_as]
    if stop.counts_as is not stop.state:
        note = t("milestones.counts_met_short")
    label = f"{t('milestones.day', day=stop.day)} · {format.short_day(stop.due_on, language)}"
    area = "short" if stop.phase is Phase.OVER else "now"
    value = t(f"milestones.{area}.{stop.state}") if stop.assessments else format.NOTHING
    return Card(label, value, note, tone, opens=f"day-{stop.day}")


def stop_head(stop: Stop, path: Path, view: View) -> None:
    """Which milestone it is, and since when its rows count."""
    words = t("milestones.day", day=stop.day)
    section(f"{words} · {day_words(view.language, stop.due_on)}", icon=":material/flag:")
    st.caption(_counted(stop, path, view.language))
    if stop.chance is not None:
        st.caption(t("milestones.together", chance=chance_words(view.language, stop.chance)))


def _counted(stop: Stop, path: Path, language: str) -> str:
    assert path.launch is not None  # a stop has a launch
    first = day_words(language, window(path.launch.launched_on, stop.day).first)
    if stop.result_id is not None:
        return t("milestones.issued", on=day_words(language, stop.due_on))
    if stop.phase is Phase.OVER:
        return t("milestones.not_issued")
    if stop.phase is Phase.COMING:
        return t("milestones.ahead", first=first, n=SPANS[stop.day])
    return t("milestones.live", first=first)


def launch(path: Path, view: View) -> None:
    """The launch date with its history, and for whoever may a form to set it."""
    tell_sent(view)
    section(t("milestones.launch"), icon=":material/rocket_launch:")
    for row in path.history or ((path.launch,) if path.launch else ()):
        st.caption(plain(_launch_line(row, view)))
    if decide(view.who, Permission.SET_LAUNCH).allowed:
        _form(path, view)


def _launch_line(row: LaunchRow, view: View) -> str:
    on = day_words(view.language, row.launched_on)
    by = row.set_by or t("milestones.nobody")
    said = t("milestones.launch_line", on=on, by=by, at=view.instant(row.set_at))
    return f"{said} · {row.reason}" if row.reason else said


def _form(path: Path, view: View) -> None:
    own = path.history[0].launched_on if path.history else None
    note = t("milestones.launch_note")
    if path.team_id is not None:
        note = f"{t('milestones.launch_of_team', team=path.team)} {note}"
    st.caption(plain(note))
    with st.container(border=True, key=f"launch-box-{path.team_id or 0}"):
        start = {"launched_on": own.isoformat()} if own else None
        form = sheets(view, LAUNCH).form(path.team_id or 0, start)
        form.day("launched_on", t("milestones.launch_on"))
        if own is not None:
            form.text("reason", t("milestones.reason"))
        send_here(
            view, form, t("milestones.save_launch"), LAUNCH.submit,
            said=t("milestones.launch_saved"), icon=":material/save:", quiet=True,
        )  # fmt: skip
        form.finish()
