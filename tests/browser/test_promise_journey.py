"""A promise's whole way through the product, each step by whom it belongs to, each seen on the page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from components.format import day as in_words
from core.access import OPERATOR
from core.customers import ContactInput
from core.promises.collaboration import next_quarter, quarter_of
from data.commands.collaboration import issue_collaboration
from data.commands.customers import add_contact
from data.engine import Store
from tests.browser.conftest import Server
from tests.company import Company, found

pytestmark = pytest.mark.browser
WORDS = "“Each changeover costs us the *whole* morning.”"
FEATURE = "Changeover planner"
SHANGHAI = ZoneInfo("Asia/Shanghai")  # the company's clock


@dataclass(frozen=True, slots=True)
class Days:
    """The days that the story turns on: promised ten days before the first plan, a week after the second."""

    today: date

    @property
    def promised(self) -> date:
        return self.today + timedelta(days=14)

    @property
    def planned(self) -> date:
        return self.today + timedelta(days=24)

    @property
    def moved(self) -> date:
        return self.today + timedelta(days=7)


@pytest.fixture(scope="module")
def company() -> dict[str, Company]:
    return {}


@pytest.fixture(scope="module")
def server(served, company):
    """A customer with a contact who has no mail address, and the people who serve them."""

    def seed(store: Store) -> None:
        people = company["people"] = found(store)
        contact = ContactInput("Wang Fang", None, None, None, None)
        add_contact(store, people.rep, people.customer, contact)

    return served(seed)


def test_a_promise_from_the_customers_words_to_the_quarters_report(server, company, visit):
    days = Days(server.store().clock().astimezone(SHANGHAI).date())

    rep = at_work(visit, server, "rep", f"customer?customer={company['people'].customer}")
    files_a_demand(rep)

    product = at_work(visit, server, "product", "demands")
    answers_in_time(product, days)

    promises_an_earlier_date(rep, days)
    the_board_shows(rep, server, "Conflict", "10 days before the plan")
    manager = at_work(visit, server, "manager", "inbox")
    is_told_of_the_conflict(manager, days)
    product.goto(f"{server.url}/inbox")
    is_told_of_the_conflict(product, days)

    moves_the_plan(product, days)
    the_board_shows(manager, server, "Fits", "7 days after the plan")

    delivery = at_work(visit, server, "delivery", "deliveries")
    marks_it_ready(delivery)
    link = copied_link(delivery)

    customer = visit(link, width=390)
    opens_the_link(customer)
    the_delivery_stands(delivery, server, "Waiting for the customer", "0%", "0 of 1")
    confirms(customer)
    the_delivery_stands(delivery, server, "Confirmed", "100%", "1 of 1", show="confirmed")
    the_promise_is_kept(rep, server)

    for quarter in dict.fromkeys((quarter_of(days.today), quarter_of(days.promised))):
        issue_when_it_is_over(server, quarter)
    the_report_counts_the_answer(manager, server, quarter_of(days.today))
    the_report_counts_the_promise(manager, server, quarter_of(days.promised), company["people"].rep.person_id)


def at_work(visit, server: Server, name: str, address: str) -> Page:
    """Somebody's window, signed in."""
    page: Page = visit(f"{server.url}/{address}", cookie=server.signed_in(name))
    return page


def press(page: Page, name: str) -> None:
    """A button by its label, or a line by what it ends with; a list to choose from has one named "Open"."""
    button = page.get_by_role("button", name=re.compile(rf"(^|\s){re.escape(name)}$"))
    button.and_(page.locator("[data-testid^=stBaseButton]")).click()


def fill(page: Page, fields: dict[str, str]) -> None:
    """Type into fields, each by its label."""
    for label, value in fields.items():
        field = page.get_by_label(label, exact=True)
        field.fill(value)
        field.press("Tab")
        expect(field).to_have_value(value)


def choose_day(page: Page, label: str, day: date) -> None:
    """Type a date into its three parts, the year first."""
    parts = page.get_by_label(label, exact=True).get_by_role("spinbutton")
    for n, digits in enumerate(day.isoformat().split("-")):
        parts.nth(n).press_sequentially(digits)
    parts.last.press("Tab")


