"""Signals of the demo company: they come of what is hidden in a deal, how it will end and how warm it is, and
of much noise, so that a forecast can learn something from them and not everything."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp
from random import Random

from core.signals import SignalInput
from core.terms import Outcome
from data.commands.signals import record_signal
from data.demo.deals import Deal
from data.demo.market import writer_for
from data.demo.simulation import Simulation
from data.engine import Store

_DRAWING = ("manufacturing", "automotive", "chemicals")  # the others try the software
_OLD_CUSTOMER = timedelta(days=365)
_FATE = {Outcome.WON: 0.5, Outcome.LOST: -0.5, Outcome.OPEN: 0.0}


@dataclass(frozen=True, slots=True)
class _Wave:
    """How often a kind of signal comes over a deal's life, and when.

    Attributes:
        mean: expected number for a deal that leans nowhere.
        pull: how strongly the leaning moves it, on the logarithm.
        first, last: shares of the deal's life between which it comes, 0–1.
    """

    kind: str
    mean: float
    pull: float
    first: float = 0.05
    last: float = 0.98


_ALWAYS = (
    _Wave("competitor_contact", 0.45, -1.0),
    _Wave("document_download", 0.7, 0.7, 0.0, 0.35),
    _Wave("news", 0.04, 0.0),
    _Wave("event", 0.04, 0.0),
)
_QUOTED = (_Wave("contract_change", 0.5, 0.6, 0.75),)
_RENEWAL = (
    _Wave("ticket", 1.2, 0.0),
    _Wave("category_added", 0.25, 0.9, 0.3),
    _Wave("complaint_satisfaction", 0.5, 0.0, 0.2),
)


class Teller:
    """Lets signals be recorded as time runs through the demo."""

    def __init__(self, store: Store, simulation: Simulation, seed: int) -> None:
        self._store, self._simulation = store, simulation
        self._rng = Random(seed + 2)  # its own: what is drawn here moves nothing else

    def follow(self, deal: Deal) -> None:
        """Draw the signals of a deal that has just been opened."""
        rng = self._rng
        leaning = 0.55 * deal.warmth + _FATE[deal.outcome] + rng.gauss(0, 0.6)
        opened = self._simulation.clock()
        life = max(deal.ends_at - opened, timedelta(days=3))
        for wave in _waves(deal):
            for _ in range(_times(rng, min(wave.mean * exp(wave.pull * leaning), 3.0))):
                at = opened + life * rng.uniform(wave.first, wave.last)
                entered = at + timedelta(
                    hours=rng.uniform(24, 90) if rng.random() < 0.12 else rng.uniform(0.1, 6)
                )
                self._simulation.push(entered, self._tell, deal, wave.kind, at, leaning)

    def _tell(self, deal: Deal, kind: str, at: datetime, leaning: float) -> None:
        if deal.closed:
            return
        writer = writer_for(self._rng, deal.customer, deal.product)
        told = SignalInput(
            kind,
            at,
            None if kind in ("ticket", "complaint_satisfaction", "news") else deal.id,
            self._value(kind, leaning),
            writer.say("signal_source", kind),
            writer.say("signal", kind),
        )
        record_signal(self._store, deal.rep.who, deal.customer.id, told)

    def _value(self, kind: str, leaning: float) -> float | None:
        rng = self._rng
        match kind:
            case "trial_activity":
                return float(rng.randint(2, 40))
            case "ticket":
                return round(min(exp(rng.gauss(2.4 - 0.6 * leaning, 0.6)), 200.0), 1)
            case "complaint_satisfaction":
                return float(min(max(round(rng.gauss(3.5 + 0.7 * leaning, 0.8)), 1), 5))
            case "category_added":
                return 1.0
            case _:
                return None


def _waves(deal: Deal) -> tuple[_Wave, ...]:
    drawn = deal.customer.values.industry in _DRAWING
    industry = _Wave("drawing_confirmation" if drawn else "trial_activity", 0.8, 0.8, 0.25)
    quoted = any(visit.type == "quote_confirmation" for visit in deal.visits)
    old = deal.opened_at - deal.customer.created_at > _OLD_CUSTOMER
    return (*_ALWAYS, industry, *(_QUOTED if quoted else ()), *(_RENEWAL if old else ()))


def _times(rng: Random, mean: float) -> int:
    """A Poisson number."""
    found, at = 0, rng.expovariate(mean)
    while at < 1:
        found, at = found + 1, at + rng.expovariate(mean)
    return found
