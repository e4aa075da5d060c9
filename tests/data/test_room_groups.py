"""A room gets its group in the chat tool: each protocol on loopback, once, also after kills and cut lines."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from core.messages import Invalid, NotAllowed
from core.people import PersonInput
from data.commands.people import create_person, edit_person
from data.commands.rooms import add_member, close_room, open_room, remove_member
from data.groups import KINDS, chosen, platforms
from data.groups.asking import Tokens
from data.groups.base import Misconfigured
from data.jobs.room_groups import LEASE, ask_groups
from data.queries.room_groups import applications, room_group
from data.schema import GroupStep, Person
from tests.chat_platforms import ChatTool
from tests.company import found
from tests.importing import import_text, shown
from tests.rooms import tagged, told


@pytest.fixture(params=list(KINDS))
def tool(request):
    with ChatTool(request.param).listening() as server:
        yield server


@pytest.fixture
def feishu():
    with ChatTool("feishu").listening() as server:
        yield server


@pytest.fixture
def wecom():
    with ChatTool("wecom").listening() as server:
        yield server


@pytest.fixture
def company(sqlite_store):
    return found(sqlite_store)


def apps(tool, clock, **more):
    """The tool's application with a cache of its own."""
    tokens = Tokens()
    made = platforms(tool.settings(**more))
    return {kind: replace(app, clock=clock, tokens=tokens) for kind, app in made.items()}


def known(store, tool, company, *names):
    """These people have their id in the chat tool."""
    with store.writing() as session:
        for name in names:
            who = getattr(company, name).person_id
            session.execute(update(Person).where(Person.id == who).values({f"{tool.kind}_id": f"u-{name}"}))


def ready(store, clock, tool, company, *names):
    """An application at work, and a room whose members are known but for delivery."""
    up = apps(tool, clock)
    ask_groups(store, up)  # from now on rooms get groups
    known(store, tool, company, *(names or ("rep", "manager", "product")))
    tagged(store, company)
    return up, open_room(store, company.manager, company.customer)


def only(tool):
    (group,) = tool.groups.values()
    return group


def rows(store):
    with store.reading() as session:
        return [
            tuple(r) for r in session.execute(select(GroupStep.what, GroupStep.state).order_by(GroupStep.id))
        ]


def card(store, who, room, monkeypatch, tool):
    monkeypatch.setattr("data.queries.room_groups.settings", tool.settings)
    with store.reading() as session:
        return room_group(session, who, room)


def test_a_room_gets_its_group_and_later_members_and_its_result(store, clock, tool):
    company = found(store)
    up, room = ready(store, clock, tool, company)
    while ask_groups(store, up):
        pass
    group = only(tool)
    assert (group.users, group.owner) == (["u-rep", "u-manager", "u-product"], "u-rep")
    assert group.name == "Together · Haihe Pumps"
    assert len(group.said) == 1
    assert group.said[0].startswith("Haihe Pumps is followed up together here.")
    known(store, tool, company, "mate")
    add_member(store, company.manager, room, company.mate.person_id)
    remove_member(store, company.manager, room, company.product.person_id)
    ask_groups(store, up)
    assert group.users == ["u-rep", "u-manager", "u-mate"]
    close_room(store, company.manager, room, "won", "They signed.")
    assert ask_groups(store, up) == 1
    assert group.said[1] == "Room closed: Haihe Pumps\nWon. Manager: They signed."
    assert ask_groups(store, up) == 0
    assert {state for _, state in rows(store)} == {"sent"}


def test_a_token_is_kept_and_fetched_anew_when_it_is_no_longer_good(sqlite_store, clock, tool, company):
    up, room = ready(sqlite_store, clock, tool, company)
    while ask_groups(sqlite_store, up):
        pass
    tokens = [path for path in tool.asked if "oken" in path]
    assert len(tokens) == 1
    tool.expire()
    close_room(sqlite_store, company.manager, room, "won", "Good.")
    assert ask_groups(sqlite_store, up) == 1
    assert len(only(tool).said) == 2
    assert len([path for path in tool.asked if "oken" in path]) == 2


def test_a_token_is_replaced_before_its_end(sqlite_store, clock, feishu, company):
    up, room = ready(sqlite_store, clock, feishu, company)
    while ask_groups(sqlite_store, up):
        pass
    clock.move(minutes=116)
    close_room(sqlite_store, company.manager, room, "won", "Good.")
    ask_groups(sqlite_store, up)
    assert feishu.asked[-2:] == [feishu.asked[0], "/open-apis/im/v1/messages"]


