"""Rows of users: people, their teams and the teams' managers. Imported users have no password."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from core.exchange.rows import Record
from core.messages import Problem
from core.people import CHAT_IDS, TEAM_ROLES, PersonInput, check_person
from core.terms import Role
from data.exchange.lookups import People, table_row
from data.exchange.plan import Plan
from data.queries.policies import company_zone
from data.schema import Person, Team


def plan_users(plan: Plan, records: Sequence[Record]) -> None:
    """Plan every row; then the managers that the rows name."""
    planner = _Planner(plan)
    managers: dict[str, tuple[int | None, Record]] = {}
    for record in plan.each(records):
        team_id = planner.row(record)
        if record.get("manager") and team_id is not None:
            managers.setdefault(record.values["manager"], (team_id, record))
    for name, (team_id, record) in managers.items():
        plan.line = record.line
        planner.manager(name, team_id)


class _Planner:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.people = People(plan.session)
        self.users = {key: i for i, row in self.people.rows.items() for key in _unique(row)}
        self.left: set[int] = set()  # administrators that rows before took the role from, or shut out
        self.teams = {name: team_id for team_id, name in plan.session.execute(select(Team.id, Team.name))}

    def row(self, record: Record) -> int | None:
        """Plan one person; returns the team, None when the row is refused or has none."""
        stored = self._stored(record)
        role = record.get("role") or (stored["role"] if stored else Role.REP)
        problems = self._check(record, role)
        problems += self._last_admin(record, stored, role)
        problems += self._taken(record, stored)
        if problems:
            self.plan.reject(record, problems)
            return None
        team_id = self._team(record, role) or (stored["team_id"] if stored else None)
        own = ("ref", "username", "name", "email", "language", "active", *CHAT_IDS)
        wanted = {k: record.values[k] for k in own if k in record.values}
        wanted |= {"role": role} if stored is None or "role" in record.values else {}
        wanted |= {"team_id": team_id} if team_id else {}
        if stored is not None:
            self.plan.settle(Person, stored, wanted)
            self.left |= {stored["id"]} if self._leaves(record, stored, role) else set()
        else:
            self._create(wanted, record.get("created_at"))
            self.plan.accepted += 1
            self.plan.role_unsaid += [] if record.get("role") else [record.line]
        return team_id

    def manager(self, name: str, team_id: int | None) -> None:
        """The named person leads the team; created if nobody of that name is known."""
        found = self.people.find(name)
        if found is None:
            self._create({"name": name, "role": Role.MANAGER, "team_id": team_id}, None)
            return
        stored = self.people.rows[found]
        if stored["role"] == Role.REP and found not in self._planned():
            self.plan.change(Person, stored, {"role": Role.MANAGER, "team_id": team_id})
        elif stored["role"] == Role.REP:
            stored |= {"role": Role.MANAGER, "team_id": team_id}

    def _planned(self) -> set[int]:
        return {row["id"] for row in self.plan.inserts[Person]}

    def _stored(self, record: Record) -> Mapping[str, Any] | None:
        for word in (record.get("ref"), record.get("username")):
            if word and (found := self.people.find(word)):
                return self.people.rows[found]
        found = self.people.find(record.get("name", "")) if not record.get("username") else None
        return self.people.rows[found] if found else None

    def _check(self, record: Record, role: str) -> list[Problem]:
        username = record.get("username") or "from.name"
        team_id = 1 if self._team_name(record, role) else None
        ids = {field: record.get(field) for field in CHAT_IDS}
        person = PersonInput(username, record.get("name", ""), role, team_id, record.get("email"), **ids)
        found = check_person(person)
        unsaid = not record.get("role") and self._stored(record) is None
        return [Problem("team", "team_or_role") if unsaid and p.field == "team" else p for p in found]

    def _last_admin(self, record: Record, stored: Mapping[str, Any] | None, role: str) -> list[Problem]:
        if stored is None or not self._leaves(record, stored, role):
            return []
        admins = {i for i, p in self.people.rows.items() if p["role"] == Role.ADMIN and p["active"]}
        return [] if admins - self.left - {stored["id"]} else [Problem("role", "last_admin")]

    def _leaves(self, record: Record, stored: Mapping[str, Any], role: str) -> bool:
        """Whether the row makes an administrator one no more."""
        return stored["role"] == Role.ADMIN and not (role == Role.ADMIN and record.get("active", True))

    def _taken(self, record: Record, stored: Mapping[str, Any] | None) -> list[Problem]:
        """What is somebody else's, stored or in an earlier row; the row's own is kept."""
        given = _unique(record.values)
        own = stored["id"] if stored else -record.line  # not yet anybody
        taken = {key for key in given if self.users.get(key, own) != own}
        self.users |= dict.fromkeys(given - taken, own)
        return [Problem(field, "taken", {"value": record.values[field]}) for field, _ in sorted(taken)]

    def _team_name(self, record: Record, role: str) -> str | None:
        """The row's team; without one, its manager's own team or one named after the manager."""
        if team := record.get("team"):
            return str(team)
        if role not in TEAM_ROLES:
            return None
        if manager := record.get("manager"):
            found = self.people.find(manager)
            team_id = self.people.rows[found]["team_id"] if found else None
            return next((n for n, i in self.teams.items() if i == team_id), str(manager))
        stored = self._stored(record)
        return next((n for n, i in self.teams.items() if stored and i == stored["team_id"]), None)

    def _team(self, record: Record, role: str) -> int | None:
        name = self._team_name(record, role)
        if name is None:
            return None
        if name not in self.teams:
            kind = "store" if role == Role.STORE_MANAGER else "sales" if role in TEAM_ROLES else "office"
            zone = company_zone(self.plan.session)
            self.teams[name] = self.plan.add(
                Team, name=name, kind=kind, region=record.get("region"), timezone=zone
            )
        return self.teams[name]

    def _create(self, wanted: dict[str, Any], created_at: Any) -> None:
        own_id = self.plan.new_id(Person)
        row = table_row(Person, {"active": True} | wanted) | {
            "id": own_id,
            "username": wanted.get("username") or self._username(wanted["name"]),
            "created_at": created_at or self.plan.now,
            "version": 1,
        }
        self.people.put(row)
        self.users |= dict.fromkeys(_unique(row), own_id)
        self.plan.inserts[Person].append(row)

    def _username(self, name: str) -> str:
        """A free user name from a name: Anna Snelling gives anna.snelling."""
        plain = re.sub(r"[^\w.@+-]+", ".", name.strip().lower()).strip(".")[:60] or "user"
        plain = plain if len(plain) > 1 else plain + "1"
        tries = (plain, *(f"{plain}{n}" for n in range(2, 10_000)))
        return next(t for t in tries if ("username", t) not in self.users)


def _unique(values: Mapping[str, Any]) -> set[tuple[str, str]]:
    """What no two people have in common, by column; capital letters make no other user name."""
    ids = {(k, values[k]) for k in CHAT_IDS if values.get(k)}
    return ids | ({("username", values["username"].lower())} if values.get("username") else set())
