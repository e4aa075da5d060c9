"""Between the preview of an import and the import: what others changed meanwhile is not overwritten."""

import pytest
from sqlalchemy import select

from core.customers import CustomerInput
from core.exchange.mapping import FileMapping
from core.promises.demands import PromiseInput
from data.commands.customers import assign_customer, edit_customer, grade_customer, tag_customer
from data.commands.exchange import import_table
from data.commands.promises import make_promise, move_promise
from data.exchange.reading import read_table
from data.queries.exchange import dry_run
from data.schema import Customer, CustomerTag, PromisedDate, Tag
from tests.company import found
from tests.importing import count, export, import_text, shown

CHEMICALS, NOTED = CustomerInput("Haihe Pumps", "chemicals"), CustomerInput("Haihe Pumps", note="call Wu")
FILE = """name,industry,region,owner,grade,tags
Haihe Pumps,food,East,rep,B,big
Taihu Bearings,food,West,stranger,C,
Songhua Valves,food,North,rep,C,
"""


@pytest.fixture
def people(sqlite_store):
    company = found(sqlite_store)
    with sqlite_store.writing() as session:
        session.add(Tag(key="big", high_value=False))
    return company


def checked(store, people, kind, text):
    """The file, and what its preview said."""
    file = (kind, "c.csv", read_table("c.csv", text.encode(), kind), FileMapping())
    return file, dry_run(store, people.admin, *file)


def industry(store, customer_id):
    with store.reading() as session:
        return session.get_one(Customer, customer_id).industry


# fmt: off
MEANWHILE = [
    # what another did since the preview                                          the row is refused at
    (lambda s, p: grade_customer(s, p.rep, p.customer, "A", "a large order"),     "grade"),
    (lambda s, p: edit_customer(s, p.rep, p.customer, CHEMICALS, 1),              "industry"),
    (lambda s, p: assign_customer(s, p.manager, p.customer, p.mate.person_id),    "owner"),
    (lambda s, p: edit_customer(s, p.rep, p.customer, NOTED, 1),                  None),
    (lambda s, p: tag_customer(s, p.rep, p.customer, ["big"]),                    None),
]
# fmt: on


@pytest.mark.parametrize(("change", "field"), MEANWHILE)
def test_a_column_that_somebody_changed_after_the_preview_keeps_what_they_wrote(
    sqlite_store, people, change, field
):
    file, seen = checked(sqlite_store, people, "customers", FILE)
    assert shown(seen) == (1, 2, 0, [])
    change(sqlite_store, people)
    done = import_table(sqlite_store, people.admin, *file, seen.seen)
    if field is None:
        assert shown(done) == (1, 2, 0, [])
        assert industry(sqlite_store, people.customer) == "food"
    else:
        assert shown(done) == (1, 1, 0, [(2, field, "changed_since_preview")])
        assert industry(sqlite_store, people.customer) != "food"
    assert industry(sqlite_store, people.strange_customer) == "food"
    again = dry_run(sqlite_store, people.admin, *file)  # looked at once more, the row goes in
    assert shown(import_table(sqlite_store, people.admin, *file, again.seen))[3] == []
    assert industry(sqlite_store, people.customer) == "food"


def test_without_a_preview_the_file_counts(sqlite_store, people):
    grade_customer(sqlite_store, people.rep, people.customer, "A", "a large order")
    assert shown(import_text(sqlite_store, "customers", FILE)) == (1, 2, 0, [])


def test_a_tag_given_after_the_preview_stays(sqlite_store, people):
    with sqlite_store.writing() as session:
        session.add(Tag(key="old", high_value=False))
    tag_customer(sqlite_store, people.rep, people.customer, ["old"])
    file, seen = checked(sqlite_store, people, "customers", "name,tags\nHaihe Pumps,big\n")
    tag_customer(sqlite_store, people.rep, people.customer, [])
    done = import_table(sqlite_store, people.admin, *file, seen.seen)
    assert shown(done) == (0, 0, 0, [(2, "tags", "changed_since_preview")])
    assert count(sqlite_store, CustomerTag) == 0


def test_a_date_agreed_after_the_preview_stays(sqlite_store, people, clock):
    told = PromiseInput("by April", clock.at.date().replace(day=20))
    promise = make_promise(sqlite_store, people.rep, people.customer, told)
    text = export(sqlite_store, "promises").decode("utf-8-sig").replace("2026-03-20", "2026-03-25")
    file, seen = checked(sqlite_store, people, "promises", text)
    assert shown(seen) == (0, 1, 0, [])
    move_promise(sqlite_store, people.rep, promise, clock.at.date().replace(day=30), "asked for")
    done = import_table(sqlite_store, people.admin, *file, seen.seen)
    assert shown(done) == (0, 0, 0, [(2, "promised_on", "changed_since_preview")])
    with sqlite_store.reading() as session:
        days = session.scalars(select(PromisedDate.promised_on).order_by(PromisedDate.id))
        assert [d.day for d in days] == [20, 30]
