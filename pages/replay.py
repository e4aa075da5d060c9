"""What was said on any day, why did it move, and how good have such forecasts been?"""

from collections.abc import Callable
from functools import partial

import streamlit as st

from components import address, outlook, replay
from components.backtests import backtest_form, backtests_block
from components.frame import page
from components.models import expectation, looks_at, rhythm, trainings
from components.navigation import open_page
from components.outlook_rows import folded_behind
from components.replay import Part
from components.scrolling import arrive
from components.text import t
from core.access import Permission
from data.commands.command import Command
from data.commands.forecasts import ask_backtest, replay_day
from data.queries.backtests import backtests, computing
from data.queries.drift import models, months
from data.queries.handed import handed
from data.queries.outlook import offered, policy, snapshot
from data.queries.outlook_calendar import calendar, past

REPLAY: Command[..., int] = replay_day
BACKTEST: Callable[..., int] = ask_backtest.once

with page("replay.title", needs=Permission.SEE_FORECAST) as view:
    st.caption(t("replay.question"))
    kept = view.read(offered)
    if not kept.pipelines:
        outlook.nothing()
        st.stop()
    looked = address.part("look", "replay.look", [*Part])
    with st.container(horizontal=True, gap="small", key=replay.PLACE):
        if looked is Part.DAY:
            pipeline, period = outlook.place(kept, "since", "part")
            days = view.read(calendar, pipeline, period, view.now)
            chosen = replay.day(days.latest, days.today)
        else:
            pipeline = outlook.pipeline(kept, "since", "part")
    arrive(replay.PLACE)
    lead = None
    if looked is Part.BACKTESTS:
        tested = view.read(past, pipeline, view.now)
        backtest_form(*tested, view, lambda turn, *asked: view.do(BACKTEST, turn, pipeline, *asked))
        backtests_block(view.read(backtests, pipeline), view)
    elif looked is Part.MODEL:
        found = view.read(models, pipeline)
        trainings(found, view)
        looks_at(found, view)
        rhythm(found, view)
        if month := expectation(view.read(months, pipeline, view.now), view):
            replay.behind_month(month)
    elif (shown := view.read(snapshot, pipeline, period, chosen)) is None:
        running = view.read(computing, pipeline, days.due(chosen))
        replay.missing(chosen, running, view, partial(view.do, REPLAY, pipeline, chosen))
    else:
        outlook.taken(shown, view)
        outlook.headline(shown, view.language)
        st.subheader(t("replay.moved"), anchor=False, help=t("replay.moved_help"))
        since = replay.since(days.of(shown.run.starts_on), chosen, view.language)
        before = view.read(snapshot, pipeline, period, since) if since else None
        passed = view.read(handed, before, shown) if before and not shown.whole else ()
        moved = replay.moved(before, shown, passed, view)
        lead = folded_behind(shown, "rep", view.read(policy), view) or moved
    if lead:
        open_page(lead[0], **lead[1])
