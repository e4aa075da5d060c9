"""kill -9 of app, worker and writers at random instants while twenty of them write (issue "faults").

What was acknowledged is there exactly once, what was not is there once or not at all, and once after the same
request under the same key; projections equal a rebuild; no notification is lost, and a second copy of one
goes out under the same key only where its sender was killed. A few rounds run always,
200 with `--full-bench`.
"""

from __future__ import annotations

import random
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from core.webhooks import KINDS
from data.channels.webhook import Webhook as Channel
from data.clock import system_clock
from data.commands.projections import differences, rebuild
from data.commands.webhooks import new_secret
from data.engine import Store
from data.jobs.deliver import deliver
from data.jobs.runner import LEASE
from data.jobs.schedule import work, work_slowly
from data.jobs.tell_webhooks import tell_webhooks
from data.schema import (
    Action,
    Audit,
    Customer,
    Delivery,
    Demand,
    JobRun,
    Message,
    Opportunity,
    Person,
    Pipeline,
    Promise,
    Setting,
    Webhook,
    WebhookDelivery,
    WebhookEvent,
)
from data.settings import settings
from tests.api import bearer, token_of
from tests.browser.conftest import free_port
from tests.company import Company, found
from tests.conftest import installed
from tests.mortal import BEGAN, Mortal, acknowledged, answering, record, serve
from tests.mortal import work as work_on
from tests.receiver import counting

pytestmark = pytest.mark.bench
PROGRAMS, PROCESSES = 16, 4  # writers over HTTP, and of commands in processes of their own
ROUNDS, FULL_ROUNDS = 2, 200
PATIENCE = 90.0  # seconds until what is in flight is answered; machines are slow


@dataclass
class Program:
    """A program that writes over HTTP: the same request under the same key until it is answered."""

    name: str
    customer: int
    token: str
    base: str
    acked: dict[str, int] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def run(self, stop: threading.Event, leave: threading.Event) -> None:
        """Write until told to stop; what is in flight then is seen through, unless told to leave it."""
        with httpx.Client(timeout=30) as client:
            while not stop.is_set() and not self.refused:
                number = len(self.acked)
                self._until_answered(client, f"{self.name}-{number}", number, leave)

    def _until_answered(self, client: httpx.Client, key: str, number: int, leave: threading.Event) -> None:
        path, body = self._act(key, number)
        while key not in self.acked and not self.refused and not leave.is_set():
            try:
                answer = client.post(
                    f"{self.base}/api/v1{path}", json=body, headers=bearer(self.token, Idempotency_Key=key)
                )
            except httpx.HTTPError:
                time.sleep(0.05)
                continue
            if answer.status_code == 201:
                self.acked[key] = answer.json()["id"]
            elif answer.status_code in (429, 503):
                time.sleep(0.5)
            else:
                self.refused.append(f"{key}: {answer.status_code} {answer.text}")

    def _act(self, key: str, number: int) -> tuple[str, dict[str, Any]]:
        effect = {"metric": "time", "before": "2", "after": "1", "unit": "h"}
        soon = (system_clock() + timedelta(days=90)).date().isoformat()
        return (
            ("/promises", {"customer_id": self.customer, "words": key, "promised_on": soon}),
            ("/demands", {"customer_id": self.customer, "words": key, "pain": "efficiency", "effect": effect,
                          "urgency": "P2"}),
            ("/customers", {"name": key}),
            ("/opportunities", {"customer_id": self.customer, "name": key}),
        )[number % 4]  # fmt: skip


WRITTEN = ((Customer, Customer.name), (Demand, Demand.words), (Opportunity, Opportunity.name),
           (Promise, Promise.words), (Action, Action.summary))  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def scene(request, tmp_path, monkeypatch):
    """A store, its app and worker with everybody who writes, and the receiver of what they cause."""
    monkeypatch.setenv("FIREBREAK_WEBHOOK_LOOPBACK", "true")
    settings.cache_clear()
    with installed(request, request.param, tmp_path) as url, counting() as (hook, asked):
        store = Store(url, tmp_path / "files")
        yield Scene.of(store, url, hook, asked, tmp_path)
        store.close()
    settings.cache_clear()


