"""How far are we on the way from launch to day 120, and what brings the next milestone?"""

from functools import partial

import streamlit as st

from components import address
from components.fit import fit_block
from components.frame import page
from components.milestone_criteria import behind, criteria
from components.milestone_results import bonus_table, go_on, results_block
from components.milestone_samples import draw, item_block, sample_head, sample_rows
from components.milestones import chosen_team, files, launch, position, stop_head, stops
from components.survey import survey_answers
from components.text import t
from core.access import Permission, decide
from core.milestones.samples import SAMPLED
from core.milestones.survey import SURVEYED
from data.commands.command import Command
from data.commands.milestone_samples import draw_sample
from data.files import read_file
from data.queries.fit_score import fit_score
from data.queries.milestone_results import all_results, results, waiting_results
from data.queries.milestone_samples import looked_at, sample_of
from data.queries.milestones import milestone_path, milestone_teams, proof
from data.queries.survey import survey_results

DOES: dict[str, Command[..., int]] = {
    "sample": draw_sample,
}

with page("milestones.title", needs=Permission.SEE_MILESTONES) as view:
    st.caption(t("milestones.question"))
    team = chosen_team(view.read(milestone_teams))
    path = view.read(milestone_path, team, view.now)
    position(path, view)
    stop = stops(path, view)
    files(path, view)
    with st.container(key="milestone-stop"):
        if stop is not None:
            stop_head(stop, path, view)
            criteria(stop, view)
    with st.container(key="milestone-proof"):
        name = address.said("criterion")
        found = view.read(proof, team, stop.day, name, view.now) if stop and name else None
        sample = view.read(sample_of, team, name) if found and name and name in SAMPLED else None
        if found is not None and name:
            behind(found, team, view, partial(draw, sample, team, name, DOES, view))
    with st.container(key="milestone-sample"):
        if found is not None and name in SAMPLED:
            sample_head(sample, name, view)
            with st.container(key="milestone-item"):
                if sample is not None and (of := address.number("item")):
                    looked = view.read(looked_at, sample.id, of)
                    item_block(sample, of, looked, lambda file: read_file(view.store, file)[0], view)
            if sample is not None:
                sample_rows(sample, view)
    with st.container(key="milestone-survey"):
        if stop is not None and stop.day == SURVEYED:
            survey_answers(view.read(survey_results), view)
    with st.container(key="milestone-results"):
        if stop is not None and stop.result_id is not None:
            shown = view.read(results, team, stop.day)
            results_block(shown, view)
            if decide(view.who, Permission.SIGN_MILESTONES).allowed:
                go_on(shown, view.read(waiting_results))
            if team is None:
                bonus_table(view.read(all_results, [stop.day]), view)
    if team is None:
        fit_block(view.read(fit_score, view.now), view)
    launch(path, view)
