"""Demands and promises of the demo company, some of them stories (docs/demo.md): an SLA missed across a
holiday, a promise nine days before the plan, a plan that slips behind a promise, a promise without a plan,
and demands that wait for an answer right now."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from core.access import Who
from core.promises.collaboration import quarter_of
from core.promises.demands import Answer, DemandInput, Effect, PromiseInput
from core.promises.sla import allowed_hours
from data.calendars import china
from data.commands.demands import answer_demand, file_demand, pause_demand, resume_demand
from data.commands.features import move_feature
from data.commands.promises import make_promise
from data.demo import inboxes
from data.demo.calendar import SHANGHAI, is_workday, local, workday
from data.demo.deliveries import Deliverer
from data.demo.market import Customer, writer_for
from data.demo.simulation import Simulation
from data.demo.staff import ACCOUNTS
from data.demo.texts import Writer, words
from data.engine import Store
from data.queries.policies import policy_in_force

_URGENCIES, _WEIGHTS = ("P0", "P1", "P2", "P3"), (8, 30, 42, 20)
STORY_GAP_DAYS = 9
SLOW_TEAM = 0  # the region of the demo account of a manager


@dataclass(slots=True)
class Wish:
    """A demand to come.

    Attributes:
        opened_at: when it is filed.
        share: of the allowed time that passes until the answer, 0–1 is in time.
        answered_at: fixed by a story; by `share` when None.
        planned_in_days: from the answer to the planned date.
        promised_early_days: days by which the promise precedes the plan; negative leaves time.
        waits: has no answer up to the present; where `paused`, it waits for the customer.
        slips_days: days by which the plan moves two working days ago.
        fate: what the customer says: nothing ("silent"), or a "report" of a problem that is not mended yet.
    """

    customer: Customer
    urgency: str
    opened_at: datetime
    share: float = 0.5
    answered_at: datetime | None = None
    planned_in_days: int = 30
    promised_early_days: int | None = -10
    paused: bool = False
    waits: bool = False
    slips_days: int = 0
    fate: str = ""
    id: int = 0


class Promiser:
    """Lets demands be filed, answered and promised as time runs through the demo."""

    def __init__(
        self, store: Store, simulation: Simulation, product: Who, seed: int, deliverer: Deliverer
    ) -> None:
        self._store, self._simulation, self._product = store, simulation, product
        self._deliverer = deliverer
        self._rng = Random(seed + 1)  # its own: what is drawn here moves nothing else

    def expect(self, customers: list[Customer], count: int, now: datetime) -> None:
        """Ordinary demands of the last eight months, answered in time, and the two stories."""
        known = [c for c in customers if c.created_at < now - timedelta(days=250)] or customers[:1]
        for _ in range(count):
            day = workday(now, -self._rng.randint(12, 160))
            opened = local(day, self._rng.choice((9, 10, 11, 14, 15, 16)), self._rng.randint(0, 59))
            urgency = self._rng.choices(_URGENCIES, _WEIGHTS)[0]
            wish = Wish(self._rng.choice(known), urgency, opened, self._rng.uniform(0.15, 0.85))
            wish.planned_in_days = self._rng.randint(15, 60)
            wish.promised_early_days = self._rng.choice((-4, -8, -15, None))
            wish.paused = urgency == "P3"
            self._push(wish)
        self._push(across_a_holiday(known[0], now))
        self._push(before_the_plan(known[-1], now))
        reps = [c for c in known if c.rep.who.name == ACCOUNTS["rep"][0]] or known
        stories = (*waiting_now(known, reps, now), *ahead(known, reps, now), *handed_over(reps, now))
        for wish in (*stories, behind_a_slip(reps[0], now)):
            self._push(wish)
        for wish in slow_quarter(known, now):
            self._push(wish)
        self._simulation.push(local(workday(now, -3), 16), self._promise_unplanned, reps[-1], now)

    def _push(self, wish: Wish) -> None:
        self._simulation.push(wish.opened_at, self._file, wish)

    def _file(self, wish: Wish) -> None:
        writer, language = writer_for(self._rng, wish.customer), wish.customer.language
        chosen = self._rng.choice(words(language)["effects"])
        effect = Effect(chosen["metric"], Decimal(chosen["before"]), Decimal(chosen["after"]), chosen["unit"])
        demand = DemandInput(
            writer.say("demand", "words"),
            chosen["pain"],
            effect,
            wish.urgency,
            contact_id=wish.customer.contact_ids[0],
        )
        wish.id = file_demand(self._store, wish.customer.rep.who, wish.customer.id, demand)
        if wish.waits:
            if wish.paused:
                self._simulation.push(wish.opened_at + timedelta(hours=1), self._pause, wish)
            return
        answered_at = wish.answered_at or self._answer_at(wish)
        if wish.paused:
            length = answered_at - wish.opened_at
            self._simulation.push(wish.opened_at + length / 3, self._pause, wish)
            self._simulation.push(wish.opened_at + length / 2, self._resume, wish)
        self._simulation.push(answered_at, self._answer, wish)

    def _pause(self, wish: Wish) -> None:
        said = writer_for(self._rng, wish.customer).say("demand", "pause")
        pause_demand(self._store, self._product, wish.id, said)

    def _resume(self, wish: Wish) -> None:
        resume_demand(self._store, self._product, wish.id)

    def _answer_at(self, wish: Wish) -> datetime:
        with self._store.reading() as session:
            policy = policy_in_force(session)
        spent = timedelta(hours=allowed_hours(wish.urgency, policy) * wish.share)
        if wish.urgency in policy.sla_round_the_clock:
            return wish.opened_at + spent
        return china().after(wish.opened_at, spent)

    def _answer(self, wish: Wish) -> None:
        writer = writer_for(self._rng, wish.customer)
        now = self._simulation.clock()
        planned_on = (now + timedelta(days=wish.planned_in_days)).astimezone(SHANGHAI).date()
        answer = Answer(
            writer.say("demand", "feature"),
            writer.say("demand", "path"),
            writer.say("demand", "resources"),
            deliverable=self._rng.choice(("api", "screen")),
            reference=f"YQ-{wish.id:04d}",
            planned_on=planned_on,
        )
        feature = answer_demand(self._store, self._product, wish.id, answer)
        read = (inboxes.read_answer, self._store, wish.customer.rep.who, wish.id)
        self._simulation.push(now + inboxes.SOON, *read)
        if not wish.slips_days:
            self._deliverer.expect(wish.customer, wish.id, answer.feature, planned_on, wish.fate)
        if wish.slips_days:
            slip = local(workday(self._simulation.now, -2), 11)
            later = planned_on + timedelta(days=wish.slips_days)
            self._simulation.push(slip, self._move, feature, later, writer.say("demand", "slip"))
        if wish.promised_early_days is not None:
            day = planned_on - timedelta(days=wish.promised_early_days)
            self._simulation.push(now + timedelta(days=1), self._promise, wish, day, writer)

    def _move(self, feature: int, planned_on: date, reason: str) -> None:
        move_feature(self._store, self._product, feature, planned_on, reason)

    def _promise_unplanned(self, customer: Customer, now: datetime) -> None:
        day = (now + timedelta(days=40)).astimezone(SHANGHAI).date()
        said = writer_for(self._rng, customer).say("demand", "promise")
        promise = PromiseInput(said, day, contact_id=customer.contact_ids[0])
        make_promise(self._store, customer.rep.who, customer.id, promise)

    def _promise(self, wish: Wish, day: date, writer: Writer) -> None:
        promise = PromiseInput(
            writer.say("demand", "promise"),
            day,
            demand_id=wish.id,
            contact_id=wish.customer.contact_ids[0],
        )
        make_promise(self._store, wish.customer.rep.who, wish.customer.id, promise)


def across_a_holiday(customer: Customer, now: datetime) -> Wish:
    """Filed on the last afternoon before the latest long holiday, answered two working days after it:
    more than the eight working hours of a P1, whatever the free days between."""
    day = workday(now, -5)
    while not _begins_a_holiday(day + timedelta(days=1)) or not is_workday(day):
        day -= timedelta(days=1)
    back = local(day, 16)
    answered = china().after(back, timedelta(hours=15))
    return Wish(customer, "P1", back, answered_at=answered, planned_in_days=40, promised_early_days=None)


def before_the_plan(customer: Customer, now: datetime) -> Wish:
    """Answered two weeks ago with a plan for next month; promised nine days earlier the day after."""
    opened = local(workday(now, -12), 10)
    return Wish(customer, "P2", opened, share=0.4, planned_in_days=45, promised_early_days=STORY_GAP_DAYS)


def slow_quarter(known: list[Customer], now: datetime) -> list[Wish]:
    """In the quarter before this one a team's customers waited almost as long as allowed, others did not."""
    ends = quarter_of(now.astimezone(SHANGHAI).date()) - timedelta(days=20)
    last = datetime.combine(ends, time(10), SHANGHAI)
    slow = [c for c in known if c.rep.team == SLOW_TEAM] or known
    quick = [c for c in known if c.rep.team != SLOW_TEAM] or known
    return [
        Wish(of[n % len(of)], "P2", local(workday(last, -n - 1), 10 + n), share, promised_early_days=None)
        for of, share in ((slow, 0.97), (quick, 0.25))
        for n in range(5)
    ]


