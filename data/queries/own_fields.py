"""The company's own fields: for the forms that ask for them, and as they were defined in a version (F2)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import Permission, Who, reach
from core.fields import Field, Kind
from core.messages import NotAllowed
from core.policies import override
from data.queries.policies import policy_in_force
from data.queries.record import records_to_name
from data.schema import PolicyVersion


@dataclass(frozen=True, slots=True)
class Company:
    """The company's own fields as they are defined now, and what they offer.

    Attributes:
        currency: the company's own.
        records: colleagues and customers by id, where a field asks for one.
    """

    own: tuple[Field, ...]
    currency: str
    records: Mapping[Kind, Mapping[int, str]]


def company_fields(session: Session, who: Who) -> Company:
    """The own fields for the forms of customers and opportunities.

    Raises:
        NotAllowed: the person may change neither.
    """
    if reach(who, Permission.EDIT_CUSTOMERS) is None:
        raise NotAllowed(permission=Permission.EDIT_CUSTOMERS)
    policy = policy_in_force(session)
    return Company(policy.own_fields, policy.currency, records_to_name(session, who))


def own_fields_by_version(session: Session, versions: Collection[int]) -> Mapping[int, tuple[Field, ...]]:
    """The company's own fields as they were defined in versions of the policy."""
    query = select(PolicyVersion.version, PolicyVersion.changes).where(PolicyVersion.version.in_(versions))
    return {version: override(changes, version).own_fields for version, changes in session.execute(query)}
