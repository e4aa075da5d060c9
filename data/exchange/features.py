"""Features that rows of demands and promises name: known ones by name, new ones with their planned date."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from core.exchange.rows import Record
from core.messages import Problem
from data.exchange.plan import Plan, fetch, words
from data.queries.milestone_results import Freeze, check_freeze, freezes_in_force
from data.queries.policies import company_day
from data.schema import Feature, PlannedDate


class Features:
    """Features by name or reference, stored or planned by this import."""

    def __init__(self, plan: Plan, records: Sequence[Record]) -> None:
        self.plan = plan
        self._standing: list[Freeze] | None = None
        self._known: dict[str, list[int]] = defaultdict(list)
        self._refs: dict[str, int] = {}
        query = select(Feature.id, Feature.name, Feature.ref)
        for row in fetch(plan.session, query, Feature.name, words(records, "feature")):
            self._known[row["name"]].append(row["id"])
        for row in fetch(plan.session, query, Feature.ref, words(records, "feature_ref")):
            self._refs[row["ref"]] = row["id"]

    def check(self, record: Record, problems: list[Problem]) -> None:
        """Say what is wrong with the feature that a row names; a freeze holds for those that come with it.

        One of which the row says since when it is recorded elsewhere came then, any other comes now.
        """
        word = record.get("feature")
        if word and not record.get("feature_ref") and len(self._known.get(word, [])) > 1:
            problems.append(Problem("feature", "ambiguous_name", {"value": word}))
        if record.get("planned_on") and not word:
            problems.append(Problem("feature", "required"))
        if word and self._stored(record, word) is None:
            known_at = record.get("recorded_at") or self.plan.now
            problems += check_freeze(self._freezes(), record.get("planned_on"), known_at)

    def take(self, record: Record, recorded_at: datetime) -> int | None:
        """The feature that a row names, planned when it is new; a known one keeps its dates."""
        word = record.get("feature")
        if not word:
            return None
        found = self._stored(record, word)
        if found is None:
            found = self._plan(record, word, recorded_at)
            self._known[word].append(found)
            ref = record.get("feature_ref")
            self._refs |= {ref: found} if ref else {}
        return found

    def _stored(self, record: Record, word: str) -> int | None:
        """The feature that a row means, stored or planned by a row before."""
        ref = record.get("feature_ref")
        return self._refs.get(ref) if ref else next(iter(self._known.get(word, ())), None)

    def _freezes(self) -> list[Freeze]:
        """The freezes in force, read when the first new feature asks for them."""
        if self._standing is None:
            today = company_day(self.plan.session, self.plan.now)
            self._standing = list(freezes_in_force(self.plan.session, today))
        return self._standing

    def _plan(self, record: Record, name: str, recorded_at: datetime) -> int:
        feature_id = self.plan.add(
            Feature,
            name=name,
            ref=record.get("feature_ref"),
            deliverable=record.get("deliverable", "screen"),
            reference=record.get("reference", ""),
            recorded_at=recorded_at,
        )
        if record.get("planned_on"):
            self.plan.add(
                PlannedDate,
                feature_id=feature_id,
                planned_on=record.get("planned_on"),
                reason="",
                recorded_at=recorded_at,
            )
        return feature_id
