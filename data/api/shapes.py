"""What goes over the wire: the base of all bodies, answers and queries, and their few kinds of values."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from core.customers import MAX_NAME
from core.fields import MAX_TEXT

_FIRST, _LAST = 1900, 2200  # years: beyond them a date is a typing error, and arithmetic may overflow
_DAY = r"\d{4}-\d{2}-\d{2}"
_INSTANT = rf"{_DAY}[Tt ].+"
LARGEST_ID = 2**53 - 1  # what a JSON number holds exactly


def _clean(text: str) -> str:
    if "\x00" in text:  # PostgreSQL keeps none
        raise PydanticCustomError("bad_text", "a NUL character")
    return text


def _likely(day: date) -> date:
    if not _FIRST <= day.year <= _LAST:
        raise PydanticCustomError("date_range", "no likely year")
    return day


def _written(code: str, form: str) -> BeforeValidator:
    """Dates and instants are written out: pydantic would take numbers for seconds since 1970, too."""

    def check(value: Any) -> Any:
        if not (isinstance(value, str) and re.fullmatch(form, value)):
            raise PydanticCustomError(code, "not written as a date")
        return value

    return BeforeValidator(check)


def _instant(at: datetime) -> datetime:
    _likely(at)
    return at.astimezone(UTC)


Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Version = Annotated[int, Field(ge=1, le=LARGEST_ID, description="The version that you saw.")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=MAX_NAME), AfterValidator(_clean)]
Said = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT), AfterValidator(_clean)]
Short = Annotated[str, StringConstraints(max_length=300), AfterValidator(_clean)]
Words = Annotated[str, StringConstraints(max_length=MAX_TEXT), AfterValidator(_clean)]
Long = Annotated[str, StringConstraints(max_length=20_000), AfterValidator(_clean)]
Instant = Annotated[
    AwareDatetime, Field(strict=False), AfterValidator(_instant), _written("bad_instant", _INSTANT)
]
Day = Annotated[date, Field(strict=False), AfterValidator(_likely), _written("bad_date", _DAY)]
Amount = Annotated[Decimal, Field(max_digits=16, decimal_places=4, allow_inf_nan=False)]
Money = Annotated[Decimal, PlainSerializer(lambda amount: f"{amount.normalize():f}", return_type=str)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


def choice(*keys: str) -> Any:
    """A field's known values, for the document; the core's rules are what refuses others."""
    return Field(json_schema_extra={"enum": list(keys)})


class Body(BaseModel):
    """What a request says: only known fields, of the very types."""

    model_config = ConfigDict(extra="forbid", strict=True)

    def given(self) -> dict[str, Any]:
        """The fields that the request named, but for the version."""
        return {name: getattr(self, name) for name in self.model_fields_set if name != "version"}


def _without_defaults(schema: dict[str, Any]) -> None:
    for field in schema["properties"].values():
        field.pop("default", None)


class Change(Body):
    """What is to change; fields that are not named stay as they are, whatever their defaults here."""

    model_config = ConfigDict(json_schema_extra=_without_defaults)

    version: Version


class Query(BaseModel):
    """What an address says after its question mark."""

    model_config = ConfigDict(extra="forbid")


class ListQuery(Query):
    """A list in pages, by id. Follow `next_cursor` until it is null."""

    cursor: Annotated[str, StringConstraints(max_length=60)] | None = Field(
        None, description="`next_cursor` of the page before."
    )
    limit: int = Field(50, ge=1, le=200, description="Most records of a page.")
    updated_since: Instant | None = Field(
        None, description="Only what was written or changed from this instant on."
    )


class Answer(BaseModel):
    """What is answered, read from a record of the store."""

    model_config = ConfigDict(from_attributes=True)


class MistakeReason(Body):
    """Why it was a mistake."""

    reason: Said


class Page(Answer):
    """One page of a list."""

    items: list[Any]
    next_cursor: str | None = Field(description="Of the next page; null on the last one.")


class ErrorItem(BaseModel):
    """One thing that is wrong with a request."""

    detail: str
    code: str = Field(description="Stable; the detail is translated.")
    pointer: str | None = Field(None, description="JSON pointer into the body.")
    parameter: str | None = Field(None, description="Name in the address.")
    header: str | None = None


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str = Field(description="Stable; title and detail are translated by Accept-Language.")
    detail: str
    errors: list[ErrorItem] = []
    reference: str | None = Field(None, description="Tell it your administrator.")
