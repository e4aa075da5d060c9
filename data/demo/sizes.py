"""How big a demo company is, and the numbers that it is drawn from."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Size:
    """Numbers of a company.

    Attributes:
        teams, reps: sales teams, and reps of each.
        stores: stores, each with its manager.
        specialists: people in product, and in delivery.
        recent: share of opportunities opened in the last ten weeks, 0–1.
        stuck: opportunities that the stuck region has lying at quote right now.
        alerting: opportunities with three demos and no quote right now.
        demands: demands of customers besides the two stories.
        repeats: visits that each stage takes more than usual.
        branches: how often the company is there (`data.demo.branches`); reports on the company as a whole
            are not issued where there are several, they would tell of the first alone.
    """

    teams: int
    reps: int
    stores: int
    specialists: int
    customers: int
    opportunities: int
    recent: float = 0.12
    stuck: int = 0
    alerting: int = 0
    demands: int = 0
    repeats: int = 0
    branches: int = 1

    @property
    def stories(self) -> bool:
        """Whether the planted stories are in."""
        return self.alerting > 0


SIZES = {
    "full": Size(6, 6, 5, 2, 900, 2_775, stuck=14, alerting=7, demands=60),
    "medium": Size(4, 4, 3, 1, 400, 1_200, recent=0.15, stuck=8, alerting=5, demands=24),
    "small": Size(3, 3, 2, 1, 60, 140, recent=0.25, stuck=5, alerting=3, demands=8),
    "three": Size(1, 2, 1, 1, 3, 3),
    "empty": Size(6, 6, 5, 2, 0, 0),
}
MONTHS = 24
LARGEST = 100_000  # opportunities that can be asked for
_BRANCH = Size(3, 5, 2, 1, 160, 480, recent=0.12, stuck=8, alerting=5, demands=20, repeats=1)
_PLANTED = 18  # opportunities of its stories, besides


def sized(opportunities: int) -> Size:
    """A company of about so many opportunities, with ten actions each.

    Args:
        opportunities: 1–100,000; a whole number of branches is written, at least one.
    """
    return replace(_BRANCH, branches=max(1, round(opportunities / (_BRANCH.opportunities + _PLANTED))))


PRICE_RISE_MONTH = 19
PRICE_RISE = 1.12
BENCHMARK_DAYS = {
    "appointment": 4.0,
    "needs_diagnosis": 8.0,
    "solution_demo": 12.0,
    "objection_handling": 9.0,
    "quote_confirmation": 14.0,
}
PASS_RATES = {
    "appointment": 0.86,
    "needs_diagnosis": 0.80,
    "solution_demo": 0.74,
    "objection_handling": 0.80,
    "quote_confirmation": 0.70,
}
AMOUNTS = {"small": 90_000, "mid": 320_000, "large": 1_100_000}
