"""The exchange page: a file's words for stages, closing dates of open rows, and rows without a customer."""

import pytest
from sqlalchemy import select

from components.blocks import plain
from data.schema import Interaction, Opportunity, OpportunityState, Person, Stage
from data.text import translate
from tests.company import found
from tests.pages.test_exchange import button, metrics

HEAD = "deal name,account,phase,close date\n"
ROWS = "A,Haihe,Demo,2100-01-05\nB,Haihe,Signed,2026-01-05\nC,,Closed Lost,2026-01-06\nD,Haihe,Quux,\n"

OWN = "A,Haihe,Suspect,2100-01-05\nB,Haihe,Lukewarm,2100-01-05\nC,Haihe,Won,2026-01-06\n"


@pytest.fixture
def bring(open_page, sqlite_store):
    """bring(language, text) gives a file, of opportunities unless another kind is said, to the page."""
    admin = found(sqlite_store).admin

    def brought(language, text=HEAD + ROWS, kind="opportunities"):
        at = open_page("exchange", admin, language=language)
        at.selectbox("exchange-kind").set_value(kind).run()
        content = text.replace("Haihe", "Haihe Pumps").encode()
        at.file_uploader[0].set_value(("pipeline.csv", content, "text/csv")).run()
        assert not at.exception
        return at

    return brought


def word(at, said):
    return next(b for b in at.selectbox if f"“{said}”" in b.label.replace("\\", ""))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_a_word_means_is_said_on_the_page_a_stage_or_an_end(bring, sqlite_store, language):
    at = bring(language)
    assert not [b for b in at.selectbox if "Closed Lost" in b.label]  # its meaning is known
    word(at, "Demo").set_value("solution_demo").run()
    assert word(at, "Signed").value == "won"  # a guess that stands to be confirmed
    assert metrics(at) == ["3", "0", "0", "1"]
    assert word(at, "Quux").value is None
    button(at, translate(language, "exchange.import", n=3)).click().run()
    assert not at.exception
    with sqlite_store.reading() as session:
        query = select(Opportunity.name, Opportunity.outcome, Stage.key)
        query = query.outerjoin(OpportunityState, OpportunityState.opportunity_id == Opportunity.id)
        query = query.outerjoin(Stage, Stage.id == OpportunityState.stage_id)
        stands = {
            name: rest for name, *rest in session.execute(query.where(Opportunity.name.in_(tuple("ABC"))))
        }
    assert stands == {"A": ["open", "solution_demo"], "B": ["won", None], "C": ["lost", None]}


@pytest.mark.parametrize(("first", "asked"), [("Won", []), ("", ["Closed"])])
def test_closed_alone_is_asked_for_only_where_no_outcome_says_how(bring, first, asked):
    head = "deal name,account,stage,outcome,closed on\n"
    at = bring("en", head + f"A,Haihe,Closed,{first},2026-01-05\nB,Haihe,Closed,Lost,2026-01-06\n")
    assert [w for w in ("Closed",) if any(f"“{w}”" in b.label for b in at.selectbox)] == asked
    assert metrics(at) == [str(2 - len(asked)), "0", "0", str(len(asked))]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_a_word_for_a_leaver_means_is_said_on_the_page(bring, sqlite_store, language):
    head = "login,full name,role,team,employment status\n"
    rows = "ann,Ann,rep,East,Active\nbea,Bea,rep,East,Left\ncai,Cai,rep,East,Retired\n"
    at = bring(language, head + rows, "users")
    assert [b.label for b in at.selectbox if "“" in b.label] == [word(at, "Retired").label]
    assert metrics(at) == ["2", "0", "0", "1"]
    word(at, "Retired").set_value("no").run()
    button(at, translate(language, "exchange.import", n=3)).click().run()
    assert not at.exception
    with sqlite_store.reading() as session:
        query = select(Person.username, Person.active).where(Person.username.in_(("ann", "bea", "cai")))
        assert dict(session.execute(query).all()) == {"ann": True, "bea": False, "cai": False}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_status_of_own_words_is_proposed_and_each_is_asked_for(bring, language):
    at = bring(language, HEAD.replace("phase", "status") + OWN)
    assert translate(language, "exchange.guessed") in [c.value for c in at.caption]
    assert [word(at, said).value for said in ("Suspect", "Lukewarm")] == [None, None]
    assert metrics(at) == ["1", "0", "0", "2"]  # not before somebody has said it
    word(at, "Suspect").set_value("appointment").run()
    word(at, "Lukewarm").set_value("quote_confirmation").run()
    assert metrics(at) == ["3", "0", "0", "0"]


