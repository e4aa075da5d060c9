"""How a person gets in, is locked out, and what they look after goes to a colleague."""

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from components.blocks import plain
from components.forms import Marks
from components.frame import View
from components.people_passwords import fresh_password
from components.text import listed, t
from core.people import PersonInput
from data.commands.leaving import bring_back, hand_over
from data.commands.people import activate_person, create_person, set_password
from data.queries.leaving import Held, given_away, held
from data.queries.people import PersonRow


def added(view: View, marks: Marks, person: PersonInput) -> Callable[[], None] | None:
    """Add a person with a first password; what then shows it, None when something is wrong."""
    password = fresh_password()
    if not marks.sent(lambda: view.do(create_person, person, password=password)):
        return None
    said = t("people.added", name=plain(person.name.strip()), username=plain(person.username.strip()))
    return lambda: _once(said, password)


def access(view: View, marks: Marks, row: PersonRow, close: Callable[[], None]) -> Callable[[], None] | None:
    """What they look after, their password, and whether they may sign in; what shows a fresh password."""
    st.divider()
    _handing(view, marks, row)
    _bringing_back(view, marks, row)
    with st.container(horizontal=True):
        label = t("people.new_password") if row.can_sign_in else t("people.first_password")
        fresh = st.button(label, icon=":material/key:", key=f"password_{row.person_id}")
        label = t("people.lock_out") if row.active else t("people.let_in")
        lock = st.button(label, icon=":material/block:", key=f"lock_{row.person_id}")
    if lock and marks.sent(lambda: view.do(activate_person, row.person_id, not row.active)):
        close()
        st.toast(t("people.was_locked_out" if row.active else "people.was_let_in", name=plain(row.name)))
        st.rerun()
    password = fresh_password()
    if not fresh or not marks.sent(lambda: view.do(set_password, row.person_id, password)):
        return None
    said = t("people.password_once" if row.can_sign_in else "people.first_once", name=plain(row.name))
    return lambda: _once(said, password)


def _handing(view: View, marks: Marks, row: PersonRow) -> None:
    """What they look after and have in hand, and to whom it goes."""
    slot = st.empty()
    theirs = view.read(held, row.person_id, view.now)
    if not theirs.counts:
        return
    names = {key: f"{name} · {team}" if team else name for key, name, team in theirs.heirs}
    with slot.container():
        st.markdown(t("people.held", what=_words(theirs.counts)))
        st.caption(t("people.held_hint"))
        if {"coaching", "analyses"} & theirs.counts.keys():
            st.caption(t("people.held_by_leads"))
        with marks.field("heir"):
            heir = st.selectbox(
                t("people.heir"),
                list(names),
                index=None,
                format_func=names.__getitem__,
                placeholder=t("people.choose"),
                key=f"heir_{row.person_id}",
            )
        pressed = st.button(t("people.hand_over"), icon=":material/move_group:", key=f"hand_{row.person_id}")
        sure = _sure(row, heir, names, theirs, pressed)
    if (sure or (pressed and heir is None)) and marks.sent(lambda: view.do(hand_over, row.person_id, heir)):
        slot.success(t("people.handed", name=plain(names[heir] if heir else "")), icon=":material/check:")


def _sure(row: PersonRow, heir: int | None, names: Mapping[int, str], theirs: Held, pressed: bool) -> bool:
    """Asks once more, with what goes to whom; whether it was answered with yes."""
    asked = f"hand_asked_{row.person_id}"
    if pressed:
        st.session_state[asked] = heir
    if heir is None or st.session_state.get(asked) != heir:
        return False
    st.warning(t("people.hand_sure", what=_words(theirs.counts), name=plain(names[heir])))
    if not st.button(t("people.hand_now"), type="primary", key=f"hand_now_{row.person_id}"):
        return False
    del st.session_state[asked]
    return True


def _bringing_back(view: View, marks: Marks, row: PersonRow) -> None:
    """What they handed over lately, each with its way back."""
    for given in view.read(given_away, row.person_id, view.now):
        slot = st.empty()
        with slot.container(horizontal=True, vertical_alignment="center"):
            said = t("people.given", at=view.instant(given.at), name=given.heir, what=_words(given.counts))
            st.caption(plain(said), width="stretch")
            pressed = st.button(t("people.bring_back"), icon=":material/undo:", key=f"back_{given.id}")
        if pressed and marks.sent(partial(view.do, bring_back, given.id)):
            slot.success(t("people.brought_back", name=plain(row.name)), icon=":material/check:")


def _words(counts: Mapping[str, int]) -> str:
    return listed(t(f"people.holds.{kind}", n=n) for kind, n in counts.items())


def _once(said: str, password: str) -> None:
    """A new password, shown this once."""
    st.success(said, icon=":material/key:")
    st.code(password, language=None)
