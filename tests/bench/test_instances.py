"""Two app instances, a worker of its own, PostgreSQL and a streaming standby, all of them real processes.

What one instance is told, the other knows; what somebody has written they see at once however far the standby
lags, while others read from it; jobs run and messages leave once; without the standby it goes on.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from core.access import Permission, Who
from core.customers import CustomerInput
from core.studio import Area
from core.webhooks import KINDS
from data.commands.customers import open_customer
from data.commands.sessions import end_session, open_session
from data.commands.studio import keep_rules, publish
from data.commands.webhooks import new_secret
from data.engine import Store
from data.install import install
from data.origin import COOKIE
from data.queries.named_customers import customer_names
from data.reading import read_as
from data.schema import Audit, Delivery, JobRun, Message, Webhook, WebhookDelivery
from tests.api import bearer, token_of
from tests.browser.conftest import free_port
from tests.company import Company, found
from tests.mortal import Mortal, answering, serve
from tests.mortal import work as work_on
from tests.receiver import counting
from tests.replicated import Node, primary, standby

pytestmark = pytest.mark.bench
PATIENCE = 60.0  # seconds; machines are slow and nothing is measured here


@dataclass
class Cluster:
    """The whole of it; `bases` are the instances' addresses."""

    store: Store
    company: Company
    primary: Node
    standby: Node
    bases: tuple[str, str]
    asked: Counter[str]

    def caught_up(self) -> None:
        until("the standby has caught up", lambda: self.standby_has("SELECT max(id) FROM audit"))

    def standby_has(self, statement: str) -> bool:
        return self.standby.ask(statement) == self.primary.ask(statement)


