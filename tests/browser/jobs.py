"""The ten most frequent jobs in a real browser: clicks, fields and seconds of waiting, for docs/jobs.md.

    python -m tests.browser.jobs VAR        # VAR: the folder of a demo company, copied before it is used

Clicks are presses of a button, a choice, a menu entry or a list's entry. Fields are those that are typed
into. Seconds are what the machine takes from each press until the page stands still (its script has ended
and nothing is a placeholder any more), added up; about 0.3 s of each is the measuring itself. A person's
reading and typing is not in it.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright
from sqlalchemy import select

from core.access import OPERATOR
from data.commands.acceptance_links import new_token
from data.commands.deliveries import renew_delivery
from data.install import install
from data.schema import AcceptanceAnswer, CustomerDelivery
from data.text import translate
from tests.browser.conftest import ARGUMENTS, Server, free_port
from tests.deliveries import SHANGHAI

PASSWORD = "firebreak-demo"
PATIENCE = 90_000  # milliseconds; a busy machine is no reason to stop counting
STILL = """() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'
    && !document.querySelector('[data-testid=stMain] [data-testid=stSkeleton], [data-stale=true]')"""
FILE = "客户名称,行业,规模\n青岛测试阀门有限公司,制造业,小型\n宁波测试轴承有限公司,制造业,中型\n"


def t(key: str, **params: object) -> str:
    """The English label of the page."""
    return translate("en", key, **params)


def still(page: Page) -> None:
    """Wait until the page stands still."""
    for _ in range(3):  # a run begins a moment after the press, and may begin another
        page.wait_for_timeout(100)
        page.wait_for_function(STILL)


@dataclass
class Hand:
    """Somebody's hand at one page: what it does is counted."""

    page: Page
    today: date
    clicks: int = 0
    fields: int = 0
    seconds: float = 0.0

    def press(self, target: Locator) -> None:
        """One click, and the wait for what comes of it."""
        began = time.monotonic()
        target.click()
        still(self.page)
        self.clicks += 1
        self.seconds += time.monotonic() - began

    def button(self, name: str, *, last: bool = False) -> None:
        found = self.page.get_by_test_id("stMain").get_by_role("button", name=name)
        self.press(found.last if last else found.first)

    def menu(self, page: str) -> None:
        self.press(self.page.get_by_test_id("stSidebarNavLink").filter(has_text=t(f"{page}.title")).first)

    def type(self, target: Locator, text: str) -> None:
        """One field."""
        target.fill(text)
        target.press("Tab")
        still(self.page)
        self.fields += 1

    def day(self, inside: Locator, on: date) -> None:
        """A date, typed."""
        inside.get_by_role("spinbutton").first.click()
        self.page.keyboard.type(on.strftime("%Y%m%d"))
        self.page.keyboard.press("Tab")
        still(self.page)
        self.fields += 1

    def at(self, name: str) -> Locator:
        """A field of a form over a draft."""
        return self.page.locator(f"[class*='_at_{name}']")


def record(hand: Hand) -> None:
    """The first overdue step of Today, all that its type asks for, the next step in a week."""
    hand.button(t("today.overdue_do"))
    for place in hand.at("fields-").all():
        if place.locator("textarea, input[type=text]").count() and not place.get_by_role("combobox").count():
            hand.type(place.locator("textarea, input[type=text]").first, "As agreed on the phone")
        elif place.get_by_role("combobox").count():
            hand.type(place.get_by_role("combobox").first, "Wang Fang")
        else:
            hand.press(place.get_by_role("radio").or_(place.get_by_role("button")).first)
    hand.type(hand.at("summary").locator("textarea"), "They want to see the offer next week.")
    hand.press(hand.at("next_step-type").locator("button").last)
    hand.button(t("record.quick.next_week"))
    hand.button(t("record.submit.completed"))


def suggestion(hand: Hand) -> None:
    """The first suggestion of Today, accepted."""
    hand.button(t("today.suggestion_do"))
    hand.button(t("calibrate.accept"))


def stuck(hand: Hand) -> None:
    """From the board to the customer of the first red alert."""
    hand.menu("board")
    hand.button(t("alerts_page.look"))
    hand.button(t("board.open_customer"))


def meeting(hand: Hand) -> None:
    """The whole meeting, with its first place assigned as it is offered."""
    hand.menu("morning")
    hand.button(t("morning.start"))
    hand.button(t("morning.next"))
    hand.press(hand.page.get_by_role("button", name=t("morning.assign")).first)
    offered = hand.page.get_by_test_id("stPopoverBody").last
    hand.press(offered.get_by_role("button", name=t("morning.add")))
    if hand.page.get_by_text(t("problems.not_in_future")).count():  # the evening that was offered is past
        hand.press(offered.get_by_text(t("alerts_page.day.tomorrow")))
        hand.press(offered.get_by_role("button", name=t("morning.add")))
    hand.press(hand.page.get_by_test_id("stMain").get_by_text(t("morning.step.finish"), exact=True).first)
    hand.button(t("morning.finish"))


def demand(hand: Hand) -> None:
    """A demand in the customer's words with its effect."""
    hand.menu("demands")
    hand.press(hand.page.get_by_test_id("stMain").get_by_role("combobox").first)
    hand.press(hand.page.get_by_role("option").first)
    hand.type(hand.page.get_by_label(t("demands.words")), "We write three lists at each change of shift.")
    hand.press(hand.at("pain").locator("button").first)
    for name, text in (("metric", "Minutes a shift"), ("before", "40"), ("after", "10"), ("unit", "minutes")):
        hand.type(hand.at(f"effect-{name}").locator("input"), text)
    hand.press(hand.at("urgency").locator("button").nth(2))
    hand.button(t("demands.submit"))


