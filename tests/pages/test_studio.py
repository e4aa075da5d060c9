"""The studio page: a field from nothing to the form of an action, in both languages."""

from __future__ import annotations

from decimal import Decimal

import pytest

from components.condition_words import condition_words
from core.fields import Kind
from core.rules import GROUPS
from core.studio import Area
from data.commands.studio import publish
from data.commands.studio_fields import keep_field
from data.queries.policies import policy_in_force
from data.schema import Opportunity
from data.text import speak, translate
from tests.company import found
from tests.data.test_studio import DIAGNOSIS, OPTIONAL, made
from tests.pages.reading import check_words, words
from tests.spec.test_definitions import INFLUENCE, own

LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])


@pytest.fixture
def company(sqlite_store):
    return found(sqlite_store)


def press(page, key, language="en"):
    return next(b for b in page.button if b.label == translate(language, key)).click().run()


def fill(page, key, value, language="en"):
    next(w for w in page.text_input if w.label == translate(language, key)).set_value(value)


def own_fields(store):
    with store.reading() as session:
        return policy_in_force(session).own_fields


def keep_choice(page, english, chinese, place, language):
    """Fill in a new field of two choices that is always asked for at one place, and keep it in the draft."""
    fill(page, "studio.name_en", english, language)
    fill(page, "studio.name_zh", chinese, language)
    page.text_area[0].set_value("Strong | 强\nWeak | 弱")
    page.button_group[1].set_value([place])
    next(b for b in page.button_group if b.key.endswith("required")).set_value("always")
    return press(page.run(), "studio.keep", language)


@LANGUAGES
def test_a_field_is_made_published_and_asked_for(open_page, sqlite_store, company, language):
    page = open_page("studio", company.director, language)
    check_words(page)
    assert translate(language, "studio.no_fields") in words(page)
    page = press(page, "studio.add_field", language)
    page = keep_choice(page, "IT lead's influence", "IT负责人影响力", "needs_diagnosis", language)
    check_words(page)
    assert translate(language, "studio.not_published") in words(page)
    assert own_fields(sqlite_store) == ()
    fill(page, "studio.note", "The board asks.", language)
    page = press(page, "studio.publish", language)
    check_words(page)
    (field,) = own_fields(sqlite_store)
    assert (field.key, field.choices, field.required) == ("own_it_leads_influence", ("strong", "weak"), True)
    form = open_page("record", company.rep, language, customer=company.customer, type="needs_diagnosis")
    check_words(form)
    label = {"en": "IT lead's influence", "zh": "IT负责人影响力"}[language]
    asked = next(b for b in form.button_group if b.label == label)
    assert asked.options == {"en": ["Strong", "Weak"], "zh": ["强", "弱"]}[language]


@LANGUAGES
def test_what_is_wrong_stands_at_its_place_and_nothing_typed_is_lost(open_page, company, language):
    page = open_page("studio", company.admin, language, field="new")
    fill(page, "studio.name_en", "Influence", language)
    next(b for b in page.button_group if b.key.endswith("required")).set_value("when")
    page = page.run()
    fill(page, "studio.condition", "budget is", language)
    page = press(page, "studio.keep", language)
    check_words(page)
    for code in ("required", "two_choices", "types_required"):
        assert translate(language, f"problems.{code}") in words(page)
    typed = next(w for w in page.text_input if w.label == translate(language, "studio.name_en"))
    assert typed.value == "Influence"


@LANGUAGES
def test_a_draft_is_held_against_real_records_and_two_are_told(open_page, sqlite_store, language):
    studio = made(sqlite_store)
    studio.record()
    keep_field(sqlite_store, studio.people.admin, OPTIONAL)
    page = open_page("studio", studio.people.director, language)
    assert "Admin" in words(page)
    keep_field(sqlite_store, studio.people.director, INFLUENCE)
    page = open_page("studio", studio.people.director, language)
    check_words(page)
    held_up = translate(language, "studio.would_hold_up", n=1)
    assert held_up in words(page)
    assert "Haihe Pumps" in words(page).replace("\\", "")
    publish(sqlite_store, studio.people.admin, Area.FIELDS, "Seats.")
    page = open_page("studio", studio.people.director, language)
    assert "Admin" in page.warning[0].value
    page = press(page, "studio.rebase", language)
    check_words(page)
    assert not page.warning