def test_a_file_with_a_pipeline_of_its_own_is_asked_for_no_stage(bring):
    at = bring("en")
    box = next(b for b in at.text_input if b.label == translate("en", "exchange.pipeline"))
    box.set_value("Ours").run()
    assert not [b for b in at.selectbox if "Demo" in b.label]
    assert metrics(at) == ["4", "0", "0", "0"]  # there, Closed Lost is a stage like others


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_closing_time_of_an_open_row_is_its_expected_close_unless_one_says_no(bring, language):
    at = bring(language, "deal name,close date\nA,2100-01-05\n")
    said = translate(language, "exchange.expected_while_open", header="close date")
    box = next(b for b in at.checkbox if b.label == said)
    assert (box.value, metrics(at)) == (True, ["1", "0", "0", "0"])
    box.uncheck().run()
    assert metrics(at) == ["0", "0", "0", "1"]
    apart = bring(language, "deal name,close date,expected close\nA,,2100-01-05\n")
    assert [b.value for b in apart.checkbox if b.label == said] == [False]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_rows_that_name_no_customer_are_told_before_and_after(bring, language):
    at = bring(language, "deal name,account\nA,\nB,Haihe\nC,\n")
    said = translate(
        language, "exchange.without_customer", n=2, lines=translate(language, "shell.comma").join("24")
    )
    assert [w.value for w in at.warning] == [said]
    button(at, translate(language, "exchange.import", n=3)).click().run()
    assert [w.value for w in at.warning] == [said]
    known = bring(language, "deal name,account\nB,Haihe\n")
    assert not known.warning


@pytest.mark.parametrize("language", ["en", "zh"])
def test_new_customers_with_the_name_of_another_are_told_before(bring, language):
    at = bring(language, "reference,name\nK1,Haihe\nK2,Weir\nK3,Haihe\nK2,Weir\n", "customers")
    assert metrics(at) == ["2", "1", "1", "0"]  # the first is the one here, who has no reference yet
    assert [w.value for w in at.warning] == [translate(language, "exchange.namesakes", n=1, lines="4")]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_assumed_of_a_stage_is_said_with_the_column_that_would_tell(bring, language):
    at = bring(language, "deal name,account,stage\nA,Haihe,Quote confirmation\nB,Haihe,\n")
    column = translate(language, "exchange.field.stage_since")
    assert [i.value for i in at.info] == [
        translate(language, "exchange.since_unsaid", n=1, lines="2", column=column)
    ]
    told = bring(language, f"deal name,account,stage,{column}\nA,Haihe,Quote confirmation,2026-03-01\n")
    assert not told.info


@pytest.mark.parametrize("language", ["en", "zh"])
def test_who_began_is_said_of_every_row_where_no_column_says_it(bring, sqlite_store, language):
    at = bring(
        language, "Date,Account,Type,Notes\n2026-03-02 10:00,Haihe,Visit,Walked line 3\n", "interactions"
    )
    field = translate(language, "exchange.field.direction")
    of_every_row = translate(language, "exchange.of_every_row", field=field)
    told = translate(language, "exchange.choose_every_row", field=field, box=of_every_row)
    assert [e.value for e in at.error] == [plain(told)]
    next(b for b in at.selectbox if b.label == of_every_row).set_value("outbound").run()
    assert not at.exception
    assert word(at, "Visit").value == "meeting"
    assert metrics(at) == ["1", "0", "0", "0"]
    button(at, translate(language, "exchange.import", n=1)).click().run()
    with sqlite_store.reading() as session:
        one = session.scalars(select(Interaction).where(Interaction.subject == "Walked line 3")).one()
        assert (one.kind, one.direction) == ("meeting", "outbound")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_people_without_a_role_are_told_before_they_come_in_as_reps(bring, language):
    at = bring(language, "name,team\nIda Berg,East\n", "users")
    column = translate(language, "exchange.field.role")
    said = translate(language, "exchange.role_unsaid", n=1, lines="2", column=column)
    assert said in [box.value for box in at.warning]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_who_is_expected_to_close_before_it_was_opened_is_told(bring, language):
    at = bring(language, "ref,name,opened,expected close\n1,A,2026-01-05,2026-01-04\n", "opportunities")
    assert translate(language, "exchange.closes_early", n=1, lines="2") in [box.value for box in at.warning]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_a_leaver_owns_is_told_before_it_comes_in(bring, sqlite_store, language):
    at = bring(language, "login,full name,role,team,employment status\nrep,Rep,rep,East,Left\n", "users")
    button(at, translate(language, "exchange.import", n=1)).click().run()
    at = bring(language, "name,owner\nWuxi Semicon,rep\n", "customers")
    assert translate(language, "exchange.owner_out", n=1, lines="2") in [box.value for box in at.warning]
