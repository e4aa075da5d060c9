"""A delivery for tests: a promise that product planned, marked ready by delivery."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from core.customers import ContactInput
from core.promises.demands import Answer, DemandInput, Effect, PromiseInput
from core.promises.handover import DeliveryInput
from data.commands.acceptance_links import new_token
from data.commands.customers import add_contact
from data.commands.deliveries import mark_ready
from data.commands.demands import answer_demand, file_demand
from data.commands.promises import make_promise
from data.engine import Store
from tests.company import Company, found

SHANGHAI = ZoneInfo("Asia/Shanghai")  # the company's day
EFFECT = Effect("Changeover time", Decimal(45), Decimal(25), "minutes")
ANSWER = Answer("Dashboard", "One table more", "Two weeks", "screen", "YQ-1", date(2026, 3, 10))


class Handover:
    """A company with a demand, its answer planned for 10 March or today, if that is later, a promise for two
    days after, and a contact with a mail address."""

    def __init__(self, store: Store) -> None:
        self.store, self.people = store, found(store)
        who = self.people
        self.contact = add_contact(
            store, who.rep, who.customer, ContactInput("Wang Fang", None, None, None, "wang@customer.example")
        )
        demand = DemandInput("“慢”", "efficiency", EFFECT, "P1", contact_id=self.contact)
        self.demand = file_demand(store, who.rep, who.customer, demand)
        planned = max(date(2026, 3, 10), store.clock().astimezone(SHANGHAI).date())
        answer = replace(ANSWER, planned_on=planned)
        self.feature = answer_demand(store, who.product, self.demand, answer)
        promised = planned + timedelta(days=2)
        told = PromiseInput("By the 12th", promised, demand_id=self.demand, contact_id=self.contact)
        self.promise = make_promise(store, who.rep, who.customer, told)

    @property
    def company(self) -> Company:
        return self.people

    def ready(self, **changes: Any) -> tuple[int, str]:
        """Mark it ready; the delivery's id and the link's token."""
        token = new_token()
        values = {"title": "Shift dashboard", "language": "en", "contact_id": self.contact,
                  "promise_id": self.promise} | changes  # fmt: skip
        made = mark_ready(
            self.store, self.people.delivery, self.people.customer, DeliveryInput(**values), token
        )
        return made, token
