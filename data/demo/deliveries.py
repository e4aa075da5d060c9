"""Deliveries of the demo company: most are confirmed, some after a problem; some wait or got no answer."""

import io
from datetime import date, datetime, timedelta
from random import Random

from PIL import Image, ImageDraw
from sqlalchemy import select

from core.access import Who
from core.promises.handover import AnswerInput, DeliveryInput
from data.commands.acceptance import answer_link
from data.commands.acceptance_links import new_token
from data.commands.deliveries import ask_again, mark_ready, renew_delivery
from data.demo.calendar import local, workday
from data.demo.market import Customer, writer_for
from data.demo.simulation import Simulation
from data.engine import Store
from data.media import keep_photo
from data.queries.policies import policy_in_force
from data.schema import Promise

_FATES, _WEIGHTS = ("confirmed", "problem", "silent"), (74, 16, 10)
_AGAIN = 0.8  # chance that the second question is answered well


class Deliverer:
    """Marks features ready as their planned days come, and lets customers answer."""

    def __init__(self, store: Store, simulation: Simulation, delivery: Who, seed: int) -> None:
        self._store, self._simulation, self._delivery = store, simulation, delivery
        self._rng = Random(seed + 2)  # its own: what is drawn here moves nothing else

    def expect(self, customer: Customer, demand: int, feature: str, planned_on: date, fate: str) -> None:
        """A feature becomes ready around its planned day; a few are late.

        Args:
            fate: fixed by a story; drawn when "".
        """
        late = 0 if fate else self._rng.choices((-2, -1, 0, 3), (20, 30, 35, 15))[0]
        day = workday(local(planned_on, 12), late)
        at = local(day, self._rng.choice((10, 11, 14, 15)), self._rng.randint(0, 59))
        fate = fate or self._rng.choices(_FATES, _WEIGHTS)[0]
        self._simulation.push(at, self._ready, customer, demand, feature, fate)

    def _ready(self, customer: Customer, demand: int, feature: str, fate: str) -> None:
        with self._store.reading() as session:
            promise = session.scalar(select(Promise.id).where(Promise.demand_id == demand))
        note = writer_for(self._rng, customer).say("delivery", "note")
        given = DeliveryInput(
            feature, customer.language, note, customer.contact_ids[0], promise_id=promise, demand_id=demand
        )
        token = new_token()
        made = mark_ready(self._store, self._delivery, customer.id, given, token)
        if fate == "silent":
            return
        reply = self._in(1 if fate == "report" else self._rng.uniform(0.2, 6))
        if fate == "confirmed":
            self._simulation.push(reply, self._confirm, made, token)
        else:
            self._simulation.push(reply, self._complain, customer, made, token, fate == "problem")

    def _in(self, days: float) -> datetime:
        return self._simulation.clock() + timedelta(days=days)

    def _confirm(self, delivery: int, token: str) -> None:
        answer_link(self._store, token, AnswerInput("confirmed"))
        with self._store.reading() as session:
            days = policy_in_force(session).second_confirmation_days
        self._simulation.push(self._in(days), self._ask_again, delivery)

    def _complain(self, customer: Customer, delivery: int, token: str, mended: bool) -> None:
        said = writer_for(self._rng, customer).say("delivery", "problem")
        answer_link(self._store, token, AnswerInput("problem", said, keep_photo(self._store, empty_table())))
        if mended:
            self._simulation.push(self._in(self._rng.uniform(2, 8)), self._mend, customer, delivery)

    def _mend(self, customer: Customer, delivery: int) -> None:
        token = new_token()
        renew_delivery(self._store, self._delivery, delivery, token)
        self._simulation.push(self._in(self._rng.uniform(0.5, 5)), self._confirm, delivery, token)

    def _ask_again(self, delivery: int) -> None:
        token = new_token()
        ask_again(self._store, self._delivery, delivery, token)
        if self._rng.random() < _AGAIN:
            self._simulation.push(self._in(self._rng.uniform(0.2, 8)), self._still_good, token)

    def _still_good(self, token: str) -> None:
        answer_link(self._store, token, AnswerInput("confirmed"))


def empty_table() -> bytes:
    """A customer's screenshot: a table whose last rows stay empty."""
    picture = Image.new("RGB", (720, 420), "#f4f6f6")
    draw = ImageDraw.Draw(picture)
    for row in range(7):
        top = 30 + row * 52
        draw.rectangle((30, top, 690, top + 40), fill="#0f766e" if row == 0 else "#ffffff", outline="#dde3e6")
        for column in range(4):
            left = 46 + column * 162
            if row < 4:
                shade = "#ffffff" if row == 0 else "#a3b0b9"
                draw.rectangle((left, top + 15, left + 100, top + 25), fill=shade)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
