"""A person's data handed over and erased: all of it found, words and voice gone, every figure as it was."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import String, func, or_, select

from core.access import OPERATOR
from core.messages import Conflict, Invalid, NotAllowed, NotFound
from core.people import PersonInput
from core.privacy import FREE, SECRET, Kind, mark_of
from data.__main__ import main
from data.backup.archive import verify, write
from data.commands.people import edit_person
from data.commands.privacy import erase_person, export_person, forget
from data.commands.projections import differences
from data.files import file_path, keep
from data.queries.board import board
from data.queries.board_ask import Ask, By
from data.queries.personal import matches
from data.schema import (
    Action,
    Audit,
    Base,
    Contact,
    Draft,
    GroupStep,
    Interaction,
    Person,
    Receipt,
    Room,
    RoomGroup,
    StoredFile,
    Talk,
    Transcript,
    UserSession,
)
from tests.company import Company, found
from tests.conftest import NOON
from tests.strangers import strangers

REP, BUYER, HOMONYM = "沈巍 Shen Wei", "高敏", "Li Na"


@pytest.fixture
def company(store):
    made = found(store)
    _live(store, made)
    return made


def _live(store, company: Company) -> None:
    """The rep has met the customer's buyer, with a recording; both are named in what was written."""
    voice = keep(store, company.rep.person_id, b"RIFF" + bytes(60), "audio/wav")
    with store.writing() as session:
        person = session.get_one(Person, company.rep.person_id)
        person.name, person.email = REP, "shen@example.com"
        buyer = Contact(
            customer_id=company.customer, name=BUYER, phone="13800000000", email="gao@example.com"
        )
        buyer.decision_role = "buyer"
        session.add(buyer)
        session.add(Contact(customer_id=company.customer, name=HOMONYM))
        session.add(Contact(customer_id=company.strange_customer, name=HOMONYM))
        session.add(_meeting(company, voice))
        call = Interaction(customer_id=company.customer, kind="call", direction="inbound", happened_at=NOON)
        call.recorded_at, call.duration_seconds, call.questions = NOON, 600, 2
        call.subject = f"{BUYER} 致电 {REP}"
        here = UserSession(person_id=company.rep.person_id, token_hash="h", created_at=NOON)
        here.address, here.agent, here.expires_at = "10.0.0.9", "phone", NOON + timedelta(days=1)
        talk = Talk(rep_id=company.rep.person_id, held_at=NOON, note="close calls")
        said = Transcript(recording=voice, language="zh", state="done", text="您好，我是高敏", asked_at=NOON)
        sent = {"status": 201, "body": {"name": BUYER, "phone": "13800000000"}}
        receipt = Receipt(key="1:api:k", command="api", person_id=company.rep.person_id, result=sent, at=NOON)
        session.add_all([call, here, talk, said, receipt, _draft(company)])


def _meeting(company: Company, voice: str) -> Action:
    return Action(
        type="demo", status="completed", customer_id=company.customer, opportunity_id=company.opportunity,
        owner_id=company.rep.person_id, started_at=NOON - timedelta(hours=2),
        ended_at=NOON - timedelta(hours=1), recorded_at=NOON, recording=voice, transcript="您好",
        summary=f"{REP}向{BUYER}演示；Li Na 也在。", note="call 13800000000",
        fields={"watched": [{"name": BUYER, "role": "buyer"}, {"name": HOMONYM, "role": "user"}]},
    )  # fmt: skip


def _draft(company: Company) -> Draft:
    body = {"values": {"note": BUYER}, "initial": {}, "problems": [], "refusals": 0, "sent": None}
    return Draft(person_id=company.rep.person_id, kind="record", key="k", body=body, updated_at=NOON)


def test_an_employee_is_handed_over_with_rows_and_recordings(store, company):
    inside = _unpacked(export_person(store, company.admin, "person", company.rep.person_id))
    rows = {name: json.loads(inside[f"rows/{name}.json"]) for name in ("person", "action", "interaction")}
    assert rows["person"][0]["email"] == "shen@example.com"
    assert not SECRET & set(rows["person"][0])
    assert rows["action"][0]["summary"].startswith(REP)
    assert rows["interaction"][0]["subject"].endswith(REP)
    assert [n for n in inside if n.startswith("recordings/") and n.endswith(".wav")]
    assert json.loads(inside["about.json"])["rows"]["action"] == 1


