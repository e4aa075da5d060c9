"""Teams' chat groups and people's wishes on the outbox: protocols, limits, kills, quiet hours, gathering."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import httpx
import pytest
from sqlalchemy import select, update

from core.delivery import Wishes
from core.messages import Invalid, NotFound
from core.notices import Notice
from data.channels import KINDS, Letter, Permanent, leads_to_a_robot, robot
from data.commands.channels import add_robot, remove_robot, send_test, set_wishes, switch_robot
from data.commands.outbox import post
from data.jobs.deliver import LEASE, TRIES, deliver
from data.queries.channels import channel_desk, wishes_of
from data.queries.inbox import inbox
from data.schema import Audit, Delivery, Person, TeamChannel
from data.settings import Settings
from tests.chat_server import KEY, SECRET, ChatServer
from tests.company import found
from tests.rooms import room_of

LETTER = Letter("k", "East", None, "三次演示未报价", "Ask why.", "http://x/customer?customer=1")


@pytest.fixture
def chat(monkeypatch):
    own = Settings(robot_hosts="127.0.0.1")
    monkeypatch.setattr("data.channels.settings", lambda: own)
    with ChatServer().listening() as server:
        yield server


@pytest.fixture
def company(store):
    return found(store)


def made(chat: ChatServer, kind: str, *, key: str = KEY, secret: str = SECRET):
    return robot(kind, chat.url(kind, key=key), secret, "team:1")


def group(store, company, chat, kind="dingtalk", who=None, language="en") -> int:
    secret = "" if kind == "wecom" else SECRET
    return add_robot(
        store, who or company.manager, company.rep.team_id, kind, chat.url(kind), secret, language
    )


def tell(store, people, key="a", kind="alert") -> None:
    params = {"rule": "demos_without_quote", "demos": 3, "opportunity": "Line 2", "customer": "Haihe"}
    with store.writing() as session:
        notices = [Notice(p.person_id, kind, key, params, "customer", {"customer": 1}) for p in people]
        post(session, store.clock(), notices)


def rows(store):
    with store.reading() as session:
        query = select(Delivery.channel, Delivery.state, Delivery.attempts).order_by(Delivery.id)
        return [tuple(row) for row in session.execute(query)]


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_robot_takes_a_message_in_its_own_protocol(chat, kind):
    made(chat, kind).send(LETTER)
    assert chat.texts == ["三次演示未报价\nAsk why.\nhttp://x/customer?customer=1"]


@pytest.mark.parametrize("kind", ["dingtalk", "feishu"])
def test_a_wrong_signature_is_refused_for_good(chat, kind):
    for secret in ("other", ""):
        with pytest.raises(Permanent, match="sign"):
            made(chat, kind, secret=secret).send(LETTER)
    assert chat.texts == []


def test_a_signature_of_another_time_is_refused(chat):
    for kind in ("dingtalk", "feishu"):
        late = replace(made(chat, kind), clock=lambda: datetime(2026, 1, 1, tzinfo=UTC))
        with pytest.raises(Permanent):
            late.send(LETTER)


# fmt: off
ANSWERS = [
    # robot       answer                                               another try helps
    ("wecom",    {"errcode": 45009, "errmsg": "api freq out of limit"}, True),
    ("wecom",    {"errcode": -1, "errmsg": "system busy"},              True),
    ("wecom",    {"errcode": 93000, "errmsg": "invalid webhook url"},   False),
    ("dingtalk", {"errcode": 130101, "errmsg": "send too fast"},        True),
    ("dingtalk", {"errcode": 410100, "errmsg": "发送速度太快而限流"},     True),
    ("dingtalk", {"errcode": 300001, "errmsg": "token is not exist"},   False),
    ("dingtalk", {"errcode": 310000, "errmsg": "keywords not in content"}, False),
    ("feishu",   {"code": 11232, "msg": "frequency limited"},           True),
    ("feishu",   {"code": 19024, "msg": "Key Words Not Found"},         False),
    ("wecom",    503,                                                   True),
    ("dingtalk", 429,                                                   True),
    ("feishu",   404,                                                   False),
    ("wecom",    302,                                                   True),
    ("feishu",   200,                                                   True),  # a page
]
# fmt: on


@pytest.mark.parametrize(("kind", "answer", "again"), ANSWERS)
def test_an_answer_of_200_may_be_a_refusal(chat, kind, answer, again):
    chat.busy = [answer]
    with pytest.raises(ConnectionError if again else Permanent):
        made(chat, kind).send(LETTER)
    assert chat.texts == []


def test_nobody_there_is_no_refusal():
    with pytest.raises(httpx.HTTPError):
        robot("wecom", "http://127.0.0.1:1/", "", "team:1").send(LETTER)


def test_a_long_message_is_cut_and_its_link_is_not(chat):
    made(chat, "wecom").send(replace(LETTER, body="很长" * 2000))
    (text,) = chat.texts
    assert len(text.encode()) <= 2048
    assert text.endswith("…\nhttp://x/customer?customer=1")


# fmt: off
ADDRESSES = [
    ("wecom",    "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1", True),
    ("dingtalk", "https://oapi.dingtalk.com/robot/send?access_token=1",    True),
    ("feishu",   "https://open.feishu.cn/open-apis/bot/v2/hook/1",         True),
    ("feishu",   "https://open.larksuite.com/open-apis/bot/v2/hook/1",     True),
    ("wecom",    "https://oapi.dingtalk.com/robot/send?access_token=1",    False),
    ("wecom",    "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1",  False),
    ("wecom",    "https://qyapi.weixin.qq.com@evil.example/",              False),
    ("wecom",    "https://qyapi.weixin.qq.com:8443/",                      False),
    ("wecom",    "http://169.254.169.254/latest",                          False),
    ("dingtalk", "file:///etc/passwd",                                     False),
    ("dingtalk", "https://[",                                              False),
    ("dingtalk", "",                                                       False),
]
# fmt: on


@pytest.mark.parametrize(("kind", "url", "fine"), ADDRESSES)
def test_only_the_makers_own_hosts_are_called(kind, url, fine):
    assert leads_to_a_robot(kind, url) is fine


def test_a_group_is_told_once_however_many_members_were(store, company, chat, clock):
    group(store, company, chat)
    tell(store, (company.rep, company.mate, company.manager))
    assert deliver(store) == 1
    clock.move(hours=1)
    tell(store, (company.rep, company.mate), key="b", kind="commitment")  # concerns one person
    assert deliver(store) == 0
    assert [text.splitlines()[0] for text in chat.texts] == ["Demos without a quote: Haihe"]
    assert [(state, n) for _, state, n in rows(store)] == [("sent", 1)]


def test_a_group_is_told_once_that_a_room_was_opened(store, company, chat, clock):
    group(store, company, chat)
    clock.move(minutes=1)
    room_of(store, company)
    for _ in range(2):
        deliver(store)
        clock.move(minutes=1)
    assert [text.splitlines()[0] for text in chat.texts] == ["Follow up together: Haihe Pumps"]


def test_another_teams_group_hears_nothing_and_each_speaks_its_language(store, company, chat):
    group(store, company, chat)
    add_robot(store, company.admin, company.stranger.team_id, "feishu", chat.url("feishu"), SECRET, "zh")
    tell(store, (company.stranger,))
    assert deliver(store) == 1
    assert chat.texts[0].startswith("多次演示未报价：Haihe")


def test_too_many_messages_wait_and_none_is_lost(store, company, chat, clock):
    group(store, company, chat, "feishu")
    chat.busy = [{"code": 11232, "msg": "frequency limited"}]
    for key in "abc":
        tell(store, (company.rep,), key)
    assert deliver(store) == 1  # it is left alone after the first
    clock.move(minutes=1)
    assert deliver(store) == 3
    assert len(chat.texts) == 3
    assert {state for _, state, _ in rows(store)} == {"sent"}


def test_a_refusal_is_told_to_the_administrators_once(store, company, chat, clock):
    robot_id = group(store, company, chat)
    for key in "ab":
        chat.busy = [{"errcode": 300001, "errmsg": "token is not exist"}]
        tell(store, (company.rep,), key)
        deliver(store)
        clock.move(days=2)
    with store.reading() as session:
        (told,) = inbox(session, company.admin).messages
    assert told.params == {"channel": "East (dingtalk)", "error": "300001 token is not exist"}
    switch_robot(store, company.manager, robot_id, False)
    switch_robot(store, company.manager, robot_id, True)
    chat.busy = [{"errcode": 300001, "errmsg": "token is not exist"}]
    tell(store, (company.rep,), "c")
    deliver(store)
    with store.reading() as session:
        assert len(inbox(session, company.admin).messages) == 2


def test_killed_while_a_letter_is_given_up_it_is_told_later(store, company, chat, clock, monkeypatch):
    class Killed(BaseException):
        """What ends the process; nothing of the outbox catches it."""

    def die(*_):
        raise Killed

    group(store, company, chat)
    tell(store, (company.rep,))
    refusal = {"errcode": 300001, "errmsg": "token is not exist"}
    chat.busy = [refusal]
    with monkeypatch.context() as killed:
        killed.setattr("data.jobs.deliver.to_admins", die)
        with pytest.raises(Killed):
            deliver(store)
    clock.move(seconds=LEASE.total_seconds() + 1)
    chat.busy = [refusal]
    assert deliver(store) == 1
    assert [state for _, state, _ in rows(store)] == ["dead"]
    with store.reading() as session:
        (told,) = inbox(session, company.admin).messages
    assert told.kind == "channel_failed"


def test_killed_after_sending_it_comes_again_and_only_that_one(store, company, chat, clock, monkeypatch):
    class Killed(BaseException):
        """What ends the process; nothing of the outbox catches it."""

    def die(*args, **values):
        raise Killed

    group(store, company, chat)
    tell(store, (company.rep,))
    monkeypatch.setattr("data.jobs.deliver._mark", die)
    with pytest.raises(Killed):
        deliver(store)
    monkeypatch.undo()
    own = Settings(robot_hosts="127.0.0.1")
    monkeypatch.setattr("data.channels.settings", lambda: own)
    assert deliver(store) == 0
    clock.move(seconds=LEASE.total_seconds() + 1)
    assert deliver(store) == 1
    assert deliver(store) == 0
    assert len(chat.texts) == 2
    assert [(state, n) for _, state, n in rows(store)] == [("sent", 2)]


def test_many_workers_tell_a_group_once(store, company, chat):
    group(store, company, chat)
    for key in "abcdefgh":
        tell(store, (company.rep, company.mate), key)
    workers = [threading.Thread(target=deliver, args=(store,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(chat.texts) == 8


def test_what_is_posted_while_a_group_is_off_is_not_sent_later(store, company, chat, clock):
    robot_id = group(store, company, chat)
    chat.busy = [503]
    tell(store, (company.rep,), "before")
    deliver(store)
    switch_robot(store, company.manager, robot_id, False)
    clock.move(minutes=5)
    tell(store, (company.rep,), "while")
    assert deliver(store) == 0
    clock.move(minutes=5)
    switch_robot(store, company.manager, robot_id, True)
    tell(store, (company.rep,), "after")
    assert deliver(store) == 1
    remove_robot(store, company.manager, robot_id)
    tell(store, (company.rep,), "later")
    assert deliver(store) == 0
    with store.reading() as session:
        row = session.get_one(TeamChannel, robot_id)
        assert (row.url, row.secret) == ("", "")
        assert channel_desk(session, company.manager).robots == ()


def test_a_test_says_what_it_met_and_is_kept(store, company, chat, clock):
    robot_id = group(store, company, chat)
    assert send_test(store, company.manager, robot_id) is None
    assert chat.texts == ["Test message from Firebreak\nThe group of East will get its messages here."]
    chat.busy = [{"errcode": 310000, "errmsg": "sign not match"}]
    assert send_test(store, company.admin, robot_id) == "310000 sign not match"
    with store.reading() as session:
        (card,) = channel_desk(session, company.manager).robots
        audits = session.scalars(select(Audit).where(Audit.command == "channel.tested")).all()
    assert (card.tested_at, card.test_error, card.host) == (clock.at, "310000 sign not match", "127.0.0.1")
    assert [a.after["error"] for a in audits] == [None, "310000 sign not match"]


def test_a_manager_sets_the_own_teams_groups_only_and_no_address_is_kept_in_the_audit(store, company, chat):
    robot_id = group(store, company, chat, who=company.admin)
    other = replace(company.manager, team_id=company.stranger.team_id)
    for forbidden in (
        lambda: switch_robot(store, other, robot_id, False),
        lambda: remove_robot(store, other, robot_id),
        lambda: send_test(store, other, robot_id),
        lambda: group(store, company, chat, who=other),
    ):
        with pytest.raises(NotFound):
            forbidden()
    with store.reading() as session:
        assert channel_desk(session, other).robots == ()
        said = str([(a.before, a.after) for a in session.scalars(select(Audit))])
    assert KEY not in said
    assert SECRET not in said


# fmt: off
WRONG = [
    ("pigeon",   None,                 "en", "kind"),
    ("wecom",    "",                   "en", "url"),
    ("wecom",    "https://x.example/", "en", "url"),
    ("wecom",    None,                 "fr", "language"),
]
# fmt: on


@pytest.mark.parametrize(("kind", "url", "language", "field"), WRONG)
def test_a_wrong_group_is_refused_at_its_field(store, company, chat, kind, url, language, field):
    address = chat.url("wecom") if url is None else url
    with pytest.raises(Invalid) as refused:
        add_robot(store, company.manager, company.rep.team_id, kind, address, "", language)
    assert [p.field for p in refused.value.problems] == [field]


class Keeps:
    """A channel that takes every letter over, or fails as it is told."""

    name = "webhook"

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.error: BaseException | None = None

    def send(self, letter: Letter) -> None:
        self.letters.append(letter)
        if self.error:
            raise self.error


@pytest.fixture
def wishing(store, company, monkeypatch):
    """A channel for everybody, known before any message; the rep's wishes are set by `wishing(…)`."""
    monkeypatch.setattr("data.queries.channels.configured", lambda settings: {"webhook": None})
    channel = Keeps()
    deliver(store, {"webhook": channel})

    def set_(**given) -> Keeps:
        set_wishes(store, company.rep, Wishes(**given))
        return channel

    return set_


