"""Samples drawn: draw one, look at each row with its recording or words, say what was found."""

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from components import address, format
from components.blocks import Row, Tone, plain, rows, section
from components.draft_begin import sheets
from components.draft_end import send_here, tell_sent
from components.forms import Marks
from components.frame import View
from components.scrolling import arrive, lead_to
from components.text import t
from core.access import Permission, decide
from core.milestones.samples import SAMPLED, Found, Tally
from data.commands.command import Command
from data.commands.form_drafts import CHECK
from data.milestone_words import day_words, row_value_words
from data.queries.milestone_samples import Item, Looked, Sample

IN_HAND = "milestone_in_hand"
_SAMPLE = "milestone_sample_drawn"
Does = Mapping[str, Command[..., int]]
_TONES = {Found.CONFIRMED: Tone.GREEN, Found.DIFFERS: Tone.RED, Found.UNCLEAR: Tone.AMBER}


def sample_head(sample: Sample | None, criterion: str, view: View) -> None:
    """The latest sample with its result."""
    with st.container(key=_SAMPLE):
        section(t(f"milestones.sample_{criterion}"), icon=":material/casino:")
        arrive(_SAMPLE)
    if sample is None:
        st.caption(t("milestones.sample_none"))
    else:
        _told(sample, view)


def sample_rows(sample: Sample, view: View) -> None:
    """The rows drawn; a button takes one into hand, for whoever may check it."""
    may = decide(view.who, Permission.CHECK_PROOFS).allowed
    if pressed := rows([_line(item, sample, view, may) for item in sample.items], "drawn"):
        address.write(item=pressed)
        lead_to(IN_HAND)
        st.rerun()


def _told(sample: Sample, view: View) -> None:
    by = sample.drawn_by or t("milestones.nobody")
    about = {"n": len(sample.items), "of": sample.population, "at": view.instant(sample.drawn_at), "by": by}
    st.caption(plain(t("milestones.sample_line", **about, seed=sample.key)))
    if sample.earlier:
        st.caption(t("milestones.sample_earlier", n=sample.earlier))
    st.markdown(f"**{plain(_result(sample.tally, view.language))}**")


def _result(told: Tally, language: str) -> str:
    counts = {"checked": told.checked, "drawn": told.drawn, "confirmed": told.confirmed,
              "differs": told.differs, "unclear": told.unclear}  # fmt: skip
    said = t("milestones.sample_result", **counts)
    if told.low is None:
        return said
    low, high = format.percent(told.low, language), format.percent(told.high, language)
    return f"{said} {t('milestones.sample_interval', low=low, high=high)}"


def draw(sample: Sample | None, team: int | None, criterion: str, does: Does, view: View) -> None:
    """The button that draws a sample of a criterion's rows and leads to it, once a day, for whoever may."""
    if criterion not in SAMPLED or not decide(view.who, Permission.CHECK_PROOFS).allowed:
        return
    drawn, marks = sample is not None and sample.drawn_on == view.today, Marks(view)
    with marks.field("criterion"):
        pressed = st.button(
            t("milestones.sample_draw"),
            icon=":material/casino:",
            key="draw-sample",
            disabled=drawn,
            help=t("milestones.sample_today") if drawn else None,
        )
    if pressed and marks.sent(partial(view.do, does["sample"], team, criterion)):
        address.write(item=None)
        lead_to(_SAMPLE)
        st.rerun()


def _line(item: Item, sample: Sample, view: View, may: bool) -> Row:
    row, check = item.row, item.check
    parts = [
        day_words(view.language, row.on),
        row.whose,
        row_value_words(view.language, sample.criterion, row),
    ]
    if check is not None:
        parts += [check.note, check.by or "", view.instant(check.at)]
    return Row(
        str(row.of),
        row.about,
        " · ".join(part for part in parts if part),
        mark=t(f"milestones.found.{check.result}") if check else t("milestones.unchecked"),
        tone=_TONES[check.result] if check else Tone.QUIET,
        action=t("milestones.look") if may else "",
    )


def item_block(sample: Sample, of: int, looked: Looked, audio: Callable[[str], bytes], view: View) -> None:
    """One drawn row: what its record says, to be heard or read, and the form for what was found."""
    sent = tell_sent(view)
    if sent and sent.kind == CHECK.kind:
        following = next((i.row.of for i in sample.items if i.check is None and i.row.of != of), None)
        address.write(item=following)
        lead_to(IN_HAND)
        st.rerun()
    row = next(item.row for item in sample.items if item.row.of == of)
    with st.container(border=True, key=f"item-{of}"):
        with st.container(key=IN_HAND):
            st.markdown(f"**{plain(row.about)}** · {plain(row.whose)} · {day_words(view.language, row.on)}")
            arrive(IN_HAND)
        if looked.recording is not None:
            st.audio(audio(looked.recording))
        elif sample.criterion == "completeness":
            st.caption(t("milestones.no_recording"))
        st.text(looked.words)
        if looked.transcript:
            st.caption(t("milestones.transcript"))
            st.text(looked.transcript)
        typed = sample.criterion == "completeness" and looked.recording is None
        said = row_value_words(view.language, sample.criterion, row)
        _form(t(f"milestones.asked_{'typed' if typed else sample.criterion}", said=said), sample, of, view)


def _form(asked: str, sample: Sample, of: int, view: View) -> None:
    form = sheets(view, CHECK).form(f"{sample.id}-{of}")
    words = {found.value: t(f"milestones.found.{found}") for found in Found}
    form.choice("result", asked, list(words), words.__getitem__)
    form.text("note", t("milestones.check_note"))
    send_here(view, form, t("milestones.check_save"), CHECK.submit, icon=":material/done:", quiet=True)
    form.finish()
