"""The people page's parts: filters, tables, and the dialogs that add and change."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import available_timezones

import streamlit as st

from components import address
from components.blocks import empty, plain
from components.forms import Marks
from components.frame import View
from components.people_access import access, added
from components.tables import first_of
from components.text import language, t, term
from core.people import CHAT_IDS, TEAM_KINDS, PersonInput
from core.terms import Role
from data.commands.people import create_team, edit_person, edit_team, remove_team
from data.queries.people import PersonRow, TeamRow
from data.text import LANGUAGES, zone_words


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list shows; None means all."""

    search: str
    role: str | None
    active: bool | None


def filters() -> Filters:
    """Search, role and state, kept in the address."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = address.search(t("people.search"), "search")
        role = address.pick(
            t("people.role"), "role", list(Role), lambda r: term("role", r), everything=t("people.all")
        )
        active = address.switch(t("people.only_active"), "active", default=True)
    return Filters(search, role, True if active else None)


def ask(key: str, label: str, icon: str) -> bool:
    """A button that opens a dialog."""
    return st.button(label, icon=icon, type="primary", key=f"ask_{key}")


def people_table(rows: Sequence[PersonRow]) -> PersonRow | None:
    """The list; returns the person whose line was chosen in this run, or whom the address names."""
    if not rows:
        empty(t("people.nobody"), t("people.nobody_hint"))
        return None
    st.caption(t("people.count", n=len(rows)))
    shown = first_of(rows)
    table = {
        t("people.name"): [r.name for r in shown],
        t("people.username"): [r.username for r in shown],
        t("people.role"): [term("role", r.role) for r in shown],
        t("people.team"): [r.team or "" for r in shown],
        t("people.state"): [t(f"people.{_state(r)}") for r in shown],
    }
    event = st.dataframe(
        table, hide_index=True, on_select="rerun", selection_mode="single-row", key=_table_key("people")
    )
    if (picked := event.selection.rows) and picked[0] < len(shown):
        return shown[picked[0]]
    named = address.number("person")
    return next((row for row in rows if row.person_id == named), None)


def _table_key(of: str) -> str:
    """A fresh key after each closed dialog, so that its line is no longer chosen."""
    return f"{of}_{st.session_state.get('people_round', 0)}"


def _close() -> None:
    address.write(person=None)
    st.session_state["people_round"] = st.session_state.get("people_round", 0) + 1


def _state(row: PersonRow) -> str:
    if not row.active:
        return "locked_out"
    return "active" if row.can_sign_in else "no_password"


def person_dialog(view: View, teams: Sequence[TeamRow], row: PersonRow | None) -> None:
    """Add a person, or change, lock out or let in the one given."""
    title = row.name if row else t("people.add")

    @st.dialog(plain(title), on_dismiss=_close)
    def draw() -> None:
        marks, slot = Marks(view), st.empty()
        with slot.container():
            person = _person_fields(marks, teams, row)
            sent = st.button(t("people.save"), type="primary", width="stretch")
            if row and sent and marks.sent(lambda: view.do(edit_person, row.person_id, person, row.version)):
                _close()
                st.rerun()
            tell = access(view, marks, row, _close) if row else None
        if not row and sent:
            tell = added(view, marks, person)
        if tell:
            slot.empty()
            tell()

    draw()


def _person_fields(marks: Marks, teams: Sequence[TeamRow], row: PersonRow | None) -> PersonInput:
    of = f"person_{row.person_id if row else 'new'}"
    roles, names = list(Role), {team.team_id: team.name for team in teams}
    with marks.field("name"):
        name = st.text_input(t("people.name"), row.name if row else "", key=f"{of}_name")
    with marks.field("username"):
        username = st.text_input(t("people.username"), row.username if row else "", key=f"{of}_username")
    with marks.field("role"):
        role = st.selectbox(
            t("people.role"),
            roles,
            index=roles.index(Role(row.role)) if row else 0,
            format_func=lambda r: term("role", r),
            key=f"{of}_role",
        )
    with marks.field("team"):
        team_id = st.selectbox(
            t("people.team"),
            list(names),
            index=list(names).index(row.team_id) if row and row.team_id in names else None,
            format_func=names.__getitem__,
            placeholder=t("people.no_team"),
            key=f"{of}_team",
        )
        if not names:
            st.caption(t("people.team_first"))
    with marks.field("email"):
        email = st.text_input(t("people.email"), (row.email or "") if row else "", key=f"{of}_email")
    with marks.field("language"):
        language = st.selectbox(
            t("people.language"),
            list(LANGUAGES),
            index=list(LANGUAGES).index(row.language) if row and row.language in LANGUAGES else None,
            format_func=LANGUAGES.__getitem__,
            placeholder=t("people.browser_language"),
            key=f"{of}_language",
        )
    ids = _chat_ids(marks, row, of)
    return PersonInput(username, name, role, team_id, email.strip() or None, language, **ids)


def _chat_ids(marks: Marks, row: PersonRow | None, of: str) -> dict[str, str | None]:
    """Who they are in the chat tools, by field; asked for under a fold."""
    given: dict[str, str | None] = {}
    with st.expander(t("people.chat_ids"), icon=":material/forum:"):
        st.caption(t("people.chat_ids_help"))
        for field in CHAT_IDS:
            before = (getattr(row, field) if row else None) or ""
            with marks.field(field):
                said = st.text_input(t(f"people.{field}"), before, key=f"{of}_{field}")
            given[field] = said.strip() or None
    return given


def teams_table(teams: Sequence[TeamRow]) -> TeamRow | None:
    """All teams with their number of people; returns the one whose line was chosen in this run."""
    if not teams:
        empty(t("people.no_teams"), t("people.no_teams_hint"))
        return None
    kinds = {kind: t(f"people.kind_{kind}") for kind in {r.kind for r in teams}}
    zones = {zone: zone_words(language(), zone) for zone in {r.timezone for r in teams}}
    table = {
        t("people.team"): [r.name for r in teams],
        t("people.kind"): [kinds[r.kind] for r in teams],
        t("people.region"): [r.region or "" for r in teams],
        t("people.timezone"): [zones[r.timezone] for r in teams],
        t("people.people"): [r.people for r in teams],
    }
    event = st.dataframe(
        table, hide_index=True, on_select="rerun", selection_mode="single-row", key=_table_key("teams")
    )
    picked = event.selection.rows
    return teams[picked[0]] if picked and picked[0] < len(teams) else None


def team_dialog(view: View, row: TeamRow | None) -> None:
    """Add a team, a store or an office, or change the one given."""
    zones, of = sorted(available_timezones()), f"team_{row.team_id if row else 'new'}"

    @st.dialog(plain(row.name if row else t("people.add_team")), on_dismiss=_close)
    def draw() -> None:
        marks, kinds = Marks(view), {kind: t(f"people.kind_{kind}") for kind in TEAM_KINDS}
        with marks.field("name"):
            name = st.text_input(t("people.team_name"), row.name if row else "", key=f"{of}_name")
        with marks.field("kind"):
            kind = st.selectbox(
                t("people.kind"),
                list(kinds),
                index=TEAM_KINDS.index(row.kind) if row else 0,
                format_func=kinds.__getitem__,
                key=f"{of}_kind",
            )
        region = st.text_input(t("people.region"), (row.region or "") if row else "", key=f"{of}_region")
        with marks.field("timezone"):
            zone = st.selectbox(
                t("people.timezone"),
                zones,
                index=zones.index(row.timezone if row else view.who.timezone),
                key=f"{of}_timezone",
            )

        def keep() -> int:
            place = region.strip() or None
            if row:
                return view.do(edit_team, row.team_id, name, kind=kind, region=place, timezone=zone)
            return view.do(create_team, name, kind=kind, region=place, timezone=zone)

        sent = st.button(t("people.save"), type="primary", width="stretch") and marks.sent(keep)
        if row and st.button(t("people.remove_team"), icon=":material/delete:", key=f"{of}_remove"):
            sent = marks.sent(lambda: view.do(remove_team, row.team_id))
        if sent:
            _close()
            st.rerun()

    draw()