def test_quiet_hours_hold_messages_back_and_lose_none(store, company, wishing, clock):
    channel = wishing(quiet_from=time(11), quiet_to=time(14))  # it is noon in Shanghai
    tell(store, (company.rep, company.mate))
    assert deliver(store, {"webhook": channel}) == 1
    assert [letter.person for letter in channel.letters] == ["Mate"]
    with store.reading() as session:
        assert inbox(session, company.rep).unread == 1  # it stands in the inbox meanwhile
    clock.move(hours=1, minutes=59)
    assert deliver(store, {"webhook": channel}) == 0
    clock.move(minutes=1)
    assert deliver(store, {"webhook": channel}) == 1
    assert [letter.person for letter in channel.letters] == ["Mate", "Rep"]


def test_another_try_keeps_the_quiet_hours_too(store, company, wishing, clock):
    channel = wishing(quiet_from=time(12, 5), quiet_to=time(14))
    clock.move(minutes=4, seconds=45)
    tell(store, (company.rep,))
    channel.error = TimeoutError()
    assert deliver(store, {"webhook": channel}) == 1
    channel.error = None
    clock.move(minutes=30)
    assert deliver(store, {"webhook": channel}) == 0
    clock.move(minutes=86)
    assert deliver(store, {"webhook": channel}) == 1


