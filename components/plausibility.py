"""What is worth a look, drawn: the fact, its rows, what often explains it, and what came of it."""

from collections.abc import Sequence

import streamlit as st

from components import address
from components.blocks import empty, plain, section
from components.draft_begin import Sheets, sheets
from components.draft_end import send_here, tell_sent
from components.folding import folded
from components.frame import View
from components.left_over import left_over
from components.tables import clickable, instant_column
from components.text import t, term
from data.commands.form_drafts import SIGN
from data.queries.plausibility import PAGE, PersonSign, Plausibility, Review

ROWS_SHOWN = 50
_NUMBERED = {"identical_text": "texts", "back_to_back": "pairs"}  # the figure that chooses the plural


def looked_through(found: Plausibility) -> None:
    """How much was looked at; that nothing stands out where that is so."""
    st.caption(t("plausibility.question", days=found.days))
    if not found.actions:
        empty(t("plausibility.no_records", days=found.days), t("plausibility.nothing_hint"))
        return
    if not found.signs:
        empty(t("plausibility.nothing"), t("plausibility.nothing_hint"), icon=":material/check_circle:")
    st.caption(t("plausibility.looked_through", actions=found.actions, people=found.people))


def signs(found: Plausibility, view: View) -> int | None:
    """A card for each sign that is shown; returns the customer whose row was chosen."""
    tell_sent(view)
    chosen, leaves = None, sheets(view, SIGN)
    _settled_meanwhile(found, leaves, view)
    for item in found.signs:
        with st.container(border=True, key=f"sign-{item.person_id}-{item.sign.kind}"):
            chosen = _sign(item, view) or chosen
            _settle(item, leaves, view)
    if found.total > len(found.signs):
        st.caption(t("plausibility.signs_of", shown=len(found.signs), total=found.total))
        if st.button(t("demands.more"), type="tertiary"):
            address.write(shown=len(found.signs) + PAGE)
            st.rerun()
    return chosen


def _settled_meanwhile(found: Plausibility, leaves: Sheets, view: View) -> None:
    """What one had typed about a sign that somebody else looked at since."""
    shown = {_number(item.person_id, item.sign.kind) for item in found.signs}
    for review in found.reviews:
        number = _number(review.person_id, review.kind)
        if number not in shown and leaves.kept(number).touched:
            by = review.reviewed_by or t("plausibility.operator")
            said = t("errors.settled_meanwhile", by=by, at=view.instant(review.reviewed_at))
            left_over(view, SIGN, number=number, settled=said)
            shown.add(number)  # the newest review settled it


def _number(person_id: int, kind: str) -> str:
    return f"{person_id}-{kind}"


def _sign(item: PersonSign, view: View) -> int | None:
    kind = item.sign.kind
    head = f"**{plain(item.person)}** · {t(f'plausibility.{kind}.name')}"
    team = f" :small[:gray[{plain(item.team)}]]" if item.team else ""
    st.markdown(f"{head}{team}  \n{plain(_why(item, view))}")
    st.caption(t(f"plausibility.{kind}.innocent"))
    label, key = t("plausibility.rows", n=len(item.rows)), f"rows-{item.person_id}-{kind}"
    with folded(label, key, icon=":material/table_rows:") as is_open:
        return _rows(item, view) if is_open else None


def _why(item: PersonSign, view: View) -> str:
    figures = dict(item.sign.params)
    if "at" in figures:
        figures["at"] = view.instant(figures["at"])
    if number := _NUMBERED.get(item.sign.kind):
        figures["n"] = figures.pop(number)
    return t(f"plausibility.{item.sign.kind}.why", **figures)


def _rows(item: PersonSign, view: View) -> int | None:
    shown = item.rows[-ROWS_SHOWN:]
    column, language, zone = st.column_config, view.language, view.who.timezone
    chosen = clickable(
        {
            "customer": [row.customer for row in shown],
            "type": [term("stage", row.type) for row in shown],
            "started": [row.started_at for row in shown],
            "ended": [row.ended_at for row in shown],
            "place": [row.place for row in shown],
            "entered": [row.recorded_at for row in shown],
            "text": [row.text for row in shown],
        },
        [row.customer_id for row in shown],
        f"sign-rows-{item.person_id}-{item.sign.kind}",
        config={
            "customer": column.TextColumn(t("plausibility.customer"), pinned=True),
            "type": column.TextColumn(t("plausibility.type")),
            "started": instant_column(t("plausibility.started"), language, zone),
            "ended": instant_column(t("plausibility.ended"), language, zone),
            "place": column.TextColumn(t("plausibility.place"), width="medium"),
            "entered": instant_column(t("plausibility.entered"), language, zone),
            "text": column.TextColumn(t("plausibility.text"), width="large"),
        },
        alt=t("plausibility.rows_alt"),
    )
    st.caption(t("plausibility.first_of", shown=len(shown), total=len(item.rows)))
    return chosen


def _settle(item: PersonSign, leaves: Sheets, view: View) -> None:
    form = leaves.form(_number(item.person_id, item.sign.kind))
    form.text("note", t("plausibility.note"), placeholder=t("plausibility.note_hint"))
    send_here(
        view, form, t("plausibility.settle"), SIGN.submit,
        said=t("plausibility.settled"), icon=":material/check:", quiet=True,
    )  # fmt: skip
    form.finish()


def reviewed(found: Sequence[Review], view: View) -> None:
    """What was looked at lately, and what came of it."""
    if not found:
        return
    section(t("plausibility.reviewed"))
    for item in found:
        kind, by = t(f"plausibility.{item.kind}.name"), item.reviewed_by or t("plausibility.operator")
        said = t(
            "plausibility.review", kind=kind, person=item.person, at=view.instant(item.reviewed_at), by=by
        )
        st.markdown(f"{plain(item.note)}  \n:small[:gray[{plain(said)}]]")