@dataclass
class Scene:
    """Everything that acts, and what was counted."""

    store: Store
    asked: Counter[str]
    app: Mortal
    worker: Mortal
    recorders: list[tuple[Mortal, Path]]
    programs: list[Program]
    base: str

    @classmethod
    def of(cls, store: Store, url: str, hook: str, asked: Counter[str], folder: Path) -> Scene:
        company, port = found(store), free_port()
        _listen(store, hook)
        environment = {
            "FIREBREAK_DATABASE_URL": url,
            "FIREBREAK_FILES_DIR": str(folder / "files"),
            "FIREBREAK_WORKER": "none",
            "FIREBREAK_WEBHOOK_URL": hook,
            "FIREBREAK_WEBHOOK_LOOPBACK": "true",
        }
        base = f"http://127.0.0.1:{port}"

        def mortal(run: Any, name: str, *arguments: Any) -> Mortal:
            return Mortal(run, arguments, environment, folder / f"{name}.log")

        recorders = [
            (mortal(record, name, opportunity, name, folder / f"{name}.told"), folder / f"{name}.told")
            for name, opportunity in _recorders(store, company)
        ]
        token = [token_of(store, company.rep) for _ in range(PROGRAMS)]
        programs = [Program(f"p{n}", company.customer, token[n], base) for n in range(PROGRAMS)]
        return cls(
            store, asked, mortal(serve, "app", port), mortal(work_on, "worker"), recorders, programs, base
        )

    def mortals(self) -> list[Mortal]:
        return [self.app, self.worker, *(m for m, _ in self.recorders)]

    def start(self) -> None:
        """Start whatever is dead; wait until the app answers."""
        for one in self.mortals():
            one.start()
        answering(self.base, self.app.log)

    def at_work(self) -> None:
        """Come back when programs are answered again: kills shall hit writers, not their waiting."""
        before, until = sum(len(p.acked) for p in self.programs), time.monotonic() + PATIENCE
        while sum(len(p.acked) for p in self.programs) == before:
            assert time.monotonic() < until
            time.sleep(0.02)

    def acked(self) -> list[tuple[str, int]]:
        """(what stands in the record, its id) of everything that was acknowledged so far."""
        over_http = [(key, i) for p in self.programs for key, i in list(p.acked.items())]
        told = [(told.stem, acknowledged(told)) for _, told in self.recorders]
        return over_http + [(f"{name}-{n} was said.", i) for name, lines in told for i, n in lines]

    def written(self) -> dict[str, list[int]]:
        """Ids of the records by what stands in them."""
        found: dict[str, list[int]] = {}
        with self.store.reading() as session:
            for table, words in WRITTEN:
                for said, i in session.execute(
                    select(words, table.id).where(words != "")
                ):  # planned steps have none
                    found.setdefault(said, []).append(i)
        return found


def _listen(store: Store, hook: str) -> None:
    with store.writing() as session:
        now = store.clock()
        session.add(Webhook(name="all", url=hook, secret=new_secret(), kinds=list(KINDS), created_at=now))
        session.add(Setting(key="installation", value="company"))


def _recorders(store: Store, company: Company) -> list[tuple[str, int]]:
    """Reps with an opportunity each."""
    made = []
    with store.writing() as session:
        pipeline = session.scalar(select(Pipeline.id).where(Pipeline.key == "firebreak"))
        for n in range(PROCESSES):
            person = Person(username=f"r{n}", name=f"R{n}", role="rep", team_id=company.rep.team_id,
                            created_at=BEGAN)  # fmt: skip
            session.add(person)
            session.flush()
            row = Opportunity(
                pipeline_id=pipeline, name=f"of r{n}", customer_id=company.customer, owner_id=person.id,
                currency="CNY", opened_at=BEGAN - timedelta(days=1), recorded_at=BEGAN,
            )  # fmt: skip
            session.add(row)
            session.flush()
            made.append((f"r{n}", row.id))
        rebuild(session)  # of what was written past the commands
    return made


