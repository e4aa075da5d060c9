"""Records of each kind as rows that import again without loss, limited to what the person may see."""

import csv
import io
import json
import re
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, RowMapping, bindparam, func, select, true, update
from sqlalchemy.orm import Session, aliased

from core.access import Permission, Who
from core.exchange.kinds import KINDS, Kind, own_of, with_own
from core.exchange.tables import Cell, guard
from core.fields import Field
from core.fields import Kind as FieldKind
from core.terms import ActionStatus, Outcome
from data.exchange.own_words import OwnWords
from data.exchange.xlsx import write_xlsx
from data.jsontext import to_json
from data.queries import scope
from data.queries.policies import policy_in_force
from data.schema import (
    Action,
    Contact,
    Customer,
    CustomerTag,
    Demand,
    DemandPause,
    Feature,
    Interaction,
    Opportunity,
    OpportunityState,
    Person,
    Pipeline,
    PlannedDate,
    Promise,
    PromisedDate,
    Signal,
    Stage,
    StageEvent,
    Tag,
    Team,
)

Record = Mapping[str, Any]
EXPORT = Permission.EXPORT
_PLAIN_NAME = re.compile(r"[^;；|()（）\[\]]*")


def export_rows(session: Session, who: Who, kind: str) -> tuple[list[str], list[list[Cell]]]:
    """Headers and rows of a kind within the person's reach.

    Records without a reference get a permanent one first: an export names records by it, and an
    import knows them again by it.
    """
    own = policy_in_force(session).own_fields
    _give_refs(session, who, (*_NAMED[kind], *_named_by(own_of(kind, own))))
    spec = with_own(KINDS[kind], own)
    headers = [*(c.name for c in spec.columns), *spec.told]
    zone = ZoneInfo(who.timezone)
    rows = [[_cell(record.get(h), zone) for h in headers] for record in _RECORDS[kind](session, who)]
    return headers, rows