def answer(hand: Hand) -> None:
    """The first demand of Today answered with a new feature, and on to the next."""
    hand.button(t("today.demand_do"))
    for name, text in (("feature", "Shift report"), ("reference", "PRD-1")):
        hand.type(hand.at(name).locator("input"), text)
    for name, text in (("path", "One form"), ("resources", "Two people, three weeks")):
        hand.type(hand.at(name).locator("textarea"), text)
    hand.day(hand.at("planned_on"), hand.today + timedelta(days=60))
    hand.button(t("demands.send_answer"))
    onward = hand.page.get_by_test_id("stMain").get_by_role("button", name="Next:")
    if onward.count():
        hand.press(onward.first)
    else:
        hand.menu("today")
        hand.button(t("today.demand_do"))


def promise(hand: Hand) -> None:
    """A red promise whose plan is moved to a day before it."""
    hand.button(t("today.conflict_do"))
    if not hand.page.get_by_text(t("promises.way.plan"), exact=True).count():  # nothing planned: the next one
        hand.menu("today")
        hand.press(hand.page.get_by_role("button", name=t("today.conflict_do")).nth(1))
    hand.day(hand.page.get_by_test_id("stDateInput").first, hand.today + timedelta(days=7))
    hand.type(hand.page.get_by_label(t("promises.reason_plan")), "One more developer")
    hand.button(t("promises.way.plan"), last=True)


def bring_in(hand: Hand) -> None:
    """A file of customers with Chinese headers, as it is."""
    hand.menu("exchange")
    began = time.monotonic()
    file = {"name": "customers.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    hand.page.locator("input[type=file]").first.set_input_files(file)
    hand.page.get_by_role("button", name=t("exchange.import", n=2)).wait_for()
    hand.clicks, hand.seconds = hand.clicks + 1, hand.seconds + time.monotonic() - began
    hand.button(t("exchange.import", n=2))


def drill(hand: Hand) -> None:
    """From the report's first number to its rows."""
    hand.menu("reports")
    hand.press(hand.page.locator("[class*='st-key-tile-'] button").first)


Job = tuple[str, str, Callable[[Hand], None]]
JOBS: tuple[Job, ...] = (
    ("Record a visit that was planned", "rep", record),
    ("Answer one suggestion", "rep", suggestion),
    ("Open a stuck customer from the board", "manager", stuck),
    ("Run the morning meeting, one thing assigned", "manager", meeting),
    ("File a demand", "rep", demand),
    ("Answer a demand and open the next", "product", answer),
    ("Resolve a red promise by moving the plan", "product", promise),
    ("Import a file", "admin", bring_in),
    ("From a report's number to its rows", "manager", drill),
)


def sign_in(browser: Browser, server: Server, who: str, **window: object) -> Page:
    """A window of somebody's, at Today and still."""
    options = {"viewport": {"width": 1440, "height": 900}, "locale": "en-GB", "timezone_id": "Asia/Shanghai"}
    context = browser.new_context(**options | window)  # type: ignore[arg-type]  # options of every type
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(server.url)
    page.get_by_label("User name").fill(who)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.locator(".st-key-user_menu").wait_for(state="attached")
    still(page)
    return page


def today(server: Server) -> date:
    """The company's day."""
    return server.store().clock().astimezone(SHANGHAI).date()


def fresh_link(server: Server) -> str:
    """A link of a delivery that the customer has not answered."""
    store, token = server.store(), new_token()
    with store.reading() as session:
        query = select(CustomerDelivery.id).where(
            CustomerDelivery.id.not_in(select(AcceptanceAnswer.delivery_id))
        )
        delivery = session.scalars(query.order_by(CustomerDelivery.id.desc())).first()
    renew_delivery(store, OPERATOR, delivery, token)
    return f"{server.url}/confirm/{token}"


def accepted(browser: Browser, server: Server) -> Hand:
    """The customer's part: the link is opened on a phone, and confirmed."""
    link = fresh_link(server)
    page = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB").new_page()
    began = time.monotonic()
    page.goto(link)
    page.get_by_role("button").first.click()  # it is written in the customer's language
    page.get_by_role("button").first.wait_for(state="detached")
    return Hand(page, today(server), clicks=2, seconds=time.monotonic() - began)


def measured(var: Path) -> Iterator[tuple[str, Hand]]:
    """Each job, in a browser of its own person, over one copy of the company."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        shutil.copytree(var, folder, dirs_exist_ok=True)
        server = Server(Path(folder), free_port())
        install(server.store())
        server.start()
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        try:
            for name, who, job in JOBS:
                hand = Hand(sign_in(browser, server, who), today(server))
                job(hand)
                yield name, hand
                hand.page.context.close()
            yield "Confirm a delivery as the customer", accepted(browser, server)
        finally:
            browser.close()
            server.kill()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.browser.jobs", description=__doc__)
    parser.add_argument("var", type=Path, help="the folder of a demo company: firebreak.db and files")
    for name, hand in measured(parser.parse_args().var):
        sys.stdout.write(f"| {name} | {hand.clicks} | {hand.fields} | {hand.seconds:.1f} |\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
