"""Rules of notices in the studio, in both languages (F2, P8)."""

from __future__ import annotations

from core.telling import Rule, To
from data.queries.policies import policy_in_force
from data.text import translate
from tests.company import found
from tests.data.test_telling import put, tell
from tests.pages.reading import check_words, words
from tests.pages.test_studio import LANGUAGES, fill, press


def choose(page, ending, value):
    next(b for b in page.button_group if b.key and b.key.endswith(ending)).set_value(value)
    return page.run()


@LANGUAGES
def test_a_rule_is_made_held_against_what_was_told_and_published(open_page, sqlite_store, language):
    people = found(sqlite_store)
    tell(sqlite_store, people.rep, people.mate)
    page = open_page("studio", people.director, language, part="notices")
    check_words(page)
    next(b for b in page.button if b.key and b.key.endswith("-sla_soon")).click()
    page = choose(page.run(), "-to", ["named", "manager"])
    check_words(page)
    assert translate(language, "telling.would", n=1, named=2, copies=1) in words(page)
    assert translate(language, "telling.copy", name="Manager") in words(page)
    page = press(page, "studio.keep", language)
    check_words(page)
    fill(page, "studio.note", "Managers want to know.", language)
    page = press(page, "studio.publish", language)
    check_words(page)
    with sqlite_store.reading() as session:
        assert policy_in_force(session).notice_rules == (Rule("sla_soon", (To.NAMED, To.MANAGER)),)


@LANGUAGES
def test_what_must_be_told_is_refused_with_the_reason_at_its_field(open_page, sqlite_store, language):
    people = found(sqlite_store)
    put(sqlite_store, people.director, Rule("sla_soon", (To.NAMED, To.DIRECTOR)))
    page = open_page("studio", people.admin, language, part="notices", own="alert")
    page = choose(page, "-to", ["product"])
    page = press(choose(page, "-pace", "gathered"), "studio.keep", language)
    check_words(page)
    role = translate(language, "terms.role.product")
    for key, said in (("must_be_told", {}), ("may_not_see", {"role": role}), ("not_gathered", {})):
        assert translate(language, f"problems.{key}", **said) in words(page)