def ahead(known: list[Customer], mine: list[Customer], now: datetime) -> list[Wish]:
    """Promises that still lie ahead of their plan: two with little time to spare, two with enough."""
    return [
        Wish(mine[-1], "P1", local(workday(now, -9), 10), planned_in_days=34, promised_early_days=-1),
        Wish(mine[0], "P2", local(workday(now, -20), 9), planned_in_days=70, promised_early_days=-21),
        Wish(known[1], "P2", local(workday(now, -7), 14), planned_in_days=25, promised_early_days=-2),
        Wish(known[2], "P3", local(workday(now, -18), 16), planned_in_days=48, promised_early_days=-10),
    ]


def handed_over(mine: list[Customer], now: datetime) -> list[Wish]:
    """Delivered days ago: one that waits for the customer, one whose link ends soon, one with a problem."""
    filed = local(workday(now, -26), 10)
    age = (now - filed).days
    return [
        Wish(mine[0], "P2", filed, planned_in_days=age - 5, fate="silent"),
        Wish(mine[-1], "P2", filed, planned_in_days=age - 13, fate="silent"),
        Wish(mine[len(mine) // 2], "P1", filed, planned_in_days=age - 6, fate="report"),
    ]


def behind_a_slip(customer: Customer, now: datetime) -> Wish:
    """Promised six days after the plan, which then moved twelve days: green turned red."""
    opened = local(workday(now, -15), 14)
    return Wish(customer, "P2", opened, planned_in_days=50, promised_early_days=-6, slips_days=12)


def waiting_now(known: list[Customer], mine: list[Customer], now: datetime) -> list[Wish]:
    """Demands without an answer: two that run, one that waits for the customer, one overdue, one at once."""
    return [
        Wish(mine[0], "P2", local(workday(now, -1), 15, 10), waits=True),
        Wish(mine[-1], "P1", local(workday(now, -2), 10), waits=True, paused=True),
        Wish(mine[len(mine) // 2], "P1", local(workday(now, -3), 9, 40), waits=True),
        Wish(known[len(known) // 2], "P3", local(workday(now, -1), 11), waits=True),
        Wish(known[len(known) // 3], "P0", now - timedelta(minutes=40), waits=True),
    ]


def _begins_a_holiday(day: date) -> bool:
    """Three free days or more, at least one of them no weekend."""
    days = [day + timedelta(days=n) for n in range(3)]
    return not any(is_workday(d) for d in days) and any(d.weekday() < 5 for d in days)
