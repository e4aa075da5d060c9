"""Factor weights, drawn: what is in force, sliders for a new version, its backtest, and the history."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from components import address, format
from components.blocks import Tone, badge, empty, plain, section
from components.draft_begin import note_form
from components.draft_end import sent_now, submit_here, tell_sent
from components.drafts import DraftForm
from components.form_turns import next_turn, turn_of
from components.forms import Marks
from components.frame import View
from components.scrolling import arrive, lead_to
from components.text import clauses, listed, pair, t, term
from core.forecast.factors import FACTORS
from core.forecast.scorecard import BANDS
from core.forecast.weighing import ALL, MOST_WEIGHT
from core.terms import INDUSTRIES
from data.commands.drafts import drop_draft
from data.commands.form_drafts import WEIGHTS, WEIGHTS_USE
from data.queries.weights import Version, WeightHistory

Said = Mapping[str, Mapping[str, float]]
_MEASURES = ("log_loss", "brier", "auc", "accuracy")
_LAYERS = ("all", "new", "renewal")
_VERSION = "weights_version"
FEW_WINS = 30  # wins; a comparison over fewer says little


def industry_name(key: str) -> str:
    """An industry, or all of them, in words."""
    return term("industry", key) if key else t("weights.every_industry")


def in_force(found: WeightHistory, view: View) -> None:
    """Which version counts, since when, and what it changes."""
    tell_sent(view)
    use = found.uses[0] if found.uses else None
    if found.in_force is None:
        st.info(t("weights.shipped"), icon=":material/balance:")
    elif use is not None:
        by = use.by or t("weights.operator")
        said = t("weights.in_force", version=found.in_force, at=view.instant(use.from_at), by=by)
        st.info(f"{plain(said)}  \n{plain(changes(found.weights, view))}", icon=":material/balance:")


def changes(weights: Said, view: View) -> str:
    """What a version sets, by industry: `Stage × 1.5`."""
    parts = []
    for industry, by_factor in weights.items():
        said = listed(
            f"{t(f'factors.name.{name}')} × {format.number(weight, view.language, 2)}"
            for name, weight in by_factor.items()
        )
        parts.append(pair(industry_name(industry), said))
    return clauses(parts) or t("weights.all_one")


def editor(found: WeightHistory, draft: Callable[[str, Said, str], Any], view: View) -> None:
    """A slider for each factor, beginning with what is in force; makes a new version, applies nothing.

    Args:
        draft: `draft(key, weights, note)`.
    """
    section(t("weights.new"), help=t("weights.new_help"))
    names = {i or "every": industry_name(i) for i in (ALL, *INDUSTRIES)}
    chosen = address.choose(st.selectbox, t("weights.industry"), "industry", names, "every", width=260)
    industry = ALL if chosen == "every" else chosen
    base = found.weights.get(ALL, {})
    present = {**base, **found.weights.get(industry, {})}
    named = f"weights-{industry}-{found.in_force}"
    turn = turn_of(named)
    with st.container(border=True):
        marks = Marks(view)
        form = note_form(view, WEIGHTS, chosen)
        set_to = {}
        for layer in _LAYERS:
            st.caption(t(f"weights.layer.{layer}"))
            with st.grid(min_column_width=220, gap="small"):
                for factor in FACTORS:
                    if factor.layer == layer:
                        with marks.field(factor.name):
                            usual = present.get(factor.name, 1.0)
                            set_to[factor.name] = _slider(form, factor.name, usual, found.in_force)
        with marks.field("note"):
            note = form.text("note", t("weights.note"), placeholder=t("weights.note_hint"))
        work = partial(_drafted, partial(draft, turn), _laid_over(found.weights, industry, set_to), note)
        if _pressed(form, view) and sent_now(view, form, marks, work):
            next_turn(named)
            st.toast(t("weights.drafted"))
            st.rerun()
        form.finish()


def _pressed(form: DraftForm, view: View) -> bool:
    """The line under the sliders: write down, throw away, and that they are kept as they stand."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        said = st.button(t("weights.draft"), type="primary")
        if st.button(t("demands.discard"), type="tertiary", icon=":material/delete:", key="weights-discard"):
            view.do(drop_draft, form.draft.id)
            st.rerun()
        st.caption(t("demands.saved_as_draft"), width="content")
    return said


def _drafted(draft: Callable[[Said, str], Any], weights: Said, note: str) -> None:
    address.write(version=draft(weights, note))
    lead_to(_VERSION)


def _slider(form: DraftForm, name: str, usual: float, in_force: int | None) -> float:
    """A factor's weight, kept until something else comes into force, with which it begins again."""
    label, ends = t(f"factors.name.{name}"), (0.0, MOST_WEIGHT)
    return form.slider(f"{name}-{in_force or 0}", label, ends, usual, 0.25, help=_points(name))


def _points(name: str) -> str:
    """The factor's rule of points, for the question mark beside its slider."""
    if name not in BANDS:
        return t("weights.stage_points")
    bands = BANDS[name]
    ends = ["", *(f"{edge:g}" for edge in bands.edges)]
    rules = [
        t("weights.points_from", edge=low, points=f"{p:+g}")
        if low
        else t("weights.points_below", points=f"{p:+g}")
        for low, p in zip(ends, bands.points, strict=True)
    ]
    return " · ".join(rules)


