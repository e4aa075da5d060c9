"""The customer pages as each role sees them, in both languages."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.commands.actions import record_action
from data.commands.customers import grade_customer, tag_customer
from tests.company import found
from tests.data.test_record_action import done

PAGES = Path(__file__).parents[2] / "pages"


@pytest.fixture
def company(sqlite_store, monkeypatch):
    people = found(sqlite_store)
    import components.frame

    monkeypatch.setattr(components.frame, "this_store", lambda: sqlite_store)
    return people


def look(page, who, language="en", **query) -> AppTest:
    at = AppTest.from_file(PAGES / f"{page}.py", default_timeout=30)
    at.session_state["who"] = who
    at.session_state["language"] = language
    for name, value in query.items():
        at.query_params[name] = str(value)
    return at.run()


def text(at: AppTest) -> str:
    shown = [
        e.value
        for kind in (at.markdown, at.caption, at.error, at.warning, at.header, at.title, at.info)
        for e in kind
    ]
    return "\n".join(str(s).replace("\\", "") for s in shown)


def press(at: AppTest, key: str) -> AppTest:
    return next(b for b in at.button if b.key == key).click().run()


SEE = ("rep", "manager", "director", "admin")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "role", ["rep", "mate", "manager", "director", "product", "delivery", "store_manager", "admin"]
)
@pytest.mark.parametrize("page", ["customers", "customer", "audit"])
def test_every_role_in_both_languages(company, sqlite_store, page, role, language):
    first = record_action(
        sqlite_store, company.rep, company.opportunity, done(sqlite_store, "appointment", hours_ago=90)
    )
    demo = done(sqlite_store, "solution_demo", hours_ago=5, follows=first)
    record_action(sqlite_store, company.rep, company.opportunity, demo)
    grade_customer(sqlite_store, company.rep, company.customer, "B", "budget")
    tag_customer(sqlite_store, company.rep, company.customer, ["strategic_account"])
    at = look(page, getattr(company, role), language, customer=company.customer)
    assert not at.exception, at.exception
    allowed = {"customers": (*SEE, "mate"), "customer": SEE, "audit": ("director", "admin")}[page]
    refusals = [e.value for e in at.error]
    assert bool(refusals) == (role not in allowed), refusals
    assert ("Haihe" in text(at)) == (role in allowed and role != "mate") or page == "customers"
    han = re.search(r"[\u4e00-\u9fff]", text(at))
    assert bool(han) == (language == "zh")
    assert not re.search(r"\b(customer|customers|audit|terms|fields)\.[a-z_]{3,}", text(at))
