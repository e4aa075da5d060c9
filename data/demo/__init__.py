"""The demo company "Yunqi Industrial Software 云启智造" (docs/demo.md): seeded, relative to today, and
written through the commands, so that every rule of the product holds for every record of it."""

from bisect import bisect
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from random import Random

from core.access import OPERATOR
from core.messages import Conflict
from core.process.stages import PIPELINE
from data.commands.acceptance_sweep import sweep_acceptance
from data.commands.people import hash_password
from data.commands.pipelines import set_benchmarks
from data.commands.sla_sweep import sweep_clocks
from data.demo import declines, feedback, milestones, morning, reports, studio, usage
from data.demo.answers import answer
from data.demo.branches import branch_out, percents
from data.demo.calendar import SHANGHAI, is_workday, near_spring_festival
from data.demo.deals import Deal, Dealer
from data.demo.deliveries import Deliverer
from data.demo.forecasts import foresee
from data.demo.market import GOLDEN, SEGMENTS, Customer, Market, opening_times
from data.demo.promises import Promiser
from data.demo.rooms import Gatherer
from data.demo.signals import Teller
from data.demo.simulation import Simulation
from data.demo.sizes import BENCHMARK_DAYS, MONTHS, PRICE_RISE_MONTH, SIZES, Size
from data.demo.staff import LEAVER, Staff, hire
from data.demo.store_requests import Asker
from data.demo.stories import Planter, plant
from data.engine import Store
from data.install import install
from data.queries.policies import policy_in_force
from data.queries.sessions import nobody_yet
from data.schema import Setting

PASSWORD = "firebreak-demo"  # noqa: S105 - offered on the sign-in page of a demo
COMPANY = "云启智造 Yunqi"
_FACTS = {"installation": "demo", "company": COMPANY, "demo_password": PASSWORD, "timezone": "Asia/Shanghai"}
MONTH = timedelta(days=30.4375)
LEFT_DAYS_AGO = 110
_FIRST = 0.5  # of the progress, for the first branch of several

Progress = Callable[[float], None]


def write(store: Store, size: str | Size, seed: int = 7, progress: Progress = lambda share: None) -> None:
    """Write the demo company into an empty store, all of it or nothing.

    Args:
        size: full, medium, small, three or empty, or a size of its own.
        progress: hears the share that is done, 0–1.

    Raises:
        Conflict: the store has people already.
    """
    install(store)
    with store.reading() as session:
        if not nobody_yet(session):
            raise Conflict("demo_needs_empty_store")
    real_clock, now = store.clock, store.clock()
    try:
        with store.batch():
            _write(store, size if isinstance(size, Size) else SIZES[size], seed, now, progress)
    finally:
        store.clock = real_clock


def _write(store: Store, size: Size, seed: int, now: datetime, progress: Progress) -> None:
    rng = Random(seed)
    start = now - MONTH * (MONTHS if size.stories else 3)
    store.clock = lambda: start
    with store.writing() as session:
        session.add_all(Setting(key=key, value=value) for key, value in _FACTS.items())
    staff = hire(store, size, rng, hash_password(PASSWORD))
    set_benchmarks(store, OPERATOR, BENCHMARK_DAYS)
    simulation = Simulation(store, staff, rng, now)
    store.clock = simulation.clock
    teller = Teller(store, simulation, seed)
    customers = _prepare(simulation, teller, staff, size, rng, start, now)
    if size.stories:
        _expect_stories(store, simulation, staff, customers, size, seed, now)
    if size.branches == 1:
        reports.expect(store, simulation, now)
    if size.customers:
        morning.expect(store, simulation, staff, now)
    part = 1.0 if size.branches == 1 else _FIRST
    simulation.run(lambda at: progress(part * ((at - start) / (now - start))))
    _finish(store, staff, size, seed, now)
    if size.branches > 1:
        with store.writing() as session:
            branch_out(session, size.branches - 1, seed, lambda done: progress(part + (1 - part) * done))


