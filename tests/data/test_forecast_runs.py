"""The morning's snapshots: once for each day, caught up, kept as they were said whatever comes later."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError

from data.forecasting import AT, forecast_of, open_books
from data.jobs import forecast as job
from data.jobs.registry import Run
from data.jobs.runner import run_due
from data.jobs.schedule import work, work_slowly
from data.schema import (
    ForecastLine,
    ForecastRun,
    ForecastWin,
    JobRun,
    Opportunity,
    OpportunityChange,
    Pipeline,
    Stage,
    StageEvent,
)
from tests.company import found

TODAY = date(2026, 3, 4)
NEW_YEAR = datetime(2025, 9, 1, tzinfo=UTC)


def sold(session, pipeline, owner, n: int, opened: datetime, closed: datetime | None, amount: int) -> int:
    """An opportunity that was won when it closed; open where it has not."""
    row = Opportunity(
        pipeline_id=pipeline,
        name=f"Deal {n}",
        owner_id=owner,
        amount=Decimal(amount),
        currency="CNY",
        opened_at=opened,
        recorded_at=opened,
        outcome="won" if closed else "open",
        closed_at=closed,
        close_on=date(2026, 3, 20),
    )
    session.add(row)
    session.flush()
    stage = session.scalars(select(Stage.id).where(Stage.pipeline_id == pipeline).limit(1)).one()
    session.add(StageEvent(opportunity_id=row.id, stage_id=stage, happened_at=opened, recorded_at=opened))
    if closed:
        for field, before, after in (("outcome", "open", "won"), ("closed_at", None, closed.isoformat())):
            session.add(change(row.id, field, before, after, closed))
    return row.id


def change(opportunity: int, field: str, before, after, at: datetime, recorded: datetime | None = None):
    return OpportunityChange(
        opportunity_id=opportunity,
        field=field,
        before=before,
        after=after,
        happened_at=at,
        recorded_at=recorded or at,
    )


@pytest.fixture
def company(store, clock):
    """Two wins in each month since September, the last on 2 March, and what is open."""
    people = found(store)
    with store.writing() as session:
        pipeline = session.scalars(select(Pipeline.id).where(Pipeline.key == "firebreak")).one()
        for n in range(13):
            opened = NEW_YEAR + timedelta(days=14 * n)
            owner = (people.rep, people.stranger)[n % 2].person_id
            sold(session, pipeline, owner, n, opened, opened + timedelta(days=14), 1000 + n)
        for n in range(5):
            opened = clock.at - timedelta(days=5 + n)
            sold(session, pipeline, people.mate.person_id, 20 + n, opened, None, 500)
    return people


def snapshot(store, day: date = TODAY) -> None:
    due = datetime.combine(day, AT, tzinfo=UTC) - timedelta(hours=8)
    job.forecast(store, Run(due, "firebreak"))


def rows(store, table):
    with store.reading() as session:
        columns = [c for c in table.__table__.columns if c.name != "id"]
        return [tuple(row) for row in session.execute(select(*columns).order_by(table.id))]


def test_a_morning_is_kept_once_however_often_its_job_runs(store, company):
    snapshot(store)
    first = [rows(store, table) for table in (ForecastRun, ForecastLine, ForecastWin)]
    snapshot(store)
    assert [rows(store, table) for table in (ForecastRun, ForecastLine, ForecastWin)] == first
    with store.reading() as session:
        runs = {run.period: run for run in session.scalars(select(ForecastRun))}
        month, quarter = runs["month"], runs["quarter"]
        lines = session.scalars(select(ForecastLine).where(ForecastLine.run_id == month.id)).all()
    assert (month.starts_on, month.ends_on, month.taken_on) == (date(2026, 3, 1), date(2026, 4, 1), TODAY)
    assert (quarter.starts_on, quarter.ends_on) == (date(2026, 1, 1), date(2026, 4, 1))
    assert month.taken_at == datetime(2026, 3, 3, 16, tzinfo=UTC)  # midnight in Shanghai
    assert month.won_so_far == 1012
    assert month.low <= month.value <= month.high
    assert month.value > month.won_so_far
    assert {line.owner_id for line in lines} == {company.mate.person_id}  # the others' came at noon
    assert all(
        line.value == pytest.approx(Decimal(line.chance) * line.amount, abs=Decimal("0.01")) for line in lines
    )


def test_a_win_dated_to_a_months_first_day_is_that_months(store, company):
    """A date alone is the day's first instant, in Shanghai: the first morning has it open, later ones won."""
    with store.writing() as session:
        pipeline = session.scalars(select(Pipeline.id).where(Pipeline.key == "firebreak")).one()
        first = datetime(2026, 2, 28, 16, tzinfo=UTC)
        edge = sold(session, pipeline, company.rep.person_id, 99, first - timedelta(days=9), first, 7000)
    snapshot(store, date(2026, 3, 1))
    snapshot(store)
    with store.reading() as session:
        query = select(ForecastRun).where(ForecastRun.period == "month").order_by(ForecastRun.taken_on)
        morning, later = session.scalars(query).all()
        lines = set(
            session.scalars(select(ForecastLine.opportunity_id).where(ForecastLine.run_id == morning.id))
        )
    assert edge in lines
    assert (morning.won_so_far, later.won_so_far) == (0, 8012)


