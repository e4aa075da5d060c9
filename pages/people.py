"""Who works with Firebreak, in which role and team, and can they sign in?"""

import streamlit as st

from components import address
from components.frame import page
from components.people import ask, filters, people_table, person_dialog, team_dialog, teams_table
from components.people_passwords import first_passwords
from components.personal import personal_data
from components.text import t
from core.access import Permission
from data.queries.people import people, teams

with page("people.title", needs=Permission.MANAGE_PEOPLE) as view:
    all_teams = view.read(teams)
    names = {"people": t("people.people"), "teams": t("people.teams"), "own": t("privacy.tab")}
    first = names[address.read("tab", names, "people")]
    members, groups, own = st.tabs(list(names.values()), default=first)
    with members:
        chosen = filters()
        rows = view.read(people, search=chosen.search, role=chosen.role, active=chosen.active)
        if person := people_table(rows):
            person_dialog(view, all_teams, person)
        first_passwords(view, rows)
        if ask("person", t("people.add"), ":material/person_add:"):
            person_dialog(view, all_teams, None)
    with groups:
        if team := teams_table(all_teams):
            team_dialog(view, team)
        if ask("team", t("people.add_team"), ":material/group_add:"):
            team_dialog(view, None)
    with own:
        personal_data(view)
