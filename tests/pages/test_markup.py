"""What people are called is shown as it was written: no name draws a picture, link or colour on a page."""

import random
import re

from sqlalchemy import update

from components.navigation import PAGES
from core.access import decide
from core.messages import Problem
from data.commands.drafts import refuse_draft
from data.commands.record import Link, open_record
from data.schema import Contact, Customer, Opportunity, Person, Team
from tests.company import found
from tests.rooms import room_of

EVIL = "![x](https://evil.test/a.png) [go](https://evil.test) :red[b] $x$ `c` \u202egnp"
RAW = re.compile("(?<!\\\\)\\[[^\\]\\\\]*(?<!\\\\)\\]\\(https://evil\\.test|\u202e")
KINDS = ("markdown", "caption", "success", "error", "info", "warning")
SAMPLE = 7  # pages; all of them with --full-bench


def test_no_name_is_read_as_markup(open_page, sqlite_store, request):
    company = found(sqlite_store)
    room = room_of(sqlite_store, company)
    with sqlite_store.writing() as session:
        for table in (Customer, Opportunity, Person):
            session.execute(update(table).values(name=EVIL))
        session.execute(update(Team).values(name=Team.name + EVIL))
        session.add(Contact(customer_id=company.customer, name=EVIL, title=EVIL))
    chosen = list(PAGES)
    if not request.config.getoption("--full-bench"):
        chosen = [p for p in PAGES if p.name in ("customer", "board", "people")]
        chosen += random.Random(4).sample([p for p in PAGES if p not in chosen], SAMPLE - 3)
    raw = []
    for spec in chosen:
        page = open_page(spec.name, _reader(company, spec), customer=company.customer, room=room)
        drawn = [str(e.value) for kind in KINDS for e in page.get(kind)]
        drawn += [button.label for button in page.button]
        raw += [f"{spec.name}: {text[:120]}" for text in drawn if RAW.search(text)]
    assert not raw, "\n".join(raw)


def _reader(company, spec):
    people = (company.manager, company.director, company.product, company.store_manager, company.admin)
    return next(who for who in people if decide(who, spec.needs).allowed)


def test_no_problem_of_a_draft_is_read_as_markup(open_page, sqlite_store):
    company = found(sqlite_store)
    draft = open_record(sqlite_store, company.rep, Link(company.customer))
    refuse_draft(sqlite_store, company.rep, draft, [Problem("summary", "unknown_choice", {"value": EVIL})])
    page = open_page("record", company.rep, draft=draft)
    [said] = [m.value for m in page.markdown if "evil" in m.value]
    assert not RAW.search(said)
