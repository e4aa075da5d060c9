"""The course of an opportunity, drawn when it opens: which visits, when, and how it ends."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import exp, log, prod
from random import Random
from statistics import NormalDist

from core.process.stages import STAGES
from core.terms import Outcome
from data.demo.market import GOLDEN, Customer
from data.demo.sizes import AMOUNTS, BENCHMARK_DAYS, PASS_RATES, PRICE_RISE
from data.demo.staff import Rep

USUAL_DAYS = 62  # from opening to closing, as the company expects it
_SPREAD = 0.55  # of dwell times and amounts, on the logarithm
_SKIPS_OBJECTIONS = 0.06
_REPEATS = {"solution_demo": ((1, 2), (68, 32))}
_USUAL_REPEATS = ((1, 2, 3, 4), (54, 28, 12, 6))
_RISE_QUOTE_DAYS = 1.6


@dataclass(slots=True)
class Visit:
    """One action to come.

    Attributes:
        at: wanted instant; the diary decides the real one.
        outcome: how the opportunity closes with it, if it does.
        exact: it happens as planned and is entered at once.
        padded: it is empty (see docs/demo.md).
        valid_until: end of a quote; two to six weeks later when None.
    """

    type: str
    at: datetime
    minutes: int
    outcome: Outcome = Outcome.OPEN
    exact: bool = False
    padded: bool = False
    valid_until: date | None = None


@dataclass(slots=True)
class Step:
    """A planned step that nobody carries out before the present."""

    type: str
    at: datetime


@dataclass(slots=True, eq=False)
class Deal:
    """An opportunity to be opened, and where its course stands.

    Attributes:
        warmth: how much the customer wants it; standard normal, seen only through touches and luck.
        closes_at: when it is closed without a visit; None when a visit closes it, or nothing does.
        hold: the step on which it rests until the present.
        done: visits recorded so far.
    """

    customer: Customer
    opened_at: datetime
    amount: Decimal
    warmth: float
    visits: list[Visit]
    outcome: Outcome = Outcome.OPEN
    closes_at: datetime | None = None
    hold: Step | None = None
    rep: Rep = field(init=False)
    product: str = ""
    id: int = 0
    done: int = 0
    quotes: int = 0
    last_record: int | None = None
    closed: bool = False

    def __post_init__(self) -> None:
        self.rep = self.customer.rep

    def ahead(self) -> Visit | None:
        """The next visit that is one."""
        return next((v for v in self.visits[self.done :] if not v.padded), None)

    @property
    def ends_at(self) -> datetime:
        """The instant up to which something happens with it."""
        return self.closes_at or (self.visits[-1].at if self.visits else self.opened_at)


class Dealer:
    """Draws opportunities.

    Amounts run through their distribution evenly instead of by lot, and a segment has a win whenever its
    chances have added up to one more: so medians and rates hold in a small company too, in each season.

    Args:
        rise_at: when prices rise; never when None.
        repeats: visits that each stage takes more than usual.
    """

    def __init__(self, rng: Random, rise_at: datetime | None, repeats: int = 0) -> None:
        self._rng, self._rise_at, self._repeats = rng, rise_at, repeats
        self._ranks: dict[tuple[str, bool], float] = defaultdict(rng.random)
        self._chances: dict[str, float] = defaultdict(rng.random)

    def amount(self, segment: str, at: datetime) -> Decimal:
        """A lognormal amount around the segment's median, dearer from the price rise on."""
        risen = self._risen(at)
        rank = self._ranks[(segment, risen)] = (self._ranks[(segment, risen)] + GOLDEN) % 1
        z = NormalDist().inv_cdf(min(max(rank, 0.01), 0.99))
        value = AMOUNTS[segment] * exp(_SPREAD * z) * (PRICE_RISE if risen else 1)
        return Decimal(round(value / 500) * 500)

    def deal(self, customer: Customer, opened_at: datetime) -> Deal:
        """A whole course."""
        rng, segment = self._rng, customer.values.segment or "mid"
        deal = Deal(customer, opened_at, self.amount(segment, opened_at), rng.gauss(0, 1), [])
        at = opened_at + timedelta(days=rng.uniform(0.5, 5))
        stages = [stage for stage in STAGES if not self._skipped(deal.rep, stage)]
        passes = [self._passes(deal, stage) for stage in stages]
        luck, so_far = self._luck(segment, prod(passes)), 1.0
        for stage, chance in zip(stages, passes, strict=True):
            ends = at + timedelta(days=self._dwell(deal.rep, stage, at))
            deal.visits += self._visits(deal.rep, stage, at, ends)
            if stage == "quote_confirmation" and rng.random() < 0.14:
                ends = self._step_back(deal, ends)
            at = ends
            so_far *= chance
            if so_far <= luck:
                return self._end(deal, Outcome.LOST, stage, at)
        return self._end(deal, Outcome.WON, "quote_confirmation", at)

    def _luck(self, segment: str, win: float) -> float:
        """What an opportunity with this chance of a win has to stay above, as often as it would by lot."""
        before = self._chances[segment]
        self._chances[segment] = after = before + win
        return 0.0 if int(after) > int(before) else self._rng.uniform(win, 1)

    def _risen(self, at: datetime) -> bool:
        return self._rise_at is not None and at >= self._rise_at

    def _skipped(self, rep: Rep, stage: str) -> bool:
        rate = {"needs_diagnosis": rep.skips, "objection_handling": _SKIPS_OBJECTIONS}.get(stage, 0.0)
        return self._rng.random() < rate

    def _dwell(self, rep: Rep, stage: str, at: datetime) -> float:
        # A little under the benchmark: the diary and slipped dates add the rest.
        days = 0.9 * BENCHMARK_DAYS[stage] * exp(_SPREAD * self._rng.gauss(0, 1))
        if stage == "quote_confirmation":
            days *= rep.quote_days * (_RISE_QUOTE_DAYS if self._risen(at) else 1)
        return max(days, 0.8)

    def _visits(self, rep: Rep, stage: str, at: datetime, ends: datetime) -> list[Visit]:
        rng = self._rng
        counts, weights = _REPEATS.get(stage, _USUAL_REPEATS)
        pads = rep.pads and stage in ("appointment", "needs_diagnosis", "objection_handling")
        count = 1 if pads else rng.choices(counts, weights)[0] + self._repeats
        times = [at, *sorted(at + (ends - at) * rng.uniform(0.1, 0.9) for _ in range(count - 1))]
        visits = [Visit(stage, t, rng.choice((30, 45, 45, 60, 60, 75, 90, 120))) for t in times]
        if pads:
            empty = sorted(at + (ends - at) * rng.uniform(0.15, 0.85) for _ in range(rng.randint(2, 4)))
            visits += [Visit(stage, t, 15, padded=True) for t in empty]
        return visits

    def _step_back(self, deal: Deal, at: datetime) -> datetime:
        """A new objection after the quote, and a second quote."""
        again = at + timedelta(days=self._rng.uniform(3, 9))
        deal.visits += [Visit("objection_handling", at, 45), Visit("quote_confirmation", again, 45)]
        return again + timedelta(days=self._rng.uniform(4, 10))

    def _passes(self, deal: Deal, stage: str) -> float:
        """The chance that it passes a stage, 0–1."""
        rate = PASS_RATES[stage]
        if stage == "quote_confirmation" and deal.rep.quote_pass is not None:
            rate = deal.rep.quote_pass
        odds = log(rate / (1 - rate)) + 0.55 * deal.warmth + 0.08
        return 1 / (1 + exp(-odds))

    def _end(self, deal: Deal, outcome: Outcome, stage: str, at: datetime) -> Deal:
        deal.outcome = outcome
        if self._rng.random() < (0.6 if outcome is Outcome.WON else 0.25):
            deal.visits.append(Visit(stage, at, 45, outcome=outcome))
        else:
            deal.closes_at = at
        return deal