@LANGUAGES
def test_a_field_is_edited_retired_and_rolled_back(open_page, sqlite_store, language):
    studio = made(sqlite_store)
    studio.put(INFLUENCE)
    studio.record(own_influence="strong", **DIAGNOSIS)
    page = open_page("studio", studio.people.director, language, field="own_influence")
    fill(page, "studio.name_en", "Power of IT", language)
    page = press(page, "studio.keep", language)
    check_words(page)
    assert translate(language, "studio.would_pass") in words(page)
    page = press(page, "studio.discard", language)
    page = press(page, "studio.drop", language)
    fill(page, "studio.note", "Nobody looks at it.", language)
    page = press(page, "studio.publish", language)
    assert own_fields(sqlite_store)[0].retired
    assert translate(language, "studio.versions_help") in [h.help for h in page.subheader]
    in_force = translate(language, "studio.in_force")
    versions = [e.label.endswith(in_force) for e in page.expander if " · " in e.label]
    assert versions == [True, False]  # seen without opening any
    fill(page, "studio.restore_note", "Needed after all.", language)
    page = press(page, "studio.restore", language)
    check_words(page)
    assert not own_fields(sqlite_store)[0].retired
    story = open_page("customer", studio.people.rep, language, customer=studio.people.customer)
    check_words(story)
    assert {"en": "Strong", "zh": "强"}[language] in words(story)


@LANGUAGES
def test_a_rule_is_changed_looked_at_and_published(open_page, sqlite_store, company, language):
    page = open_page("studio", company.director, language, part="rules", group="demands")
    check_words(page)
    hours = next(n for n in page.number_input if n.key.startswith("rule-sla_hours-0"))
    assert hours.value == 2.0
    hours.set_value(9.0)
    page = press(page, "rules.keep", language)
    check_words(page)
    crossed = translate(language, "rules.name.sla_hours_1")
    assert crossed in words(page)
    hours = next(n for n in page.number_input if n.key.startswith("rule-sla_hours-0"))
    assert hours.value == 9.0  # nothing typed is lost
    hours.set_value(1.5)
    page = press(page, "rules.keep", language)
    check_words(page)
    fill(page, "studio.note", "Our largest customers ask for it.", language)
    page = press(page, "studio.publish", language)
    check_words(page)
    with sqlite_store.reading() as session:
        assert policy_in_force(session).sla_hours == (1.5, 8.0, 24.0, 24.0)


@pytest.mark.parametrize(("group", "language"), [(g, ("en", "zh")[n % 2]) for n, g in enumerate(GROUPS)])
def test_every_group_of_rules_is_shown(open_page, company, language, group):
    check_words(open_page("studio", company.admin, language, part="rules", group=group))


@LANGUAGES
def test_what_has_pages_of_its_own_is_linked(open_page, company, language):
    page = open_page("studio", company.director, language, part="elsewhere")
    check_words(page)
    assert translate(language, "studio.elsewhere.weights") in words(page)
    assert translate(language, "studio.elsewhere.calendars") not in words(page)


def test_what_is_not_so_ends_where_it_ends():
    said = condition_words("not budget is empty and not (type = 'x' or budget is filled)", ())
    either = "the kind of action is “x” or Budget is filled"
    assert said == f"it is not so that (Budget is empty) and it is not so that ({either})"


def test_an_amount_in_a_condition_is_written_as_amounts_are():
    assert condition_words("budget >= 1500000.50", ()) == "Budget is at least 1,500,000.5"


@LANGUAGES
def test_a_condition_is_put_together_by_choosing(open_page, company, language):
    page = open_page("studio", company.director, language, field="new")
    next(b for b in page.button_group if b.key.endswith("types")).set_value(["solution_demo"])
    next(b for b in page.button_group if b.key.endswith("required")).set_value("when")
    page = page.run()
    check_words(page)
    for part, value in (("field", "reaction"), ("test", "=")):
        page.selectbox(key=f"field-new-build-{part}").set_value(value)
        page = page.run()
    page.selectbox(key="field-new-build-choice-reaction").set_value("sceptical")
    page = press(page.run(), "studio.build.add", language)
    page.selectbox(key="field-new-build-test").set_value("filled")
    page = press(page.run(), "studio.build.add", language)
    check_words(page)
    condition = page.text_input(key="field-new-condition").value
    assert condition == "reaction = 'sceptical' and reaction is filled"
    read_back = {
        "en": "Reaction is “Sceptical” and Reaction is filled",
        "zh": "客户反应为“有疑虑”，且客户反应已填写",
    }
    assert read_back[language] in words(page)