def _laid_over(weights: Said, industry: str, set_to: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """What is in force with one industry's weights replaced; only what differs is written down."""
    usual = weights.get(ALL, {}) if industry else {}
    own = {name: weight for name, weight in set_to.items() if weight != usual.get(name, 1.0)}
    made = {i: dict(by) for i, by in weights.items() if i != industry}
    return made | ({industry: own} if own else {})


def version(found: WeightHistory, compute: Callable[..., Any], view: View) -> None:
    """The version that the address names: what it sets, its backtest, and applying it.

    Args:
        compute: `compute(version, tick)` its backtest.
    """
    with st.container(key="version"):
        asked = address.number("version")
        item = next((v for v in found.versions if v.id == asked), None)
        if item is None:
            return
        with st.container(border=True, key=f"version-{item.id}"):
            with st.container(key=_VERSION):
                st.markdown(f"**{plain(t('weights.version', version=item.id))}** {plain(item.note)}")
                arrive(_VERSION)
            st.markdown(plain(changes(item.weights, view)))
            stale = _needs_backtest(item, found)
            if item.backtest is not None:
                backtest(item.backtest, view)
            if stale:
                st.caption(t("weights.backtest_again" if item.backtest else "weights.backtest_first"))
                _compute(item, compute, view)
            if item.id != found.in_force:
                _apply(item.id, view, ready=not stale)
            if st.button(t("weights.leave"), type="tertiary", icon=":material/close:"):
                address.write(version=None)
                st.rerun()


def _needs_backtest(item: Version, found: WeightHistory) -> bool:
    if item.backtest is None:
        return True
    return not item.used_from and item.backtest["against"] != found.in_force


def _compute(item: Version, compute: Callable[..., Any], view: View) -> None:
    if st.button(t("weights.backtest"), icon=":material/query_stats:", type="primary"):
        marks, bar = Marks(view), st.progress(0.0, t("weights.computing"))
        if marks.sent(lambda: compute(item.id, lambda share: bar.progress(share, t("weights.computing")))):
            st.rerun()


def _apply(item: int, view: View, *, ready: bool) -> None:
    form = note_form(view, WEIGHTS_USE, item)
    form.text("note", t("weights.apply_note"), disabled=not ready)
    with form.at("version"):
        st.button(
            t("weights.apply"),
            key=f"{form.prefix}submit",
            icon=":material/check:",
            disabled=not ready,
            on_click=submit_here,
            args=(view, form.draft.id, WEIGHTS_USE.submit, t("weights.applied")),
        )
    form.finish()


def backtest(found: Mapping[str, Any], view: View) -> None:
    """Old and new beside each other, with how many opportunities, and whether the difference is noise."""
    whole = found["whole"]
    if not whole["new"]["n"]:
        empty(t("weights.no_past"), t("weights.no_past_hint"), icon=":material/query_stats:")
        return
    badge(*_verdict(whole))
    counts = {"n": whole["new"]["n"], "wins": whole["new"]["wins"], "landmarks": found["landmarks"]}
    st.caption(
        t("weights.rests_on", **counts) + (" " + t("weights.few") if counts["wins"] < FEW_WINS else "")
    )
    lines = {ALL: whole} | {k or "none": v for k, v in found["by_industry"].items()}
    table = [_line(name, one, view.language) for name, one in lines.items()]
    st.dataframe(
        pd.DataFrame(table),
        hide_index=True,
        column_config={
            c: st.column_config.TextColumn(t(f"weights.column.{c}"), help=_help(c)) for c in table[0]
        },
        key="weights-backtest",
        alt=t("weights.backtest_alt"),
    )


def _help(column: str) -> str | None:
    return t(f"weights.help.{column}") if column in _MEASURES else None


def _verdict(whole: Mapping[str, Any]) -> tuple[str, Tone]:
    gain, noise = whole["gain"], whole["noise"]
    if not gain or noise is None or abs(gain) <= 2 * noise:
        return t("weights.same"), Tone.QUIET
    return (t("weights.better"), Tone.GREEN) if gain > 0 else (t("weights.worse"), Tone.RED)


def _line(name: str, one: Mapping[str, Any], language: str) -> dict[str, str]:
    label = t("weights.no_industry") if name == "none" else industry_name(name)
    line = {"industry": label, "n": f"{one['new']['n']} / {one['new']['wins']}"}
    for measure in _MEASURES:
        sides = (one[side][measure] for side in ("old", "new"))
        line[measure] = " → ".join(format.number(value, language, 3) for value in sides)
    return line


def history(found: WeightHistory, view: View) -> None:
    """Every version with its uses; each can be looked at, and the shipped weights be taken back."""
    section(t("weights.history"))
    if not found.versions:
        empty(t("weights.no_versions"), t("weights.no_versions_hint"), icon=":material/history:")
        return
    for item in found.versions:
        with st.container(border=True, key=f"history-{item.id}"):
            words, button = st.columns([4, 1], vertical_alignment="center")
            by = f"{item.by or t('weights.operator')} · {view.instant(item.made_at)}"
            words.markdown(
                f"**{plain(t('weights.version', version=item.id))}** {plain(item.note)} "
                f":small[:gray[{plain(by)}]]  \n:small[{plain(_used(item, found, view))}]"
            )
            if button.button(t("weights.look"), key=f"look-{item.id}", width="stretch"):
                address.write(version=item.id)
                lead_to(_VERSION)
                st.rerun()
    if found.in_force is not None:
        with st.expander(t("weights.to_shipped"), icon=":material/undo:"):
            _apply(0, view, ready=True)


def _used(item: Version, found: WeightHistory, view: View) -> str:
    if item.id == found.in_force:
        return t("weights.now", at=view.instant(item.used_from[0]))
    if item.used_from:
        return t("weights.was", at=listed(view.instant(at) for at in item.used_from))
    return t("weights.tested" if item.backtest else "weights.untested")
