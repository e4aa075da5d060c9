"""The form in which a demand is written down: the customer's words, what shall change, how urgent it is."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

import streamlit as st

from components import address, format
from components.address import leave_for
from components.begin_for import begin_for
from components.blocks import plain, section
from components.demand_files import files_of_draft
from components.draft_begin import draft_now, form_over
from components.draft_end import end
from components.drafts import DraftForm
from components.feature_words import came_words
from components.frame import View, show_error
from components.navigation import open_page
from components.new_contact import new_contact
from components.record_story import short
from components.text import listed, pair, t, term
from core.access import Permission, reach
from core.likeness import enough
from core.messages import AppError, Unavailable
from core.promises.demands import PAINS
from core.promises.sla import URGENCIES, Clock
from data.commands.demand_drafts import open_demand, save_demand_fields, submit_demand
from data.queries.begun_for import Start
from data.queries.demand_desk import DemandDesk, Similar, similar_demands
from data.queries.demand_file import DemandFile
from data.queries.drafts import DraftView

_SIMILAR = 250  # pixels; more is scrolled, so that nothing below moves while one types


def current(view: View) -> DraftView | None:
    """The draft that the address names or asks for; None where the list is shown."""
    if reach(view.who, Permission.FILE_DEMANDS) is None:
        return None
    try:
        if number := address.number("draft"):
            return draft_now(view, number)
        if customer := address.number("customer"):
            number = view.do(open_demand, customer, address.number("again"), address.number("opportunity"))
            st.query_params.from_dict({"draft": str(number)})
            return draft_now(view, number)
    except Unavailable:  # the page's frame waits for the store; the address stays
        raise
    except AppError as error:
        st.query_params.clear()
        show_error(error)
    return None


def begin_with(start: Start, view: View) -> None:
    """File a demand for a customer, or go on with one that was begun."""
    begin_for(start, t("demands.file_for"), "demand", lambda customer: leave_for(customer=customer), view)


def fill_in(view: View, kept: DraftView, desk: DemandDesk) -> None:
    """The form over its draft."""
    form = form_over(view, kept, save_demand_fields, "demand", told=("customer",))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"### {plain(desk.name)}", width="content", anchors=False)
        if st.button(t("demands.to_list"), type="tertiary", icon=":material/arrow_back:"):
            leave_for()
    left, right = st.columns([2, 1], gap="large")
    with left:
        words = _said(form, desk, view)
    with st.columns([2, 1], gap="large")[0]:
        _effect(form, view)
        _urgency(form, desk, view)
        files_of_draft(form, view)
        end(view, form, t("demands.submit"), submit_demand)
    with right:  # on a phone right below the words; it needs the measure, which is drawn later
        metric = form.get("effect-metric") or ""
        likes = view.read(similar_demands, words, view.now, metric=metric, customer=desk.id)
        _similar(likes, bool(metric.strip()), words, view)
    form.finish()


def _said(form: DraftForm, desk: DemandDesk, view: View) -> str:
    section(t("demands.said"))
    words = form.long_text("words", t("demands.words"), placeholder=t("demands.words_hint"))
    with st.container(horizontal=True, gap="small"):
        _maybe(form, "contact", desk.contacts)
        _maybe(form, "opportunity", desk.opportunities)
    new_contact(desk.id, "demand", lambda number, _: form.set({"contact": number}), view)
    return words


def _maybe(form: DraftForm, field: str, options: Mapping[int, str]) -> None:
    with st.container():
        form.select(
            field,
            t(f"demands.{field}"),
            list(options),
            options.__getitem__,
            placeholder=t("demands.optional"),
        )


def _effect(form: DraftForm, view: View) -> None:
    section(t("demands.effect"), help=t("demands.effect_help"))
    form.choice("pain", t("demands.pain"), PAINS, lambda p: term("pain", p))
    form.text("effect-metric", t("demands.metric"), placeholder=t("demands.metric_hint"))
    with st.grid(min_column_width=150, gap="small"):
        before = form.number("effect-before", t("demands.before"), least=None, form="%g")
        after = form.number("effect-after", t("demands.after"), least=None, form="%g")
        unit = form.text("effect-unit", t("demands.unit"), placeholder=t("demands.unit_hint"))
    with st.container(key="demand-effect"):
        metric = form.get("effect-metric")
        if metric and unit and before is not None and after is not None:
            st.caption(plain(effect_words(metric, before, after, unit, view)))


def effect_words(metric: str, before: Decimal | None, after: Decimal | None, unit: str, view: View) -> str:
    """An effect in words: metric, from → to, unit; "" for a ticket that says none."""
    if before is None or after is None:
        return ""
    ends = f"{format.exact(before, view.language)} → {format.exact(after, view.language)}"
    return pair(metric, f"{ends} {unit}")


def _urgency(form: DraftForm, desk: DemandDesk, view: View) -> None:
    section(t("demands.how_urgent"))
    urgency = form.choice("urgency", t("demands.urgency"), URGENCIES, lambda u: term("urgency", u))
    with st.container(key="demand-due"):
        if urgency in desk.clocks:
            _due(desk.clocks[urgency], view)


def allowed_words(clock: Clock, language: str) -> str:
    """The hours that an urgency allows, halves as they are."""
    return format.exact(Decimal(str(clock.allowed_hours)), language)


def _due(clock: Clock, view: View) -> None:
    said = {"n": clock.allowed_hours, "hours": allowed_words(clock, view.language)}
    at = format.deadline(clock.due_at, view.language, view.who.timezone)
    key = "demands.promise_clock" if clock.round_the_clock else "demands.promise_hours"
    st.markdown(f":material/timer: **{plain(t('demands.answer_by', at=at))}**  \n:gray[{t(key, **said)}]")
    years_unknown(clock.unknown_years)


def years_unknown(years: Sequence[int]) -> None:
    """A warning where holidays of a year on the way were never entered."""
    if years:
        st.caption(f":material/warning: {t('demands.unknown_years', years=listed(map(str, years)))}")


def _similar(found: Sequence[Similar], measured: bool, words: str, view: View) -> None:
    with st.container(border=True, gap="small", height=_SIMILAR, key="demand-similar"):
        st.markdown(f"**{t('demands.similar')}**")
        if not found:
            said = "none_measured" if measured else "none_alike" if enough(words) else "none_similar"
            st.caption(t(f"demands.{said}"))
        for one in found:
            similar_line(one, view, lambda i: open_page("demands", demand=i))


def what_came(one: Similar, view: View) -> str:
    """Whose demand it was, whether it measures the same, and how product answered it."""
    came = t("demands.no_answer_yet")
    if one.feature:
        came = f"{one.feature} · {came_words(one.planned_on, one.delivery, view, there=one.there)}"
    elif one.declined_for:
        came = pair(t("demands.show.declined"), term("decline", one.declined_for))
    same = t("demands.same_measure", metric=one.metric) if one.measured else ""
    return " · ".join(part for part in (one.customer, same, came) if part)


def similar_line(one: Similar, view: View, open_one: Callable[[int], None]) -> None:
    """A demand that was asked before, and what came of it."""
    st.markdown(f"{short(one.words, 120)}  \n:small[:gray[{plain(what_came(one, view))}]]")
    if st.button(
        t("demands.look"), key=f"similar-{one.id}", type="tertiary", icon=":material/arrow_forward:"
    ):
        open_one(one.id)


def done(file: DemandFile, view: View) -> None:
    """That it is filed, and by when it is answered."""
    at = format.deadline(file.row.clock.due_at, view.language, view.who.timezone)
    st.success(t("demands.done", at=at), icon=":material/task_alt:")
    with st.container(horizontal=True, gap="small"):
        if st.button(t("demands.look"), type="primary", icon=":material/assignment:"):
            leave_for(demand=file.row.id)
        if st.button(t("record.open_customer"), icon=":material/domain:"):
            open_page("customer", customer=file.row.customer_id)
        if st.button(t("demands.another"), icon=":material/add:"):
            leave_for()