def as_file(kind: str, form: str, headers: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """A file of these rows: `csv` (UTF-8 with BOM, as spreadsheets expect) or `xlsx`."""
    if form == "xlsx":
        return write_xlsx(kind, headers, rows)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(headers)
    writer.writerows([guard(c) if isinstance(c, str) else c for c in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def template(kind: str, form: str, own: Sequence[Field] = ()) -> bytes:
    """An empty file of a kind, with its headers; those of the company's own fields in use too."""
    spec: Kind = with_own(KINDS[kind], (f for f in own if not f.retired))
    return as_file(kind, form, [c.name for c in spec.columns], [])


def _cell(value: Any, zone: ZoneInfo) -> Cell:
    match value:
        case datetime():
            return value.astimezone(zone).isoformat()
        case Decimal():
            plain = value.normalize()
            return plain if plain != plain.to_integral() else plain.quantize(Decimal(1))
        case bool():
            return str(value).lower()
        case _:
            return value  # type: ignore[no-any-return]  # a cell is any value


_REACHED: dict[type[Any], Callable[[Who], ColumnElement[bool]]] = {
    Customer: lambda who: scope.customers(who, EXPORT),
    Contact: lambda who: Contact.customer_id.in_(select(Customer.id).where(scope.customers(who, EXPORT))),
    Opportunity: lambda who: scope.owned(who, EXPORT, Opportunity.owner_id),
    Action: lambda who: scope.owned(who, EXPORT, Action.owner_id),
    Interaction: lambda who: Interaction.customer_id.in_(
        select(Customer.id).where(scope.customers(who, EXPORT))
    ),
    Signal: lambda who: Signal.customer_id.in_(select(Customer.id).where(scope.customers(who, EXPORT))),
    Promise: lambda who: Promise.customer_id.in_(select(Customer.id).where(scope.customers(who, EXPORT))),
    Feature: lambda who: true(),  # features are nobody's own
    Demand: lambda who: Demand.customer_id.in_(select(Customer.id).where(scope.customers(who, EXPORT))),
}
_NAMED: dict[str, tuple[type[Any], ...]] = {
    "users": (),
    "customers": (Customer,),
    "contacts": (Customer, Contact),
    "opportunities": (Customer, Opportunity),
    "stage_changes": (Opportunity,),
    "actions": (Opportunity, Action),
    "interactions": (Customer, Contact, Opportunity, Interaction),
    "signals": (Customer, Opportunity, Signal),
    "demands": (Customer, Contact, Opportunity, Demand, Feature),
    "promises": (Customer, Contact, Demand, Promise, Feature),
}


def _named_by(own: Sequence[Field]) -> tuple[type[Any], ...]:
    """What own fields name by reference where a name alone would not do."""
    return (Customer,) if any(f.kind is FieldKind.CUSTOMER for f in own) else ()


def _give_refs(session: Session, who: Who, tables: Sequence[type[Any]]) -> None:
    for table in tables:
        reached = _REACHED[table](who)
        if table is Opportunity and Action in tables:
            reached = Opportunity.ref.is_(None)  # an action may be on a colleague's opportunity
        ids = session.scalars(select(table.id).where(table.ref.is_(None), reached)).all()
        if ids:
            statement = update(table.__table__).where(table.__table__.c.id == bindparam("row_id"))
            fresh = [{"row_id": i, "given": f"fb{secrets.token_hex(8)}"} for i in ids]
            session.connection().execute(statement.values(ref=bindparam("given")), fresh)


def _ambiguous(session: Session, table: type[Customer] | type[Contact], *by: Any) -> set[tuple[Any, ...]]:
    query = select(*by).group_by(*by).having(func.count(table.id) > 1)
    return {tuple(row) for row in session.execute(query)}


def _word(ambiguous: set[tuple[Any, ...]], key: tuple[Any, ...], ref: str | None) -> str | None:
    """A record's name where it is the only one of that name, else its reference."""
    return ref if key in ambiguous else key[-1]


def _users(session: Session, who: Who) -> Iterator[Record]:
    query = (
        select(*Person.__table__.columns, Team.name.label("team"), Team.region)
        .outerjoin(Team, Team.id == Person.team_id)
        .where(scope.owned(who, EXPORT, Person.id))
        .order_by(Person.id)
    )
    yield from map(dict, session.execute(query).mappings())


def _with_own(session: Session, found: Iterable[RowMapping]) -> Iterator[dict[str, Any]]:
    """Customers or opportunities with their own fields by column."""
    rows = [dict(row) for row in found]
    own = OwnWords(session, policy_in_force(session).own_fields, [row["fields"] for row in rows])
    for row in rows:
        yield row | own.said(row["fields"])


def _customers(session: Session, who: Who) -> Iterator[Record]:
    tags: dict[int, list[str]] = defaultdict(list)
    carried = select(CustomerTag.customer_id, Tag.key).join(Tag).order_by(CustomerTag.customer_id, Tag.key)
    for customer_id, key in session.execute(carried):
        tags[customer_id].append(key)
    query = (
        select(*Customer.__table__.columns, Person.username.label("owner"))
        .outerjoin(Person, Person.id == Customer.owner_id)
        .where(scope.customers(who, EXPORT))
        .order_by(Customer.id)
    )
    for row in _with_own(session, session.execute(query).mappings().all()):
        yield row | {"tags": "; ".join(tags[row["id"]])}


def _contacts(session: Session, who: Who) -> Iterator[Record]:
    ambiguous = _ambiguous(session, Customer, Customer.name)
    query = (
        select(*Contact.__table__.columns, Customer.name.label("at"), Customer.ref.label("at_ref"))
        .join(Customer, Customer.id == Contact.customer_id)
        .where(scope.customers(who, EXPORT))
        .order_by(Contact.id)
    )
    for row in session.execute(query).mappings():
        yield dict(row) | {"customer": _word(ambiguous, (row["at"],), row["at_ref"])}


def _opportunities(session: Session, who: Who) -> Iterator[Record]:
    ambiguous = _ambiguous(session, Customer, Customer.name)
    query = (
        select(
            *Opportunity.__table__.columns,
            Pipeline.name.label("pipeline"),
            Person.username.label("owner"),
            Customer.name.label("at"),
            Customer.ref.label("at_ref"),
            Stage.key.label("present_stage"),
        )
        .join(Pipeline, Pipeline.id == Opportunity.pipeline_id)
        .outerjoin(Person, Person.id == Opportunity.owner_id)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
        .outerjoin(OpportunityState, OpportunityState.opportunity_id == Opportunity.id)
        .outerjoin(Stage, Stage.id == OpportunityState.stage_id)
        .where(scope.owned(who, EXPORT, Opportunity.owner_id))
        .order_by(Opportunity.id)
    )
    for row in _with_own(session, session.execute(query).mappings().all()):
        yield row | {"customer": _word(ambiguous, (row["at"],), row["at_ref"])}


def _stage_changes(session: Session, who: Who) -> Iterator[Record]:
    query = (
        select(
            Opportunity.ref.label("opportunity"),
            Stage.key.label("stage"),
            StageEvent.happened_at.label("at"),
            Pipeline.name.label("pipeline"),
            Stage.position,
            StageEvent.recorded_at,
        )
        .join(Opportunity, Opportunity.id == StageEvent.opportunity_id)
        .join(Stage, Stage.id == StageEvent.stage_id)
        .join(Pipeline, Pipeline.id == Stage.pipeline_id)
        .where(StageEvent.voided_at.is_(None), scope.owned(who, EXPORT, Opportunity.owner_id))
        .order_by(StageEvent.happened_at, StageEvent.opportunity_id, StageEvent.id)
    )
    yield from map(dict, session.execute(query).mappings())


def _actions(session: Session, who: Who) -> Iterator[Record]:
    follows = aliased(Action)
    query = (
        select(
            *Action.__table__.columns,
            Opportunity.ref.label("opportunity"),
            Opportunity.closed_at,
            Opportunity.outcome.label("ended"),
            Person.username.label("owner"),
            follows.ref.label("follows"),
        )
        .join(Opportunity, Opportunity.id == Action.opportunity_id)
        .join(Person, Person.id == Action.owner_id)
        .outerjoin(follows, follows.id == Action.follows_id)
        .where(Action.voided_at.is_(None), scope.owned(who, EXPORT, Action.owner_id))
        .order_by(Action.id)
    )
    rows = [dict(row) for row in session.execute(query).mappings()]
    by_opportunity: dict[int, list[Record]] = defaultdict(list)
    for row in rows:
        by_opportunity[row["opportunity_id"]].append(row)
    own = OwnWords(session, policy_in_force(session).own_fields, [row["fields"] for row in rows])
    for row in rows:
        shipped = {k: v for k, v in row["fields"].items() if k not in own.own}
        said = _said_fields(shipped) | own.said(row["fields"])
        yield dict(row) | said | _what_next(row, by_opportunity[row["opportunity_id"]])


def _what_next(row: Record, siblings: Sequence[Record]) -> dict[str, Any]:
    """The next step that a completed action announced, or how it closed its opportunity."""
    if row["status"] != ActionStatus.COMPLETED:
        return {}
    if row["ended"] != Outcome.OPEN and row["closed_at"] == row["ended_at"]:
        return {"outcome": row["ended"]}
    ahead = [s for s in siblings if s["planned_for"] and s["planned_for"] > row["recorded_at"]]
    later = [s for s in ahead if s["id"] > row["id"]] or sorted(ahead, key=lambda s: s["planned_for"])
    if not later:
        return {}
    step = later[0]
    return {"next_type": step["type"], "next_at": step["planned_for"], "next_note": step["note"]}


def _said_fields(fields: Record) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for key, value in fields.items():
        if isinstance(value, dict):
            said |= {key: Decimal(str(value["amount"])), "currency": value["currency"]}
        elif isinstance(value, list):
            said[key] = people_text(value)
        else:
            said[key] = value
    return said


def people_text(people: Sequence[Mapping[str, str]]) -> str:
    """People with their roles as one cell.

    >>> people_text([{"name": "Wu", "role": "buyer"}])
    'Wu (buyer)'
    """
    if all(_PLAIN_NAME.fullmatch(p["name"]) for p in people):
        return "; ".join(f"{p['name']} ({p['role']})" for p in people)
    return json.dumps(people, ensure_ascii=False)


def _interactions(session: Session, who: Who) -> Iterator[Record]:
    names = _ambiguous(session, Customer, Customer.name)
    same = _ambiguous(session, Contact, Contact.customer_id, Contact.name)
    query = (
        select(
            *Interaction.__table__.columns,
            Customer.name.label("at"),
            Customer.ref.label("at_ref"),
            Opportunity.ref.label("opportunity"),
            Contact.name.label("contact_name"),
            Contact.ref.label("contact_ref"),
        )
        .join(Customer, Customer.id == Interaction.customer_id)
        .outerjoin(Opportunity, Opportunity.id == Interaction.opportunity_id)
        .outerjoin(Contact, Contact.id == Interaction.contact_id)
        .where(scope.customers(who, EXPORT))
        .order_by(Interaction.id)
    )
    for row in session.execute(query).mappings():
        contact = _word(same, (row["customer_id"], row["contact_name"]), row["contact_ref"])
        yield dict(row) | {"customer": _word(names, (row["at"],), row["at_ref"]), "contact": contact}


def _signals(session: Session, who: Who) -> Iterator[Record]:
    names = _ambiguous(session, Customer, Customer.name)
    query = (
        select(
            *Signal.__table__.columns,
            Customer.name.label("at"),
            Customer.ref.label("at_ref"),
            Opportunity.ref.label("opportunity"),
        )
        .join(Customer, Customer.id == Signal.customer_id)
        .outerjoin(Opportunity, Opportunity.id == Signal.opportunity_id)
        .where(Signal.voided_at.is_(None), scope.customers(who, EXPORT))
        .order_by(Signal.id)
    )
    for row in session.execute(query).mappings():
        yield dict(row) | {"customer": _word(names, (row["at"],), row["at_ref"])}


def _demands(session: Session, who: Who) -> Iterator[Record]:
    names = _ambiguous(session, Customer, Customer.name)
    same = _ambiguous(session, Contact, Contact.customer_id, Contact.name)
    planned = latest_plan(session)
    query = (
        select(
            *Demand.__table__.columns,
            Customer.name.label("at"),
            Customer.ref.label("at_ref"),
            Opportunity.ref.label("opportunity"),
            Contact.name.label("contact_name"),
            Contact.ref.label("contact_ref"),
            Person.username.label("owner"),
            Feature.name.label("feature"),
            Feature.ref.label("feature_ref"),
            Feature.deliverable,
            Feature.reference,
        )
        .join(Customer, Customer.id == Demand.customer_id)
        .outerjoin(Opportunity, Opportunity.id == Demand.opportunity_id)
        .outerjoin(Contact, Contact.id == Demand.contact_id)
        .outerjoin(Person, Person.id == Demand.filed_by)
        .outerjoin(Feature, Feature.id == Demand.feature_id)
        .where(scope.customers(who, EXPORT))
        .order_by(Demand.id)
    )
    stood: dict[int, list[DemandPause]] = defaultdict(list)
    for pause in session.scalars(select(DemandPause).order_by(DemandPause.started_at)):
        stood[pause.demand_id].append(pause)
    for row in session.execute(query).mappings():
        contact = _word(same, (row["customer_id"], row["contact_name"]), row["contact_ref"])
        yield dict(row) | {
            "customer": _word(names, (row["at"],), row["at_ref"]),
            "contact": contact,
            "before": row["effect_before"],
            "after": row["effect_after"],
            "pauses": spans_text(stood[row["id"]]),
            "planned_on": planned.get(row["feature_id"]),
        }


def _promises(session: Session, who: Who) -> Iterator[Record]:
    names = _ambiguous(session, Customer, Customer.name)
    same = _ambiguous(session, Contact, Contact.customer_id, Contact.name)
    planned = latest_plan(session)
    query = (
        select(
            *Promise.__table__.columns,
            Customer.name.label("at"),
            Customer.ref.label("at_ref"),
            Contact.name.label("contact_name"),
            Contact.ref.label("contact_ref"),
            Person.username.label("owner"),
            Demand.ref.label("demand"),
            Feature.name.label("feature"),
            Feature.ref.label("feature_ref"),
            Feature.deliverable,
            Feature.reference,
        )
        .join(Customer, Customer.id == Promise.customer_id)
        .outerjoin(Contact, Contact.id == Promise.contact_id)
        .outerjoin(Person, Person.id == Promise.person_id)
        .outerjoin(Demand, Demand.id == Promise.demand_id)
        .outerjoin(Feature, Feature.id == Promise.feature_id)
        .where(scope.customers(who, EXPORT))
        .order_by(Promise.id)
    )
    dates = select(PromisedDate.promise_id, PromisedDate.promised_on).order_by(PromisedDate.id)
    told = {promise_id: day for promise_id, day in session.execute(dates)}
    for row in session.execute(query).mappings():
        yield dict(row) | {
            "customer": _word(names, (row["at"],), row["at_ref"]),
            "contact": _word(same, (row["customer_id"], row["contact_name"]), row["contact_ref"]),
            "promised_on": told[row["id"]],
            "planned_on": planned.get(row["feature_id"]),
        }


def latest_plan(session: Session) -> dict[int | None, date | None]:
    """The planned date of every feature as it stands."""
    dates = select(PlannedDate.feature_id, PlannedDate.planned_on).order_by(PlannedDate.id)
    return {feature_id: day for feature_id, day in session.execute(dates)}


def spans_text(pauses: Sequence[DemandPause]) -> str:
    """Pauses with their reasons as one cell, instants in UTC."""
    if all(_PLAIN_NAME.fullmatch(p.reason) for p in pauses):
        return "; ".join(f"{_ends(p)} ({p.reason})" if p.reason else _ends(p) for p in pauses)
    kept = [{"from": p.started_at, "to": p.ended_at, "reason": p.reason} for p in pauses]
    return json.dumps(to_json(kept), ensure_ascii=False)


def _ends(pause: DemandPause) -> str:
    end = pause.ended_at.isoformat() if pause.ended_at else ""
    return f"{pause.started_at.isoformat()}/{end}"


_RECORDS: dict[str, Callable[[Session, Who], Iterator[Record]]] = {
    "users": _users,
    "customers": _customers,
    "contacts": _contacts,
    "opportunities": _opportunities,
    "stage_changes": _stage_changes,
    "actions": _actions,
    "interactions": _interactions,
    "signals": _signals,
    "demands": _demands,
    "promises": _promises,
}
