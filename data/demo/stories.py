"""What is planted in the demo company, so that there is something to find (docs/demo.md)."""

from datetime import datetime, timedelta
from random import Random

from core.terms import Outcome
from data.demo.calendar import SHANGHAI, local, workday
from data.demo.deals import Deal, Dealer, Step, Visit
from data.demo.market import Customer
from data.demo.staff import STUCK_TEAM, Rep

_LETTERS = {
    "A": "appointment",
    "N": "needs_diagnosis",
    "S": "solution_demo",
    "O": "objection_handling",
    "Q": "quote_confirmation",
}
_STEP = timedelta(minutes=60)


class Planter:
    """Draws opportunities whose course is fixed: `"A-12 N-8"` is an appointment twelve working days
    ago and a diagnosis eight ago; the step that follows rests until the present."""

    def __init__(self, rng: Random, dealer: Dealer, now: datetime) -> None:
        self._rng, self._dealer, self._now = rng, dealer, now

    def deal(self, customer: Customer, course: str, then: str, valid_days: int | None = None) -> Deal:
        """An opportunity with this course.

        Args:
            then: the step that is planned at the end, drawn in the same way.
            valid_days: days from today at which its quotes end.
        """
        visits = [self._visit(drawn) for drawn in course.split()]
        if valid_days is not None:
            until = self._now.astimezone(SHANGHAI).date() + timedelta(days=valid_days)
            visits[-1].valid_until = until
        opened_at = visits[0].at - timedelta(days=3)
        amount = self._dealer.amount(customer.values.segment or "mid", opened_at)
        diary = customer.rep.diary
        at = diary.free(self._at(then), _STEP)
        diary.take(at, _STEP)  # whoever records this step finds its time free
        held = Step(_LETTERS[then[0]], at)
        return Deal(customer, opened_at, amount, self._rng.gauss(0, 1), visits, Outcome.OPEN, hold=held)

    def desk(self, customers: list[Customer]) -> list[Deal]:
        """A desk with overdue steps, steps due today, and a quote that ends in two days."""
        courses = (
            ("A-12 N-8", "S-2", None),
            ("A-6", "N0", None),
            ("A-22 N-18 S-13 O-9 Q-6", "Q1", 2),
            ("A-20 N-16 S-11", "O-5", None),
            ("A-15 N-12 S-4", "Q0", None),
        )
        return [self.deal(c, *course) for c, course in zip(customers, courses, strict=False)]

    def alerting(self, customers: list[Customer]) -> list[Deal]:
        """Three demos and no quote, right now."""
        return [
            self.deal(c, f"A-{22 + n} N-{17 + n} S-{12 + n} S-7 S-2", "S3") for n, c in enumerate(customers)
        ]

    def stuck(self, customers: list[Customer]) -> list[Deal]:
        """A region whose quotes lie for weeks."""
        courses = (f"A-{70 + n} N-{62 + n} S-{54 + n} O-{46 + n} Q-{36 + n}" for n in range(len(customers)))
        return [
            self.deal(c, course, f"Q-{n % 4 + 1}")
            for n, (c, course) in enumerate(zip(customers, courses, strict=True))
        ]

    def _visit(self, drawn: str) -> Visit:
        return Visit(_LETTERS[drawn[0]], self._at(drawn), self._rng.choice((45, 60, 90)), exact=True)

    def _at(self, drawn: str) -> datetime:
        return local(workday(self._now, int(drawn[1:])), self._rng.choice((9, 10, 14, 15, 16)))


def plant(
    planter: Planter, reps: list[Rep], customers: list[Customer], alerting: int, stuck: int
) -> list[Deal]:
    """All opportunities with a fixed course: the desk of the account `rep`, alerts, the stuck region.

    The customers are the early ones: they must exist before their story begins.
    """
    of = {id(rep): [c for c in customers if c.rep is rep] for rep in reps}
    mine = of[id(reps[0])]
    for customer in mine[-1:]:
        customer.grade = None
    deals = planter.desk((mine * 5)[:5])
    if alerting:
        others = [of[id(rep)][0] for rep in reps[1:] if of[id(rep)] and not rep.quote_days > 1]
        deals += planter.alerting([mine[0], *others][:alerting])
        lying = [c for rep in reps if rep.team == STUCK_TEAM for c in of[id(rep)]]
        deals += planter.stuck((lying * stuck)[:stuck])
    return deals