@LANGUAGES
def test_customers_and_opportunities_are_asked_for_their_own_fields(open_page, sqlite_store, language):
    studio = made(sqlite_store)
    page = open_page("studio", studio.people.director, language, field="new")
    page = keep_choice(page, "ERP in use", "现用ERP", "customer", language)
    check_words(page)
    assert translate(language, "studio.of.customer") in words(page)
    assert "Haihe Pumps" in words(page).replace("\\", "")  # would be held up
    fill(page, "studio.note", "The board asks.", language)
    press(page, "studio.publish", language)
    cost = own(Kind.MONEY, key="own_cost", types=("opportunity",), label={"en": "Cost", "zh": "成本"})
    studio.put(cost)
    form = open_page("customer", studio.people.rep, language, customer=studio.people.customer, do="edit")
    check_words(form)
    form = press(form, "customer.save", language)
    assert translate(language, "problems.required") in words(form)
    next(
        b for b in form.button_group if b.label == {"en": "ERP in use", "zh": "现用ERP"}[language]
    ).set_value("weak")
    form = press(form, "customer.save", language)
    check_words(form)
    assert {"en": "Weak", "zh": "弱"}[language] in words(form)
    record = open_page("record", studio.people.rep, language, customer=studio.people.customer)
    next(s for s in record.selectbox if s.label == translate(language, "record.opportunity")).set_value("new")
    record = record.run()
    check_words(record)
    assert {"en": "Cost", "zh": "成本"}[language] in [n.label for n in record.text_input]


@LANGUAGES
def test_an_amount_of_its_own_is_read_as_it_is_written_or_refused_at_its_field(
    open_page, sqlite_store, language
):
    studio = made(sqlite_store)
    label = {"en": "Cost", "zh": "成本"}
    studio.put(own(Kind.MONEY, key="own_cost", types=("opportunity",), label=label))
    asked = {"customer": studio.people.customer, "do": "opportunity", "id": studio.people.opportunity}
    form = open_page("customer", studio.people.rep, language, **asked)
    typed = next(line for line in form.text_input if line.label == label[language])
    typed.set_value("much")
    form = press(form, "customer.save", language)
    assert translate(language, "problems.unread_amount", value="much") in words(form)
    typed = next(line for line in form.text_input if line.label == label[language])
    assert typed.value == "much"
    typed.set_value("3百万")
    press(form, "customer.save", language)
    with sqlite_store.reading() as session:
        kept = session.get_one(Opportunity, studio.people.opportunity).fields["own_cost"]
    assert Decimal(kept["amount"]) == 3_000_000


@LANGUAGES
@pytest.mark.parametrize("part", ["stages", "tags", "grades"])
def test_a_short_list_is_changed_looked_at_and_published(open_page, sqlite_store, company, language, part):
    page = open_page("studio", company.director, language, part=part)
    check_words(page)
    typed = {
        "stages": ("-en-appointment", "First visit"),
        "grades": ("-A", "open_opportunities >"),
        "tags": ("-en-", "Key"),
    }
    ending, text = typed[part]
    next(w for w in page.text_input if w.key.endswith(ending)).set_value(text)
    page = press(page, "studio.keep", language)
    check_words(page)
    if part != "stages":  # a name in one language only, half a condition
        code = {"grades": "condition_unfinished", "tags": "required"}[part]
        assert translate(language, f"problems.{code}", value="") in words(page)
        more = {"grades": ("-A", "open_opportunities > 0"), "tags": ("-zh-", "大客户")}[part]
        next(w for w in page.text_input if w.key.endswith(more[0])).set_value(more[1])
        page = press(page, "studio.keep", language)
        check_words(page)
    fill(page, "studio.note", "The field says so.", language)
    page = press(page, "studio.publish", language)
    check_words(page)
    with sqlite_store.reading() as session:
        policy = policy_in_force(session)
    if part == "stages":
        form = open_page("record", company.rep, "en", customer=company.customer)
        assert any("First visit" in o for b in form.button_group for o in b.options)
        speak({})
    elif part == "tags":
        assert [tag.label for tag in policy.tags] == [{"en": "Key", "zh": "大客户"}]
    else:
        home = open_page("today", company.rep, language)
        check_words(home)
        assert translate(language, "today.proposed", grade="A") in words(home)
        form = open_page(
            "customer", company.rep, language, customer=company.customer, do="grade", proposal="A"
        )
        assert translate(language, "customer.proposed", grade="A") in words(form)


def test_types_are_put_in_order_and_a_discarded_draft_is_gone_from_the_form(open_page, sqlite_store, company):
    page = open_page("studio", company.director, part="stages")
    next(n for n in page.number_input if n.key.endswith("-place-quote_confirmation")).set_value(2)
    page = press(page, "studio.keep")
    assert [n.value for n in page.number_input] == [1, 2, 3, 4, 5, 6]
    assert page.number_input[1].key.endswith("quote_confirmation")
    page = press(page, "studio.keep")  # nothing was touched: nothing moves
    assert page.number_input[1].key.endswith("quote_confirmation")
    next(w for w in page.text_input if w.key.endswith("-en-appointment")).set_value("First visit")
    page = press(page, "studio.keep")
    assert "First visit" in words(page)
    page = press(page, "studio.discard")
    assert page.number_input[4].key.endswith("quote_confirmation")
    assert next(w for w in page.text_input if w.key.endswith("-en-appointment")).value == "Appointment"
