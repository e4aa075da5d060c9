"""The survey drawn: two questions for whoever reports, and what the opened boxes say."""

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from components import format
from components.ballots import paper
from components.blocks import Card, cards, section
from components.forms import Marks
from components.frame import View
from components.text import t
from core.ballots import CHOICES
from core.milestones.survey import QUESTIONS, subject_of
from data.commands.survey import answer_survey
from data.queries.ballots import Opened, has_voted
from data.queries.survey import is_asked


def survey_block(view: View) -> None:
    """The questions of the month, for whoever is asked; its place is always there."""
    with st.container(key="survey"):
        if not view.read_now(is_asked, view.now):
            return
        with st.expander(t("survey.title"), icon=":material/how_to_vote:"):
            st.caption(t("survey.secret"))
            if (held := paper(view, "survey")) is None:
                return
            for question in QUESTIONS:
                _question(question, held, view)


def _question(question: str, paper: str, view: View) -> None:
    key, marks = f"survey-{question}", Marks(view)
    words = {choice: t(f"survey.choice.{choice}") for choice in CHOICES}
    chosen = st.segmented_control(
        t(f"survey.ask.{question}"), CHOICES, format_func=words.__getitem__, key=key
    )
    given = f"{key}-given"
    if (
        chosen is not None
        and st.session_state.get(given) != chosen
        and marks.sent(partial(view.do, answer_survey, paper, question, chosen))
    ):
        st.session_state[given] = chosen
    voted = view.read_now(has_voted, paper, subject_of(question), view.now)
    st.caption(t("survey.given" if voted else "survey.open"))


def survey_answers(found: Mapping[str, Sequence[Opened]], view: View) -> None:
    """What was answered in the latest month counted, beside what was measured."""
    section(t("survey.answers"), icon=":material/how_to_vote:")
    cards([_card(question, boxes, view.language) for question, boxes in found.items()], key="survey-cards")
    st.caption(t("survey.counted"))


def _card(question: str, boxes: Sequence[Opened], language: str) -> Card:
    label, latest = t(f"survey.ask.{question}"), boxes[-1] if boxes else None
    if latest is None:
        return Card(label, format.NOTHING, t("survey.none"))
    if latest.tally is None:
        return Card(label, format.NOTHING, t("survey.few", month=latest.month, n=latest.votes))
    mean = format.number(latest.tally.mean, language, 1)
    spread = " · ".join(str(n) for n in latest.tally.counts)
    note = t("survey.of", month=latest.month, n=latest.tally.votes)
    return Card(label, t("survey.mean", mean=mean), note, help=t("survey.spread", counts=spread))
