"""The studio: a draft is prepared, looked at, published as a version, and rolled back (PRODUCT.md F2).

Drafts are scratch paper, so without audit rows. Publishing and rolling back are commands: each makes a
new version of the policy, and what was written under an older one keeps it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from core.access import Permission, Who, reach
from core.definitions import dated, from_document, to_document
from core.messages import Conflict, Invalid, NotAllowed, NotFound, Problem, refuse
from core.policies import override
from core.reports.own import kept, shows_otherwise
from core.reports.own import to_document as to_document_of_report
from core.rules import check_values, with_values
from core.studio import LISTS, OWN, Area, Difference, differences, part_of, rebase, said, with_part
from data.commands.alerts import sweep
from data.commands.command import Tx, command
from data.commands.ratings import renew
from data.commands.studio_settling import misfits, put_tags, put_types, still_there, types_in_force
from data.commands.turns import take_turn
from data.engine import Store
from data.queries.policies import policy_changes
from data.queries.studio import changes_of, own_draft
from data.schema import Person, PolicyVersion, StudioDraft

NEEDS = Permission.CHANGE_STUDIO


def keep_rules(store: Store, who: Who, values: Mapping[str, Any]) -> None:
    """Set rules in the person's draft.

    Args:
        values: by rule, the new number, switch or choices.

    Raises:
        Invalid: a value out of its range, or out of order with another.
    """

    def put(content: dict[str, Any]) -> dict[str, Any]:
        refuse(check_values(content, values))
        return with_values(content, values)

    edit_draft(store, who, Area.RULES, put)


def discard_draft(store: Store, who: Who, area: Area) -> None:
    """Throw the person's draft of an area away; nothing happens when there is none."""
    with store.writing() as session:
        take_turn(session, who.person_id)
        if (draft := own_draft(session, who, area)) is not None:
            session.delete(draft)


def rebase_draft(store: Store, who: Who, area: Area) -> None:
    """Lay the person's draft over what somebody else has published since it was begun."""
    with store.writing() as session:
        draft = _draft(session, who, area)
        number, changes = policy_changes(session)
        seen = part_of(area, changes_of(session, draft.based_on))
        draft.content = rebase(area, seen, draft.content, part_of(area, changes))
        draft.based_on, draft.updated_at = number, store.clock()


@command("studio.publish", needs=NEEDS)
def publish(tx: Tx, area: Area, note: str) -> int:
    """Put the person's draft in force as a new version; returns its number.

    Raises:
        NotFound: there is no draft.
        Invalid: no reason was given, nothing changes, or the draft does not go together.
        Conflict: somebody else has published this area since the draft was begun.
    """
    draft = _draft(tx.session, tx.who, area)
    number, changes = policy_changes(tx.session)
    before = part_of(area, changes)
    if differences(area, part_of(area, changes_of(tx.session, draft.based_on)), before):
        raise Conflict("studio_overtaken", name=_publisher(tx.session, area))
    content = draft.content
    _require(note, differences(area, before, content))
    refuse(_misfits(area, changes, content))
    tx.session.delete(draft)
    return _publish(tx, area, number, with_part(area, changes, _settled(tx, area, content, before)), note)


@command("studio.restore", needs=NEEDS)
def restore(tx: Tx, area: Area, version: int, note: str) -> int:
    """Put an older version of an area in force again, 0 as shipped; returns the new version's number.

    Raises:
        NotFound: no such version.
        Invalid: no reason was given, or it is what is in force.
    """
    known = version == 0 or tx.session.query(PolicyVersion).filter_by(version=version).first() is not None
    if not known:
        raise NotFound(entity="policy")
    number, changes = policy_changes(tx.session)
    before, content = part_of(area, changes), part_of(area, changes_of(tx.session, version))
    settled = _settled(tx, area, content, before)
    _require(note, differences(area, before, settled))
    return _publish(tx, area, number, with_part(area, changes, settled), note)


def edit_draft(
    store: Store, who: Who, area: Area, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    """Change the person's draft of an area, begun from what is in force.

    Raises:
        NotAllowed: the person may not change the studio; the operator has no drafts.
    """
    if who.person_id is None or reach(who, NEEDS) is None:
        raise NotAllowed(permission=NEEDS)
    with store.writing() as session:
        take_turn(session, who.person_id)
        draft = own_draft(session, who, area)
        if draft is None:
            number, changes = policy_changes(session)
            draft = StudioDraft(area=area, person_id=who.person_id, based_on=number)
            draft.content = part_of(area, changes)
            session.add(draft)
        draft.content, draft.updated_at = change(dict(draft.content)), store.clock()


def _draft(session: Session, who: Who, area: Area) -> StudioDraft:
    take_turn(session, who.person_id)
    draft = own_draft(session, who, area)
    if draft is None:
        raise NotFound("studio_no_draft")
    return draft


def _require(note: str, changed: Sequence[Difference]) -> None:
    problems = [] if note.strip() else [Problem("note", "reason_required")]
    if not changed:
        problems.append(Problem("", "nothing_to_publish"))
    if problems:
        raise Invalid(problems)


def _misfits(area: Area, changes: dict[str, Any], content: dict[str, Any]) -> list[Problem]:
    """What does not go together in a draft as a whole: it may have been laid over somebody else's."""
    return misfits(area, override(with_part(area, changes, content), 0), override(changes, 0))


def _settled(tx: Tx, area: Area, content: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """A content as it comes into force: fields get their instant, and nothing that stood before is lost."""
    if area is Area.REPORTS:
        reports = kept(*(override(part, 0).own_reports for part in (content, before)))
        return {LISTS[area]: [to_document_of_report(r) for r in reports]}
    if area is Area.TAGS:
        tags = still_there(content.get("tags", ()), before.get("tags", ()))
        return {"tags": tags} if tags else {}
    if area is Area.STAGES:
        types = types_in_force(content.get("stages", ()), before.get("stages", ()), tx.now)
        return {"stages": types} if types else {}
    if area is not Area.FIELDS:
        return content
    wanted, stood = ([from_document(d) for d in part.get(OWN, ())] for part in (content, before))
    return {OWN: [to_document(f) for f in dated(wanted, stood, tx.now)]}


def _publish(tx: Tx, area: Area, number: int, changes: dict[str, Any], note: str) -> int:
    """The version after the one in force. Two who publish at once collide on it: the second is told."""
    before = part_of(area, policy_changes(tx.session)[1])
    row = PolicyVersion(version=number + 1, changes=changes, area=area, note=note.strip())
    row.published_at, row.published_by = tx.now, tx.who.person_id
    tx.session.add(row)
    tx.session.flush()
    if area is Area.TAGS:
        put_tags(tx.session, override(changes, row.version).tags)
    if area is Area.STAGES:
        put_types(tx.session, override(changes, row.version).stages, tx.now)
    if area in (Area.RULES, Area.STAGES):
        sweep(tx.session, tx.now, override(changes, row.version))
    changed = differences(area, before, part_of(area, changes))
    if area is Area.REPORTS:
        renew(tx, [one.item for one in changed if shows_otherwise(one.before, one.after)], row.note)
    old, new = said(changed)
    tx.audit("policy", row.id, before=old, after=new | {"reason": row.note})
    return row.version


def _publisher(session: Session, area: Area) -> str:
    query = (
        session.query(Person.name)
        .join(PolicyVersion, PolicyVersion.published_by == Person.id)
        .filter(PolicyVersion.area == area)
        .order_by(PolicyVersion.version.desc())
    )
    return str(query.limit(1).scalar() or "")
