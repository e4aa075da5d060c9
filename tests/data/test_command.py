"""Commands: once per key under competition, one audit row, nothing half-written."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from core.access import Permission
from core.messages import NotAllowed
from data.commands.actions import record_action
from data.commands.command import COMMANDS, Command, Tx
from data.schema import Action, Audit, Draft
from tests.company import found
from tests.data.test_record_action import done


def test_twenty_hands_submitting_one_form_write_once(store):
    people = found(store)
    action = done(store, "appointment", hours_ago=1)
    with ThreadPoolExecutor(20) as hands:
        ids = list(
            hands.map(
                lambda _: record_action.once(store, people.rep, "form", people.opportunity, action), range(20)
            )
        )
    with store.reading() as session:
        completed = session.scalar(select(func.count()).where(Action.status == "completed"))
        audits = session.scalar(select(func.count()).where(Audit.command == "action.record"))
    assert (len(set(ids)), completed, audits) == (1, 1, 1)


def test_the_same_key_of_two_people_is_two_submissions(store):
    people = found(store)
    action = done(store, "appointment", hours_ago=1)
    mine = record_action.once(store, people.rep, "1", people.opportunity, action)
    theirs = record_action.once(store, people.stranger, "1", people.strange_opportunity, action)
    assert mine != theirs


def test_a_command_without_an_audit_row_is_refused_and_writes_nothing(store):
    people = found(store)

    def forgetful(tx: Tx) -> None:
        tx.session.add(Draft(person_id=people.rep.person_id, kind="x", key="x", body={}, updated_at=tx.now))

    with pytest.raises(AssertionError, match="no audit row"):
        Command("test.forgetful", Permission.TODAY, forgetful)(store, people.rep)
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(Draft)) == 0


def test_a_role_without_the_permission_is_refused_before_anything_happens(store):
    people = found(store)
    with pytest.raises(NotAllowed):
        COMMANDS["action.record"](store, people.product, people.opportunity, None)
