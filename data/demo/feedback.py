"""What the demo company says of its reports, by secret ballot, and a talk of the first manager with a rep."""

from datetime import datetime, time, timedelta

from sqlalchemy import select

from core.access import OPERATOR, Who
from data.commands.ballots import draw_paper, open_boxes
from data.commands.ratings import rate
from data.commands.talks import StepInput, agree, record_talk
from data.demo.calendar import SHANGHAI
from data.demo.simulation import Simulation
from data.demo.staff import Staff
from data.demo.texts import words
from data.engine import Store
from data.schema import Opportunity

LIKED = {"outlook": 4, "process_health": 4, "morning": 5, "forecast_health": 4}
"""Reports and how they are liked; every third reader gives one less."""
FOR_REPS = ("morning", "forecast_health")  # those that reps read as well
TALKED = timedelta(days=6)  # ago


def expect(store: Store, simulation: Simulation, staff: Staff, now: datetime) -> None:
    """Let the month before this one be rated and counted, and the talk be held."""
    first = now.astimezone(SHANGHAI).replace(day=1, hour=3, minute=0, second=0, microsecond=0)
    simulation.push(first - timedelta(days=5), _rate, store, staff)
    simulation.push(first, _count, store)
    day = (now - TALKED).astimezone(SHANGHAI).date()
    simulation.push(datetime.combine(day, time(17), SHANGHAI), _talk, store, staff)


def _rate(store: Store, staff: Staff) -> None:
    leads = [*staff.managers, staff.director]
    for n, who in enumerate((*leads, *(rep.who for rep in staff.reps))):
        paper = draw_paper(store, who)
        for report in LIKED if who in leads else FOR_REPS:
            if paper:
                rate(store, who, paper, report, LIKED[report] - (n % 3 == 2))


def _count(store: Store) -> None:
    open_boxes(store, OPERATOR)


def _talk(store: Store, staff: Staff) -> None:
    rep = staff.reps[0].who
    manager, said = staff.managers[staff.reps[0].team], words("feedback")
    talk = record_talk(store, manager, rep.person_id or 0, said["note"])
    for days, (what, customer) in enumerate(zip(said["steps"], _customers(store, rep), strict=False), 3):
        agree(store, manager, talk, StepInput(what, store.clock() + timedelta(days=days), customer))
    agree(store, manager, talk, StepInput(said["alone"], store.clock() + timedelta(days=7)))


def _customers(store: Store, rep: Who) -> list[int]:
    """Those whose opportunities the rep works on, the latest opened first."""
    with store.reading(fresh=True) as session:
        query = select(Opportunity.customer_id).where(
            Opportunity.owner_id == rep.person_id, Opportunity.outcome == "open"
        )
        found = session.scalars(query.order_by(Opportunity.opened_at.desc(), Opportunity.id)).all()
    return list(dict.fromkeys(customer for customer in found if customer is not None))
