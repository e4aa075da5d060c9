"""Drawing the board: filters, figures, the red list, and its refreshing itself."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

import streamlit as st

from components import address, format
from components.alert_hands import hands_words
from components.blocks import Card, Row, Tone, cards, empty, rows, section
from components.board_drill import DRILL, drill
from components.frame import View
from components.navigation import open_page
from components.outage import gently
from components.text import t
from core.access import Permission, Reach, reach
from core.process.metrics import COMPLETION_DAYS
from data.notices import alert_words
from data.queries.board import Board
from data.queries.board_ask import Ask, By
from data.queries.board_choices import Choice, Choices, version
from data.queries.board_rows import RedLine, Rows

EVERY_SECONDS = 5
STALE_SECONDS = 300
FIRST_ALERTS = 5


class Part(StrEnum):
    """What is looked at; one part at a time is asked for and drawn."""

    NOW = "now"
    WHO = "who"
    TIME = "time"
    FLOW = "flow"


def filters(choices: Choices, view: View) -> Ask:
    """The filter bar; what it says is kept in the address."""
    wide = _wide(view)
    with st.container(horizontal=True, gap="small"):
        team = _select("team", choices.teams) if wide and len(choices.teams) > 1 else ""
        rep = _select("rep", [c for c in choices.reps if team in ("", c.team)])
        pipeline = choices.pipelines[0].key
        if len(choices.pipelines) > 1:
            names = {c.key: f"{c.name} ({c.count})" for c in choices.pipelines}
            pipeline = address.choose(
                st.selectbox, t("board.pipeline"), "pipeline", names, pipeline, drops=DRILL, width=165
            )
    by = By(address.read("by", [*By], _first(view)))
    return Ask(view.now, by, pipeline, team=int(team) if team else None, rep=int(rep) if rep else None)


def grouping(view: View) -> None:
    """Whether teams, reps or customers are compared; kept in the address, where `filters` reads it."""
    kinds: dict[str, str] = {b: t(f"board.by_{b}") for b in By}
    address.choose(
        st.segmented_control, t("board.by"), "by", kinds, _first(view), drops=DRILL, required=True,
        label_visibility="collapsed",
    )  # fmt: skip


def _first(view: View) -> By:
    """What is compared unasked."""
    return By.TEAM if _wide(view) else By.REP


def _wide(view: View) -> bool:
    return reach(view.who, Permission.SEE_BOARD) is Reach.ALL


def _select(name: str, choices: Sequence[Choice]) -> str:
    options = {"": t(f"board.all_{name}s")} | {c.key: f"{c.name} ({c.count})" for c in choices}
    drops = DRILL if name == "rep" else (*DRILL, "rep")
    return address.choose(st.selectbox, t(f"board.by_{name}"), name, options, "", drops=drops, width=165)


def headline(board: Board, language: str) -> None:
    """The figures that stand first; each opens its rows."""
    due, red = board.completion, board.red.total
    pressed = cards(
        [
            Card(t("board.open"), format.number(board.open, language), opens="open"),
            _value(board.money, language),
            Card(
                t("board.red"),
                format.number(red, language),
                t("board.red_note" if red else "board.red_none"),
                Tone.RED if red else Tone.GREEN,
                opens="red",
            ),
            Card(
                t("board.completion"),
                format.percent(due.rate, language),
                _due_words(board) if due.due else t("board.none_due"),
                opens="due",
            ),
            _past(board, language),
        ]
    )
    if pressed:
        drill({"show": pressed.removesuffix("-value")})


def _due_words(board: Board) -> str:
    due = board.completion
    return t("board.due_in", done=due.completed, due=due.due, days=COMPLETION_DAYS)


def _value(money: Sequence[tuple[str, Decimal]], language: str) -> Card:
    sums = [format.money(total, currency, language, compact=True) for currency, total in money]
    others = t("board.and_in", sums=" · ".join(sums[1:])) if sums[1:] else ""
    value = sums[0] if sums else format.NOTHING
    return Card(t("board.value"), value, others, opens="open-value")


def _past(board: Board, language: str) -> Card:
    title, help = t("board.past"), t("board.past_help")
    if not any(line.benchmark_days for line in board.stages):
        return Card(title, format.NOTHING, t("board.no_benchmark"), help=help)
    share = format.percent(board.past / board.open, language) if board.past else ""
    note = t("board.past_note", share=share) if board.past else ""
    return Card(title, format.number(board.past, language), note, Tone.AMBER, opens="past")


def nothing(filtered: bool) -> None:
    """No open opportunity to show."""
    key = "filtered" if filtered else "empty"
    empty(t(f"board.{key}"), t(f"board.{key}_hint"), icon=":material/monitoring:")


def red_list(red: Rows[RedLine], view: View) -> None:
    """The oldest red alerts, and a way to all."""
    with st.container(key="board-red"):  # always there: a first alert moves nothing below into another place
        if not red.lines:
            return
        section(t("board.red"), icon=":material/local_fire_department:")
        first = red.lines[:FIRST_ALERTS]
        pressed = rows([_alert(a, view) for a in first], "red")
        if red.total > len(first) and st.button(t("board.all_red", n=red.total), type="tertiary"):
            drill({"show": "red"})
        if pressed:
            open_page("alerts", alert=pressed)


def _alert(alert: RedLine, view: View) -> Row:
    why = alert_words(view.language, alert.rule, alert.params)["why"]
    hands = hands_words(alert.hands, view)
    who = alert.rep or t("board.without_rep")
    since = t("board.raised", ago=view.ago(alert.raised_at))
    return Row(
        key=str(alert.id),
        title=alert.customer or alert.opportunity,
        detail=" · ".join(part for part in (who, alert.opportunity, since, hands, why) if part),
        mark=t(f"alerts.{alert.rule}.name"),
        tone=Tone.RED,
        action=t("alerts_page.look"),
    )


def live(view: View) -> None:
    """Repaint when something changed, and now and then because time moves figures too; else stay still."""
    floor, _ = seen = view.read(version)

    @st.fragment(run_every=EVERY_SECONDS)
    @gently
    def watch() -> None:
        old = view.store.clock() - view.now > timedelta(seconds=STALE_SECONDS)
        if old or view.read(version, floor) != seen:
            st.rerun()

    watch()
