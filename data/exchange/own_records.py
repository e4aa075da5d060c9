"""The company's own fields of customers and opportunities in rows of a file (PRODUCT.md F2, P1)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from core.definitions import value_of
from core.exchange.rows import Record
from core.fields import Field
from core.messages import Problem
from core.own_records import about, settle
from core.process.actions import own_fields
from data.exchange.lookups import People
from data.exchange.own_words import OwnValues
from data.exchange.plan import Plan
from data.jsontext import to_json

Row = Mapping[str, Any]


class OwnRecords:
    """Reads own fields of one kind of record, and lays them over what is stored."""

    def __init__(self, plan: Plan, place: str, records: Sequence[Record], people: People) -> None:
        self.plan, self.place = plan, place
        self.own = own_fields(place, plan.policy.own_fields, retired=True)
        self._values = OwnValues(plan, records, people)

    def wanted(
        self, record: Record, said: Row, stored: Row | None, known_at: datetime, problems: list[Problem]
    ) -> dict[str, Any]:
        """The columns that a row's own fields set; what is wrong with them is added to the problems.

        Args:
            said: the row's other columns.
            known_at: instant at which the record became known: what is older than a field need not have it.
        """
        if not self.own:
            return {}
        kept = dict(stored["fields"]) if stored else {}
        currency = said.get("currency") or (stored or {}).get("currency") or self.plan.policy.currency
        given, unknown = self._values.read(record, self.place, currency)
        known = {field.key: field for field in self.own}
        fresh = {key: value for key, value in given.items() if not _same(known[key], value, kept.get(key))}
        values = SimpleNamespace(**dict(stored or {}) | dict(said))
        found = settle(self.place, kept, fresh, about(self.place, values), self.own, known_at)
        named = {p.field for p in unknown}
        wrong = [Problem(p.field.removeprefix("fields."), p.code, p.params) for p in found.problems]
        problems += [*unknown, *(p for p in wrong if p.field not in named)]
        retired = {f.key: fresh[f.key] for f in self.own if f.retired and f.key in fresh}
        fields = to_json(found.fields | retired)
        return {} if fields == kept else {"fields": fields, "policy_version": self.plan.policy.version}


def _same(field: Field, value: Any, kept: Any) -> bool:
    """Whether a cell says what is stored: people and customers by their id, numbers whatever their zeros."""
    stood = value_of(field, kept)
    if isinstance(value, Mapping) and "id" in value:
        return isinstance(stood, Mapping) and stood.get("id") == value["id"]
    return bool(stood == value)
