"""Tags, action types and grades for the studio: what there is, and what a draft of them would mean (F2)."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access import Permission, Who, reach
from core.grades import proposed
from core.messages import NotAllowed
from core.policies import Policy
from core.process.stages import PIPELINE, STAGES
from core.terms import ActionStatus, Outcome
from core.vocabulary import ActionType, Tag, all_types, counts_by_itself
from data.once import recalled
from data.queries.grades import grade_facts
from data.schema import Action, Customer, CustomerTag, Opportunity, OpportunityState, Pipeline, Stage
from data.schema import Tag as Row
from data.text import LANGUAGES, catalogue

EXAMPLES = 5
MOST = 2_000  # newest customers that a draft of grade rules is held against


@dataclass(frozen=True, slots=True)
class TagUse:
    """A tag as the draft has it, and how many customers carry it; `fresh` is in nobody's hands yet."""

    tag: Tag
    customers: int
    fresh: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """Customers that "follow up together" is offered for, under what is in force and under the draft.

    Attributes:
        examples: (id, name) of those for whom that changes.
    """

    before: int
    after: int
    examples: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class StageUse:
    """An action type as the draft has it: how many actions are of it, and how many open opportunities stand
    at it, and how many steps of it are planned; `fresh` is one that the draft adds."""

    type: ActionType
    actions: int
    planned: int
    opportunities: int
    fresh: bool


@dataclass(frozen=True, slots=True)
class Regraded:
    """A customer for whom the draft's rules propose another grade than it has."""

    id: int
    name: str
    grade: str | None
    proposal: str


@dataclass(frozen=True, slots=True)
class GradesPreview:
    """What grade rules would propose.

    Attributes:
        customers: how many were looked at.
        proposals: by grade, how many it would be proposed for.
        other: how many have another grade than is proposed.
    """

    customers: int
    proposals: dict[str, int]
    other: int
    examples: tuple[Regraded, ...]


def tags_in_use(session: Session, who: Who, tags: Sequence[Tag]) -> tuple[TagUse, ...]:
    """Every tag, defined or merely there, those of high value first.

    Args:
        tags: the company's definitions, as the draft has them.
    """
    _allow(who)
    defined = {tag.key: tag for tag in tags}
    query = select(Row.key, func.count(CustomerTag.customer_id)).outerjoin(
        CustomerTag, CustomerTag.tag_id == Row.id
    )
    carried = {key: n for key, n in session.execute(query.group_by(Row.id, Row.key).order_by(Row.id))}
    found = [
        TagUse(defined.get(key) or as_shipped(key), carried.get(key, 0), key not in carried)
        for key in dict.fromkeys((*carried, *defined))
    ]
    return tuple(sorted(found, key=lambda use: (use.tag.retired, not use.tag.high_value)))


def tags_preview(session: Session, who: Who, in_force: Policy, draft: Policy) -> Reach:
    """For how many customers a draft of tags opens or closes "follow up together"."""
    _allow(who)
    query = select(CustomerTag.customer_id, Customer.name, Row.key).join(Row, Row.id == CustomerTag.tag_id)
    query = query.join(Customer, Customer.id == CustomerTag.customer_id).order_by(Customer.name, Customer.id)
    carried: dict[tuple[int, str], list[str]] = {}
    for customer, name, key in session.execute(query):
        carried.setdefault((customer, name), []).append(key)
    high = [_high(policy) for policy in (in_force, draft)]
    stands = {
        one: tuple(sum(map(counts, keys)) >= in_force.high_value_tags for counts in high)
        for one, keys in carried.items()
    }
    moved = tuple(one for one, (before, after) in stands.items() if before is not after)
    before, after = (sum(pair[n] for pair in stands.values()) for n in (0, 1))
    return Reach(before, after, moved[:EXAMPLES])


@recalled
def stages_in_use(session: Session, who: Who, types: Sequence[ActionType]) -> tuple[StageUse, ...]:
    """Action types in their order, with what is recorded, planned and standing under each.

    Args:
        types: as the draft has them.
    """
    _allow(who)
    living = select(Action.type, Action.status, func.count()).where(Action.voided_at.is_(None))
    rows = session.execute(living.group_by(Action.type, Action.status))
    actions = {(type_, status): n for type_, status, n in rows}
    standing = (
        select(Stage.key, func.count())
        .join(OpportunityState, OpportunityState.stage_id == Stage.id)
        .join(Opportunity, Opportunity.id == OpportunityState.opportunity_id)
        .join(Pipeline, Pipeline.id == Stage.pipeline_id)
        .where(Pipeline.key == PIPELINE, Opportunity.outcome == Outcome.OPEN)
    )
    opportunities = {key: n for key, n in session.execute(standing.group_by(Stage.key))}
    known = set(session.scalars(select(Stage.key).join(Pipeline).where(Pipeline.key == PIPELINE)))
    return tuple(
        StageUse(
            one,
            actions.get((one.key, ActionStatus.COMPLETED), 0),
            actions.get((one.key, ActionStatus.PLANNED), 0),
            opportunities.get(one.key, 0),
            one.key not in known,
        )
        for one in all_types(types)
    )


def grades_preview(session: Session, who: Who, draft: Policy, now: datetime) -> GradesPreview:
    """What a draft of grade rules would propose for the newest customers."""
    _allow(who)
    newest = select(Customer.id).order_by(Customer.created_at.desc(), Customer.id.desc()).limit(MOST)
    facts = grade_facts(session, session.scalars(newest).all(), draft, now)
    found = [(one, p) for one in facts if (p := proposed(draft.grade_rules, one.values)) is not None]
    other = [Regraded(one.id, one.name, one.grade, p) for one, p in found if p != one.grade]
    counts = Counter(p for _, p in found)
    return GradesPreview(len(facts), dict(sorted(counts.items())), len(other), tuple(other[:EXAMPLES]))


def as_shipped(key: str) -> Tag:
    """A tag that the company has not defined: called as the product, or a file, calls it."""
    label = {one: catalogue(one).get(f"terms.tag.{key}", key) for one in LANGUAGES}
    return Tag(key, label, high_value=counts_by_itself(key))


def shipped_stages() -> dict[str, dict[str, str]]:
    """What the product calls its action types, by language."""
    return {key: {one: catalogue(one)[f"terms.stage.{key}"] for one in LANGUAGES} for key in STAGES}


def _high(policy: Policy) -> Callable[[str], bool]:
    defined = {tag.key: tag.high_value for tag in policy.tags}
    return lambda key: defined.get(key, counts_by_itself(key))


def _allow(who: Who) -> None:
    if reach(who, Permission.CHANGE_STUDIO) is None:
        raise NotAllowed(permission=Permission.CHANGE_STUDIO)