def test_what_was_won_adds_up_to_its_rows(store, company):
    snapshot(store)
    with store.reading() as session:
        won = select(ForecastWin.run_id, func.sum(ForecastWin.amount)).group_by(ForecastWin.run_id)
        assert dict(session.execute(won).all()) == dict(
            session.execute(select(ForecastRun.id, ForecastRun.won_so_far)).all()
        )


@pytest.mark.parametrize("table", [ForecastRun, ForecastLine, ForecastWin])
def test_the_database_refuses_to_change_or_delete_what_was_forecast(store, company, table):
    snapshot(store)
    column = {ForecastRun: "value", ForecastLine: "value", ForecastWin: "amount"}[table]
    for act in (update(table).values({column: Decimal(1)}), delete(table)):
        with pytest.raises(DBAPIError, match="never changed"), store.writing() as session:
            session.execute(act)


def test_late_and_back_dated_entries_change_no_snapshot_and_a_replay_says_the_same(store, company, clock):
    snapshot(store)
    before = [rows(store, table) for table in (ForecastRun, ForecastLine, ForecastWin)]
    with store.writing() as session:
        pipeline = session.scalars(select(Pipeline.id).where(Pipeline.key == "firebreak")).one()
        early = clock.at - timedelta(days=3)
        late = Opportunity(
            pipeline_id=pipeline,
            name="Entered a month late",
            owner_id=company.rep.person_id,
            amount=Decimal(99_999),
            currency="CNY",
            opened_at=early,
            closed_at=early,
            outcome="won",
            recorded_at=clock.at + timedelta(days=1),
        )
        session.add(late)
        known = session.scalars(select(Opportunity).where(Opportunity.name == "Deal 20")).one()
        session.add(change(known.id, "amount", "500", "77", early, clock.at + timedelta(days=1)))
        known.amount = Decimal(77)
    snapshot(store)
    assert [rows(store, table) for table in (ForecastRun, ForecastLine, ForecastWin)] == before
    with store.reading() as session:
        again = forecast_of(open_books(session, "firebreak"), "month", TODAY)
    told, lines = job.as_rows(again)[:2]
    with store.reading() as session:
        kept = session.scalars(select(ForecastRun).where(ForecastRun.period == "month")).one()
        stored = session.scalars(select(ForecastLine).where(ForecastLine.run_id == kept.id)).all()
    assert (told["value"], told["low"], told["high"]) == (kept.value, kept.low, kept.high)
    assert [line["value"] for line in lines] == [line.value for line in stored]


def work_all(store) -> int:
    """Both loops of the worker, once."""
    return work(store) + work_slowly(store)


def test_missed_mornings_are_caught_up_and_marked_by_their_time(store, company, clock):
    assert work_all(store) > 0
    with store.reading() as session:
        taken = session.scalars(
            select(ForecastRun.taken_on).where(ForecastRun.period == "month").order_by(ForecastRun.taken_on)
        ).all()
        assert taken == [TODAY - timedelta(days=n) for n in reversed(range(job.CATCH_UP))]
        assert {run.recorded_at for run in session.scalars(select(ForecastRun))} == {clock.at}
    clock.move(days=1)
    work_all(store)
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(ForecastRun)) == 2 * (job.CATCH_UP + 1)


def test_a_killed_run_leaves_nothing_half_and_is_done_again(store, company, clock, monkeypatch):
    def killed(*_):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(job, "insert", killed)  # the run's row is in, its lines are not
        with pytest.raises(SystemExit):
            snapshot(store)
    assert rows(store, ForecastRun) == []
    snapshot(store)
    assert len(rows(store, ForecastRun)) == 2
    assert len(rows(store, ForecastLine)) == 10


def test_a_pipeline_without_history_gets_no_run(store, clock):
    work_all(store)
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(JobRun).where(JobRun.job == job.NAME)) == 0


def test_with_nothing_closed_yet_there_is_no_number_but_there_are_lines(store, clock):
    found(store)
    clock.move(days=1)
    work_all(store)
    assert run_due(store) == 0
    with store.reading() as session:
        latest = session.scalars(select(ForecastRun).order_by(ForecastRun.id.desc())).first()
        lines = session.scalars(select(ForecastLine).where(ForecastLine.run_id == latest.id)).all()
    assert (latest.value, latest.low, latest.high) == (None, None, None)
    assert len(lines) == 2
