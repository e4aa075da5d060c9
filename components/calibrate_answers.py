"""What was answered in a period of calibrating: who, what, when, on which model; each is opened again."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from components import address
from components.blocks import Row, rows
from components.calibrate_charts import shown_money
from components.folding import folded
from components.frame import View
from components.scrolling import lead_to
from components.text import t, term
from core.forecast.calibration import REJECTED
from data.queries.suggestions_answered import Answer

HEAD = "suggestion_head"  # the container of what the suggestion in hand is about, and its values


def answer_words(made: Answer, view: View) -> str:
    """Who answered what, when, on which model."""
    reason = f" ({term('answer_reason', made.reason)})" if made.decision == REJECTED else ""
    said = t(
        "calibrate.answer_line",
        answer=term("decision", made.decision) + reason,
        who=made.person or t("calibrate.operator"),
        at=view.instant(made.decided_at),
        model=_model(made.model),
    )
    late = t("calibrate.was_late") if made.late else ""
    return " · ".join(part for part in (said, made.note, late) if part)


def _model(version: str) -> str:
    kind, _, rest = version.partition(" ")
    return f"{t(f'forecast.kind.{kind}')} {rest}"


def answered(made: Sequence[Answer], view: View) -> None:
    """What was answered in this period; a button opens it again."""
    if not made:
        return
    title = t("calibrate.answered", n=len(made))
    with folded(title, "calibrate-answered", icon=":material/history:") as is_open:
        if is_open and (pressed := rows([_row(answer, view) for answer in made], "answers")):
            address.write(opportunity=made[[str(a.id) for a in made].index(pressed)].opportunity_id)
            lead_to(HEAD)
            st.rerun()


def _row(made: Answer, view: View) -> Row:
    money = partial(shown_money, currency=made.currency, language=view.language)
    both = t("calibrate.both", scorecard=money(made.scorecard), suggested=money(made.suggested))
    return Row(
        str(made.id),
        made.customer or made.opportunity,
        f"{made.opportunity} · {both} · {answer_words(made, view)}",
        action=t("calibrate.look"),
    )
