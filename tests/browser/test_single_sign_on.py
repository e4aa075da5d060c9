"""Single sign-on against a real provider: who gets in, who does not, and that revoking still ends it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from core.access import OPERATOR
from core.people import PersonInput
from data.commands.people import activate_person, create_person, create_team
from data.commands.sessions import end_session
from data.schema import Person, UserSession
from tests.browser.identity_provider import running_provider

pytestmark = pytest.mark.browser


def seed(store) -> None:
    team = create_team(store, OPERATOR, "East")
    create_person(store, OPERATOR, PersonInput("admin", "Admin", "admin"), password="a long password")
    create_person(store, OPERATOR, PersonInput("rep", "Rep", "rep", team, "Rep@Example.com"))


@pytest.fixture(scope="module")
def provider():
    with running_provider() as running:
        yield running


@pytest.fixture(scope="module")
def server(served, provider):
    made = served(seed, run=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIREBREAK_OIDC_METADATA_URL", f"{provider.url}/.well-known/openid-configuration")
        patch.setenv("FIREBREAK_OIDC_CLIENT_ID", provider.client_id)
        patch.setenv("FIREBREAK_OIDC_CLIENT_SECRET", provider.client_secret)
        patch.setenv("FIREBREAK_OIDC_REDIRECT_URI", f"{made.url}/oauth2callback")
        patch.setenv("FIREBREAK_OIDC_NAME", "Haihe ID")
        made.start()
        yield made


def come(visit, server, provider, **claims):
    provider.claims = claims
    page = visit(server.url)
    page.get_by_role("button", name="Sign in with Haihe ID").click()
    return page


def test_a_verified_address_of_a_person_opens_our_own_session(server, provider, visit):
    page = come(visit, server, provider, email="rep@example.com", email_verified=True)
    expect(page.get_by_role("button", name="Rep")).to_be_visible()
    store = server.store()
    with store.reading() as session:
        opened = (
            session.query(UserSession.id).filter_by(revoked_at=None).order_by(UserSession.id.desc()).first()
        )
    end_session(store, opened[0])
    provider.claims = {}
    page.reload()
    expect(page.get_by_role("button", name="Sign in with Haihe ID")).to_be_visible()


@pytest.mark.parametrize(
    ("claims", "refusal"),
    [
        ({"email": "stranger@example.com", "email_verified": True}, "belongs to nobody who may sign in"),
        ({"email": "rep@example.com", "email_verified": False}, "has not verified your mail address"),
        ({"email": "rep@example.com"}, "has not verified your mail address"),
    ],
)
def test_others_are_refused_in_words(server, provider, visit, claims, refusal):
    page = come(visit, server, provider, **claims)
    expect(page.get_by_text(refusal)).to_be_visible()
    assert page.locator(".st-key-user_menu").count() == 0


def test_somebody_locked_out_is_refused(server, provider, visit):
    store = server.store()
    with store.reading() as session:
        rep = session.query(Person.id).filter_by(username="rep").scalar()
    activate_person(store, OPERATOR, rep, False)
    page = come(visit, server, provider, email="rep@example.com", email_verified=True)
    expect(page.get_by_text("belongs to nobody who may sign in")).to_be_visible()
    activate_person(store, OPERATOR, rep, True)
