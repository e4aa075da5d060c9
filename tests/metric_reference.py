"""What each metric counts, once more in plain Python over the store's rows: the SQL must give the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.policies import Policy
from core.process.metrics import PlannedAction, advances, is_due, is_kept
from core.process.stages import StageEvent as Event
from core.reports.catalogue import Grain
from core.terms import ActionStatus
from data.queries.metrics.ask import Ask
from data.schema import Action, Interaction, Opportunity, Pipeline, Signal, Stage, StageEvent

Rows = Iterator[tuple[int, dict[str, float | None]]]  # by row, what it adds to each metric that counts it


class Books:
    """The rows of a store as Python has them."""

    def __init__(self, session: Session, ask: Ask) -> None:
        self.ask, self.policy = ask, ask.policy or Policy()
        self.pipelines = {p.id: p.key for p in session.scalars(select(Pipeline))}
        self.stages = {s.id: s for s in session.scalars(select(Stage))}
        everything = list(session.scalars(select(Opportunity)))
        self.deals = {o.id: o for o in everything if self.pipelines[o.pipeline_id] == ask.pipeline}
        self.elsewhere = {o.id for o in everything} - set(self.deals)
        self.actions = list(session.scalars(select(Action).order_by(Action.id)))
        self.events = [e for e in session.scalars(select(StageEvent)) if e.voided_at is None]
        self.interactions = list(session.scalars(select(Interaction)))
        self.signals = list(session.scalars(select(Signal)))

    def within(self, at: datetime | None) -> bool:
        return at is not None and self.ask.span.since <= at < self.ask.span.until

    def amount(self, deal: Opportunity) -> float | None:
        return None if deal.amount is None or deal.currency != self.ask.currency else float(deal.amount)

    def of(self, deal: Opportunity) -> list[StageEvent]:
        mine = [e for e in self.events if e.opportunity_id == deal.id]
        return sorted(mine, key=lambda e: (e.happened_at, e.id))

    def place(self, event: StageEvent) -> int:
        return self.stages[event.stage_id].position


def closed(books: Books) -> Rows:
    for o in books.deals.values():
        if o.outcome == "open" or not books.within(o.closed_at):
            continue
        won, amount = o.outcome == "won", books.amount(o)
        days = (o.closed_at - o.opened_at).total_seconds() / 86400 if o.opened_at else None
        quoted = any(
            a.opportunity_id == o.id
            and a.type == "quote_confirmation"
            and a.status == "completed"
            and a.voided_at is None
            and a.ended_at <= o.closed_at
            for a in books.actions
        )
        yield (
            o.id,
            {
                "won_amount": amount if won else None,
                "average_won": amount if won else None,
                "wins": 1.0 if won else None,
                "win_rate": float(won),
                "cycle_days": days if won and days is not None and days >= 0 else None,
                "lost_amount": None if won else amount,
                "quote_win_rate": float(won) if quoted else None,
            },
        )


def opened(books: Books) -> Rows:
    for o in books.deals.values():
        if books.within(o.opened_at or o.recorded_at):
            yield o.id, {"new_opportunities": 1.0, "new_amount": books.amount(o)}


def standing(books: Books) -> Rows:
    at, zone = books.ask.span.until, ZoneInfo(books.ask.zone)
    for o in books.deals.values():
        if (o.opened_at or o.recorded_at) >= at or not (o.outcome == "open" or o.closed_at >= at):
            continue
        steps = [a.planned_for for a in books.actions if a.opportunity_id == o.id and _stood(books, a, at)]
        day = at.astimezone(zone).date()
        yield (
            o.id,
            {
                "open_amount": books.amount(o),
                "open_opportunities": 1.0,
                "next_step_rate": float(any(step.astimezone(zone).date() >= day for step in steps)),
                "overdue_steps": 1.0 if any(step.astimezone(zone).date() < day for step in steps) else None,
                "past_benchmark_rate": _past(books, o, at),
            },
        )


def _stood(books: Books, action: Action, at: datetime) -> bool:
    """Whether a step stood planned at an instant."""
    if action.planned_for is None or action.voided_at is not None:
        return False
    before = next((a for a in books.actions if a.id == action.follows_id), None)
    done = action.status == "completed"
    known = before.recorded_at if done and before else action.recorded_at
    over = {"completed": action.ended_at, "cancelled": action.cancelled_at}.get(action.status)
    return known < at and (over is None or over >= at)


def _past(books: Books, deal: Opportunity, at: datetime) -> float | None:
    events = [e for e in books.of(deal) if e.happened_at < at]
    if not events:
        return None
    furthest = max(map(books.place, events))
    first = next(e for e in events if books.place(e) == furthest)
    benchmark = books.stages[first.stage_id].benchmark_days
    if benchmark is None:
        return None
    return float((at - first.happened_at).total_seconds() / 86400 > benchmark)


def stays(books: Books) -> Rows:
    for o in books.deals.values():
        by_id = {e.id: e for e in books.of(o)}
        order = sorted((s for s in books.stages.values() if s.pipeline_id == o.pipeline_id), key=_position)
        told = [Event(books.stages[e.stage_id].key, e.happened_at, e.id) for e in by_id.values()]
        reached = advances(told, [s.key for s in order])
        for n, stay in enumerate(reached):
            following = reached[n + 1] if n + 1 < len(reached) else None
            ended = following.happened_at if following else o.closed_at
            if not books.within(ended) or ended < stay.happened_at:
                continue
            stage, on = books.stages[by_id[stay.order].stage_id], bool(following) or o.outcome == "won"
            days = (ended - stay.happened_at).total_seconds() / 86400
            jump = following and books.place(by_id[following.order])
            skipped = any(following and stage.position < s.position < jump for s in order)
            yield (
                stay.order,
                {
                    "go_on_rate": float(on),
                    "dwell_days": days if on else None,
                    "late_stay_rate": float(days > stage.benchmark_days)
                    if on and stage.benchmark_days
                    else None,
                    "skip_rate": float(skipped) if following else None,
                },
            )


def _position(stage: Stage) -> int:
    return stage.position


def actions(books: Books) -> Rows:
    for a in books.actions:
        if a.opportunity_id not in books.deals or a.status != "completed" or a.voided_at:
            continue
        if books.within(a.ended_at) and _led_further(books, a):
            proven = a.recording or len(a.summary) >= books.policy.min_summary_chars
            wait = (a.recorded_at - a.ended_at).total_seconds() / 3600
            yield (
                a.id,
                {
                    "evidenced_actions": 1.0 if proven else None,
                    "recording_rate": float(bool(a.recording)),
                    "entry_hours": max(wait, 0.0),
                },
            )


def _led_further(books: Books, action: Action) -> bool:
    events = books.of(books.deals[action.opportunity_id])
    mine = next((n for n, e in enumerate(events) if e.action_id == action.id), None)
    return mine is not None and all(books.place(e) < books.place(events[mine]) for e in events[:mine])


def steps(books: Books) -> Rows:
    for a in books.actions:
        if a.opportunity_id not in books.deals or a.voided_at or not books.within(a.planned_for):
            continue
        deal = books.deals[a.opportunity_id]
        own = next(
            (s for s in books.stages.values() if s.pipeline_id == deal.pipeline_id and s.key == a.type), None
        )

        def further(before: datetime, deal=deal, own=own) -> bool:
            there = [e for e in books.of(deal) if e.happened_at < before]
            return own is None or all(books.place(e) < own.position for e in there)

        early = a.ended_at is not None and a.ended_at < a.planned_for
        planned = PlannedAction(
            ActionStatus(a.status),
            a.planned_for,
            a.ended_at or a.cancelled_at,
            further(a.ended_at if early else a.planned_for),
            a.ended_at is not None and further(a.ended_at),
        )
        if is_due(planned, books.ask.now):
            yield a.id, {"completion_rate": float(is_kept(planned))}


def talks(books: Books) -> Rows:
    rows = [
        (a.id * 3, a.opportunity_id, a.ended_at, (a.ended_at - a.started_at).total_seconds() / 60, None)
        for a in books.actions
        if a.status == "completed" and a.started_at and not a.voided_at
    ]
    rows += [
        (i.id * 3 + 1, i.opportunity_id, i.happened_at, (i.duration_seconds or 0) / 60, i.questions)
        for i in books.interactions
    ]
    rows += [
        (s.id * 3 + 2, s.opportunity_id, s.happened_at, s.value or 0, None)
        for s in books.signals
        if s.kind == "video_meeting" and not s.voided_at
    ]
    for key, deal, at, minutes, questions in rows:
        if deal not in books.elsewhere and books.within(at):
            yield (
                key,
                {
                    "talk_minutes": minutes if minutes >= 3 else None,
                    "customer_questions": float(questions) if questions else None,
                },
            )


REFERENCE = {
    Grain.CLOSED: closed,
    Grain.OPENED: opened,
    Grain.OPEN: standing,
    Grain.STAY: stays,
    Grain.ACTION: actions,
    Grain.STEP: steps,
    Grain.TALK: talks,
}


def expected(session: Session, ask: Ask) -> dict[str, dict[int, float]]:
    """By metric, what each row adds to it."""
    books, found = Books(session, ask), {}
    for rows in REFERENCE.values():
        for key, values in rows(books):
            for metric, value in values.items():
                if value is not None:
                    found.setdefault(metric, {})[key] = value
    return found