def test_a_contact_is_handed_over_with_every_row_that_names_them(store, company):
    inside = _unpacked(export_person(store, company.admin, "contact", _contact(store, BUYER)))
    assert {"rows/contact.json", "rows/action.json", "rows/interaction.json", "rows/draft.json"} <= set(
        inside
    )
    assert [n for n in inside if n.startswith("recordings/")]


def test_an_erased_employee_is_named_nowhere_and_no_figure_moves(store, company):
    version = _version(store, company)
    edit_person(store, company.admin, company.rep.person_id, _renamed("沈小巍"), version)
    before, logged = _figures(store, company), _count(store, Audit)
    gone = erase_person(store, company.admin, "person", company.rep.person_id, "沈小巍")
    forget(store, gone)
    left = _dump(store)
    for word in (REP, "沈小巍", "shen@example.com", "10.0.0.9", "close calls", "您好"):
        assert word not in left, word
    mark = mark_of("person", company.rep.person_id)
    assert _figures(store, company) == {k: v.replace("沈小巍", mark) for k, v in before.items()}
    assert _count(store, Audit) == logged + 1
    assert not file_path(store, gone[0]).exists()
    with store.reading() as session:
        row = session.get_one(Person, company.rep.person_id)
        assert (row.active, row.username, row.name) == (False, f"erased-{row.id}", mark)
        assert session.scalar(select(Action.recording)) == gone[0]  # that there was one still counts
        assert session.scalar(select(UserSession.revoked_at)) == NOON


def test_an_erased_contact_is_named_nowhere_and_stays_one_person_in_every_figure(store, company):
    before = _figures(store, company)
    number = _contact(store, BUYER)
    gone = erase_person(store, company.admin, "contact", number, BUYER)
    left = _dump(store)
    for word in (BUYER, "gao@example.com", "13800000000", "您好"):
        assert word not in left, word
    assert _figures(store, company) == {
        k: v.replace(BUYER, mark_of("contact", number)) for k, v in before.items()
    }
    assert len(gone) == 1
    with store.reading() as session:
        assert session.get_one(Contact, number).decision_role == "buyer"
        watched = session.scalars(select(Action.fields)).one()["watched"]
        assert [w["name"] for w in watched] == [mark_of("contact", number), HOMONYM]
        assert session.scalars(select(Action.summary)).one().startswith(REP)


def test_a_name_that_another_has_too_goes_only_at_its_own_customer(store, company):
    erase_person(store, company.admin, "contact", _contact(store, HOMONYM), HOMONYM)
    with store.reading() as session:
        kept = session.scalars(select(Contact.name).where(Contact.customer_id == company.strange_customer))
        assert kept.all() == [HOMONYM]
        assert HOMONYM not in session.scalars(select(Action.summary)).one()


def test_a_backup_made_afterwards_misses_no_file(store, company, tmp_path):
    gone = erase_person(store, company.admin, "contact", _contact(store, BUYER), BUYER)
    forget(store, gone)
    write(store, tmp_path / "copy.zip")
    assert verify(tmp_path / "copy.zip").missing == ()
    keep(store, company.rep.person_id, b"RIFF" + bytes(60), "audio/wav")  # the same bytes, kept anew
    with store.reading() as session:
        assert session.scalars(select(StoredFile.erased_at)).all() == [None]


@pytest.mark.parametrize(
    ("who", "said", "error"),
    [("rep", "Shen", Invalid), ("rep", "", Invalid), ("admin", "Admin", Conflict)],
)
def test_second_thoughts(sqlite_store, who, said, error):
    company = found(sqlite_store)
    _live(sqlite_store, company)
    with pytest.raises(error):
        erase_person(sqlite_store, company.admin, "person", getattr(company, who).person_id, said)
    assert REP in _dump(sqlite_store)


def test_the_last_administrator_stays(sqlite_store):
    company = found(sqlite_store)
    with pytest.raises(Invalid) as refused:
        erase_person(sqlite_store, OPERATOR, "person", company.admin.person_id, "Admin")
    assert [p.code for p in refused.value.problems] == ["last_admin"]


def test_nobody_is_erased_twice_and_unknown_people_are_not_found(sqlite_store):
    company = found(sqlite_store)
    erase_person(sqlite_store, company.admin, "person", company.mate.person_id, "Mate")
    with pytest.raises(Conflict):
        erase_person(sqlite_store, company.admin, "person", company.mate.person_id, "Mate")
    with pytest.raises(NotFound):
        export_person(sqlite_store, company.admin, "contact", 99)
    with pytest.raises(Invalid):
        export_person(sqlite_store, company.admin, "opportunity", 1)


