"""The audit page has words for whatever a command leaves."""

import importlib
import pkgutil
from datetime import date

import pytest

import data.commands
from components import format
from core.promises.demands import Decline
from core.studio import Area
from core.telling import Rule, To
from data.commands.calendars import set_days
from data.commands.command import COMMANDS
from data.commands.currencies import set_rate
from data.commands.demands import decline_demand
from data.commands.exchange import undo_import
from data.commands.home import keep_layout
from data.commands.jobs import run_job
from data.commands.people import activate_person, create_team, set_password
from data.commands.studio import keep_rules, publish
from data.commands.studio_fields import keep_field
from data.commands.studio_lists import keep_grade_rules, keep_tags
from data.commands.studio_notices import keep_rule
from data.commands.studio_reports import keep_report
from data.queries.audit import HIDDEN
from data.queries.audit_records import RECORDS
from data.schema import Audit
from data.text import LANGUAGES, has, translate
from tests.company import found
from tests.data.test_demands import filed
from tests.importing import import_text
from tests.pages.reading import check_words
from tests.spec.test_definitions import INFLUENCE
from tests.spec.test_home import OWN
from tests.spec.test_own_reports import REPORT
from tests.spec.test_studio_lists import BIG


def test_every_command_has_its_words():
    for module in pkgutil.iter_modules(data.commands.__path__):
        importlib.import_module(f"data.commands.{module.name}")
    for language in LANGUAGES:
        keys = {f"audit.did.{name.replace('.', '_')}" for name in COMMANDS}
        assert {k for k in keys if not has(language, k)} == set()


def test_every_field_of_a_record_has_its_words():
    fields = {c.key for table in RECORDS.values() for c in table.__table__.columns} - HIDDEN
    fields |= {"cause"}  # what the closing of a root-cause analysis says besides
    unsaid = {"password_hash"}  # never part of a picture
    for language in LANGUAGES:
        assert {f for f in fields - unsaid if not has(language, f"audit.field.{f}")} == set()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_values_are_said_in_words(open_page, sqlite_store, language):
    people = found(sqlite_store)
    import_text(sqlite_store, "customers", "name\nNew One\n", "new.csv")
    undo_import(sqlite_store, people.admin)
    set_password(sqlite_store, people.admin, people.rep.person_id, "a-new-password")
    keep_rules(sqlite_store, people.director, {"silent_days": 20})
    publish(sqlite_store, people.director, Area.RULES, "They answer late.")
    said = " ".join(m.value for m in open_page("audit", people.director, language).markdown)
    assert translate(language, "exchange.kind.customers") in said
    assert translate(language, "audit.password_new") in said
    assert translate(language, "rules.name.silent_days") in said
    assert "changed" not in said
    assert said.count("new\\.csv") + said.count("new.csv") == 2  # what was imported, and what was taken back


@pytest.mark.parametrize("language", ["en", "zh"])
def test_days_rates_and_jobs_are_said_in_words(open_page, sqlite_store, language):
    people = found(sqlite_store)
    set_days(sqlite_store, people.admin, "CN", date(2026, 6, 1), None, "off")
    set_rate(sqlite_store, people.admin, "USD", date(2026, 3, 1), 7.1)
    run_job(sqlite_store, people.admin, "tidy")
    said = " ".join(m.value for m in open_page("audit", people.admin, language).markdown)
    for key in ("calendars.way.off", "calendars.countries.CN", "jobs.name.tidy", "audit.field.worth"):
        assert translate(language, key) in said
    assert said.count(format.day(date(2026, 6, 1), language)) == 2
    assert format.day(date(2026, 3, 1), language) in said


# fmt: off
SAID = [  # a command, the record, what stands after it, and the key of its words
    ("factor.answer", "factor", {"state": "taken_up"}, "attribution.state.taken_up"),
    ("finding.decide", "opportunity", {"finding": "missing_factor"}, "attribution.cause.missing_factor"),
    ("signal.record", "signal", {"kind": "drawing_confirmation"}, "terms.signal.drawing_confirmation"),
    ("team.create", "team", {"kind": "office"}, "people.kind_office"),
    ("view.save", "view", {"page": "forecast_health"}, "forecast_health.title"),
    ("view.subscribe", "view", {"every": "month"}, "views.every.month"),
    ("outbox.retry", "outbox", {"outbox": "group"}, "operator.box.group"),
    ("forecast.backtest", "forecast_backtest", {"level": "rep"}, "replay.level_rep"),
    ("milestone.check", "proof_sample", {"result": "differs"}, "milestones.found.differs"),
    ("webhook.add", "webhook", {"kinds": ["opportunity.won"]}, "webhooks.kinds.opportunity_won"),
    ("webhook.tested", "webhook", {"error": "[Errno 111] Connection refused"}, "webhooks.met.closed"),
    ("token.create", "token", {"scopes": {"customers": "read"}}, "tokens.groups.customers"),
]
# fmt: on