def test_a_line_that_is_cut_while_the_group_is_made_makes_one_group(sqlite_store, clock, tool, company):
    up, _ = ready(sqlite_store, clock, tool, company)
    tool.fails = ["cut", 503, "cut"]
    for _ in range(6):
        ask_groups(sqlite_store, up)
        clock.move(seconds=300)
    assert len(tool.groups) == 1
    assert len(only(tool).said) == 1
    assert {state for _, state in rows(sqlite_store)} == {"sent"}


def test_a_worker_that_dies_after_making_the_group_makes_no_second(sqlite_store, clock, wecom, company):
    tool = wecom
    up, _ = ready(sqlite_store, clock, tool, company)

    class Killed(BaseException):
        """What ends the process."""

    class Dies:
        kind = tool.kind

        def __getattr__(self, name):
            return getattr(up[tool.kind], name)

        def make(self, *given):
            up[tool.kind].make(*given)
            raise Killed

    with pytest.raises(Killed):
        ask_groups(sqlite_store, {tool.kind: Dies()})
    assert ask_groups(sqlite_store, up) == 0
    clock.move(seconds=LEASE.total_seconds() + 1)
    ask_groups(sqlite_store, up)
    assert len(tool.groups) == 1
    ask_groups(sqlite_store, up)
    assert len(only(tool).said) == 1


def test_what_was_said_without_an_answer_is_not_said_twice(sqlite_store, clock, tool, company):
    up, room = ready(sqlite_store, clock, tool, company)
    while ask_groups(sqlite_store, up):
        pass
    close_room(sqlite_store, company.manager, room, "won", "Good.")
    tool.fails = ["cut"]
    for _ in range(4):
        ask_groups(sqlite_store, up)
        clock.move(seconds=300)
    assert len(only(tool).said) == 2
    again = tool.kind == "feishu"  # it knows a word by its key, for an hour
    assert rows(sqlite_store)[-1] == ("say_closed", "sent" if again else "dead")
    assert ("group_failed" in told(sqlite_store, company.admin)) is not again


def test_feishu_forgets_a_key_after_an_hour(sqlite_store, clock, feishu, company):
    up, room = ready(sqlite_store, clock, feishu, company)
    while ask_groups(sqlite_store, up):
        pass
    close_room(sqlite_store, company.manager, room, "won", "Good.")
    feishu.fails = ["cut"]
    ask_groups(sqlite_store, up)
    clock.move(hours=1)
    ask_groups(sqlite_store, up)
    assert rows(sqlite_store)[-1] == ("say_closed", "dead")


def test_a_refusal_is_final_told_to_the_administrators_and_mended_by_the_right_id(
    sqlite_store, clock, tool, company
):
    up, room = ready(sqlite_store, clock, tool, company)
    while ask_groups(sqlite_store, up):
        pass
    with sqlite_store.writing() as session:
        column = f"{tool.kind}_id"
        session.execute(
            update(Person).where(Person.id == company.mate.person_id).values({column: "u-nobody"})
        )
    add_member(sqlite_store, company.manager, room, company.mate.person_id)
    ask_groups(sqlite_store, up)
    assert rows(sqlite_store)[-1] == ("add", "dead")
    assert told(sqlite_store, company.admin) == ["group_failed"]
    known(sqlite_store, tool, company, "mate")
    ask_groups(sqlite_store, up)
    assert "u-mate" in only(tool).users


def test_a_refused_application_is_tried_again_and_told_once(sqlite_store, clock, tool, company):
    bad = apps(tool, clock, secret="wrong")
    ready(sqlite_store, clock, tool, company)
    for _ in range(3):
        ask_groups(sqlite_store, bad)
        clock.move(seconds=120)
    assert told(sqlite_store, company.admin) == ["group_app_failed"]
    with pytest.raises(Misconfigured):
        bad[tool.kind].check()
    apps(tool, clock)[tool.kind].check()
    clock.move(hours=2)
    ask_groups(sqlite_store, apps(tool, clock))
    assert len(tool.groups) == 1


def test_it_is_given_up_after_many_tries(sqlite_store, clock, feishu, company, monkeypatch):
    monkeypatch.setattr("data.jobs.room_groups.TRIES", 4)
    up, _ = ready(sqlite_store, clock, feishu, company)
    feishu.fails = [503] * 99
    for _ in range(4):
        assert rows(sqlite_store) in ([], [("make", "waiting")])
        ask_groups(sqlite_store, up)
        clock.move(hours=3)
    assert rows(sqlite_store) == [("make", "dead")]