def test_people_are_found_by_name_user_name_mail_and_mark(sqlite_store):
    company = found(sqlite_store)
    _live(sqlite_store, company)
    number = _contact(sqlite_store, BUYER)
    with sqlite_store.reading() as session:
        for word in ("高敏", "gao@EXAMPLE", f"C{number}"):
            assert [m.id for m in matches(session, company.admin, word)] == [number]
        assert [m.belongs for m in matches(session, company.admin, "shen")] == ["rep"]
        assert matches(session, company.admin, " ") == ()
        with pytest.raises(NotAllowed):
            matches(session, company.director, "高敏")


def test_the_command_line_hands_over_asks_and_erases(sqlite_store, monkeypatch, tmp_path, capsys):
    company = found(sqlite_store)
    _live(sqlite_store, company)
    monkeypatch.setattr("data.cli.person.this_store", lambda: sqlite_store)
    path = tmp_path / "gao.zip"
    assert main(["person", "export", BUYER, str(path)]) == 0
    assert zipfile.ZipFile(path).testzip() is None
    assert path.stat().st_mode & 0o077 == 0
    assert main(["person", "export", HOMONYM, str(path)]) == 2  # two of that name: which is said
    assert "Haihe Pumps" in capsys.readouterr().err
    for typed in ("no\n", ""):  # nobody is there, as in a script
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        assert main(["person", "erase", BUYER]) == 2
    assert BUYER in _dump(sqlite_store)
    assert main(["person", "erase", BUYER, "--yes"]) == 0
    assert BUYER not in _dump(sqlite_store)
    assert main(["person", "erase", "Nobody"]) == 2


def test_their_ids_in_chat_tools_go_with_them(store):
    people = found(store)
    rep = people.rep.person_id
    with store.writing() as session:
        session.get_one(Person, rep).wecom_id = "zhang.san"
        room = Room(customer_id=people.customer, opened_by_id=rep, opened_at=store.clock(), tags=[])
        session.add(room)
        session.flush()
        group = RoomGroup(room_id=room.id, kind="wecom", key="k", users={str(rep): "zhang.san", "9": "li.si"})
        session.add(group)
        session.flush()
        for state in ("sent", "waiting"):
            step = GroupStep(group_id=group.id, what="join", key=state, person_id=rep, user="zhang.san")
            step.state, step.due_at = state, store.clock()
            session.add(step)
    erase_person(store, people.admin, Kind.PERSON, rep, "Rep")
    with store.reading() as session:
        assert session.get_one(Person, rep).wecom_id is None
        assert session.scalars(select(RoomGroup.users)).one() == {"9": "li.si"}
        assert session.scalars(select(GroupStep.user)).all() == ["", ""]


# Texts of the store that are keys, kinds, states, addresses of ours or names of things: nobody's words.
OTHERS = {
    "address", "agent", "area", "cause", "channel", "command", "content", "country", "criterion",
    "currency", "decision", "decision_role", "declined_for", "deliverable", "digest_at", "direction",
    "ending", "entity", "error", "every", "expects", "field", "file", "gap", "grade", "horizon", "industry",
    "job", "key", "kind", "language", "layer", "level", "mark", "media_type", "model", "month", "name",
    "outcome", "page", "pain", "password_hash", "path", "period", "photo", "print", "problem", "product",
    "progress",
    "proposed", "quiet_from", "quiet_to", "reason", "recording", "ref", "region", "report", "result",
    "role", "rule", "sealed", "secret", "segment", "severity", "sha256", "state", "status", "subject",
    "test_error", "ticket_hash", "timezone", "token", "token_hash", "type", "unit", "urgency", "url",
    "username", "verdict", "video", "why",
    # Taken out with their person, or naming none:
    "room_group.chat_id", "room_group.alias", "room_group.link", "group_step.what",
    "person.wecom_id", "person.dingtalk_id", "person.feishu_id", "group_step.user",
}  # fmt: skip


def test_every_text_of_the_store_is_known_as_free_or_not():
    """A new column has to be decided on: either it is rubbed, or it holds nobody's words."""
    undecided = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, String) and f"{table.name}.{column.name}" not in FREE
        if OTHERS.isdisjoint({column.name, f"{table.name}.{column.name}"})
    ]
    assert not undecided
    known = {f"{t.name}.{c.name}" for t in Base.metadata.sorted_tables for c in t.columns}
    assert known >= FREE


