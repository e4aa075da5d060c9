"""Factors and reasons in words: on the page, in messages and at the command line the same (B3)."""

from collections.abc import Mapping
from dataclasses import dataclass

from babel.numbers import format_decimal

from core.forecast.factors import FACTORS
from core.rounding import half_up
from data.text import LOCALES, has, percent, translate

UNITS: Mapping[str, str] = {
    **{factor.name: factor.unit for factor in FACTORS},
    "age_days": "days",
    "days_in_stage": "days",
    "days_since_event": "days",
    "recent_events": "count",
    "backward_moves": "count",
    "days_to_close_on": "days",
    "owner_win_rate": "percent",
    "product_win_rate": "percent",
    "owner_open": "count",
}
_BESIDE = {"stage_dwell_ratio": "days_in_stage"}  # what a factor's sentence says instead of its own value


@dataclass(frozen=True, slots=True)
class Words:
    """What stands in the sentences of one opportunity.

    Attributes:
        values: factors' values by name; missing ones are left out.
        named: ready words of those that are no number: the stage, the layer, the booked amount.
    """

    language: str
    values: Mapping[str, float]
    named: Mapping[str, str]

    def value(self, name: str) -> str | None:
        """A factor's value in its unit; None where nothing is known."""
        if name in self.named:
            return self.named[name]
        known = self.values.get(name)
        return None if known is None else measured(self.language, UNITS.get(name, "count"), known)

    def reason(self, factor: str, money: float, scorecard: float) -> str:
        """A reason as a sentence with its share of the scorecard's value: “… for 16 days: −15%”."""
        way = "up" if money >= 0 else "down"
        share = abs(money) / scorecard if scorecard else 0.0
        said = percent(
            self.language, share, 0 if share >= 0.1 or half_up(share, 3) == half_up(share, 2) else 1
        )
        return translate(self.language, f"forecast.change.{way}", why=self._why(factor, way), share=said)

    def _why(self, factor: str, way: str) -> str:
        beside = _BESIDE.get(factor, factor)
        value = self.value(beside)
        if value is None and factor != "level":
            return translate(self.language, "forecast.missing", name=name_of(self.language, factor))
        key = f"forecast.reason.{factor}.{way}"
        if not _known(self.language, key):
            return f"{name_of(self.language, factor)} {value}"
        n = round(self.values.get(beside, 0))
        return translate(self.language, key, **{"value": value, beside: value, "n": n})


def name_of(language: str, factor: str) -> str:
    """A factor's name; a company's own factor shows its key."""
    keys = (f"factors.name.{factor}", f"forecast.factor.{factor}")
    return next((translate(language, key) for key in keys if has(language, key)), factor)


def measured(language: str, unit: str, value: float) -> str:
    """A value with its unit, as it is read.

    >>> measured("en", "days", 16.2), measured("en", "yes_no", 1.0), measured("zh", "percent", 0.345)
    ('16 days', 'yes', '35%')
    """
    if unit == "yes_no":
        return translate(language, f"forecast.unit.{'yes' if value > 0 else 'no'}")
    locale = LOCALES[language]
    if unit == "percent":
        return percent(language, value)
    pattern = "#,##0.#" if unit in ("ratio", "points", "hours") else "#,##0"
    shown = str(format_decimal(value, pattern, locale=locale))
    key = f"forecast.unit.{unit}"
    return translate(language, key, value=shown, n=round(value)) if _known(language, key) else shown


def _known(language: str, key: str) -> bool:
    return has(language, key) or has(language, f"{key}.other")