def test_a_channel_that_is_not_wanted_stays_silent_and_others_go_on(store, company, wishing):
    channel = wishing(off=frozenset({"webhook"}))
    other = Keeps()
    deliver(store, {"other": other})
    tell(store, (company.rep,))
    assert deliver(store, {"webhook": channel, "other": other}) == 1
    assert (len(channel.letters), len(other.letters)) == (0, 1)
    assert ("webhook", "off", 0) in rows(store)


def test_gathered_messages_leave_in_one_letter_at_their_hour(store, company, wishing, clock):
    channel = wishing(digest_at=time(17, 30))
    for key in "abc":
        tell(store, (company.rep,), key)
        assert deliver(store, {"webhook": channel}) == 0
        clock.move(hours=1)
    clock.move(hours=2, minutes=29)
    assert deliver(store, {"webhook": channel}) == 0
    clock.move(minutes=1)
    assert deliver(store, {"webhook": channel}) == 1
    (letter,) = channel.letters
    assert letter.title == "3 messages from Firebreak"
    assert letter.body.count("Demos without a quote: Haihe") == 3
    tell(store, (company.rep,), "d")
    assert deliver(store, {"webhook": channel}) == 0
    clock.move(days=1)
    assert deliver(store, {"webhook": channel}) == 1
    assert channel.letters[1].title == "Demos without a quote: Haihe"
    assert {state for _, state, _ in rows(store)} == {"sent"}