# What of a person's goes when they are erased, and what stays with its marks, because it is counted, or says
# what was done to others' records.
GOES = {"draft", "home_wish", "notice_wishes", "saved_view", "studio_draft", "subscription"}
STAYS = {
    "action", "alert", "api_token", "attribution_finding", "audit", "business_event", "calendar_version",
    "coaching_note", "coaching_task", "collaboration_report", "commitment", "customer", "customer_delivery",
    "demand", "demand_attachment", "demand_pause", "earlier_answer", "escalation", "exchange_rate",
    "factor_request", "feature",
    "forecast_backtest", "forecast_decision", "forecast_line", "forecast_win", "group_step", "health_report",
    "import_batch", "launch", "message", "milestone_appeal", "milestone_result", "milestone_signature",
    "morning_brief", "morning_meeting", "opportunity", "planned_date", "policy_version", "promise",
    "promised_date", "proof_check", "proof_sample", "receipt", "report_version", "room", "room_member",
    "room_message", "room_task", "root_cause", "sign_review", "store_request", "stored_file", "talk",
    "talk_step", "usage_day", "user_session", "webhook", "weight_use", "weight_version",
}  # fmt: skip
UNTOLD = {"ballot_paper", "policy_version"}  # who voted is nobody's business, what is published the company's


def test_every_row_that_points_at_a_person_is_handed_over_and_decided_on(sqlite_store):
    """A new table with a person in it fails here until it is said what becomes of it."""
    world = strangers(sqlite_store)
    rep = world.ours.rep.person_id
    theirs = {t.name: _of_person(t) for t in Base.metadata.sorted_tables if _of_person(t)}
    assert set(theirs) == GOES | STAYS | {"ballot_paper"}
    with sqlite_store.reading() as session:
        held = {name for name, mine in theirs.items() if _rows_of(session, name, mine, rep)}
    assert held >= GOES
    inside = _unpacked(export_person(sqlite_store, world.company.admin, Kind.PERSON, rep))
    assert held - UNTOLD <= {n.removeprefix("rows/").removesuffix(".json") for n in inside}
    erase_person(sqlite_store, world.company.admin, Kind.PERSON, rep, "Haihe Rep")
    with sqlite_store.reading() as session:
        left = {name for name, mine in theirs.items() if _rows_of(session, name, mine, rep)}
    assert held - left == GOES


def _of_person(table: Any) -> list[Any]:
    """The columns that hold people's ids."""
    tied = [c for c in table.columns if any(k.target_fullname == "person.id" for k in c.foreign_keys)]
    return tied or [c for c in table.columns if c.name == "person_id"]


def _rows_of(session: Any, name: str, columns: list[Any], person: int) -> int:
    query = select(func.count()).select_from(Base.metadata.tables[name])
    return session.scalar(query.where(or_(*(column == person for column in columns))))


def _unpacked(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as found_in:
        return {name: found_in.read(name) for name in found_in.namelist()}


def _contact(store, name: str) -> int:
    with store.reading() as session:
        return session.scalars(select(Contact.id).where(Contact.name == name).order_by(Contact.id)).first()


def _version(store, company: Company) -> int:
    with store.reading() as session:
        return session.get_one(Person, company.rep.person_id).version


def _renamed(name: str) -> PersonInput:
    return PersonInput("rep", name, "rep", 1, "shen@example.com")


def _count(store, table: Any) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def _figures(store, company: Company) -> dict[str, str]:
    """What pages count, as text."""
    with store.reading() as session:
        by = {w: repr(board(session, company.director, Ask(NOON, w))) for w in (By.REP, By.CUSTOMER)}
        rows = {t.name: session.scalar(select(func.count()).select_from(t)) for t in _COUNTED}
    with store.writing() as session:  # a difference from the events would be a figure that moved
        apart = repr(differences(session))
        session.rollback()
    return {str(k): v for k, v in by.items()} | {"rows": repr(rows), "apart": apart}


_COUNTED = [t for t in Base.metadata.sorted_tables if t.name not in ("draft", "audit", "sign_in_attempt")]


def _dump(store) -> str:
    """Every word in the store."""
    with store.reading() as session:
        rows = [dict(r._mapping) for t in Base.metadata.sorted_tables for r in session.execute(select(t))]
    return json.dumps(rows, ensure_ascii=False, default=str)
