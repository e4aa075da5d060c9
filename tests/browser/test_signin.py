"""Getting in, staying in, getting out, and who does not get in."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from core.access import OPERATOR
from core.people import PersonInput
from data.commands.people import activate_person, create_person, create_team
from data.commands.sessions import end_session
from data.commands.setup import new_setup_code
from data.queries.sessions import own_sessions
from data.schema import Person, Setting
from tests.browser.conftest import sign_in

pytestmark = pytest.mark.browser
PASSWORD = "a long password"
SLOW = """() => document.body.addEventListener("click", () => {
  for (const end = Date.now() + 120; Date.now() < end;);
})"""  # every click takes a while on its way up, as on a busy machine


def seed(store) -> None:
    team = create_team(store, OPERATOR, "East")
    for username, role in (("rep", "rep"), ("manager", "manager"), ("admin", "admin")):
        create_person(store, OPERATOR, PersonInput(username, username.title(), role, team), password=PASSWORD)


@pytest.fixture(scope="module")
def server(served):
    return served(seed, by_command=True)


def heading(page: Page, text: str):
    return page.get_by_role("heading", name=text, exact=True)


@pytest.mark.parametrize("address", ["/people", "/customers?customer=1"])
def test_an_anonymous_visitor_of_a_fresh_server_sees_only_the_sign_in(served, visit, address):
    """Also as the very first request of a server, when nothing was drawn yet."""
    fresh = served(seed)
    page = visit(fresh.url + address)
    expect(page.get_by_label("User name")).to_be_visible()
    page.wait_for_timeout(1500)
    assert page.get_by_test_id("stDataFrame").count() == 0
    for name in ("Board", "Customers", "People", "Today"):
        assert heading(page, name).count() == 0
    fresh.kill()


def test_the_address_survives_the_sign_in_and_the_cookie_a_reload(server, visit):
    page = visit(server.url + "/account?customer=12")
    sign_in(page, "rep", PASSWORD)
    expect(heading(page, "Account")).to_be_visible()
    assert page.url == server.url + "/account?customer=12"
    cookie = next(c for c in wait_for_cookie(page))
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    assert "firebreak_session" not in page.evaluate("document.cookie")
    page.reload()
    expect(heading(page, "Account")).to_be_visible()


def wait_for_cookie(page: Page) -> list:
    for _ in range(100):
        found = [c for c in page.context.cookies() if c["name"] == "firebreak_session"]
        if found:
            return found
        page.wait_for_timeout(100)
    raise AssertionError("no session cookie came")


def test_signing_in_works_every_time(server, visit):
    for _ in range(3):
        page = visit(server.url + "/account")
        sign_in(page, "rep", PASSWORD)
        wait_for_cookie(page)
        page.reload()
        expect(heading(page, "Account")).to_be_visible()
        page.context.close()


def test_signing_out_ends_it_also_for_a_copied_cookie(server, visit):
    page = visit(server.url + "/account")
    sign_in(page, "rep", PASSWORD)
    stolen = wait_for_cookie(page)
    page.get_by_role("button", name="Rep").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page).to_have_url(server.url + "/")  # whoever comes next is not led to where this one was
    expect(page.get_by_label("User name")).to_be_visible()
    page.reload()
    expect(page.get_by_label("User name")).to_be_visible()
    thief = visit("about:blank")
    thief.context.add_cookies(stolen)
    thief.goto(server.url + "/account")
    expect(thief.get_by_label("User name")).to_be_visible()


def test_a_tab_can_be_left_more_than_once(server, visit):
    page = visit(server.url, width=390)
    for enter in (sign_in, _by_keyboard):
        enter(page, "rep", PASSWORD)
        wait_for_cookie(page)
        expect(page.get_by_test_id("stSidebar")).not_to_be_in_viewport()  # the menu that was left open
        page.get_by_test_id("stExpandSidebarButton").click()
        page.get_by_role("button", name="Rep").click()
        with page.expect_response("**/session/end"):
            page.get_by_role("button", name="Sign out", exact=True).click()
        expect(page.get_by_label("User name")).to_be_visible()
        assert "firebreak_session" not in [c["name"] for c in page.context.cookies()]


def _by_keyboard(page, username, password):
    """Sign in without touching the page, as whoever has the form filled in by the browser."""
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password", exact=True).fill(password)
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-user_menu")).to_be_visible()


def test_a_revoked_session_is_out_at_its_next_run(server, visit):
    page = visit(server.url + "/account")
    sign_in(page, "manager", PASSWORD)
    wait_for_cookie(page)
    store = server.store()
    with store.reading() as session:
        who = session.query(Person).filter_by(username="manager").one()
        ids = [s.session_id for s in own_sessions(session, _as_who(who), store.clock())]
    for session_id in ids:
        end_session(store, session_id)
    page.reload()
    expect(page.get_by_label("User name")).to_be_visible()


def test_an_idle_tab_closes_by_itself_once_its_session_has_ended(server, visit):
    page = visit(server.url + "/account")
    sign_in(page, "rep", PASSWORD)
    wait_for_cookie(page)
    store = server.store()
    with store.reading() as session:
        rep = session.query(Person).filter_by(username="rep").one()
        ids = [s.session_id for s in own_sessions(session, _as_who(rep), store.clock())]
    for session_id in ids:
        end_session(store, session_id)
    expect(page.get_by_label("User name")).to_be_visible()
    expect(heading(page, "Account")).to_have_count(0)


def _as_who(person: Person):
    from core.access import Who

    return Who(person.id, None, None, person.name)


def test_two_browsers_are_two_people(server, visit):
    first, second = visit(server.url + "/account"), visit(server.url + "/account")
    sign_in(first, "rep", PASSWORD)
    sign_in(second, "manager", PASSWORD)
    for page, name in ((first, "Rep"), (second, "Manager")):
        wait_for_cookie(page)
        page.reload()
        expect(page.get_by_role("button", name=name)).to_be_visible()


def test_an_intruder_is_refused_page_by_page_and_slowed_down(server, visit):
    page = visit(server.url + "/people")
    sign_in(page, "rep", PASSWORD)
    expect(page.get_by_text("Your role does not include this.")).to_be_visible()
    assert page.get_by_test_id("stDataFrame").count() == 0
    guess = visit(server.url)
    for _ in range(6):
        guess.get_by_label("User name").fill("admin")
        guess.get_by_label("Password", exact=True).fill("a wrong guess")
        guess.get_by_role("button", name="Sign in", exact=True).click()
        expect(guess.get_by_text("wrong").or_(guess.get_by_text("Too many tries")).first).to_be_visible()
        guess.wait_for_timeout(600)
    expect(guess.get_by_text("Too many tries")).to_be_visible()


def test_who_was_locked_out_reads_why_and_no_name_is_given_away(server, visit):
    store = server.store()
    left = create_person(store, OPERATOR, PersonInput("left", "Left", "product"), password=PASSWORD)
    activate_person(store, OPERATOR, left, False)
    page, said = visit(server.url), []
    for name in ("left", "nobody-at-all"):
        page.get_by_label("User name").fill(name)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_text("locked out")).to_be_visible()
        said.append(page.get_by_test_id("stAlert").inner_text())
        page.reload()
    assert said[0] == said[1]


def test_the_session_route_refuses_other_sites_and_old_tickets(server, visit):
    page = visit(server.url)
    request = page.context.request
    path = f"{server.url}/session/exchange"
    assert request.post(path, data="x", headers={"Origin": "http://evil.example"}).status == 403
    assert request.post(path, data="x").status == 403
    assert request.post(path, data="x", headers={"Origin": server.url}).status == 401


def test_the_language_follows_the_browser_and_the_choice(server, visit):
    page = visit(server.url, locale="zh-CN")
    expect(page.get_by_role("heading", name="登录防火线")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.get_by_role("button", name="显示密码")).to_be_visible()  # Streamlit's own name is English
    page.get_by_text("English", exact=True).click()
    expect(page.get_by_role("heading", name="Sign in to Firebreak")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_after_signing_out_a_language_can_be_chosen_and_stays(server, visit):
    page = visit(server.url + "/account")
    sign_in(page, "rep", PASSWORD)
    wait_for_cookie(page)
    page.evaluate(SLOW)
    page.get_by_role("button", name="Rep").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_label("User name")).to_be_visible()
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    page.get_by_text("简体中文").click()
    expect(page.get_by_role("heading", name="登录防火线")).to_be_visible()
    page.wait_for_timeout(1000)
    page.reload()
    expect(page.get_by_role("heading", name="登录防火线")).to_be_visible()


def test_a_language_chosen_before_signing_in_stays_with_who_has_none_of_their_own(server, visit):
    page = visit(server.url)
    page.get_by_text("简体中文").click()
    page.get_by_label("用户名").fill("manager")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", name="今日待办")).to_be_visible()


def test_a_demo_account_is_one_click(served, visit):
    def demo(store):
        seed(store)
        with store.writing() as session:
            session.merge(Setting(key="installation", value="demo"))
            session.merge(Setting(key="demo_password", value=PASSWORD))

    page = visit(served(demo).url)
    page.get_by_role("button", name="Sales manager").click()
    expect(page.locator(".st-key-user_menu")).to_be_visible()


def test_a_real_installation_asks_for_its_first_administrator(served, visit):
    server = served()
    page = visit(server.url + "/people", zone="Europe/Berlin")
    expect(page.get_by_role("heading", name="Set up Firebreak")).to_be_visible()
    proposed = [page.get_by_role("combobox", name=name) for name in ("Public holidays", "Own currency")]
    assert [box.input_value() for box in proposed] == ["Those of the time zone's country", "EUR · Euro"]
    assert page.get_by_text("Try the demo company").count() == 0
    code = new_setup_code(server.store())
    for label, value in (
        ("Set-up code", "wrong"), ("Company", "Haihe"), ("Your name", "Lin Yue"), ("User name", "lin"),
        ("Password", PASSWORD), ("Password again", PASSWORD),
    ):  # fmt: skip
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name="Create the company").click()
    expect(page.get_by_text("This is not the set-up code.")).to_be_visible()
    assert page.get_by_label("Company", exact=True).input_value() == "Haihe"
    page.get_by_label("Set-up code", exact=True).fill(code)
    page.get_by_role("button", name="Create the company").click()
    expect(page.get_by_role("button", name="Lin Yue")).to_be_visible()


def test_a_first_visit_loads_less_than_three_megabytes(server, visit):
    page = visit("about:blank")
    watched, loaded = page.context.new_cdp_session(page), []
    watched.send("Network.enable")
    watched.on("Network.loadingFinished", lambda one: loaded.append(one["encodedDataLength"]))
    page.goto(server.url)
    expect(page.get_by_label("User name")).to_be_visible()
    assert len(loaded) > 10
    assert sum(loaded) < 3_000_000


def test_the_menu_at_ones_name_closes_when_it_has_led_somewhere(server, visit):
    page = visit(server.url, cookie=server.signed_in("rep"))
    leave = page.get_by_role("button", name="Sign out", exact=True)
    page.locator(".st-key-user_menu button").first.click()
    expect(leave).to_be_visible()
    page.get_by_role("link", name="Account").click()
    expect(heading(page, "Account")).to_be_visible()
    expect(leave).to_have_count(0)
