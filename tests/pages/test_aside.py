"""The side bar's page and the links that open a form: the customer they mean, and nobody else's."""

import pytest
from sqlalchemy import select

from core.access import Permission
from core.messages import Conflict, NotFound
from data.queries.named_customers import Named, named_customer
from data.schema import Contact, Customer, Draft
from data.text import translate
from tests.company import found


@pytest.fixture
def company(sqlite_store):
    people = found(sqlite_store)
    with sqlite_store.writing() as session:
        session.get_one(Customer, people.customer).ref = "CRM-7"
        now = sqlite_store.clock()
        session.add(Contact(customer_id=people.customer, name="Wu Min", ref="wmExternal"))
        session.add(Contact(customer_id=people.strange_customer, name="Zhao", ref="wmStranger"))
        session.add_all(Customer(name="Twin", owner_id=people.rep.person_id, created_at=now) for _ in "ab")
        session.add(Customer(name="haihe pumps ", owner_id=people.stranger.person_id, created_at=now))
    return people


def texts(page) -> str:
    return "\n".join(str(e.value) for kind in (page.subheader, page.error, page.markdown) for e in kind)


def draft_of(store) -> dict:
    with store.reading() as session:
        return session.scalars(select(Draft.body)).one()["values"]


@pytest.mark.parametrize(
    ("language", "query"),
    [
        ("en", {"customer": 1}),
        ("zh", {"customer_name": " haihe PUMPS "}),
        ("en", {"ref": "CRM-7"}),
        ("zh", {"contact": "wmExternal"}),
    ],
)
def test_the_customer_in_brief(open_page, company, language, query):
    page = open_page("aside", company.rep, language, **query)
    assert not page.exception
    assert "Haihe Pumps" in texts(page)
    labels = {b.label for b in page.button}
    assert translate(language, "terms.stage.solution_demo") in labels


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"customer": 2}, "customer_gone"),
        ({"customer_name": "Taihu Bearings"}, "customer_gone"),
        ({"ref": "unknown"}, "customer_gone"),
        ({"contact": "wmStranger"}, "customer_gone"),
        ({"customer_name": "twin"}, "ambiguous_customer"),
    ],
)
def test_what_is_not_there_or_not_unique_is_said_and_chosen_here(open_page, company, query, error):
    page = open_page("aside", company.rep, **query)
    assert translate("en", f"errors.{error}", name="twin") in texts(page)
    first, *twins = page.selectbox[0].options
    assert (first, len(set(twins)), {name.split(" · ")[0] for name in twins}) == ("Haihe Pumps", 2, {"Twin"})


def test_a_director_reads_and_records_nothing(open_page, company):
    page = open_page("aside", company.director, customer=1)
    assert "Haihe Pumps" in texts(page)
    assert translate("en", "terms.stage.solution_demo") not in {b.label for b in page.button}


@pytest.mark.parametrize(
    "query", [{"customer": 1, "type": "demo"}, {"customer_name": "Haihe Pumps", "type": "solution_demo"}]
)
def test_a_link_opens_the_prefilled_form(open_page, sqlite_store, company, query):
    page = open_page("record", company.rep, **query)
    assert not page.exception
    values = draft_of(sqlite_store)
    assert (values["customer"], values["opportunity"], values["type"]) == (1, 1, "solution_demo")


def test_a_link_to_a_strangers_customer_opens_nothing(open_page, company):
    page = open_page("record", company.rep, customer_name="Taihu Bearings")
    assert translate("en", "errors.customer_gone") in texts(page)


def test_names_are_read_within_reach(store):
    people = found(store)
    with store.reading() as session:
        needs = Permission.SEE_CUSTOMERS
        assert named_customer(session, people.rep, needs, Named(name="HAIHE pumps")) == people.customer
        with pytest.raises(NotFound):
            named_customer(session, people.rep, needs, Named(number=people.strange_customer))
    with store.writing() as session:
        session.add(Customer(name="Haihe Pumps", owner_id=people.rep.person_id, created_at=store.clock()))
    with store.reading() as session, pytest.raises(Conflict):
        named_customer(session, people.manager, needs, Named(name="Haihe Pumps"))