def files_a_demand(rep: Page) -> None:
    """From the customer's page: the words, the pain, what shall change, how urgent it is."""
    press(rep, "File a demand")
    fill(rep, {"The customer's own words": WORDS})
    rep.get_by_text("Slow work", exact=True).click()
    fill(rep, {"What is measured": "Changeover time", "From": "45", "To": "25", "Unit": "minutes"})
    rep.get_by_text("P1 · urgent", exact=True).click()
    expect(rep.get_by_text("Changeover time: 45 → 25 minutes")).to_be_visible()
    expect(rep.get_by_text(re.compile("Product answers by"))).to_be_visible()
    press(rep, "File the demand")
    expect(rep.get_by_text(re.compile("^Filed. Product answers by"))).to_be_visible()
    press(rep, "Open")
    expect(rep.get_by_text("No answer yet")).to_be_visible()


def answers_in_time(product: Page, days: Days) -> None:
    """From the list: a new feature with its way, its day and what is handed over; the clock stops in time."""
    expect(product.get_by_text("Haihe Pumps · P1 · urgent")).to_be_visible()
    press(product, "Open")
    expect(product.get_by_text(WORDS)).to_be_visible()
    fill(
        product,
        {
            "Feature": FEATURE,
            "Technical path": "Sort the orders by tool",
            "Resources": "Two people, three weeks",
            "Reference": "YQ-7",
        },
    )
    product.get_by_text("Screen", exact=True).click()
    choose_day(product, "Planned date", days.planned)
    press(product, "Send the answer")
    expect(product.get_by_text(f"{FEATURE} · planned for {in_words(days.planned, 'en')}")).to_be_visible()
    expect(product.get_by_text("Screen · YQ-7")).to_be_visible()
    expect(product.get_by_text(re.compile("Answered$"))).to_be_visible()
    expect(product.get_by_text(re.compile(r"answered .*, after 0\.0 of 8 working hours"))).to_be_visible()


def promises_an_earlier_date(rep: Page, days: Days) -> None:
    """From the demand, which now has its answer."""
    rep.reload()
    expect(rep.get_by_text(f"{FEATURE} · planned for {in_words(days.planned, 'en')}")).to_be_visible()
    press(rep, "Record a promise")
    fill(rep, {"What the customer was told": "You have it within two weeks"})
    choose_day(rep, "Promised for", days.promised)
    press(rep, "Record the promise")
    expect(rep.get_by_text("10 days before the plan", exact=True)).to_be_visible()


def the_board_shows(page: Page, server: Server, light: str, why: str) -> None:
    """One promise ahead, with its light and why; the card counts it."""
    page.goto(f"{server.url}/promises")
    the_card_says(page, light, "1")
    line = page.locator(".st-key-rows-promises")
    expect(line).to_contain_text(light)
    expect(line).to_contain_text("Haihe Pumps")
    expect(line).to_contain_text(why)


def is_told_of_the_conflict(page: Page, days: Days) -> None:
    """In the inbox, with both dates."""
    promised, planned = in_words(days.promised, "en"), in_words(days.planned, "en")
    expect(page.get_by_text("Promised too early: Haihe Pumps")).to_be_visible()
    expect(
        page.get_by_text(
            f"“{FEATURE}” was promised for {promised} and is planned for {planned}: 10 days too early."
        )
    ).to_be_visible()


def moves_the_plan(product: Page, days: Days) -> None:
    """From the inbox to the promise, and there the way out that is product's."""
    press(product, "Open")
    expect(product.get_by_text("10 days before the plan", exact=True)).to_be_visible()
    choose_day(product, "New planned date", days.moved)
    fill(product, {"Why the plan moves": "A second developer joins"})
    press(product, "Move the plan")
    expect(product.get_by_text("7 days after the plan", exact=True)).to_be_visible()
    expect(product.get_by_text("A second developer joins").last).to_be_visible()


