"""The survey on the pages: asked on Today, its answers beside day 120, in both languages."""

from __future__ import annotations

import pytest

from data.commands.milestones import set_launch
from data.jobs.count_ballots import count_ballots
from data.jobs.registry import Run
from data.text import translate
from tests.company import found
from tests.data.test_milestones import LAUNCH
from tests.data.test_survey import answer
from tests.pages.reading import check_words, words


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_rep_answers_on_today_and_a_director_reads_the_mean(open_page, sqlite_store, clock, language):
    company = found(sqlite_store)
    assert not open_page("today", company.rep, language).get("button_group")
    set_launch(sqlite_store, company.director, None, LAUNCH)
    page = open_page("today", company.rep, language)
    check_words(page)
    next(b for b in page.button if b.label == translate(language, "survey.start")).click().run()
    page.get("button_group")[0].set_value(4).run()
    check_words(page)
    assert translate(language, "survey.given") in words(page)
    assert translate(language, "survey.no_paper") in words(open_page("today", company.rep, language))
    answer(sqlite_store, company, mate=5, stranger=3)
    clock.move(days=30)
    count_ballots(sqlite_store, Run(clock.at))
    lead = open_page("milestones", company.director, language, day=120)
    check_words(lead)
    assert translate(language, "survey.mean", mean="4.0") in words(lead)
    assert translate(language, "survey.none") in words(lead)
