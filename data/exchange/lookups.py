"""Finding what rows refer to: people, customers, contacts, opportunities, pipelines and their stages."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from rapidfuzz import fuzz, process
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.exchange.cells import fold
from core.exchange.mapping import PipelineSpec
from core.messages import Problem
from core.process.stages import PIPELINE
from data.exchange.plan import Plan, fetch
from data.schema import Base, Contact, Customer, Opportunity, Person, Pipeline, Stage

_NEAR_ENOUGH = 88.0  # of 100, a customer's name that a file writes otherwise
_LEAST_LIKE = 4  # letters, below which many names hold a word
_MOST_NEAR, _MOST_NAMES = 200, 20_000  # words looked for in one file, and names they are held against


class People:
    """People by reference, user name or unambiguous name; capital letters make no other one."""

    def __init__(self, session: Session) -> None:
        self.rows: dict[int, dict[str, Any]] = {}
        self._names: dict[str, list[int]] = defaultdict(list)
        self._refs: dict[str, int] = {}
        self._usernames: dict[str, int] = {}
        for row in session.execute(select(*Person.__table__.columns)).mappings():
            self.put(dict(row))

    def put(self, row: dict[str, Any]) -> None:
        """Make a person known, stored or planned."""
        self.rows[row["id"]] = row
        self._names[row["name"].casefold()].append(row["id"])
        self._usernames[row["username"].lower()] = row["id"]
        if row.get("ref"):
            self._refs[row["ref"]] = row["id"]

    def find(self, word: str) -> int | None:
        """The person that a word means; None when nobody or more than one is meant."""
        found = self._refs.get(word) or self._usernames.get(word.lower())
        if found is not None:
            return found
        named = self._names.get(word.casefold(), [])
        return named[0] if len(named) == 1 else None

    def is_out(self, person_id: int | None) -> bool:
        """Whether it is somebody who is locked out, as one who left is."""
        return person_id is not None and not self.rows[person_id]["active"]

    def owner(self, word: str | None, problems: list[Problem]) -> int | None:
        """The owner that a row names; adds the problem when there is none."""
        if word is None:
            return None
        found = self.find(word)
        if found is None:
            problems.append(Problem("owner", "unknown_owner", {"value": word}))
        return found


class Named:
    """Stored records of a table by reference or unambiguous name.

    Args:
        refs: words that may be a reference, and a name as well unless `names` are told apart.
    """

    def __init__(
        self,
        plan: Plan,
        table: type[Customer] | type[Opportunity],
        refs: Collection[str],
        names: Collection[str] | None = None,
    ) -> None:
        self.table, self._session = table, plan.session
        self._alike: dict[str, str | None] = {}
        self.rows: dict[int, Mapping[str, Any]] = {}
        self._refs: dict[str, int] = {}
        self._names: dict[str, list[int]] = defaultdict(list)
        query = select(*table.__table__.columns)
        for column, wanted in ((table.ref, refs), (table.name, refs if names is None else names)):
            for row in fetch(plan.session, query, column, wanted):
                self.put(row)

    def put(self, row: Mapping[str, Any]) -> None:
        """Make a record known, stored or planned."""
        if row["id"] in self.rows:
            return
        self.rows[row["id"]] = row
        self._names[row["name"]].append(row["id"])
        if row["ref"]:
            self._refs[row["ref"]] = row["id"]

    def refer(self, row: Mapping[str, Any], ref: str) -> None:
        """Know a stored record by the reference that a row gives it: it is no later row's of that name."""
        self.rows[row["id"]] = {**row, "ref": ref}
        self._refs[ref] = row["id"]

    def by_ref(self, ref: str) -> Mapping[str, Any] | None:
        """The record that another system knows by this id."""
        return self.rows.get(self._refs.get(ref, 0))

    def by_name(self, name: str) -> list[Mapping[str, Any]]:
        """All records of that name."""
        return [self.rows[i] for i in self._names.get(name, [])]

    def find(self, word: str | None, field_name: str, problems: list[Problem]) -> Mapping[str, Any] | None:
        """The record that a row names; adds the problem when none or several are meant."""
        if word is None:
            return None
        if found := self.by_ref(word):
            return found
        named = self.by_name(word)
        if len(named) != 1:
            code = "ambiguous_name" if named else f"unknown_{field_name}"
            near = self._near(word) if code == "unknown_customer" else None
            said = Problem(field_name, "unknown_customer_near", {"value": word, "near": near})
            problems.append(said if near else Problem(field_name, code, {"value": word}))
            return None
        return named[0]

    def _near(self, word: str) -> str | None:
        """The stored name that is most like a word that names nobody; None where none is."""
        if word not in self._alike:
            known = len(self._alike) < _MOST_NEAR and len(fold(word)) >= _LEAST_LIKE
            names = self._all_names if known else {}
            found = process.extractOne(fold(word), names, scorer=fuzz.WRatio, score_cutoff=_NEAR_ENOUGH)
            self._alike[word] = found[2] if found else None
        return self._alike[word]

    @cached_property
    def _all_names(self) -> dict[str, str]:
        names = self._session.scalars(select(self.table.name).limit(_MOST_NAMES + 1)).all()
        return {name: fold(name) for name in names} if len(names) <= _MOST_NAMES else {}


