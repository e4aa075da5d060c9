"""The calibrate page's parts: where the answers stand, one suggestion, its answer."""

from functools import partial
from typing import Any

import streamlit as st

from components import address, format
from components.blocks import Card, Tone, cards, empty, plain
from components.calibrate_answers import HEAD, answer_words
from components.calibrate_charts import factor_table, shown_money, waterfall
from components.draft_begin import note_form
from components.draft_end import submit_here, tell_sent
from components.drafts import DraftForm
from components.forecast_words import rests_on
from components.frame import View
from components.navigation import open_page
from components.scrolling import arrive, lead_to
from components.text import t, term
from core.forecast.calibration import ACCEPTED, AGREED, REJECT_REASONS, REJECTED
from core.forecast.valuation import LEVEL
from data.commands.form_drafts import SUGGESTION
from data.forecast_words import Words
from data.queries.suggestions import Queue, Suggestion
from data.queries.suggestions_asked import ASKED, PERIODS

_TOP = 3  # reasons as sentences
_NEXT = "calibrate_next"  # the one after the one in hand


def chosen_period() -> str:
    """The period that the address asks for."""
    return address.read("period", PERIODS, ASKED)


def chosen_rep() -> int | None:
    """The rep that the address asks for."""
    return address.number("rep")


def filters(found: Queue) -> None:
    """Period, and whose suggestions where there is a choice."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        address.choose(
            st.segmented_control,
            t("calibrate.period"),
            "period",
            {p: t(f"calibrate.{p}") for p in PERIODS},
            ASKED,
            drops=("opportunity",),
            required=True,
        )
        if len(found.reps) > 1 or chosen_rep():
            reps = {str(i): t("calibrate.rep_waits", rep=name, n=n) for i, (name, n) in found.reps.items()}
            address.pick(
                t("calibrate.rep"),
                "rep",
                list(reps),
                reps.__getitem__,
                everything=t("calibrate.every_rep"),
                drops=("opportunity",),
            )


def progress(found: Queue, view: View) -> None:
    """How many are answered, and until when; what became of the last answer, and on to the one after it."""
    if tell_sent(view):
        following = st.session_state.pop(_NEXT, None)
        still = following in {w.opportunity_id for w in found.waiting}
        address.write(opportunity=following if still else None)
        lead_to(HEAD)
    if not found.total or found.due is None:
        return
    late = view.now > found.due
    key = "calibrate.progress_late" if late else "calibrate.progress"
    said = t(key, answered=found.answered, total=found.total, due=format.day(found.last_day, view.language))
    st.progress(found.answered / found.total, text=said)


def current(found: Queue) -> int | None:
    """The opportunity in hand: the address's, else the first that waits."""
    first = found.waiting[0].opportunity_id if found.waiting else None
    return address.number("opportunity") or first


def nothing(found: Queue, view: View) -> None:
    """Nothing waits: all is answered, nothing was asked, or there is no forecast yet."""
    if found.starts_on is None:
        empty(t("calibrate.no_forecast"), t("calibrate.no_forecast_hint"), icon=":material/hourglass_empty:")
    elif found.total:
        over = found.due is not None and view.now > found.due
        hint = t("calibrate.done_hint_late" if over else "calibrate.done_hint")
        empty(t("calibrate.done"), hint, icon=":material/task_alt:")
    else:
        empty(t("calibrate.nothing"), t("calibrate.nothing_hint"), icon=":material/task_alt:")


def gone() -> None:
    """The opportunity of the address asks for nothing."""
    st.info(t("calibrate.gone"), icon=":material/info:")


def one(item: Suggestion, found: Queue, view: View) -> None:
    """One suggestion with its reasons, and the answer to it."""
    said = words_of(item, view)
    with st.container(border=True, key="suggestion"):
        arrive(HEAD)
        with st.container(key=HEAD):
            _head(item, view)
            _figures(item, view)
        _reasons(item, said)
        if item.may_answer:
            _answer(item, found, view)
        elif item.answer:
            st.caption(t("calibrate.stands"))
    _ways(item, found)
    with st.container(key="suggestion_why"):
        waterfall(item, said, view.language)
        factor_table(item, said, view)


def words_of(item: Suggestion, view: View) -> Words:
    """What stands in the sentences about a suggestion."""
    named = {"layer": t(f"forecast.layer.{item.layer}")}
    if item.stage:
        named["stage"] = term("stage", item.stage)
    if item.booked is not None:
        named["amount"] = shown_money(item.booked, item.currency, view.language)
    return Words(view.language, item.factors, named)


def _head(item: Suggestion, view: View) -> None:
    st.markdown(f"**{plain(item.customer or item.opportunity)}** · {plain(item.opportunity)}")
    close = t("calibrate.closes", on=format.day(item.close_on, view.language)) if item.close_on else ""
    parts = [item.owner or "", term("stage", item.stage), t(f"forecast.layer.{item.layer}"), close]
    st.caption(plain(" · ".join(p for p in parts if p)))


