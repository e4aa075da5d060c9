"""A report's rating: a gate before it, stars below it, and the way back for one that went offline (D5)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from components import format
from components.ballots import paper
from components.blocks import plain
from components.draft_begin import note_form
from components.draft_end import sent_now
from components.forms import Marks
from components.text import listed, t
from core.access import Permission, decide
from data.commands.form_drafts import REVISION
from data.commands.ratings import rate, revise_report
from data.queries.ballots import has_voted
from data.queries.ratings import Rated, rated

if TYPE_CHECKING:
    from components.frame import View


@contextmanager
def rating(report: str, view: View) -> Iterator[None]:
    """Frame a page that is one report: `gate` before it, `stars` below it."""
    gate(report, view)
    yield
    stars(report, view)


def gate(report: str, view: View) -> None:
    """Stop before a report that is offline, and say why.

    Args:
        report: a name of `core.reports.library.REPORTS`.
    """
    found = view.read(rated, report, view.now)
    with st.container(key="report-gate"):
        if found.offline is not None and not _offline(found, view):
            st.stop()


def stars(report: str, view: View) -> None:
    """Below a report: give this month's rating, see what came of the last."""
    found = view.read(rated, report, view.now)
    if found.offline is None:
        _stars(found, view)


def _offline(found: Rated, view: View) -> bool:
    """Why it is offline and who revises it; True when who may revise it wants to look at it."""
    _why(found, view)
    if not decide(view.who, Permission.REVISE_REPORTS).allowed:
        return False
    _revise(found, view)
    return st.toggle(t("rating.look"), key="rating-look")


def _why(found: Rated, view: View) -> None:
    box = found.latest
    mean = format.number(box.tally.mean if box and box.tally else None, view.language, 1)
    words = t(
        "rating.offline",
        month=_month(found.offline or "", view),
        mean=mean,
        n=box.votes if box else 0,
        limit=format.number(found.policy.rating_limit, view.language, 1),
    )
    who = listed(found.revisers)
    revised = t("rating.revised_by", who=plain(who)) if who else t("rating.revised_by_nobody")
    st.warning(f"{words}\n\n{revised}", icon=":material/visibility_off:")


def _revise(found: Rated, view: View) -> None:
    marks = Marks(view)
    with st.container(border=True, key="revise"):
        form = note_form(view, REVISION, found.report)
        st.markdown(t("rating.revise_what", n=found.version + 1))
        with marks.field("change"):
            change = form.long_text("change", t("rating.change"), placeholder=t("rating.change_hint"))
        pressed = st.button(t("rating.revise"), icon=":material/published_with_changes:")
    if pressed and sent_now(view, form, marks, lambda: view.do(revise_report, found.report, change)):
        st.toast(t("rating.returned"))
        st.rerun()
    form.finish()


def _stars(found: Rated, view: View) -> None:
    with st.container(key="rating", border=True):
        left, right = st.columns([1, 2], vertical_alignment="center")
        with left:
            st.markdown(f"**{t('rating.ask')}**", help=t("rating.secret"))
            held = paper(view, "rating")
            if held is not None:
                _give(found, held, view)
        with right:
            _results(found, view)


def _give(found: Rated, paper: str, view: View) -> None:
    chosen = st.feedback("stars", key=f"stars-{found.subject}")
    if chosen is not None:
        _put(found, paper, chosen + 1, view)
    until = format.day(found.until, view.language)
    voted = view.read(has_voted, paper, found.subject, view.now)
    st.caption(t("rating.given" if voted else "rating.open", until=until))


def _put(found: Rated, paper: str, score: int, view: View) -> None:
    """Into the box, unless it lies there already."""
    lies = f"stars-{found.subject}-given"
    if st.session_state.get(lies) == score:
        return
    if Marks(view).sent(lambda: view.do(rate, paper, found.report, score)):
        st.session_state[lies] = score


def _results(found: Rated, view: View) -> None:
    box = found.latest
    if box is None or box.tally is None:
        words = [_small(t("rating.none_yet", least=found.policy.ballot_least))]
    else:
        mean = format.number(box.tally.mean, view.language, 1)
        words = [t("rating.result", month=_month(box.month, view), mean=mean, n=box.votes)]
    limit = format.number(found.policy.rating_limit, view.language, 1)
    words.append(_small(t("rating.rule", limit=limit, least=found.policy.ballot_least)))
    if found.change:
        words.append(_small(t("rating.version", n=found.version, change=plain(found.change))))
    st.markdown("\n\n".join(words))


def _small(words: str) -> str:
    return f":small[:gray[{words}]]"


def _month(month: str, view: View) -> str:
    return format.period(date.fromisoformat(f"{month}-01"), "month", view.language)
