"""The company's own fields of customers and opportunities over HTTP (PRODUCT.md F2, F3)."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import Field

from core.messages import Invalid, refuse
from core.process.actions import own_fields
from core.process.wire import read_fields
from data.api.operation import Call
from data.queries.policies import policy_in_force

SAID: Any = Field(
    {}, description="The company's own fields by key; those that are not named stay, null empties."
)
KEPT: Any = Field({}, description="The company's own fields that hold something, by key.")


def carried_out(
    call: Call, place: str, said: Mapping[str, Any], work: Callable[[dict[str, Any]], int]
) -> int:
    """Do the work with own fields read; what cannot be read is told together with all else that is wrong."""
    fields, unread = read_fields(own_fields(place, policy_in_force(call.session).own_fields), said)
    try:
        found = work(fields)
    except Invalid as error:
        named = {problem.field for problem in unread}
        raise Invalid([*unread, *(p for p in error.problems if p.field not in named)]) from error
    refuse(unread)  # the transaction of the whole request is taken back
    return found