def test_rooms_before_the_choice_and_rooms_of_unknown_members_get_none(
    sqlite_store, clock, feishu, company, monkeypatch
):
    tagged(sqlite_store, company)
    before = open_room(sqlite_store, company.manager, company.customer)
    clock.move(seconds=1)
    up = apps(feishu, clock)
    assert ask_groups(sqlite_store, up) == 0
    assert card(sqlite_store, company.manager, before, monkeypatch, feishu).state == "before"
    close_room(sqlite_store, company.manager, before, "won", "Good.")
    known(sqlite_store, feishu, company, "rep")
    room = open_room(sqlite_store, company.manager, company.customer)
    assert ask_groups(sqlite_store, up) == 0
    found = card(sqlite_store, company.manager, room, monkeypatch, feishu)
    assert (found.state, found.outside) == ("few", ("Manager", "Product", "Delivery"))
    known(sqlite_store, feishu, company, "manager")
    assert ask_groups(sqlite_store, up) > 0
    ask_groups(sqlite_store, up)
    found = card(sqlite_store, company.rep, room, monkeypatch, feishu)
    assert (found.state, found.name) == ("made", "Together · Haihe Pumps")
    assert found.link == "https://applink.feishu.cn/client/chat/open?openChatId=feishu-0"
    strange = card(sqlite_store, company.stranger, room, monkeypatch, feishu)
    assert (strange.state, strange.link, strange.outside) == ("before", None, ())


def test_a_room_closed_before_its_group_was_made_gets_none(sqlite_store, clock, wecom, company):
    up, room = ready(sqlite_store, clock, wecom, company)
    wecom.fails = [500]
    ask_groups(sqlite_store, up)
    close_room(sqlite_store, company.manager, room, "not_needed", "Nothing to do.")
    clock.move(hours=1)
    ask_groups(sqlite_store, up)
    assert (wecom.groups, rows(sqlite_store)) == ({}, [("make", "off")])


def test_only_a_whole_application_makes_groups(wecom):
    assert chosen(wecom.settings()) == "wecom"
    assert chosen(wecom.settings(room_groups=None)) is None
    assert chosen(wecom.settings(room_groups="feishu")) is None


def test_an_id_is_one_persons_by_hand_and_by_import(sqlite_store, company):
    mate = PersonInput("mate", "Mate", "rep", company.mate.team_id, feishu_id="ou_1")
    edit_person(sqlite_store, company.admin, company.mate.person_id, mate, 1)
    with pytest.raises(Invalid) as refused:
        create_person(sqlite_store, company.admin, replace(mate, username="other", feishu_id="ou_1"))
    assert [(p.field, p.code) for p in refused.value.problems] == [("feishu_id", "taken")]
    with pytest.raises(Invalid) as refused:
        create_person(sqlite_store, company.admin, replace(mate, username="other", feishu_id="o u"))
    assert [(p.field, p.code) for p in refused.value.problems] == [("feishu_id", "bad_user_id")]
    lines = ("username,name,WeCom userid,feishu_id", "rep,Rep,li.rep,", "manager,Manager,li.rep,")
    text = "\n".join((*lines, "product,Product,,ou_1", "mate,Mate,m,ou_1", ""))
    result = import_text(sqlite_store, "users", text)
    assert shown(result)[3] == [(3, "wecom_id", "taken"), (4, "feishu_id", "taken")]
    with sqlite_store.reading() as session:
        ids = session.execute(
            select(Person.username, Person.wecom_id, Person.feishu_id).where(
                Person.username.in_(["rep", "mate"])
            )
        )
        assert sorted(tuple(row) for row in ids) == [("mate", "m", "ou_1"), ("rep", "li.rep", None)]


def test_administrators_alone_see_whom_the_chat_tool_knows(sqlite_store, company, feishu, monkeypatch):
    monkeypatch.setattr("data.queries.room_groups.settings", feishu.settings)
    known(sqlite_store, feishu, company, "rep", "manager")
    with sqlite_store.reading() as session:
        found = applications(session, company.admin)
        assert (found.kind, found.known, found.people) == ("feishu", 2, 7)
        assert found.without == ("Delivery", "Director", "Mate", "Product", "Stranger")
        with pytest.raises(NotAllowed):
            applications(session, company.manager)
