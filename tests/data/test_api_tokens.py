"""Tokens: shown once, hashed at rest, never more than their person may, ended at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.api import MAX_TOKENS, READ, WRITE, TokenInput
from core.messages import Invalid, NotAllowed, NotFound
from core.policies import override
from data.api.limit import Limiter
from data.commands.account import change_own_password
from data.commands.api_tokens import PREFIX, create_token, new_token, revoke_token, token_parts
from data.commands.people import activate_person, set_password
from data.queries.api_tokens import all_tokens, own_tokens
from data.schema import ApiToken, Audit, Person, UserSession
from data.text import translate
from tests.api import ALL, As, api_client, bearer, token_of
from tests.company import found


@pytest.fixture
def company(sqlite_store):
    return found(sqlite_store)


@pytest.fixture
def client(monkeypatch, sqlite_store):
    monkeypatch.setattr("data.api.routes.this_store", lambda: sqlite_store)
    monkeypatch.setattr("data.api.admission.LIMITER", Limiter())
    return api_client()


def status(client, token: str, path: str = "/customers") -> int:
    return client.get(path, headers=bearer(token)).status_code


def test_what_is_kept_of_a_token(store):
    company = found(store)
    token = token_of(store, company.rep)
    assert token.startswith(PREFIX)
    with store.reading() as session:
        row = session.scalars(select(ApiToken)).one()
        audit = session.scalars(select(Audit).where(Audit.command == "token.create")).one()
        kept = [str(getattr(row, c.key)) for c in row.__table__.columns] + [str(audit.after)]
        (card,) = own_tokens(session, company.rep, store.clock())
    assert [text for text in kept if token in text] == []
    assert (card.ending, card.scopes, card.last_used_at) == (token[-4:], ALL, None)


def test_a_token_lives_until_it_expires_is_revoked_or_its_person_locked_out(
    client, sqlite_store, clock, company
):
    short, long, other = (token_of(sqlite_store, company.rep, days=days) for days in (30, 90, 365))
    with sqlite_store.reading() as session:
        ids = [card.id for card in own_tokens(session, company.rep, clock())][::-1]
    assert [status(client, token) for token in (short, long, other)] == [200] * 3
    clock.move(days=31)
    assert [status(client, token) for token in (short, long, other)] == [401, 200, 200]
    revoke_token(sqlite_store, company.rep, ids[1])
    assert [status(client, token) for token in (long, other)] == [401, 200]
    activate_person(sqlite_store, company.admin, company.rep.person_id, False)
    assert status(client, other) == 401
    activate_person(sqlite_store, company.admin, company.rep.person_id, True)
    assert status(client, other) == 401  # whoever comes back makes new ones


def test_a_new_password_ends_the_tokens_that_the_old_one_may_have_made(client, sqlite_store, company):
    token, other = token_of(sqlite_store, company.rep), token_of(sqlite_store, company.mate)
    set_password(sqlite_store, company.admin, company.rep.person_id, "first long one")
    assert [status(client, one) for one in (token, other)] == [401, 200]
    kept = token_of(sqlite_store, company.rep)
    change_own_password(
        sqlite_store, company.rep, "first long one", "second long one", None, end_programs=False
    )
    assert status(client, kept) == 200
    change_own_password(sqlite_store, company.rep, "second long one", "third long one", None)
    assert [status(client, one) for one in (kept, other)] == [401, 200]


def test_a_token_follows_its_persons_role(client, sqlite_store, company):
    token = token_of(sqlite_store, company.rep)
    with sqlite_store.writing() as session:
        session.get_one(Person, company.rep.person_id).role = "product"
    assert status(client, token) == 403
    assert status(client, token, "/demands") == 200


def test_whose_tokens_somebody_sees_and_ends(sqlite_store, clock, company):
    token_of(sqlite_store, company.rep)
    with sqlite_store.reading() as session:
        (card,) = all_tokens(session, company.admin, clock())
        assert own_tokens(session, company.manager, clock()) == ()
        with pytest.raises(NotAllowed):
            all_tokens(session, company.director, clock())
    for other in (company.mate, company.manager, company.director):
        with pytest.raises(NotFound):
            revoke_token(sqlite_store, other, card.id)
    revoke_token(sqlite_store, company.admin, card.id)
    with pytest.raises(NotFound):
        revoke_token(sqlite_store, company.rep, card.id)


def test_what_is_wrong_with_a_wish_for_a_token(sqlite_store, company):
    def wrong(**wish):
        said = {"name": "x", "scopes": {"signals": READ}, "days": 30} | wish
        with pytest.raises(Invalid) as error:
            create_token(sqlite_store, company.rep, TokenInput(**said), *token_parts(new_token()))
        return [(p.field, p.code) for p in error.value.problems]

    assert wrong(name=" ") == [("name", "required")]
    assert wrong(name="x" * 61) == [("name", "too_long")]
    assert wrong(scopes={}) == [("scopes", "scope_required")]
    assert wrong(scopes={"people": READ}) == [("scopes", "unknown_choice")]
    assert wrong(days=36500) == [("days", "unknown_choice")]
    for _ in range(MAX_TOKENS):
        token_of(sqlite_store, company.rep)
    assert wrong() == [("", "too_many_tokens")]


# fmt: off
SCOPES = [
    # token's scopes              GET signals  POST signals  GET customers
    ({"signals": READ},           200,         403,          403),
    ({"signals": WRITE},          200,         422,          403),
    ({"customers": WRITE},        403,         403,          200),
]
# fmt: on


@pytest.mark.parametrize(("scopes", "read", "write", "other"), SCOPES)
def test_scopes_bound_a_token(client, sqlite_store, company, scopes, read, write, other):
    rep = As(client, sqlite_store, company.rep, scopes)
    asked = [rep("GET", "/signals"), rep("POST", "/signals", {}), rep("GET", "/customers")]
    assert [code for code, _ in asked] == [read, write, other]


def test_only_a_bearer_token_speaks_for_a_person(client, sqlite_store, company):
    token = token_of(sqlite_store, company.rep)
    cookie = {"Cookie": f"firebreak_session={token}"}
    with sqlite_store.writing() as session:
        hashed = token_parts(token)[0]
        now = sqlite_store.clock()
        session.add(
            UserSession(
                token_hash=hashed, person_id=company.rep.person_id, created_at=now,
                expires_at=now + timedelta(days=1),
            )
        )  # fmt: skip
    for headers in ({}, cookie, {"Authorization": token}, {"Authorization": f"Basic {token}"},
                    bearer(token[:-1]), bearer(""), bearer("fbk_" + "x" * 500)):  # fmt: skip
        answer = client.get("/customers", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "no_token")
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert client.get(f"/customers?token={token}").status_code == 401


def test_the_last_use_is_kept_to_the_minute(client, sqlite_store, clock, company):
    token = token_of(sqlite_store, company.rep)
    seen = []
    for seconds in (5, 30, 60):
        clock.move(seconds=seconds)
        assert status(client, token) == 200
        with sqlite_store.reading() as session:
            seen.append(own_tokens(session, company.rep, clock())[0].last_used_at)
    assert seen == [clock() - timedelta(seconds=90), clock() - timedelta(seconds=90), clock()]


def test_each_token_has_its_own_rate(client, sqlite_store, clock, company, monkeypatch):
    monkeypatch.setattr(
        "data.api.admission.policy_in_force", lambda session: override({"api_per_minute": 2}, 1)
    )
    mine, other = (token_of(sqlite_store, company.rep) for _ in range(2))
    assert [status(client, mine) for _ in range(3)] == [200, 200, 429]
    answer = client.get("/customers", headers=bearer(mine, Accept_Language="zh"))
    assert answer.headers["retry-after"] == "30"
    assert answer.json()["detail"] == translate("zh", "api.detail.too_many", n=30)
    assert status(client, other) == 200
    clock.move(seconds=30)
    assert [status(client, mine) for _ in range(2)] == [200, 429]
    assert [status(client, "fbk_wrong") for _ in range(31)] == [401] * 30 + [429]
    assert status(client, other) == 200  # a good token is not held up by guesses from its address
