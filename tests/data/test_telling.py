"""Rules of notices at work: each cause once to each, across changes of rules, on both databases (F2, P8)."""

from __future__ import annotations

from datetime import time

import pytest
from sqlalchemy import select

from core.delivery import Wishes
from core.messages import Invalid, NotAllowed
from core.notices import Notice
from core.studio import Area
from core.telling import Pace, Rule, To
from data.commands.channels import set_wishes
from data.commands.outbox import post
from data.commands.studio import publish, restore
from data.commands.studio_notices import keep_rule
from data.jobs.deliver import deliver
from data.jobs.follow_up import follow_up
from data.jobs.registry import Run
from data.notices import sentence
from data.queries.telling_preview import rule_preview, told_lately
from data.schema import Delivery, Message, Person
from tests.company import found

PARAMS = {
    "customer": "Haihe Pumps",
    "urgency": "P1",
    "metric": "Pace",
    "due_at": "2026-03-05T04:00:00+00:00",
}


class Heard:
    """A channel that keeps what it is given."""

    name = "mail"

    def __init__(self) -> None:
        self.letters = []

    def send(self, letter) -> None:
        self.letters.append(letter)

    def names(self) -> list[str]:
        return sorted(letter.person for letter in self.letters)


@pytest.fixture
def heard(monkeypatch):
    channel = Heard()
    for place in ("data.commands.studio_notices", "data.commands.channels"):
        monkeypatch.setattr(f"{place}.personal_channels", lambda *_: ("mail",))
    return channel


@pytest.fixture
def office(store, heard):
    """The company, with its outbox in use: a channel carries what is posted from its first day on."""
    people = found(store)
    deliver(store, {"mail": heard})
    return people


def put(store, who, *rules, note="Asked for."):
    for rule in rules:
        keep_rule(store, who, rule)
    return publish(store, who, Area.NOTICES, note)


def tell(store, *people, kind="sla_soon", key="a"):
    with store.writing() as session:
        return post(
            session, store.clock(), [Notice(p.person_id, kind, key, PARAMS, "demands") for p in people]
        )


def inboxes(store, key=None):
    """Who has which message, unread or not."""
    query = select(Person.username, Message.key, Message.read_at).join(Person, Person.id == Message.person_id)
    with store.reading() as session:
        rows = session.execute(query if key is None else query.where(Message.key == key)).all()
    return sorted((name, one) for name, one, _ in rows)


def test_nothing_is_doubled_or_lost_when_rules_change(store, clock, office, heard):
    """Causes are posted again and again, as sweeps do, under three versions of the rules."""
    assert tell(store, office.rep, office.mate, key="one") == 2
    first = put(store, office.director, Rule("sla_soon", (To.NAMED, To.MANAGER), pace=Pace.URGENT))
    assert tell(store, office.rep, office.mate, key="one") == 0  # what was told before is not told anew
    assert tell(store, office.rep, office.mate, key="two") == 2
    deliver(store, {"mail": heard})
    put(store, office.admin, Rule("sla_soon", (To.DIRECTOR,)), note="Less.")
    for key in ("one", "two", "three"):
        tell(store, office.rep, office.mate, key=key)
    restore(store, office.admin, Area.NOTICES, first, "As before.")
    for key in ("one", "two", "three", "four"):
        tell(store, office.rep, key=key)
    deliver(store, {"mail": heard})
    clock.move(hours=1)
    deliver(store, {"mail": heard})
    assert inboxes(store) == sorted(
        [("rep", k) for k in ("one", "two", "three", "four")]
        + [("mate", k) for k in ("one", "two", "three")]
        + [("manager", "two"), ("manager", "four"), ("director", "three")]
    )
    assert heard.names() == sorted(["Rep"] * 3 + ["Mate"] * 2 + ["Manager"] * 2 + ["Director"])
    assert len({letter.key for letter in heard.letters}) == len(heard.letters)
    with store.reading() as session:
        states = sorted(session.scalars(select(Delivery.state)))
    assert states == ["off", "off"] + ["sent"] * 8  # two lie in the inbox, as that version wanted