def test_a_gathered_letter_killed_or_refused_comes_again_as_it_was(store, company, wishing, clock):
    class Killed(BaseException):
        """What ends the process; nothing of the outbox catches it."""

    channel = wishing(digest_at=time(17, 30))
    for key in "ab":
        tell(store, (company.rep,), key)
    deliver(store, {"webhook": channel})
    clock.move(hours=5, minutes=30)
    channel.error = Killed()
    with pytest.raises(Killed):
        deliver(store, {"webhook": channel})
    channel.error = TimeoutError()
    clock.move(seconds=LEASE.total_seconds() + 1)
    tell(store, (company.rep,), "c")
    assert deliver(store, {"webhook": channel}) == 1
    channel.error = None
    clock.move(minutes=2)
    assert deliver(store, {"webhook": channel}) == 1
    assert len({letter.key for letter in channel.letters}) == 1
    assert len({letter.body for letter in channel.letters}) == 1
    assert [(state, n) for _, state, n in rows(store)] == [("sent", 3), ("sent", 3), ("waiting", 0)]


def test_many_workers_send_one_gathered_letter(store, company, wishing, clock):
    channel = wishing(digest_at=time(17, 30))
    for key in "abcdef":
        tell(store, (company.rep,), key)
    deliver(store, {"webhook": channel})
    clock.move(hours=6)
    workers = [threading.Thread(target=deliver, args=(store, {"webhook": channel})) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [letter.title for letter in channel.letters] == ["6 messages from Firebreak"]


def test_a_gathered_letter_is_given_up_whole_and_told_once(store, company, wishing, clock):
    channel = wishing(digest_at=time(17, 30))
    for key in "ab":
        tell(store, (company.rep,), key)
    deliver(store, {"webhook": channel})
    channel.error = TimeoutError()
    tries = 0
    for _ in range(TRIES + 8):
        clock.move(hours=6)
        tries += deliver(store, {"webhook": channel})
    assert tries == TRIES
    assert [state for _, state, _ in rows(store)][:2] == ["dead", "dead"]
    with store.reading() as session:
        assert [m.kind for m in inbox(session, company.admin).messages] == ["channel_failed"]


def test_wishes_are_ones_own_and_read_again(store, company, wishing):
    wanted = Wishes(frozenset({"webhook"}), time(22), time(7), time(8, 30))
    set_wishes(store, company.rep, wanted)
    with store.reading() as session:
        assert wishes_of(session, company.rep) == wanted
        assert wishes_of(session, company.mate) == Wishes()
    with pytest.raises(Invalid):
        set_wishes(store, company.rep, Wishes(quiet_from=time(22)))
    with pytest.raises(Invalid):
        set_wishes(store, company.rep, Wishes(frozenset({"pigeon"})))


def test_whoever_left_gets_nothing_and_the_group_still_does(store, company, chat, wishing):
    channel = wishing()
    group(store, company, chat)
    with store.writing() as session:
        session.execute(update(Person).where(Person.id == company.rep.person_id).values(active=False))
    tell(store, (company.rep,))
    with store.reading() as session:
        robots = {f"team:{row.id}": row for row in session.scalars(select(TeamChannel))}
    channels = {"webhook": channel} | {n: robot(r.kind, r.url, r.secret, n) for n, r in robots.items()}
    deliver(store, channels)
    assert (channel.letters, len(chat.texts)) == ([], 1)


def test_a_message_posted_long_ago_is_no_news_to_a_group(store, company, chat, clock):
    tell(store, (company.rep,))
    clock.move(minutes=5)
    group(store, company, chat)
    assert deliver(store) == 0
    clock.move(seconds=timedelta(days=1).total_seconds())
    assert deliver(store) == 0
