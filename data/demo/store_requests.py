"""What the demo company's stores ask for: two want the same in other words, one was merged, one answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.access import Who
from core.promises.store_requests import PLANNED, Verdict
from data.commands.store_requests import answer_request, file_request, merge_requests
from data.demo.calendar import SHANGHAI, local, workday
from data.demo.simulation import Simulation
from data.demo.texts import words
from data.engine import Store


@dataclass(slots=True)
class Asker:
    """Lets stores ask as time runs through the demo."""

    store: Store
    simulation: Simulation
    stores: list[Who]
    product: Who

    def expect(self, now: datetime) -> None:
        """Two pairs of likes, of which one is merged and answered; the other waits to be noticed."""
        first, second = self.stores[0], self.stores[-1]
        said = words("zh")["store_requests"]
        self.simulation.push(local(workday(now, -9), 10), self._file, first, said["merged"][0], "P2")
        self.simulation.push(local(workday(now, -8), 11), self._both, second, said["merged"][1])
        self.simulation.push(local(workday(now, -2), 15), self._file, first, said["alike"][0], "P1")
        self.simulation.push(local(workday(now, -1), 9, 30), self._file, second, said["alike"][1], "P2")

    def _file(self, who: Who, said: str, urgency: str) -> None:
        file_request(self.store, who, said, urgency)

    def _both(self, who: Who, said: str) -> None:
        """The second of a pair; product sees the two and answers both at once."""
        request = file_request(self.store, who, said, "P2")
        self.simulation.push(self.simulation.clock() + timedelta(days=1), self._answer, request)

    def _answer(self, request: int) -> None:
        merge_requests(self.store, self.product, request - 1, [request])
        day = (self.simulation.clock() + timedelta(days=45)).astimezone(SHANGHAI).date()
        said = words("zh")["store_requests"]["reply"]
        answer_request(self.store, self.product, request - 1, Verdict(PLANNED, said, day))