def test_a_message_keeps_the_rule_under_which_it_was_posted(store, clock, office, heard):
    put(store, office.director, Rule("sla_soon", pace=Pace.GATHERED))
    tell(store, office.rep, key="early")
    put(store, office.director, Rule("sla_soon", off=("mail",)))
    tell(store, office.rep, key="late")
    deliver(store, {"mail": heard})
    assert heard.letters == []  # the first waits for the morning, the second stays in the inbox
    clock.move(hours=21)  # 9:00 the next day
    deliver(store, {"mail": heard})
    assert heard.names() == ["Rep"]


def test_what_a_person_wants_stays_stronger_but_for_what_is_urgent(store, clock, office, heard):
    set_wishes(store, office.rep, Wishes(quiet_from=time(11), quiet_to=time(14)))  # it is noon
    set_wishes(store, office.mate, Wishes(off=frozenset({"mail"})))
    put(store, office.director, Rule("sla_breached", pace=Pace.URGENT))
    tell(store, office.rep, office.mate, kind="sla_soon")
    tell(store, office.rep, office.mate, kind="sla_breached", key="late")
    deliver(store, {"mail": heard})
    assert heard.names() == ["Rep"]  # what is late, through the quiet hours; never by what is switched off
    clock.move(hours=2)
    deliver(store, {"mail": heard})
    assert heard.names() == ["Rep", "Rep"]


def test_the_unread_is_followed_up_once_after_working_hours(store, clock, office):
    put(store, office.director, Rule("sla_soon", wait_hours=4))
    tell(store, office.rep, key="unread")
    tell(store, office.mate, key="read")
    tell(store, office.manager, key="lead")
    with store.writing() as session:
        mine = session.scalars(select(Message).where(Message.key == "read")).one()
        mine.read_at = store.clock()

    def told(**later):
        clock.move(**later)
        follow_up(store, Run(clock()))
        with store.reading() as session:
            rows = session.execute(
                select(Person.username, Message.params)
                .join(Person, Person.id == Message.person_id)
                .where(Message.kind == "unread")
            )
            return sorted((name, params["person"]) for name, params in rows)

    assert told(hours=5) == []  # 17:00; four hours are worked at 17:30, lunch does not count
    assert told(hours=1) == [("director", "Manager"), ("manager", "Rep")]
    assert told(hours=20) == [("director", "Manager"), ("manager", "Rep")]
    with store.reading() as session:
        one = session.scalars(select(Message).where(Message.kind == "unread")).first()
    for language in ("en", "zh"):
        assert sentence(language, "sla_soon", PARAMS)[0] in sentence(language, one.kind, one.params)[0]


def test_the_preview_says_to_whom_it_would_have_gone(store, clock, heard):
    people = found(store)
    tell(store, people.rep, people.mate, key="one")
    clock.move(days=3)
    put(store, people.director, Rule("sla_soon", (To.NAMED, To.DIRECTOR)))
    tell(store, people.rep, people.manager, key="two")
    rule = Rule("sla_soon", (To.NAMED, To.MANAGER), wait_hours=8)
    with store.reading() as session:
        assert told_lately(session, people.admin, clock())["sla_soon"] == 4  # the director's copy apart
        seen = rule_preview(session, people.admin, rule, clock())
        none = rule_preview(session, people.admin, Rule("root_cause"), clock())
    assert (seen.causes, seen.named, seen.unread) == (2, 4, 2)
    assert seen.copies == 2  # of the first to the manager, who has the second, whose own leader is a director
    assert [(e.named, e.others) for e in seen.examples] == [
        (("Manager", "Rep"), ("Director",)),
        (("Mate", "Rep"), ("Manager",)),
    ]
    assert (none.causes, none.examples) == (0, ())
    clock.move(days=15)
    with store.reading() as session:
        assert rule_preview(session, people.admin, rule, clock()).causes == 0


def test_a_guest_and_a_wrong_rule_are_refused(sqlite_store, heard):
    people = found(sqlite_store)
    with pytest.raises(Invalid) as refused:
        keep_rule(sqlite_store, people.director, Rule("alert", (To.PRODUCT,)))
    assert {p.code for p in refused.value.problems} == {"must_be_told", "may_not_see"}
    for who in (people.rep, people.manager):
        with pytest.raises(NotAllowed):
            keep_rule(sqlite_store, who, Rule("alert"))
        with sqlite_store.reading() as session:
            for read in (told_lately, lambda s, w, now: rule_preview(s, w, Rule("alert"), now)):
                with pytest.raises(NotAllowed):
                    read(session, who, sqlite_store.clock())