def until(what: str, is_so: Callable[[], Any]) -> Any:
    """What `is_so` says, once it says something."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if said := is_so():
            return said
        time.sleep(0.1)
    raise AssertionError(f"not within {PATIENCE:.0f} s: {what}")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    with primary() as main, counting() as (hook, asked):
        install(store := Store(main.url("postgres"), folder / "files"))
        company = found(store)
        with store.writing() as session:
            session.add(
                Webhook(
                    name="all", url=hook, secret=new_secret(), kinds=list(KINDS), created_at=store.clock()
                )
            )
        store.close()
        with standby(main) as copy:
            ports = free_port(), free_port()
            environment = {
                "FIREBREAK_DATABASE_URL": main.url("postgres"),
                "FIREBREAK_READ_URL": copy.url("postgres"),
                "FIREBREAK_FILES_DIR": str(folder / "files"),
                "FIREBREAK_WORKER": "none",
                "FIREBREAK_WEBHOOK_URL": hook,
                "FIREBREAK_WEBHOOK_LOOPBACK": "true",
            }
            apps = [Mortal(serve, (port,), environment, folder / f"app{port}.log") for port in ports]
            workers = [Mortal(work_on, (), environment, folder / f"worker{n}.log") for n in range(2)]
            for one in (*apps, *workers):
                one.start()
            bases = tuple(
                answering(f"http://127.0.0.1:{port}", app.log) for port, app in zip(ports, apps, strict=True)
            )
            store = Store(main.url("postgres"), folder / "files", read_url=copy.url("postgres"))
            yield Cluster(store, company, main, copy, bases, asked)
            store.close()
            for one in (*apps, *workers):
                one.end()


@pytest.fixture
def lagging(cluster) -> Iterator[None]:
    """The standby has all that was written until now, and nothing from now on."""
    cluster.caught_up()
    cluster.standby.ask("SELECT pg_wal_replay_pause()")
    yield
    cluster.standby.ask("SELECT pg_wal_replay_resume()")
    cluster.caught_up()


def test_a_sign_in_counts_at_both_instances_and_ends_at_both(cluster):
    first, second = cluster.bases
    opened = open_session(cluster.store, cluster.company.rep.person_id, 1, "127.0.0.1", "test")
    given = httpx.post(f"{first}/session/exchange", content=opened.ticket, headers=same_origin(first))
    cookie = {COOKIE: given.cookies[COOKIE]}

    def statuses() -> list[int]:
        return [
            httpx.post(f"{b}/usage/beat", content="5", cookies=cookie, headers=same_origin(b)).status_code
            for b in cluster.bases
        ]

    assert statuses() == [204, 204]
    again = httpx.post(f"{second}/session/exchange", content=opened.ticket, headers=same_origin(second))
    assert again.status_code == 401  # the ticket was used at the other instance
    end_session(cluster.store, opened.session_id)
    assert statuses() == [401, 401]


def same_origin(base: str) -> dict[str, str]:
    return {"Origin": base, "Sec-Fetch-Site": "same-origin"}


@pytest.mark.usefixtures("lagging")
def test_what_one_wrote_is_seen_at_once_at_either_instance_and_by_others_later(cluster):
    first, second = cluster.bases
    mine, other = (
        bearer(token_of(cluster.store, who)) for who in (cluster.company.rep, cluster.company.director)
    )
    cluster.standby.ask("SELECT pg_wal_replay_resume()")
    cluster.caught_up()  # the tokens are known there
    cluster.standby.ask("SELECT pg_wal_replay_pause()")
    made = _post(first, "/customers", {"name": "Minjiang Glass"}, mine).json()["id"]
    seen = [_get(b, f"/customers/{made}", mine) for b in (first, second)]
    assert cluster.standby.ask(f"SELECT count(*) FROM customer WHERE id = {made}") == 0  # it does lag
    assert seen == [200, 200]
    assert (
        httpx.get(f"{second}/api/v1/customers/{made}", headers=other).status_code == 404
    )  # read on the standby
    cluster.standby.ask("SELECT pg_wal_replay_resume()")
    until("others see it", lambda: _get(second, f"/customers/{made}", other) == 200)


@pytest.mark.usefixtures("lagging")
def test_a_page_reads_what_its_person_wrote_in_spite_of_the_lag(cluster):
    company, store = cluster.company, cluster.store
    open_customer(store, company.mate, CustomerInput("Hanjiang Valves"))

    def knows(who: Who) -> bool:
        names = read_as(store, who, lambda session: customer_names(session, who, Permission.SEE_CUSTOMERS))
        return "Hanjiang Valves" in names.values()

    assert (knows(company.mate), knows(company.manager)) == (True, False)


def test_of_two_requests_under_one_key_at_two_instances_one_is_carried_out(cluster):
    headers = bearer(token_of(cluster.store, cluster.company.rep), Idempotency_Key="both")
    answers: list[httpx.Response] = []

    def ask(base: str) -> None:
        answers.append(
            httpx.post(
                f"{base}/api/v1/customers", json={"name": "Qiantang Boilers"}, headers=headers, timeout=30
            )
        )

    threads = [threading.Thread(target=ask, args=(base,)) for base in cluster.bases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [a.status_code for a in answers] == [201, 201]
    assert len({a.json()["id"] for a in answers}) == 1


def test_two_workers_run_each_job_once_and_send_each_message_once(cluster):
    company, store = cluster.company, cluster.store
    until("jobs are done", lambda: cluster.primary.ask(
        "SELECT count(*) FROM job_run HAVING bool_and(state = 'done') AND count(*) > 3"))  # fmt: skip
    headers = bearer(token_of(store, company.rep))
    on = (store.clock() + timedelta(days=60)).date().isoformat()
    for n in range(6):
        told = {"customer_id": company.customer, "words": f"in time {n}", "promised_on": on}
        assert _post(cluster.bases[n % 2], "/promises", told, headers).status_code == 201
    with store.reading(fresh=True) as session:
        letters = session.scalar(
            select(func.count(Message.id)).where(Message.kind == "promise_nothing_planned")
        )
    assert letters == 12  # the manager's and product's
    sent = select(func.count(Delivery.id)).where(Delivery.state == "sent")
    until("letters are sent", lambda: _count(store, sent) >= letters)
    waiting = select(func.count(WebhookDelivery.id)).where(WebhookDelivery.state == "waiting")
    until("addresses are told", lambda: _count(store, waiting) == 0)
    with store.reading(fresh=True) as session:
        assert set(session.scalars(select(JobRun.attempts))) == {1}
        assert set(session.scalars(select(WebhookDelivery.attempts))) <= {1}
    assert set(cluster.asked.values()) == {1}


def _count(store: Store, query: Any) -> int:
    with store.reading(fresh=True) as session:
        return session.scalar(query) or 0


def test_a_rule_changed_at_one_instance_holds_at_the_other_at_once(cluster):
    """Nothing of the policy is kept between requests."""
    company, headers = cluster.company, bearer(token_of(cluster.store, cluster.company.rep))
    said = {
        "opportunity_id": company.opportunity,
        "type": "appointment",
        "summary": "Twenty letters, no more.",
    }

    def too_short() -> list[bool]:
        answers = [_post(b, "/actions", said, headers) for b in cluster.bases]
        return ["summary_too_short" in {e["code"] for e in a.json()["errors"]} for a in answers]

    assert too_short() == [False, False]
    keep_rules(cluster.store, company.director, {"min_summary_chars": 100})
    publish(cluster.store, company.director, Area.RULES, "more to be said")
    assert too_short() == [True, True]


def test_without_the_standby_it_goes_on_and_is_read_again_once_it_is_back(cluster):
    base, headers = cluster.bases[0], bearer(token_of(cluster.store, cluster.company.product))
    cluster.standby.stop()
    assert _get(base, "/demands", headers) == 200
    ready = httpx.get(f"{base}/readyz", timeout=30)
    assert (ready.status_code, ready.json()["parts"]["reading"]) == (200, False)
    cluster.standby.start()
    until("the standby is read", lambda: httpx.get(f"{base}/readyz").json()["parts"]["reading"])
    with cluster.store.reading(fresh=True) as session:
        assert session.scalar(select(func.count(Audit.id)))


def test_the_database_gone_and_back_is_said_and_nothing_is_lost(cluster):
    base, headers = cluster.bases[1], bearer(token_of(cluster.store, cluster.company.stranger))
    once = headers | {"Idempotency-Key": "while-away"}
    cluster.primary.stop()
    away = _post(base, "/customers", {"name": "Ganjiang Tools"}, once)
    said = away.json()
    assert (away.status_code, said["code"], away.headers["Retry-After"]) == (503, "store_away", "5")
    assert httpx.get(f"{base}/healthz").status_code == 503
    cluster.primary.start()
    made = until("it is written", lambda: _written(base, once))
    assert _written(base, once) == made
    assert cluster.primary.ask("SELECT count(*) FROM customer WHERE name = 'Ganjiang Tools'") == 1


def _written(base: str, headers: dict[str, str]) -> int | None:
    answer = httpx.post(
        f"{base}/api/v1/customers", json={"name": "Ganjiang Tools"}, headers=headers, timeout=30
    )
    return answer.json()["id"] if answer.status_code == 201 else None


def _post(base: str, path: str, body: dict[str, Any], headers: dict[str, str]) -> httpx.Response:
    return httpx.post(f"{base}/api/v1{path}", json=body, headers=headers, timeout=30)


def _get(base: str, path: str, headers: dict[str, str]) -> int:
    return httpx.get(f"{base}/api/v1{path}", headers=headers, timeout=30).status_code
