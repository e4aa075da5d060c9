"""The exchange page: from a file to an import and back, for each role in each language."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from components.blocks import plain
from core.exchange.kinds import KINDS
from core.exchange.mapping import FileMapping
from core.terms import Role
from data.exchange.reading import read_table
from data.queries.exchange import strangers
from data.schema import Customer, ImportBatch, Opportunity, Person
from data.text import translate
from tests.company import found
from tests.data.test_import_workbooks import book
from tests.importing import count
from tests.pages.reading import words

PAGE = Path(__file__).parents[2] / "pages" / "exchange.py"
FILE = "客户名称,Sectr,Size\nNew,food,huge\nHaihe Pumps,chemicals,small\nBad,,tiny\n"


@pytest.fixture
def company(sqlite_store, monkeypatch):
    monkeypatch.setattr("components.frame.this_store", lambda: sqlite_store)
    return found(sqlite_store)


def visit(who, language="en"):
    at = AppTest.from_file(PAGE, default_timeout=30)
    at.session_state["who"] = who
    at.session_state["language"] = language
    return at.run()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("role", list(Role))
def test_who_may_bring_in_and_take_out(company, role, language):
    at = visit(getattr(company, role), language)
    assert not at.exception
    exports = [b.label for b in at.get("download_button")]
    if role in (Role.PRODUCT, Role.DELIVERY, Role.STORE_MANAGER):
        assert [e.value for e in at.error] == [translate(language, "errors.not_allowed")]
        assert exports == []
    else:
        assert translate(language, "exchange.export") in exports
    assert bool(at.file_uploader) == (role is Role.ADMIN)
    told = translate(language, "exchange.imported_by") in [c.value for c in at.caption]
    assert told == (bool(exports) and role is not Role.ADMIN)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_file_is_mapped_checked_imported_and_undone(company, sqlite_store, language):
    at = visit(company.admin, language)
    at.file_uploader[0].set_value(("kunden.csv", FILE.encode("gb18030"), "text/csv")).run()
    assert not at.exception
    chosen = {b.label: b.value for b in at.selectbox}
    assert chosen[translate(language, "exchange.field.name") + " *"] == "客户名称"
    assert chosen[translate(language, "exchange.field.industry")] == "Sectr"  # a guess
    assert metrics(at) == ["0", "1", "0", "2"]
    for word in ("huge", "tiny"):
        box = next(b for b in at.selectbox if word in b.label)
        box.set_value("large" if word == "huge" else "small")
    at.run()
    assert metrics(at) == ["2", "1", "0", "0"]
    button(at, translate(language, "exchange.import", n=3)).click().run()
    assert not at.exception
    assert count(sqlite_store, Customer) == 4
    with sqlite_store.reading() as session:
        new = session.scalars(select(Customer).where(Customer.name == "New")).one()
    assert (new.industry, new.segment) == ("food", "large")
    assert metrics(at) == ["2", "1", "0", "0"]
    button(at, translate(language, "exchange.undo")).click().run()
    assert count(sqlite_store, Customer) == 2
    assert count(sqlite_store, ImportBatch, ImportBatch.undone_at.is_(None)) == 0
    assert any(translate(language, "exchange.undone") in m.value for m in at.markdown)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_sizes_in_employees_are_asked_for_once(company, sqlite_store, language):
    at = visit(company.admin, language)
    rows = 'name,size\nA,80\nB,"1,200人"\nC,50-200人\nD,100-800\nE,small\n'
    at.file_uploader[0].set_value(("c.csv", rows.encode(), "text/csv")).run()
    assert metrics(at) == ["1", "0", "0", "4"]
    assert [b for b in at.selectbox if "80" in b.label] == []
    said = translate(language, "exchange.staff", n=4, word="80")
    assert said in [c.value.replace("\\", "") for c in at.caption]
    for box, bound in zip(at.number_input, (50, 500), strict=True):
        box.set_value(bound)
    at.run()
    said = translate(language, "exchange.staff_said", n=4, word="80")
    assert said in [c.value.replace("\\", "") for c in at.caption]
    assert metrics(at) == ["4", "0", "0", "1"]  # one reaches into two sizes: it is asked for as a word
    assert len([b for b in at.selectbox if "100" in b.label]) == 1
    button(at, translate(language, "exchange.import", n=4)).click().run()
    assert not at.exception
    with sqlite_store.reading() as session:
        sizes = dict(session.execute(select(Customer.name, Customer.segment)).all())
    assert [sizes.get(name) for name in "ABCDE"] == ["mid", "large", "mid", None, "small"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_file_of_which_no_row_fits_is_not_said_to_hold_nothing_new(company, language):
    at = visit(company.admin, language)
    rows = [["name", "segment", "created"], ["A", "huge", date(2025, 3, 4)]]
    at.file_uploader[0].set_value(("c.xlsx", book(one=rows), "")).run()
    assert metrics(at) == ["0", "0", "0", "1"]
    assert button(at, translate(language, "exchange.none_fit")).disabled
    assert list(at.dataframe[0].value["created"]) == ["2025-03-04"]


def test_what_cannot_be_read_is_said(company):
    at = visit(company.admin)
    at.file_uploader[0].set_value(("x.csv", b"%PDF-1.4", "text/csv")).run()
    assert not at.exception
    assert any("no table" in e.value for e in at.error)
    at.file_uploader[0].set_value(("x.csv", b"whim,whimsy\n1,2\n", "text/csv")).run()
    assert any("Name" in e.value for e in at.error)
    assert not at.metric


def test_the_next_file_is_checked_below_what_became_of_the_last(company):
    at = visit(company.admin)
    for number, name in enumerate(("One", "Two")):
        file = f"name,segment\n{name},small\nBad,huge\n".encode()
        at.file_uploader[0].set_value((f"{name}.csv", file, "text/csv")).run()
        assert not [e.value for e in at.error]
        assert len(metrics(at)) == 4 * (number + 1)
        button(at, translate("en", "exchange.import", n=1)).click().run()
        assert metrics(at) == ["1", "0", "0", "1"]


def test_an_import_others_built_on_says_so(company, sqlite_store):
    at = visit(company.admin)
    at.file_uploader[0].set_value(("c.csv", b"name\nNew\n", "text/csv")).run()
    button(at, translate("en", "exchange.import", n=1)).click().run()
    from tests.importing import import_text

    import_text(sqlite_store, "contacts", "customer,name\nNew,Wu\n")
    at.run()
    button(at, translate("en", "exchange.undo")).click().run()
    refused = translate("en", "errors.import_built_upon", n=1, what="Contact: 1")
    assert [e.value for e in at.error] == [refused]
    past = [b for b in at.button if b.key and b.key.startswith("past-imports")]
    past[-1].click().run()
    assert [e.value for e in at.error] == [refused]
    order = [getattr(e, "key", None) or e.type for e in at.main]
    assert order.index("error") < order.index(past[0].key)  # above a list that may be long
    assert count(sqlite_store, Customer) == 3


def test_a_check_is_made_anew_once_what_it_names_was_taken_back(company):
    content = book(first=[["客户名称"], ["New"]], other=[["商机名称", "客户", "金额"], ["Line", "New", 3]])
    at = visit(company.admin)
    at.file_uploader[0].set_value(("all.xlsx", content, "application/octet-stream")).run()
    button(at, translate("en", "exchange.import", n=1)).click().run()
    next(b for b in at.selectbox if b.label == translate("en", "exchange.further")).set_value("opportunities")
    at.run().button("exchange-go-on").click().run()
    assert metrics(at)[-4:] == ["1", "0", "0", "0"]
    at.button("exchange-undo-last").click().run()
    assert not at.exception
    assert metrics(at) == ["0", "0", "0", "1"]


def metrics(at):
    return [m.value for m in at.metric]


def button(at, label):
    return next(b for b in at.button if b.label == label)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_column_that_is_not_read_is_named(company, language):
    at = visit(company.admin, language)
    content = "客户名称,Founded,Quux\nNew,2001,1\n".encode()
    at.file_uploader[0].set_value(("customers.csv", content, "text/csv")).run()
    names = translate(language, "shell.comma").join(("Founded", "Quux"))
    said = translate(language, "exchange.unread", n=2, names=names)
    assert said in [c.value.replace("\\", "") for c in at.caption]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_sheet_can_be_chosen_and_units_are_said(company, language):
    head = ["商机编号", "商机名称", "金额（万元）"]
    content = book(first=[head, ["1", "A", 3]], other=[head, ["2", "B", 4], ["3", "C", 5]])
    at = visit(company.admin, language)
    kind = next(b for b in at.selectbox if b.label == translate(language, "exchange.what"))
    kind.set_value("opportunities").run()
    at.file_uploader[0].set_value(("a.xlsx", content, "application/octet-stream")).run()
    sheet = next(b for b in at.selectbox if b.label == translate(language, "exchange.sheet"))
    assert (sheet.value, metrics(at)[0]) == ("first", "1")
    said = translate(language, "exchange.unit", header="金额（万元）", times="10,000")
    assert plain(said) in [c.value for c in at.caption]
    sheet.set_value("other").run()
    assert not at.exception
    assert metrics(at)[0] == "2"
    at.selectbox("exchange-kind").set_value("interactions").run()
    head, row = "客户,类型,发起方,时间,时长（分钟）", "Haihe Pumps,call,inbound,2026-03-01,90"
    at.file_uploader[0].set_value(("i.csv", f"{head}\n{row}\n".encode(), "text/csv")).run()
    said = translate(language, "exchange.unit", header="时长（分钟）", times="60")
    assert plain(said) in [c.value for c in at.caption]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_people_are_called_as_on_their_page(language):
    assert translate(language, "exchange.kind.users") == translate(language, "people.title")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_file_given_as_another_kind_is_told_what_it_looks_like(company, language):
    at = visit(company.admin, language)
    at.file_uploader[0].set_value(("staff.csv", b"Login,Full name,Job\nann,Ann,rep\n", "text/csv")).run()
    people = translate(language, "exchange.kind.users")
    assert [i.value for i in at.info] == [translate(language, "exchange.other_kind", kind=people)]
    at.selectbox("exchange-kind").set_value("users").run()
    assert not at.info


@pytest.mark.parametrize("kind", ["users", "contacts"])
def test_a_persons_name_is_called_so(company, kind):
    at = visit(company.admin, "zh")
    at.selectbox("exchange-kind").set_value(kind).run()
    at.file_uploader[0].set_value(("p.csv", "客户,姓名\n甲,王磊\n".encode(), "text/csv")).run()
    labels = [b.label for b in at.selectbox]
    assert "姓名 *" in labels
    assert "名称 *" not in labels


def test_missing_columns_have_the_names_that_people_see(company):
    at = visit(company.admin, "zh")
    at.file_uploader[0].set_value(("x.csv", b"whim,whimsy\n1,2\n", "text/csv")).run()
    assert [e.value for e in at.error] == ["找不到“名称”对应的列。"]
    at.selectbox("exchange-kind").set_value("users").run()
    assert [e.value for e in at.error] == ["找不到“姓名”对应的列。"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_whom_an_unknown_owner_means_is_said_on_the_page_and_known_for_the_next_file(
    company, sqlite_store, language
):
    at = visit(company.admin, language)
    content = b"name,owner\nNew,Lao Wang\nSecond,Lao Zhang\nThird,rep\n"
    at.file_uploader[0].set_value(("customers.csv", content, "text/csv")).run()
    assert metrics(at) == ["1", "0", "0", "2"]
    boxes = {word: next(b for b in at.selectbox if word in b.label) for word in ("Lao Wang", "Lao Zhang")}
    assert boxes["Lao Wang"].value is None
    boxes["Lao Wang"].set_value("rep")
    boxes["Lao Zhang"].set_value("").run()
    assert metrics(at) == ["3", "0", "0", "0"]
    button(at, translate(language, "exchange.import", n=3)).click().run()
    with sqlite_store.reading() as session:
        owners = dict(session.execute(select(Customer.name, Customer.owner_id)).all())
    assert (owners["New"], owners["Second"]) == (company.rep.person_id, None)
    content = b"name,owner\nFourth,Lao Wang\n"
    at.file_uploader[0].set_value(("more.csv", content, "text/csv")).run()
    assert next(b for b in at.selectbox if "Lao Wang" in b.label).value == "rep"
    assert metrics(at)[-4:] == ["1", "0", "0", "0"]


def test_who_is_not_known_is_asked_for_once_and_those_who_left_are_no_choice(company, sqlite_store):
    with sqlite_store.writing() as session:
        session.get_one(Person, company.mate.person_id).active = False
        for who in (company.rep, company.stranger):
            session.get_one(Person, who.person_id).name = "Wang Wei"
    content = b"name,owner\nA,Wang Wei\nB,Wang Wei\nC,Mate\nD,stranger\nE,Lao Li\n"
    table = read_table("c.csv", content, "customers")
    mapping = FileMapping(values={"owner": {"Lao Li": "rep"}})
    with sqlite_store.reading() as session:
        found = strangers(session, company.admin, KINDS["customers"], table, mapping)
        assert strangers(session, company.rep, KINDS["customers"], table, mapping).people == {}
    assert found.words == {"owner": ["Wang Wei"]}  # two have that name; Mate left and is still meant
    assert "mate" not in found.people
    assert found.people["stranger"] == "Wang Wei"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_workbook_is_imported_kind_by_kind_and_given_once(company, sqlite_store, language):
    content = book(
        first=[["客户名称"], ["New"]], other=[["商机名称", "客户", "金额"], ["New line", "New", 3]]
    )
    at = visit(company.admin, language)
    at.file_uploader[0].set_value(("all.xlsx", content, "application/octet-stream")).run()
    button(at, translate(language, "exchange.import", n=1)).click().run()
    assert not at.exception
    next_kind = next(b for b in at.selectbox if b.label == translate(language, "exchange.further"))
    assert next_kind.value == "contacts"
    next_kind.set_value("opportunities").run()
    at.button("exchange-go-on").click().run()
    assert not at.exception
    assert at.selectbox("exchange-kind").value == "opportunities"
    sheet = next(b for b in at.selectbox if b.label == translate(language, "exchange.sheet"))
    assert sheet.value == "other"
    button(at, translate(language, "exchange.import", n=1)).click().run()
    assert count(sqlite_store, Opportunity, Opportunity.name == "New line") == 1
    assert not [b for b in at.button if b.key == "exchange-put-away"]
    at.button("exchange-go-on").click().run()
    at.button("exchange-put-away").click().run()
    assert not at.exception
    assert not [b for b in at.selectbox if b.label == translate(language, "exchange.sheet")]


BY_HAND = "Wer,Womit,Kl\nAlpha,metal works,huge\nBeta,metal works,strange\n"


def test_rejected_rows_are_told_in_the_readers_language(company, monkeypatch):
    offered = {}
    monkeypatch.setattr("streamlit.download_button", lambda label, data, **_: offered.update({label: data}))
    at = visit(company.admin, "zh")
    at.file_uploader[0].set_value(("kunden.csv", b"name,created_at\nNew,never\n", "text/csv")).run()
    assert not at.exception
    told = offered[translate("zh", "exchange.download_rejected")]().decode("utf-8-sig")
    assert translate("zh", "exchange.field.created_at") + "：" in told
    assert translate("zh", "exchange.field.created_at") + "：" in words(at)  # to its end, not cut off


def test_a_row_of_sums_is_refused_without_a_field(company, caplog):
    at = visit(company.admin)
    rows = b"name,industry,size\nNew,food,small\nTotal,,\nTotal 1,,\n"
    at.file_uploader[0].set_value(("c.csv", rows, "text/csv")).run()
    [told] = [m.value.splitlines() for m in at.markdown if m.value.startswith("|")]
    assert [line.split("|")[1] for line in told] == [translate("en", "exchange.line"), "-", "3", "4"]
    segment = translate("en", "exchange.field.segment")
    assert not any(segment in line for line in told)
    assert [r.message for r in caplog.records if "no text for" in r.message] == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_was_chosen_by_hand_is_proposed_for_the_mended_rejects(company, sqlite_store, language):
    at = visit(company.admin, language)
    at.file_uploader[0].set_value(("kunden.csv", BY_HAND.encode(), "text/csv")).run()
    fields = ("name", "industry", "segment", "customer")
    label = {n: translate(language, f"exchange.field.{n}") for n in fields}
    for field, header in (
        (label["name"] + " *", "Wer"),
        (label["industry"], "Womit"),
        (label["segment"], "Kl"),
    ):
        next(b for b in at.selectbox if b.label == field).set_value(header).run()
    next(b for b in at.selectbox if "huge" in b.label).set_value("large").run()
    assert metrics(at) == ["1", "0", "0", "1"]
    button(at, translate(language, "exchange.import", n=1)).click().run()
    mended = b"Zeile,Was,Wer,Womit,Kl\n3,x,Beta,metal works,huge\n"
    at.file_uploader[0].set_value(("rejected.csv", mended, "text/csv")).run()
    chosen = {b.label: b.value for b in at.selectbox}
    assert (chosen[label["name"] + " *"], chosen[label["segment"]]) == ("Wer", "Kl")
    assert next(b for b in at.selectbox if "huge" in b.label).value == "large"
    assert metrics(at)[4:] == ["1", "0", "0", "0"]  # below what became of the first
    next(b for b in at.selectbox if b.label == label["industry"]).set_value(
        None
    ).run()  # and it stays alterable
    at.session_state["exchange-kind"] = "opportunities"
    at.run()
    assert not at.exception
    assert {b.label: b.value for b in at.selectbox}[label["customer"]] == "Wer"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_order_of_dates_is_kept_for_the_files_own_mended_rejects_alone(company, language):
    at = visit(company.admin, language)
    head = "name,owner,opened_at,amount"

    def order():
        return next(b for b in at.selectbox if b.label == translate(language, "exchange.dates"))

    def give(name, text):
        at.file_uploader[0].set_value((name, text.encode(), "text/csv")).run()

    at.session_state["exchange-kind"] = "opportunities"
    give("a.csv", f"{head}\nPumps,rep,03/02/2026,7\nPipes,rep,03/02/2026,60x\n")
    order().set_value("day first").run()
    assert metrics(at) == ["1", "0", "0", "1"]
    front = ",".join(translate(language, f"exchange.{name}") for name in ("line", "reason"))
    give("rejected.csv", f"{front},{head}\n3,x,Pipes,rep,03/02/2026,60000\n")
    assert order().value == "day first"
    give("b.csv", f"{head}\nTaps,rep,03/02/2026,7\n")
    assert order().value is None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_guessed_is_marked_until_somebody_chooses(company, language):
    at = visit(company.admin, language)
    at.file_uploader[0].set_value(("c.csv", "客户名称,Sectr,Quux\nNew,food,1\n".encode(), "text/csv")).run()
    guessed = translate(language, "exchange.guessed")
    label = translate(language, "exchange.field.industry")

    def industry():
        return next(b for b in at.selectbox if b.label == label)

    assert (industry().value, [c.value for c in at.caption].count(guessed)) == (
        "Sectr",
        1,
    )  # the name is known
    industry().set_value("Quux").run()
    assert guessed not in [c.value for c in at.caption]
    industry().set_value("Sectr").run()
    assert guessed in [c.value for c in at.caption]


def test_a_cell_that_a_row_does_not_have_is_shown_empty(company):
    at = visit(company.admin)
    at.file_uploader[0].set_value(("short.csv", b"Customer,Industry\nNew,food\nBad\n", "text/csv")).run()
    assert at.dataframe[0].value.to_dict("list") == {"Customer": ["New", "Bad"], "Industry": ["food", ""]}