class Contacts:
    """Contacts of customers, by name and by reference."""

    def __init__(self, session: Session, customers: Collection[int]) -> None:
        self._ids: dict[tuple[int, str], list[int]] = defaultdict(list)
        query = select(Contact.id, Contact.customer_id, Contact.name, Contact.ref)
        for row in fetch(session, query, Contact.customer_id, customers):
            for word in {row["name"], row["ref"]} - {None}:
                self._ids[row["customer_id"], word].append(row["id"])

    def find(self, customer_id: int, word: str, problems: list[Problem]) -> int | None:
        """The contact of a customer that a row names; adds the problem when none or several are meant."""
        found = self._ids.get((customer_id, word), [])
        if len(found) == 1:
            return found[0]
        code = "ambiguous_name" if found else "unknown_contact"
        problems.append(Problem("contact", code, {"value": word}))
        return None


@dataclass(slots=True)
class KnownPipeline:
    """A pipeline, stored or planned, with its stages by folded word."""

    id: int
    key: str
    name: str
    stages: dict[str, int] = field(default_factory=dict)

    @property
    def is_own(self) -> bool:
        """Whether it is Firebreak's own, whose stages no file may add to."""
        return self.key == PIPELINE


class Pipelines:
    """Pipelines by key or name; a file's own are planned as it needs them."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._by_id: dict[int, KnownPipeline] = {}
        self._by_word: dict[str, KnownPipeline] = {}
        for pipeline_id, key, name in plan.session.execute(select(Pipeline.id, Pipeline.key, Pipeline.name)):
            self._put(KnownPipeline(pipeline_id, key, name))
        stages = select(Stage.id, Stage.pipeline_id, Stage.key).order_by(Stage.pipeline_id, Stage.position)
        for stage_id, pipeline_id, key in plan.session.execute(stages):
            self._by_id[pipeline_id].stages[fold(key)] = stage_id
        own = self._by_word[fold(PIPELINE)]
        for word, key in plan.mapping.formats.words.get("stage", {}).items():
            if key in own.stages or fold(key) in own.stages:
                own.stages.setdefault(word, own.stages[fold(key)])

    def get(self, pipeline_id: int) -> KnownPipeline:
        """A pipeline by its id."""
        return self._by_id[pipeline_id]

    def named_own(self) -> int:
        """Id of Firebreak's own pipeline."""
        return self._by_word[fold(PIPELINE)].id

    def named(self, word: str | None) -> KnownPipeline:
        """The pipeline that a row names, else the mapping's, else Firebreak's own; planned if new."""
        spec = self.plan.mapping.pipeline
        if word is None and spec is None:
            return self._by_word[fold(PIPELINE)]
        if word is None or (spec and fold(word) in (fold(spec.key), fold(spec.name))):
            assert spec is not None
            return self._ensure(spec)
        return self._ensure(PipelineSpec(word, word))

    def stage(self, pipeline: KnownPipeline, word: str) -> int | None:
        """The stage that a word means; a new one is planned at the end of a file's own pipeline.

        Returns:
            None when Firebreak's own pipeline has no such stage.
        """
        found = pipeline.stages.get(fold(word))
        if found is None and not pipeline.is_own:
            found = self._add_stage(pipeline, word)
        return found

    def order(self, pipeline: KnownPipeline, stages: Iterable[str]) -> None:
        """Plan stages in the order given, after those that stand."""
        if not pipeline.is_own:
            for word in stages:
                self.stage(pipeline, word)

    def _ensure(self, spec: PipelineSpec) -> KnownPipeline:
        known = self._by_word.get(fold(spec.key)) or self._by_word.get(fold(spec.name))
        if known is None:
            known = KnownPipeline(self.plan.add(Pipeline, key=spec.key, name=spec.name), spec.key, spec.name)
            self._put(known)
        self.order(known, spec.stages)
        return known

    def place(self, pipeline: KnownPipeline, positions: Mapping[str, int]) -> None:
        """Plan stages at the positions that a file gives."""
        for word, position in sorted(positions.items(), key=lambda item: item[1]):
            if not pipeline.is_own and fold(word) not in pipeline.stages:
                self._add_stage(pipeline, word, position)

    def _add_stage(self, pipeline: KnownPipeline, word: str, position: int | None = None) -> int:
        position = len(set(pipeline.stages.values())) if position is None else position
        made = self.plan.add(Stage, pipeline_id=pipeline.id, key=word, position=position)
        pipeline.stages[fold(word)] = made
        return made

    def _put(self, known: KnownPipeline) -> None:
        self._by_id[known.id] = known
        for word in (known.name, known.key):
            self._by_word[fold(word)] = known


def table_row(table: type[Base], values: Mapping[str, Any]) -> dict[str, Any]:
    """Planned values as a stored row would show them: every column, None where nothing is said."""
    bare = _bare(table)
    row = {**bare, **values}
    return row if len(row) == len(bare) else {name: row[name] for name in bare}


@lru_cache
def _bare(table: type[Base]) -> dict[str, Any]:
    """A row about which nothing is said; nobody writes into what it holds."""
    told: dict[str, Any] = {"fields": {}, "policy_version": 0}  # of a record without own fields
    return {c.name: told.get(c.name) for c in table.__table__.columns}
