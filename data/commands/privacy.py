"""A person's data handed over, and erased (privacy): employees and customers' contacts alike."""

from collections.abc import Collection

from core.access import Permission
from core.messages import Conflict, Invalid, Problem
from core.privacy import GONE, Kind, Subject
from data.commands.command import Tx, command
from data.commands.people import keep_an_admin, locked_person
from data.engine import Store
from data.files import file_path
from data.privacy.erasing import erase
from data.privacy.handing import handed_over
from data.privacy.subjects import subject


@command("privacy.export", needs=Permission.MANAGE_PEOPLE)
def export_person(tx: Tx, kind: str, number: int) -> bytes:
    """Everything about one person as a ZIP of JSON and recordings.

    Raises:
        NotFound: no such person.
    """
    found = subject(tx.session, _kind(kind), number)
    archive, counts = handed_over(tx.session, found, tx.files)
    tx.audit(kind, number, after={"rows": sum(counts.values())})
    return archive


@command("privacy.erase", needs=Permission.MANAGE_PEOPLE)
def erase_person(tx: Tx, kind: str, number: int, said: str) -> list[str]:
    """Erase one person; the hashes of files whose bytes `forget` has to take off the disk.

    Args:
        said: the person's name, said once more: it cannot be taken back.

    Raises:
        NotFound: no such person.
        Conflict: erased already, or oneself.
        Invalid: another name was said, or nobody could administer the company any more.
    """
    found = subject(tx.session, _kind(kind), number)
    _may(tx, found, said)
    gone = erase(tx.session, found, tx.now)
    tx.audit(kind, number, after={"erased": True, "files": len(gone)})
    return gone


def forget(store: Store, gone: Collection[str]) -> None:
    """Take bytes off the disk, once the rows say they are gone; the nightly job finds what was missed."""
    for sha256 in gone:
        file_path(store, sha256).unlink(missing_ok=True)


def _kind(said: str) -> Kind:
    if said not in tuple(Kind):
        raise Invalid([Problem("kind", "unknown_choice", {"value": said})])
    return Kind(said)


def _may(tx: Tx, found: Subject, said: str) -> None:
    if found.name.startswith(GONE):
        raise Conflict("erased_already")
    if found.kind is Kind.PERSON:
        if found.id == tx.who.person_id:
            raise Conflict("erase_yourself")
        row = locked_person(tx, found.id)
        if row.role == "admin":
            keep_an_admin(tx, row)
    if said.strip() != found.name:
        raise Invalid([Problem("said", "not_the_name", {"name": found.name})])
