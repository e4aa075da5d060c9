"""The morning brief as JSON, and back."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.reports.brief import Brief, Cause, Deal, Item, Risk, Source
from core.terms import Severity
from data.jsontext import to_json

_LISTS = ("top", "others", "following")


def brief_json(told: Brief) -> dict[str, Any]:
    """A whole brief with the rows behind it."""
    return dict(to_json(asdict(told)))


def brief_from(kept: Mapping[str, Any]) -> Brief:
    """A brief as it was issued."""
    lists = {name: tuple(_item(item) for item in kept[name]) for name in _LISTS}
    return Brief(
        currency=kept["currency"],
        customers=kept["customers"],
        at_risk=_money(kept["at_risk"]),
        share_red=kept["share_red"],
        share_amber=kept["share_amber"],
        **lists,
    )


def cause_json(cause: Cause) -> dict[str, Any]:
    """One cause, for the sentences of a notice."""
    return dict(to_json(asdict(cause)))


def cause_from(kept: Mapping[str, Any]) -> Cause:
    """One cause back from JSON."""
    return Cause(
        **dict(kept)
        | {
            "source": Source(kept["source"]),
            "severity": Severity(kept["severity"]),
            "deals": tuple(kept["deals"]),
            "due_at": datetime.fromisoformat(kept["due_at"]),
        }
    )


def _item(kept: Mapping[str, Any]) -> Item:
    return Item(
        tuple(_risk(r) for r in kept["risks"]),
        tuple(cause_from(c) for c in kept["causes"]),
        _money(kept["at_risk"]),
        datetime.fromisoformat(kept["due_at"]),
    )


def _risk(kept: Mapping[str, Any]) -> Risk:
    deal = dict(kept["deal"])
    amount = Decimal(deal["amount"]) if deal["amount"] is not None else None
    return Risk(Deal(**deal | {"amount": amount}), kept["share"], Decimal(kept["at_risk"]))


def _money(kept: Mapping[str, str]) -> dict[str, Decimal]:
    return {currency: Decimal(amount) for currency, amount in kept.items()}
