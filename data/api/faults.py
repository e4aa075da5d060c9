"""What is wrong with a request, as `application/problem+json` in the reader's language (RFC 9457)."""

import logging
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from pydantic import ValidationError
from starlette.responses import Response

from core.messages import AppError, Conflict, Invalid, NotAllowed, NotFound, Problem, Unavailable
from data.api import shapes
from data.text import LOCALES, translate

MEDIA = "application/problem+json"
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
RETRY_SECONDS = "5"
_STATUS = {NotFound: 404, NotAllowed: 403, Conflict: 409, Invalid: 422, Unavailable: 503}
_NAMED_BY_ID = ("owner", "customer", "opportunity", "contact", "demand", "action")  # core's names for `…_id`
_CODES = {
    "missing": "required",
    "string_type": "not_text",
    "string_too_short": "required",
    "string_too_long": "too_long",
    "too_long": "too_many_items",
    "literal_error": "unknown_choice",
    "extra_forbidden": "unknown_field",
    "json_invalid": "bad_json",
    "int_type": "not_number",
    "int_parsing": "not_number",
    "float_type": "not_number",
    "float_parsing": "not_number",
    "decimal_type": "not_number",
    "decimal_parsing": "not_number",
    "decimal_max_digits": "number_too_large",
    "decimal_whole_digits": "number_too_large",
    "date_type": "bad_date",
    "date_parsing": "bad_date",
    "date_from_datetime_parsing": "bad_date",
    "date_range": "bad_date",
    "bad_date": "bad_date",
    "bad_instant": "bad_instant",
    "datetime_type": "bad_instant",
    "datetime_parsing": "bad_instant",
    "datetime_from_date_parsing": "bad_instant",
    "timezone_aware": "bad_instant",
}
_log = logging.getLogger(__name__)


class Refusal(Exception):
    """A request that does not get as far as the product's own rules; `code` is a key under `api.detail`."""

    def __init__(
        self, status: int, code: str, headers: Mapping[str, str] | None = None, **params: Any
    ) -> None:
        self.status, self.code, self.headers, self.params = status, code, dict(headers or {}), params
        super().__init__(status, code)


def fault(error: Exception, language: str, place: str, zone: str = "UTC") -> Response:
    """The answer to an error.

    Args:
        place: what a problem's field names: `pointer`, `parameter` or `header`.
        zone: of the person, in which instants are said.
    """
    if isinstance(error, Refusal):
        detail = translate(language, f"api.detail.{error.code}", **error.params)
        return _answer(language, error.status, error.code, detail, headers=error.headers)
    if isinstance(error, Invalid):
        return _invalid(language, error.problems, place, zone)
    if isinstance(error, AppError):
        words = {key: _said(value, language, zone) for key, value in error.params.items()}
        words |= {"n": words["count"]} if "count" in words else {}
        status = _STATUS.get(type(error), 409)
        detail = translate(language, f"errors.{error.code}", **words)
        later = {"Retry-After": RETRY_SECONDS} if status == 503 else {}
        return _answer(language, status, error.code, detail, headers=later)
    reference = secrets.token_hex(4)
    _log.error("request failed, reference %s", reference, exc_info=error)
    detail = translate(language, "api.detail.unexpected", reference=reference)
    return _answer(language, 500, "unexpected", detail, reference=reference)


def problems_of(error: ValidationError) -> Invalid:
    """What pydantic found, as the product says it."""
    return Invalid([_problem(found) for found in error.errors(include_url=False)])


def _problem(found: Any) -> Problem:
    code = _CODES.get(found["type"], "bad_value")
    field = ".".join(str(part) for part in found["loc"])
    limit = found.get("ctx", {}).get("max_length")
    params: dict[str, Any] = {"limit": limit} if code in ("too_long", "too_many_items") else {}
    if code == "unknown_choice":
        params = {"value": str(found["input"])[:80]}
    return Problem("" if code == "bad_json" else field, code, params)


def _invalid(language: str, problems: Sequence[Problem], place: str, zone: str) -> Response:
    items = [
        shapes.ErrorItem(
            code=problem.code,
            detail=translate(
                language,
                f"problems.{problem.code}",
                **{key: _said(value, language, zone) for key, value in problem.params.items()},
            ),
            **{place: _pointer(problem.field) if place == "pointer" else problem.field},
        )
        for problem in problems
    ]
    detail = translate(language, "api.detail.invalid", n=len(items))
    return _answer(language, 422, "invalid", detail, errors=items)


def _pointer(field: str) -> str:
    """A field as a JSON pointer (RFC 6901).

    >>> _pointer("signals.0.opportunity"), _pointer("")
    ('/signals/0/opportunity_id', '')
    """
    parts = [part for part in field.split(".") if part]
    if parts and parts[-1] in _NAMED_BY_ID:
        parts[-1] += "_id"
    return "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in parts)


def _said(value: Any, language: str, zone: str) -> Any:
    if isinstance(value, datetime):
        return format_datetime(value, "medium", tzinfo=ZoneInfo(zone), locale=LOCALES[language])
    return value


def _answer(
    language: str,
    status: int,
    code: str,
    detail: str,
    *,
    errors: Sequence[shapes.ErrorItem] = (),
    reference: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    body = shapes.Problem(
        type=f"urn:firebreak:problem:{code}",
        title=translate(language, f"api.title.s{status}"),
        status=status,
        code=code,
        detail=detail,
        errors=list(errors),
        reference=reference,
    )
    spoken = {"Content-Language": language} | HEADERS | dict(headers or {})
    return Response(
        body.model_dump_json(exclude_none=True), status_code=status, media_type=MEDIA, headers=spoken
    )
