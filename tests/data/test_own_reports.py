"""The company's own reports from draft to reader: same rows, narrowed, for whom they are made (F2, D3)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from core.access import OPERATOR
from core.messages import Invalid, NotAllowed, NotFound
from core.process.stages import STAGES
from core.reports.catalogue import Dimension, Grain, metrics_of
from core.reports.library import Readers
from core.studio import Area
from core.vocabulary import ActionType
from data.commands.ballots import draw_paper
from data.commands.ratings import rate, revise_report
from data.commands.studio import publish, restore
from data.commands.studio_lists import FRESH, keep_types
from data.commands.studio_reports import bring_back_report, drop_report, keep_report
from data.commands.views import save_view, subscribe
from data.notices import sentence
from data.queries.metrics.beside import beside
from data.queries.metrics.course import course
from data.queries.metrics.rows import behind
from data.queries.metrics.tallies import tallies
from data.queries.ratings import rated
from data.queries.reports import offered, report_preview, reports
from data.queries.studio import desk
from data.queries.studio_lists import shipped_stages
from data.schema import Audit
from data.view_words import findings
from tests.company import found
from tests.data.test_metrics import ask_of
from tests.data.test_views import hour
from tests.metric_company import drawn
from tests.spec.test_own_reports import REPORT

TEAM_REPORT = replace(REPORT, only=(), split=Dimension.REP)


def put(store, who, report, note="Asked for."):
    keep_report(store, who, report)
    return publish(store, who, Area.REPORTS, note)


def seen(store, who):
    with store.reading() as session:
        return set(reports(session, who)) - {"pipeline", "conversion", "activity", "promises", "forecast"}


def test_numbers_rows_course_and_what_stands_beside_are_narrowed_alike(store):
    """A number of every grain, narrowed to a rep: it is that rep's of everybody's, and so are its rows."""
    drawn(store)
    every = ask_of(store)
    firsts = [metrics_of(grain)[0] for grain in Grain]
    with store.reading() as session:
        whole = tallies(session, OPERATOR, every, [m.name for m in firsts])
        for metric in firsts:
            groups = whole[metric.name].by.get(Dimension.REP, {})
            key = max(groups, key=lambda k: groups[k][1].n)
            ask = replace(every, only=((Dimension.REP, (key,)),))
            one = tallies(session, OPERATOR, ask, [metric.name])[metric.name]
            rows = behind(session, OPERATOR, ask, metric, most=10_000)
            assert one.whole.n == rows.total.n == groups[key][1].n > 0, metric.name
            assert one.whole.top == pytest.approx(groups[key][1].top)
            assert {f.groups[Dimension.REP][0] for f in rows.facts} == {key}
            assert set(course(session, OPERATOR, ask, metric, Dimension.REP)) <= {key}
        near = beside(session, OPERATOR, ask, metric, None, None, [])
        assert near.mine.n == len({f.customer_id for f in rows.facts if f.customer_id})


def test_a_report_is_published_changed_taken_off_and_rolled_back(store):
    people = found(store)
    keep_report(store, people.director, REPORT)
    assert seen(store, people.manager) == set()  # a draft is in force for nobody
    first = publish(store, people.director, Area.REPORTS, "The heads ask.")
    assert seen(store, people.manager) == {REPORT.name}
    assert seen(store, people.rep) == seen(store, people.director) == set()  # made for managers
    put(store, people.admin, replace(REPORT, readers=Readers()), "For all.")
    assert seen(store, people.rep) == {REPORT.name}
    drop_report(store, people.director, REPORT.name)
    publish(store, people.director, Area.REPORTS, "Nobody reads it.")
    assert seen(store, people.rep) == set()
    bring_back_report(store, people.director, REPORT.name)
    publish(store, people.director, Area.REPORTS, "Missed.")
    assert seen(store, people.rep) == {REPORT.name}
    restore(store, people.admin, Area.REPORTS, first, "As it was.")
    assert (seen(store, people.manager), seen(store, people.rep)) == ({REPORT.name}, set())
    restore(store, people.admin, Area.REPORTS, 0, "As shipped.")
    assert seen(store, people.manager) == set()
    with store.reading() as session:
        found_ = desk(session, people.director, Area.REPORTS)
        audited = session.scalars(select(Audit.after).where(Audit.command == "studio.publish")).first()
    assert [r.retired for r in found_.in_force.own_reports] == [True]  # its name is never given again
    assert len(found_.versions) == 6
    assert "wins" in audited["Wins and answers / 赢单与响应"]


def test_a_vanity_count_and_a_guest_are_refused(sqlite_store):
    people = found(sqlite_store)
    with pytest.raises(Invalid) as refused:
        keep_report(sqlite_store, people.director, replace(REPORT, metrics=("calls_dialled",)))
    assert refused.value.problems[0].params == {"refused": "calls_dialled"}
    for who in (people.rep, people.manager, OPERATOR):
        with pytest.raises(NotAllowed):
            keep_report(sqlite_store, who, REPORT)
    with sqlite_store.reading() as session:
        for read in (offered, lambda s, w: report_preview(s, w, REPORT, sqlite_store.clock())):
            with pytest.raises(NotAllowed):
                read(session, people.manager)


def test_the_preview_shows_what_readers_will_see(sqlite_store):
    people = drawn(sqlite_store).people
    with sqlite_store.reading() as session:
        for who in (people.director, people.admin):
            shown = report_preview(session, who, TEAM_REPORT, sqlite_store.clock())
            groups = shown.now["wins"].by[Dimension.REP]
            assert shown.now["wins"].whole.top == sum(t.top for _, t in groups.values()) > 0
        choices = offered(session, people.director)
    assert people.rep.person_id in choices.people
    assert choices.groups[Dimension.INDUSTRY]


def test_stages_of_the_companys_own_are_offered_in_its_order(sqlite_store):
    people = found(sqlite_store)
    trial = ActionType(FRESH, {"en": "Trial", "zh": "试用"})
    shipped = [ActionType(key, label) for key, label in shipped_stages().items()]
    keep_types(sqlite_store, people.director, [shipped[0], trial, *shipped[1:]])
    publish(sqlite_store, people.director, Area.STAGES, "Trials come first.")
    with sqlite_store.reading() as session:
        groups = offered(session, people.director).groups
    assert list(groups[Dimension.STAGE])[:3] == [STAGES[0], "own_trial", STAGES[1]]


def test_a_saved_view_of_it_is_subscribed_to_by_those_who_read_it(store, clock):
    people = found(store)
    put(store, people.director, replace(REPORT, readers=Readers(teams=(people.rep.team_id,))))
    query = {"report": REPORT.name}
    view = save_view(store, people.manager, "reports", query, "Ours", True)
    subscribe(store, people.rep, view, "week", 4)
    told = hour(store, clock, days=2)
    assert [(person, kind) for person, _, _, kind in told] == [(people.rep.person_id, "view")]
    with store.reading() as session:
        assert findings(session, people.rep, "reports", query, clock())
        assert findings(session, people.stranger, "reports", query, clock()) == {}  # not made for them


def test_it_is_rated_goes_on_as_a_new_version_when_it_shows_something_else(sqlite_store):
    people = found(sqlite_store)
    name = REPORT.name
    put(sqlite_store, people.director, REPORT)

    def version():
        with sqlite_store.reading() as session:
            return rated(session, people.manager, name, sqlite_store.clock()).version

    rate(sqlite_store, people.manager, draw_paper(sqlite_store, people.manager), name, 4)
    with sqlite_store.reading() as session, pytest.raises(NotFound):
        rated(session, people.rep, name, sqlite_store.clock())  # made for managers
    put(sqlite_store, people.director, replace(REPORT, label={"en": "Renamed", "zh": "改名"}))
    assert version() == 1
    put(sqlite_store, people.director, replace(REPORT, metrics=("wins",)), "Wins alone.")
    assert version() == 2
    revise_report(sqlite_store, people.director, name, "Clearer.")
    assert version() == 3
    said = {"report": dict(REPORT.label), "month": "2026-03", "mean": "3.1", "n": 4, "limit": 3.5}
    assert "赢单与响应" in " ".join(sentence("zh", "report_offline", said))
