"""Events outside that move business for some days, as forecasts know them (B5)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Occasion:
    """An event of the business calendar, days since 1970: `first` to `last`, both included.

    Attributes:
        recorded, withdrawn: from when until when forecasts know it; infinity while it stands.
    """

    name: str
    first: float
    last: float
    recorded: float
    withdrawn: float = float("inf")

    def known(self, t: float) -> bool:
        """Whether a forecast as of `t` knows it."""
        return self.recorded <= t < self.withdrawn
