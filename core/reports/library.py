"""The reports that the product ships; ratings, saved views and subscriptions refer to their names (D1)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Report:
    """One report.

    Attributes:
        name: stable; never given to another report.
        page: the page that shows it, a name of `components.navigation.PAGES`.
    """

    name: str
    page: str

    @property
    def title(self) -> str:
        """Catalogue key of its name."""
        return f"reports.report.{self.name}.title"

    @property
    def question(self) -> str:
        """Catalogue key of the question that it answers."""
        return f"reports.report.{self.name}.question"


REPORTS = (
    Report("pipeline", "reports"),
    Report("conversion", "reports"),
    Report("activity", "reports"),
    Report("promises", "reports"),
    Report("forecast", "reports"),
    Report("process_health", "health"),
    Report("collaboration", "collaboration"),
    Report("outlook", "outlook"),
    Report("forecast_health", "forecast_health"),
    Report("morning", "morning"),
)
