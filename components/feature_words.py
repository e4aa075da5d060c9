"""A feature in words: planned for a day, with its customers, or confirmed by them."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

from components import format
from components.frame import View
from components.text import language, t
from core.promises.acceptance import Spread, Stand, Standing, on_plan
from data.queries.demand_file import FeatureChoice


def planned_words(day: date | None) -> str:
    """The day that it is planned for, or that there is none."""
    return t("promises.planned_for", on=format.day(day, language())) if day else t("promises.nothing")


def came_words(planned_on: date | None, seen: Standing, view: View, *, there: bool = False) -> str:
    """How it stands with one customer: its plan, until something is ready for them.

    Args:
        there: whether it was there already when it was named: others had it, and its day had passed.
    """
    planned = t("deliveries.there") if there else planned_words(planned_on)
    if seen.state is Stand.NOT_READY:
        return planned
    ready = view.instant(seen.kept_at if seen.delivered else seen.ready_at)
    at = view.instant(seen.confirmed_at if seen.delivered else seen.answered_at)
    said = t(f"deliveries.came.{seen.state}", ready=ready, at=at)
    return f"{said} · {planned}" if on_plan(seen) and not there else said


def spread_words(planned_on: date | None, spread: Spread) -> str:
    """How it stands with all its customers: its plan while one of them waits for it, or nobody does."""
    if spread in (Spread.READY, Spread.CONFIRMED):
        return t(f"promises.spread.{spread}")
    planned = planned_words(planned_on)
    return planned if spread is Spread.NONE else f"{planned} · {t(f'promises.spread.{spread}')}"


def feature_words(features: Mapping[int, FeatureChoice]) -> Mapping[int, str]:
    """Features to choose for an answer, which keeps its day unless it names another; of those that read alike
    each with its reference."""
    said = {i: f"{one.name} · {spread_words(one.planned_on, one.spread)}" for i, one in features.items()}
    alike = Counter(said.values())
    return {
        i: f"{words} · {features[i].reference}" if alike[words] > 1 else words for i, words in said.items()
    }