def marks_it_ready(delivery: Page) -> None:
    """What stands among the due ones, to the contact whom no mail reaches."""
    expect(delivery.get_by_text(f"Haihe Pumps · {FEATURE}")).to_be_visible()
    press(delivery, "Mark ready")
    fill(delivery, {"Note to the customer": "Open it in the menu"})
    press(delivery, "Mark ready and send the link")
    expect(delivery.get_by_text("no mail went out: the link is passed on by hand")).to_be_visible()


def copied_link(delivery: Page) -> str:
    """The link that the page shows this once."""
    shown = delivery.get_by_test_id("stCode").first
    expect(shown).to_contain_text("/confirm/")
    return shown.inner_text().strip()


def opens_the_link(customer: Page) -> None:
    """In a window that nobody signed in to, as wide as a phone."""
    expect(customer.get_by_role("heading", name=FEATURE)).to_be_visible()
    expect(customer.get_by_text("Open it in the menu")).to_be_visible()
    expect(customer.get_by_text(re.compile("Opening this page confirms nothing"))).to_be_visible()
    assert customer.evaluate("document.documentElement.scrollWidth <= innerWidth")


def confirms(customer: Page) -> None:
    """With one press, and without a trace in the browser."""
    customer.get_by_role("button", name="Yes, it is usable").click()
    expect(customer.get_by_role("heading", name="Confirmed. Thank you!")).to_be_visible()
    assert customer.context.cookies() == []


def the_delivery_stands(
    delivery: Page, server: Server, state: str, share: str, of: str, show: str = "sent"
) -> None:
    """Its line says how, and the card how many customers confirmed."""
    delivery.goto(f"{server.url}/deliveries?show={show}")
    line = delivery.locator(".st-key-rows-deliveries")
    expect(line).to_contain_text(f"Haihe Pumps · {FEATURE}")
    expect(line).to_contain_text(state)
    the_card_says(delivery, "Confirmed", share, of)


def the_promise_is_kept(rep: Page, server: Server) -> None:
    """On the board among the delivered ones, and on its own page with what the customer said."""
    rep.goto(f"{server.url}/promises?show=delivered")
    line = rep.locator(".st-key-rows-promises")
    expect(line).to_contain_text("Kept")
    expect(line).to_contain_text("Haihe Pumps")
    line.get_by_role("button", name="Open").click()
    expect(rep.get_by_text("confirmed by the customer", exact=True)).to_be_visible()
    expect(rep.locator(".st-key-rows-promise-deliveries")).to_contain_text("Confirmed")


def issue_when_it_is_over(server: Server, quarter: date) -> None:
    """On the first morning after it; no page issues a quarter that still runs."""
    kept, morning = server.store(), datetime.combine(next_quarter(quarter), time(7), SHANGHAI)
    issue_collaboration(Store(kept.url, kept.files, clock=lambda: morning), OPERATOR, quarter)


def the_report_counts_the_answer(page: Page, server: Server, quarter: date) -> None:
    """Its card: one answer, which took next to nothing of its time."""
    page.goto(f"{server.url}/collaboration?quarter={quarter}")
    the_card_says(page, "Answer time used", "0%", "1 row")


def the_report_counts_the_promise(page: Page, server: Server, quarter: date, promiser: int) -> None:
    """Its card, and the row behind who promised, which opens the promise."""
    page.goto(f"{server.url}/collaboration?quarter={quarter}&figure=kept-person-{promiser}")
    the_card_says(page, "Promises kept", "100%", "1 row")
    expect(page.get_by_role("heading", name="Rows behind Rep · Promises kept")).to_be_visible()
    row = page.locator(".st-key-rows-collaboration-facts")
    expect(row).to_contain_text("Haihe Pumps")
    expect(row).to_contain_text("kept · Rep · East")
    row.get_by_role("button", name="The promise").click()
    expect(page.get_by_text("confirmed by the customer", exact=True)).to_be_visible()


def the_card_says(page: Page, label: str, value: str, note: str = "") -> None:
    """A figure by its label, and what stands below it."""
    card = page.get_by_test_id("stMetric").filter(
        has=page.get_by_test_id("stMetricLabel").get_by_text(label, exact=True)
    )
    expect(card.get_by_test_id("stMetricValue")).to_have_text(value)
    expect(card).to_contain_text(note)