def test_whatever_is_killed_nothing_is_lost_or_doubled(scene, request, capsys):
    full = request.config.getoption("--full-bench")
    rounds, chance, began = FULL_ROUNDS if full else ROUNDS, random.Random(7), time.monotonic()
    stop, leave = threading.Event(), threading.Event()
    threads = [threading.Thread(target=p.run, args=(stop, leave), daemon=True) for p in scene.programs]
    scene.start()
    for thread in threads:
        thread.start()
    try:
        for _ in range(rounds):
            scene.at_work()
            time.sleep(chance.uniform(0.05, 0.8))
            for victim in _victims(scene, chance):
                victim.kill()
            _once(scene)
            scene.start()
        stop.set()
        for thread in threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()
    finally:
        leave.set()
        for one in scene.mortals():
            one.end()
    _once(scene)
    assert [line for p in scene.programs for line in p.refused] == []
    _told(scene)
    deaths = [one.deaths for one in scene.mortals()]
    with capsys.disabled():
        twice = sum(n - 1 for n in scene.asked.values())
        sys.stdout.write(
            f"\n{rounds} rounds, {scene.store.engine.dialect.name}: killed app {deaths[0]}, "
            f"worker {deaths[1]}, writers {sum(deaths[2:])} times; "
            f"{len(scene.acked())} writes acknowledged, each there once; "
            f"{len(scene.asked)} notifications, {twice} sent again under their key; "
            f"{time.monotonic() - began:.0f} s\n"
        )


def _victims(scene: Scene, chance: random.Random) -> list[Mortal]:
    """The app or the worker or both, and often a writer."""
    either = chance.choice(([scene.app], [scene.worker], [scene.app, scene.worker]))
    return either + chance.sample([m for m, _ in scene.recorders], chance.randint(0, 2))


def _once(scene: Scene) -> None:
    """What was acknowledged is there under its id; nothing is there twice."""
    acked, written = scene.acked(), scene.written()
    assert [key for key, ids in written.items() if len(ids) > 1] == []
    assert [(key, i) for key, i in acked if written.get(key) != [i]] == []


def _told(scene: Scene) -> None:
    """After the rest was worked off: projections, audit, jobs and notifications add up."""
    later = Store(scene.store.url, scene.store.files, clock=lambda: system_clock() + 3 * LEASE)
    hook = scene.worker.environment["FIREBREAK_WEBHOOK_URL"]
    channels = {"webhook": Channel(hook, "")}
    while work(later) + work_slowly(later) + deliver(later, channels) + tell_webhooks(later):
        pass
    later.close()
    with scene.store.writing() as session:
        assert differences(session) == []
        session.rollback()
    with scene.store.reading() as session:
        _add_up(session, scene)


def _add_up(session: Any, scene: Scene) -> None:
    def ids(column: Any, *where: Any) -> set[Any]:
        return set(session.scalars(select(column).where(*where)))

    audits = session.scalars(select(Audit.entity_id).where(Audit.command == "action.record")).all()
    assert sorted(audits) == sorted(ids(Action.id, Action.status == "completed"))
    events = ids(WebhookEvent.key)
    assert {f"demand.filed:{i}" for i in ids(Demand.id)} <= events
    assert {f"action.recorded:{i}" for i in audits} <= events
    assert ids(WebhookDelivery.state) == ids(Delivery.state) == {"sent"}
    red = session.execute(
        select(Message.person_id, func.count())
        .where(Message.kind == "promise_nothing_planned")
        .group_by(Message.person_id)
    ).all()
    assert [n for _, n in red] == [len(ids(Promise.id))] * 2  # the manager's and product's, one for each
    letters = {key for key in scene.asked if key not in events}
    assert events <= set(scene.asked)
    assert len(letters) == session.scalar(select(func.count(Delivery.id)))
    again = sum(n - 1 for n in scene.asked.values())
    killed = scene.worker.deaths + 1  # and as all of them were ended
    assert again <= 2 * killed  # a letter and an event may be on their way
    assert ids(JobRun.state) == {"done"}
