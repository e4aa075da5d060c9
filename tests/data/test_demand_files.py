"""Files of a demand: kept with its draft, filed with it, added later, seen by whoever sees the demand."""

from __future__ import annotations

from io import BytesIO

import pytest

from core.messages import Invalid, NotFound
from core.promises.demands import PromiseInput
from data.commands.actions import record_action
from data.commands.demand_drafts import open_demand, save_demand_fields, submit_demand
from data.commands.demand_files import attach_upload, keep_upload
from data.commands.demands import MOST_FILES
from data.commands.promises import make_promise
from data.files import read_file
from data.queries.demand_files import demand_attachments, demand_file_of
from data.queries.drafts import draft
from data.schema import DemandAttachment
from tests.company import found
from tests.data.test_demands import SHEET, filed
from tests.data.test_record_action import done
from tests.importing import count


class Upload(BytesIO):
    def __init__(self, name: str, content: bytes = b"%PDF-1.7") -> None:
        super().__init__(content)
        self.name = name


@pytest.fixture
def company(store):
    return found(store)


def read(store, query, who, *args):
    with store.reading() as session:
        return query(session, who, *args)


def test_what_lies_with_a_draft_is_filed_with_the_demand(store, company):
    number = open_demand(store, company.rep, company.customer)
    kept = keep_upload(store, company.rep, Upload("C:\\plans/line 3.pdf"))
    save_demand_fields(store, company.rep, number, SHEET | {"files": [[kept.sha256, kept.name]]})
    submit_demand(store, company.rep, number)
    demand = read(store, draft, company.rep, number).sent["demand"]
    (one,) = read(store, demand_attachments, company.product, demand)
    assert (one.name, one.by) == ("line 3.pdf", "Rep")
    sha256 = read(store, demand_file_of, company.product, one.id)
    assert read_file(store, sha256)[0] == b"%PDF-1.7"


def test_a_file_is_added_once_per_key_by_whoever_sees_the_demand(store, company):
    demand = filed(store, company)
    for who in (company.product, company.product, company.delivery):
        attach_upload(store, who, "key", demand, Upload("answer.docx"))
    names = [(f.name, f.by) for f in read(store, demand_attachments, company.rep, demand)]
    assert names == [("answer.docx", "Product"), ("answer.docx", "Delivery")]


def test_others_see_and_add_nothing(store, company):
    demand = filed(store, company)
    attached = attach_upload(store, company.rep, "key", demand, Upload("plan.pdf"))
    for query, what in ((demand_attachments, demand), (demand_file_of, attached)):
        with pytest.raises(NotFound):
            read(store, query, company.stranger, what)
    with pytest.raises(NotFound):
        attach_upload(store, company.stranger, "key", demand, Upload("plan.pdf"))


def test_programs_and_too_many_files_are_refused(store, company):
    demand = filed(store, company)
    with pytest.raises(Invalid) as refused:
        attach_upload(store, company.rep, "key", demand, Upload("plan.pdf", b"MZ\x90"))
    assert refused.value.problems[0].code == "not_attachable"
    for n in range(MOST_FILES):
        attach_upload(store, company.rep, f"key {n}", demand, Upload("plan.pdf"))
    with pytest.raises(Invalid) as refused:
        attach_upload(store, company.rep, "one more", demand, Upload("plan.pdf"))
    assert refused.value.problems[0].code == "too_many_files"
    assert count(store, DemandAttachment) == MOST_FILES


def test_a_promise_belongs_to_an_action_of_its_own_customer(store, company):
    action = record_action(
        store, company.stranger, company.strange_opportunity, done(store, "appointment", hours_ago=3)
    )
    said = PromiseInput("In May", store.clock().date(), action_id=action)
    with pytest.raises(Invalid) as refused:
        make_promise(store, company.rep, company.customer, said)
    assert [(p.field, p.code) for p in refused.value.problems] == [("action", "other_customer")]