def _figures(item: Suggestion, view: View) -> None:
    money = partial(shown_money, currency=item.currency, language=view.language)
    tone = Tone.GREEN if item.change > 0 else Tone.AMBER if item.change < 0 else Tone.QUIET
    suggested = Card(
        t("calibrate.suggested"),
        money(item.value),
        _change(item, view.language),
        tone,
        help=t("calibrate.range", low=money(item.low), high=money(item.high)),
    )
    cards((Card(t("calibrate.scorecard"), money(item.scorecard_value)), suggested), key="suggestion_figures")
    chances = {"scorecard": item.scorecard_chance, "ai": item.chance}
    said = {name: format.chance(chance, view.language) for name, chance in chances.items()}
    amount = money(item.amount)
    if why := rests_on(item.booked, item.amount, item.unpriced, view.language) if item.currency else None:
        amount = t("calibrate.amount_rests", amount=amount, why=why)
    st.caption(plain(t("calibrate.chances", amount=amount, **said)))


def _change(item: Suggestion, language: str) -> str:
    if not item.change:
        return t("calibrate.unchanged")
    share = float(abs(item.change) / item.scorecard_value) if item.scorecard_value else 0.0
    key = "calibrate.raised" if item.change > 0 else "calibrate.lowered"
    return t(key, share=format.percent(share, language))


def _reasons(item: Suggestion, said: Words) -> None:
    if item.reasons:
        scorecard = float(item.scorecard_value)
        top = sorted(item.reasons[:_TOP], key=lambda reason: reason[0] == LEVEL)
        lines = [said.reason(name, value, scorecard) for name, value in top]
        st.markdown("\n".join(f"- {plain(line)}" for line in lines))
        st.caption(t("calibrate.reading"))
    why = item.told.get("why")
    kind = str(item.told.get("kind", "scorecard"))
    st.caption(
        t("calibrate.spoke", model=t(f"forecast.kind.{kind}"), why=t(f"forecast.why.{why}") if why else "")
    )


def _answer(item: Suggestion, found: Queue, view: View) -> None:
    if item.answer:
        st.caption(plain(answer_words(item.answer, view)))
    form = note_form(view, SUGGESTION, f"{item.period}-{item.starts_on}-{item.opportunity_id}")
    if found.due is not None and view.now > found.due:
        st.caption(t("calibrate.final"))
    _accepted(item, form, found, view)
    _rejected(item, form, view)
    form.finish()


def _sends(item: Suggestion, form: DraftForm, decision: str, reason: str, view: View) -> dict[str, Any]:
    """What a button does that answers at once, with the words if any."""
    answers = partial(SUGGESTION.submit, line=item.line_id, decision=decision, reason=reason)
    told = t(f"calibrate.told_{decision}", what=item.customer or item.opportunity)
    return {"on_click": submit_here, "args": (view, form.draft.id, answers, told)}


def _accepted(item: Suggestion, form: DraftForm, found: Queue, view: View) -> None:
    """The buttons to accept, and to go on without an answer."""
    with st.container(horizontal=True):
        st.button(
            t("calibrate.accept"),
            key=f"{form.prefix}accept",
            type="primary",
            icon=":material/check:",
            shortcut="A",
            **_sends(item, form, ACCEPTED, AGREED, view),
        )
        following = st.session_state[_NEXT] = _following(item, found)
        if following and st.button(
            t("calibrate.later"), key=f"{form.prefix}later", icon=":material/skip_next:", shortcut="S"
        ):
            _go_on(following)


def _rejected(item: Suggestion, form: DraftForm, view: View) -> None:
    """A button, and a key, for every reason: pressing one answers at once."""
    st.markdown(f"**{plain(t('calibrate.why_not'))}**")
    form.text(
        "note",
        t("calibrate.note"),
        placeholder=t("calibrate.note_hint"),
        label_visibility="collapsed",
    )
    with form.at("reason"), st.container(horizontal=True, gap="small", key="reject_reasons"):
        for n, code in enumerate(REJECT_REASONS, 1):
            st.button(
                term("answer_reason", code),
                key=f"{form.prefix}reject-{code}",
                shortcut=str(n),
                **_sends(item, form, REJECTED, code, view),
            )


def _ways(item: Suggestion, found: Queue) -> None:
    """Which of those that wait it is; on to the next for who only looks, and back to where one came from."""
    ids = [w.opportunity_id for w in found.waiting]
    following = None if item.may_answer else _following(item, found)
    with st.container(horizontal=True, vertical_alignment="center", key="suggestion_ways"):
        if following and st.button(t("calibrate.next"), icon=":material/skip_next:", key="suggestion-next"):
            _go_on(following)
        if address.said("from") == "outlook" and st.button(
            t("calibrate.to_outlook"), icon=":material/arrow_back:", key="to-outlook", type="tertiary"
        ):
            open_page("outlook", period=chosen_period())
        if item.opportunity_id in ids:
            place = t("calibrate.place", place=ids.index(item.opportunity_id) + 1, waiting=len(ids))
            st.caption(place, width="content")


def _go_on(following: int) -> None:
    """To another suggestion, with its head in sight."""
    address.write(opportunity=following)
    lead_to(HEAD)
    st.rerun()


def _following(item: Suggestion, found: Queue) -> int | None:
    """The next in the queue, from the last on to the first; None where there is no other."""
    ids = [w.opportunity_id for w in found.waiting]
    if item.opportunity_id not in ids:
        return ids[0] if ids else None
    following = ids[(ids.index(item.opportunity_id) + 1) % len(ids)]
    return following if following != item.opportunity_id else None
