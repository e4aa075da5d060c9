"""What the product says back: problems, findings, decisions and errors, as values with codes.

The core never writes sentences. A code and its parameters are translated at the edge
(`data.text`), so that form, import, API and notices say the same thing in each language.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any

from core.terms import Severity

Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input.

    Attributes:
        field: the input's field, dotted for parts (`next_step.planned_for`); "" for the whole.
        code: key under `problems.` in the catalogues.
        params: values for the sentence's placeholders.
        severity: ERROR stops the command, WARNING is only said.
    """

    field: str
    code: str
    params: Params = attribute(default_factory=dict)
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether somebody may do something, and why not (a code under `refusals.`)."""

    allowed: bool
    code: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule noticed (PRODUCT.md A3).

    Attributes:
        rule: the rule's name in the registry.
        key: deterministic; the same cause gives the same key, so it is told once.
        severity: RED or AMBER.
        params: numbers and names for the sentences `alerts.<rule>.why` and `.action`.
        drivers: ids of the records that prove it, e.g. action ids.
    """

    rule: str
    key: str
    severity: Severity
    params: Params = attribute(default_factory=dict)
    drivers: tuple[int, ...] = ()


class AppError(Exception):
    """Anything the product can explain to a person; `code` is a key under `errors.`."""

    code = "unexpected"

    def __init__(self, code: str | None = None, **params: Any) -> None:
        self.code = code or self.code
        self.params: Params = params
        super().__init__(self.code, dict(params))


class NotFound(AppError):
    """It does not exist, or not for this person."""

    code = "not_found"


class NotAllowed(AppError):
    """This role may not do that."""

    code = "not_allowed"


class Conflict(AppError):
    """Somebody else changed it first, or its state forbids this now."""

    code = "conflict"


class Unavailable(AppError):
    """Something the product needs does not answer; trying again later may help."""

    code = "unavailable"


class Invalid(AppError):
    """The input has problems; all of them, each at its field."""

    code = "invalid"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(count=len(problems))
        self.problems = tuple(problems)


def refuse(problems: Sequence[Problem]) -> None:
    """Raise `Invalid` when any problem is an error; warnings pass.

    Raises:
        Invalid: with every problem, warnings included, so that a form can show them all.
    """
    if any(p.severity is Severity.ERROR for p in problems):
        raise Invalid(problems)
