"""The morning brief: what of a team's open business is at risk, ranked, with who, what and by when (D4).

Value at risk of an opportunity is its amount times the share of its gravest cause: `brief_share_red` for a
red one, `brief_share_amber` for an amber one. Several causes at one opportunity do not add up. The shares are
the company's judgement of what a problem is worth, no measured chances; they are policy.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from core.policies import Policy
from core.terms import Severity

KEPT = 10  # customers of a brief that are kept with their rows; the rest is counted


class Source(StrEnum):
    """Where a cause comes from, the gravest first."""

    PROMISE = "promise"
    DEMAND = "demand"
    ALERT = "alert"
    QUOTE = "quote"
    STEP = "step"


# alerts that say the same as a cause of another source at the same opportunity
_SAME = {"next_step_overdue": Source.STEP, "quote_expiring": Source.QUOTE}
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Deal:
    """An open opportunity of the team; `amount` None where nobody entered one."""

    id: int
    name: str
    customer_id: int | None
    customer: str | None
    owner_id: int
    owner: str
    amount: Decimal | None
    currency: str


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something is at risk.

    Attributes:
        of: id of the alert, promise, demand or action that says so.
        deals: ids of the opportunities that it bears on.
        due_at: by when it is to be dealt with, UTC.
        rule: an alert's rule.
        params: JSON values for its sentences.
    """

    source: Source
    of: int
    severity: Severity
    deals: tuple[int, ...]
    due_at: datetime
    rule: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Risk:
    """An opportunity at risk: `share` (0–1) of its amount is `at_risk`."""

    deal: Deal
    share: float
    at_risk: Decimal


@dataclass(frozen=True, slots=True)
class Item:
    """One customer (or one opportunity without a customer) of the brief.

    Attributes:
        risks: the most at risk first.
        causes: the gravest first; the first one says what is to be done.
        at_risk: by currency; currencies are never added.
        due_at: the earliest of its causes'.
    """

    risks: tuple[Risk, ...]
    causes: tuple[Cause, ...]
    at_risk: Mapping[str, Decimal]
    due_at: datetime

    @property
    def amounts(self) -> dict[str, Decimal]:
        """What the opportunities at risk are worth, by currency."""
        whole: dict[str, Decimal] = defaultdict(Decimal)
        for risk in self.risks:
            if risk.at_risk:
                whole[risk.deal.currency] += risk.deal.amount or Decimal()
        return dict(sorted(whole.items()))

    @property
    def deal(self) -> Deal:
        """The opportunity that most is at risk with: its customer and its owner are the item's."""
        return self.risks[0].deal

    @property
    def name(self) -> str:
        """The customer, or the opportunity where it has none."""
        return self.deal.customer or self.deal.name


@dataclass(frozen=True, slots=True)
class Brief:
    """A team's morning.

    Attributes:
        top: the first so many by value at risk in `currency`.
        others: of each other currency the most at risk, where it is not among the top.
        following: those after the top, as many as are kept.
        customers: how many are at risk in all; `at_risk` of all of them, by currency.
        share_red, share_amber: the shares that it was made with.
    """

    currency: str
    top: tuple[Item, ...]
    others: tuple[Item, ...]
    following: tuple[Item, ...]
    customers: int
    at_risk: Mapping[str, Decimal]
    share_red: float
    share_amber: float


def brief(
    deals: Iterable[Deal], causes: Sequence[Cause], policy: Policy, *, kept: int | None = KEPT
) -> Brief:
    """Rank what is at risk.

    Args:
        deals: open opportunities; causes at any other are left out.
        kept: how many customers come with their rows; None for all.
    """
    known = {deal.id: deal for deal in deals}
    items = [_item(held, policy) for held in _by_customer(known, _once(causes)).values()]
    currency = _ranked_in(items, policy.currency)
    ranked = sorted(items, key=lambda item: _rank(item, currency))
    top, rest = ranked[: policy.brief_top], ranked[policy.brief_top :]
    total: dict[str, Decimal] = defaultdict(Decimal)
    for item in items:
        for unit, amount in item.at_risk.items():
            total[unit] += amount
    return Brief(
        currency,
        tuple(top),
        tuple(_first_of_others(rest, top, currency)),
        tuple(rest if kept is None else rest[: kept - policy.brief_top]),
        len(items),
        dict(sorted(total.items())),
        policy.brief_share_red,
        policy.brief_share_amber,
    )


def _once(causes: Sequence[Cause]) -> list[Cause]:
    """Without alerts that say what another cause says already."""
    said = {(cause.source, deal) for cause in causes for deal in cause.deals}
    return [
        cause
        for cause in causes
        if not (same := _SAME.get(cause.rule)) or not any((same, deal) in said for deal in cause.deals)
    ]


_Held = dict[int, tuple[Deal, list[Cause]]]


def _by_customer(known: Mapping[int, Deal], causes: Iterable[Cause]) -> dict[tuple[str, int], _Held]:
    """By customer, its opportunities with their causes."""
    found: dict[tuple[str, int], _Held] = defaultdict(dict)
    for cause in causes:
        for deal in (known[i] for i in cause.deals if i in known):
            whose = ("customer", deal.customer_id) if deal.customer_id else ("opportunity", deal.id)
            found[whose].setdefault(deal.id, (deal, []))[1].append(cause)
    return found


def _item(held: _Held, policy: Policy) -> Item:
    risks = sorted((_risk(*one, policy) for one in held.values()), key=lambda r: (-r.at_risk, r.deal.id))
    causes = {(c.source, c.of): c for _, each in held.values() for c in each}
    total: dict[str, Decimal] = defaultdict(Decimal)
    for risk in risks:
        if risk.at_risk:
            total[risk.deal.currency] += risk.at_risk
    ordered = sorted(causes.values(), key=_gravest)
    return Item(tuple(risks), tuple(ordered), dict(sorted(total.items())), min(c.due_at for c in ordered))


def _risk(deal: Deal, causes: Sequence[Cause], policy: Policy) -> Risk:
    share = max(_share(cause, policy) for cause in causes)
    return Risk(deal, share, ((deal.amount or Decimal()) * Decimal(str(share))).quantize(_CENT))


def _share(cause: Cause, policy: Policy) -> float:
    return policy.brief_share_red if cause.severity is Severity.RED else policy.brief_share_amber


def _gravest(cause: Cause) -> tuple[bool, int, datetime, int]:
    return (cause.severity is not Severity.RED, list(Source).index(cause.source), cause.due_at, cause.of)


def _rank(item: Item, currency: str) -> tuple[Decimal, int, int, datetime, str]:
    """By value at risk; where it is equal or unknown, by red causes, causes, and time."""
    red = sum(c.severity is Severity.RED for c in item.causes)
    at_risk = item.at_risk.get(currency, Decimal())
    return (-at_risk, -red, -len(item.causes), item.due_at, item.name)


def _ranked_in(items: Iterable[Item], own: str) -> str:
    """The company's own currency; where nothing is at risk in it, the one in which most customers are."""
    counts: dict[str, int] = defaultdict(int)
    for item in items:
        for currency in item.at_risk:
            counts[currency] += 1
    return own if own in counts or not counts else min(counts, key=lambda c: (-counts[c], c))


def _first_of_others(rest: Sequence[Item], top: Sequence[Item], currency: str) -> list[Item]:
    shown = {unit for item in top for unit in item.at_risk}
    units = sorted({unit for item in rest for unit in item.at_risk} - shown - {currency})
    return [
        max((item for item in rest if unit in item.at_risk), key=lambda item: item.at_risk[unit])
        for unit in units
    ]
