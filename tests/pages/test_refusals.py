"""Who may open which page, written out by hand; each refusal and each opening in both languages."""

import pytest

from components.navigation import PAGES
from core.terms import Role
from data.engine import Store
from data.text import translate
from tests.company import found
from tests.conftest import Hands, installed
from tests.rooms import room_of

R, M, D, P, V, S, A = (
    Role.REP, Role.MANAGER, Role.DIRECTOR, Role.PRODUCT, Role.DELIVERY, Role.STORE_MANAGER, Role.ADMIN,
)  # fmt: skip
EVERYBODY = {R, M, D, P, V, S, A}

# fmt: off
ALLOWED = {
    "today":      EVERYBODY,
    "inbox":      EVERYBODY,
    "morning":    {R, M, D},
    "views":      {R, M, D, P},
    "one_to_one": {R, M, D},
    "leadership": {D},
    "record":     {R, M},
    "board":      {M, D},
    "outlook":    {M, D},
    "replay":     {M, D},
    "alerts":     {R, M, D},
    "plausibility": {M, D},
    "health":     {M, D, A},
    "reports":    {R, M, D},
    "metrics":    {R, M, D},
    "demands":    {R, M, D, P, V},
    "promises":   {R, M, D, P, V},
    "forecast_health": {R, M, D},
    "calibrate":  {R, M, D},
    "attribution": {M, D},
    "weights":    {D},
    "collaboration": {M, D, P},
    "deliveries": {R, M, D, P, V},
    "store_requests": {D, P, S},
    "customers":  {R, M, D, A},
    "customer":   {R, M, D, A},
    "aside":      {R, M, D, A},
    "rooms":      {R, M, D, P, V},
    "room":       {R, M, D, P, V},
    "milestones": {M, D, A},
    "studio":     {D, A},
    "exchange":   {R, M, D, A},
    "calendars":  {A},
    "currencies": {D, A},
    "channels":   {M, A},
    "integrations": {A},
    "jobs":       {A},
    "operator":   {A},
    "people":     {A},
    "audit":      {D, A},
    "guide":      EVERYBODY,
    "account":    EVERYBODY,
}
# fmt: on


@pytest.fixture(scope="module")
def house(request, tmp_path_factory):
    """One company for all who knock: its store, its people and a room. To open a page writes nothing."""
    folder = tmp_path_factory.mktemp("house")
    with installed(request, "sqlite", folder) as url:
        store = Store(url, folder / "files", clock=Hands())
        company = found(store)
        yield store, company, room_of(store, company)
        store.close()


def test_every_page_has_its_row():
    assert {spec.name for spec in PAGES} == set(ALLOWED)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_a_role_opens_a_page_or_is_refused(open_page, house, monkeypatch, name, role, language):
    store, company, room = house
    monkeypatch.setattr("components.frame.this_store", lambda: store)
    query = {"customer": {"customer": company.customer}, "room": {"room": room}}.get(name, {})
    page = open_page(name, getattr(company, role), language, **query)
    assert not page.exception
    refusal = translate(language, "errors.not_allowed")
    refused = [e.value for e in page.error] == [refusal]
    assert refused == (role not in ALLOWED[name])
    if refused:
        assert not page.title
    else:
        assert page.title[0].value == translate(language, f"{name}.title")
        assert not page.error


@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_without_a_person_a_page_shows_nothing(open_page, name):
    page = open_page(name, None)
    assert [e.value for e in page.error] == [translate("en", "errors.not_allowed")]
    assert not page.title