def _expect_stories(
    store: Store,
    simulation: Simulation,
    staff: Staff,
    customers: list[Customer],
    size: Size,
    seed: int,
    now: datetime,
) -> None:
    """What the company is to live through besides its sales, each at its own instants."""
    deliverer = Deliverer(store, simulation, staff.delivery, seed)
    Promiser(store, simulation, staff.product, seed, deliverer).expect(customers, size.demands, now)
    declines.expect(store, simulation, staff.product, customers, now)
    Asker(store, simulation, staff.stores, staff.product).expect(now)
    if size.branches == 1:
        reports.expect_quarters(store, simulation, staff.director, now)
        milestones.expect(store, simulation, staff.director, now)
    feedback.expect(store, simulation, staff, now)
    Gatherer(store, simulation, staff, now).expect(customers[: len(customers) // 2])


def _finish(store: Store, staff: Staff, size: Size, seed: int, now: datetime) -> None:
    """What is reckoned when everything has happened."""
    with store.writing() as session:
        sweep_clocks(session, now, policy_in_force(session))
    sweep_acceptance(store)
    if size.stories:
        foresee(store, PIPELINE, now, Decimal(sum(percents(size.branches - 1, seed))) / 100)
        answer(store, PIPELINE, now, seed)
        usage.report(store, now, seed)
        if size.branches == 1:
            milestones.issue(store, staff, now)
        studio.make_own(store, staff.director, staff.reps[0].who, now)


def _prepare(
    simulation: Simulation,
    teller: Teller,
    staff: Staff,
    size: Size,
    rng: Random,
    start: datetime,
    now: datetime,
) -> list[Customer]:
    """Everything that is known beforehand: customers, opportunities, who leaves when; the customers."""
    market = Market(rng)
    times = opening_times(rng, size.customers, start, now)
    customers = [
        market.customer(staff.reps[n % len(staff.reps)], at, special=rng.random() < 0.12)
        for n, at in enumerate(times)
    ]
    dealer = Dealer(rng, start + MONTH * PRICE_RISE_MONTH if size.stories else None, size.repeats)
    planter = Planter(rng, dealer, now)
    if size.stories:
        deals = plant(planter, staff.reps, customers[: len(customers) // 2], size.alerting, size.stuck)
        deals += _usual(dealer, customers, size, rng, start, now)
        leaver = staff.rep(LEAVER)
        mates = [r for r in staff.reps if r.team == leaver.team and r is not leaver]
        simulation.push(now - timedelta(days=LEFT_DAYS_AGO), simulation.leave, leaver, mates)
    else:
        deals = planter.desk(customers)
    for customer in customers:
        simulation.push(customer.created_at, simulation.enter_customer, customer)
    for deal in deals:
        opens = max(deal.opened_at, deal.customer.created_at)
        simulation.push(opens, simulation.open_deal, deal)
        simulation.push(opens, teller.follow, deal)
    return customers


def _usual(
    dealer: Dealer, customers: list[Customer], size: Size, rng: Random, start: datetime, now: datetime
) -> list[Deal]:
    """Opportunities over the months: fewer around the Spring Festival, none on free days.

    Days and customers, small ones and large, come evenly instead of by lot: a small company has its large
    deals in every year.
    """
    days = [start + timedelta(days=n) for n in range(10, int((now - start).days))]
    so_far = list(accumulate(_business(day, now, size.recent) for day in days))
    each = so_far[-1] / size.opportunities
    by_segment = sorted(customers, key=lambda c: SEGMENTS.index(c.values.segment or "mid"))
    rank, deals = rng.random(), []
    for n in range(size.opportunities):
        day = days[bisect(so_far, (n + rng.random()) * each)]
        known = [c for c in by_segment if c.created_at < day] or customers[:1]
        rank = (rank + GOLDEN) % 1
        at = day.astimezone(SHANGHAI).replace(hour=rng.randint(9, 17), minute=rng.randint(0, 59))
        deals.append(dealer.deal(known[int(rank * len(known))], at))
    return deals


def _business(day: datetime, now: datetime, recent: float) -> float:
    on = day.astimezone(SHANGHAI).date()
    if not is_workday(on):
        return 0.0
    weight = 0.25 if near_spring_festival(on) else 1.0
    share = 70 / (MONTHS * 30.4)
    return weight * (recent / share if now - day < timedelta(days=70) else (1 - recent) / (1 - share))