@pytest.mark.parametrize("language", ["en", "zh"])
def test_keys_days_and_numbers_are_said_in_words(open_page, sqlite_store, language):
    people = found(sqlite_store)
    plain = [
        ("morning.start", "morning_meeting", {"day": "2026-06-01"}),
        ("collaboration.issue", "collaboration_report", {"quarter": "2026-04-01"}),
        ("milestone.sign", "milestone_result", {"day": 60}),
        ("weights.apply", "weights", {"version": 314}),
        ("customer.edit", "customer", {"version": 271}),
        ("forecast.decide", "opportunity", {"reason": "budget", "scorecard": "17725.1093"}),
        ("job.retry", "job", {"error": "ValueError: no luck"}),
    ]
    with sqlite_store.writing() as session:
        for command, entity, after in [*(row[:3] for row in SAID), *plain]:
            session.add(
                Audit(at=sqlite_store.clock(), command=command, entity=entity, entity_id=1, after=after)
            )
    said = " ".join(m.value for m in open_page("audit", people.admin, language).markdown)
    assert {key for *_, key in SAID if translate(language, key) not in said} == set()
    assert format.day(date(2026, 6, 1), language) in said
    assert translate(language, "collaboration.quarter_name", year=2026, n=2) in said
    assert "60" in said
    assert "314" in said
    assert translate(language, "terms.answer_reason.budget") in said
    assert "17,725" in said
    assert "Errno" not in said
    assert "ValueError: no luck" in said.replace("\\", "")
    assert "271" not in said  # of a customer it only counts changes


@pytest.mark.parametrize("language", ["en", "zh"])
def test_why_a_demand_was_declined_is_said_in_words(open_page, sqlite_store, language):
    people = found(sqlite_store)
    decline_demand(sqlite_store, people.product, filed(sqlite_store, people), Decline("effort", "Too much"))
    said = " ".join(m.value for m in open_page("audit", people.admin, language).markdown)
    for key in ("audit.did.demand_decline", "audit.field.declined_for", "terms.decline.effort"):
        assert translate(language, key) in said


def _drafted(store, who):
    """A change in each part of the studio, with a word of it in English."""
    keep_field(store, who, INFLUENCE)
    yield Area.FIELDS, "IT lead's influence"
    keep_rules(store, who, {"silent_days": 21})
    yield Area.RULES, translate("en", "rules.name.silent_days")
    keep_grade_rules(store, who, {"A": "open_opportunities > 3"})
    yield Area.GRADES, translate("en", "fields.open_opportunities")
    keep_tags(store, who, [BIG])
    yield Area.TAGS, "Big"
    keep_rule(store, who, Rule("sla_soon", (To.NAMED, To.DIRECTOR)))
    yield Area.NOTICES, translate("en", "telling.kind.sla_soon")
    keep_layout(store, who, OWN)
    yield Area.HOME, translate("en", "terms.role.rep")
    keep_report(store, who, REPORT)
    yield Area.REPORTS, "Wins and answers"


def test_what_the_studio_published_is_said_in_its_words(open_page, sqlite_store):
    people = found(sqlite_store)
    for area, word in _drafted(sqlite_store, people.director):
        publish(sqlite_store, people.director, area, f"Because of {area}.")
        page = open_page("audit", people.admin, "en", command="studio.publish")
        check_words(page)
        said = next(m.value for m in page.markdown if f"Because of {area}" in m.value.replace("\\", ""))
        assert word in said.replace("\\", ""), area
        assert "retired: " not in said


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_was_done_is_chosen_in_the_order_of_its_words(open_page, sqlite_store, language):
    company = found(sqlite_store)
    set_password(sqlite_store, company.admin, company.rep.person_id, "a long password")
    activate_person(sqlite_store, company.admin, company.rep.person_id, False)
    create_team(sqlite_store, company.admin, "North")
    page = open_page("audit", company.admin, language)
    for name in ("entity", "command"):
        box = next(b for b in page.selectbox if b.label == translate(language, f"audit.by_{name}"))
        words = list(box.options)[1:]
        assert len(words) > 1
        assert words == sorted(words, key=str.casefold)
