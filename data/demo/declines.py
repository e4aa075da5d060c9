"""Demands of the demo company that product declined: one is there already, one a single customer wants."""

from datetime import datetime, timedelta
from decimal import Decimal

from core.access import Who
from core.promises.demands import Decline, DemandInput, Effect
from data.commands.demands import decline_demand, file_demand
from data.demo.calendar import local, workday
from data.demo.market import Customer
from data.demo.simulation import Simulation
from data.demo.staff import ACCOUNTS
from data.demo.texts import words
from data.engine import Store

_ASKED = ((-6, 10), (-14, 14))  # working days from now, and the hour


def expect(
    store: Store, simulation: Simulation, product: Who, customers: list[Customer], now: datetime
) -> None:
    """Filed and declined within hours, by customers of the demo account of a rep where it has some."""
    known = [c for c in customers if c.created_at < now - timedelta(days=250)] or customers[:1]
    mine = [c for c in known if c.rep.who.name == ACCOUNTS["rep"][0]] or known

    def file(number: int, customer: Customer) -> None:
        said = words(customer.language)["declines"][number]
        effect = Effect(said["metric"], Decimal(said["before"]), Decimal(said["after"]), said["unit"])
        demand = DemandInput(said["words"], said["pain"], effect, "P2", contact_id=customer.contact_ids[0])
        filed = file_demand(store, customer.rep.who, customer.id, demand)
        answer = Decline(said["reason"], said["reply"])
        simulation.push(simulation.clock() + timedelta(hours=2), decline, filed, answer)

    def decline(demand: int, answer: Decline) -> None:
        decline_demand(store, product, demand, answer)

    for number, (days, hour) in enumerate(_ASKED):
        simulation.push(local(workday(now, days), hour), file, number, mine[number % len(mine)])
