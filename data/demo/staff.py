"""The demo company's own people: teams, stores, offices, and how each rep works."""

from dataclasses import dataclass, field
from random import Random

from sqlalchemy import update

from core.access import OPERATOR, Who
from core.people import PersonInput
from core.terms import Role
from data.commands.people import create_person, create_team
from data.demo.calendar import Diary
from data.demo.sizes import Size
from data.demo.texts import words
from data.engine import Store
from data.schema import Person

TEAMS = ("华东大区", "华南大区", "西南大区", "华北大区", "华中大区", "东北大区")
STORES = ("上海旗舰店", "深圳体验店", "成都体验店", "北京体验店", "武汉体验店")
STUCK_TEAM, SKIPPING_TEAM = 1, 2
ACCOUNTS = {
    "rep": ("李明轩", "rep"),
    "manager": ("周雅琴", "manager"),
    "director": ("陈国栋", "director"),
    "product": ("何思远", "product"),
    "delivery": ("孙立群", "delivery"),
    "store": ("郭美玲", "store"),
    "admin": ("赵文博", "admin"),
}
SANDBAGGER, OPTIMIST = ("韩守成", "han.shoucheng"), ("高远航", "gao.yuanhang")
PADDER, LEAVER = ("钱文斌", "qian.wenbin"), ("林晓峰", "lin.xiaofeng")
_NAMED = {
    (0, 0): ACCOUNTS["rep"],
    (0, 1): SANDBAGGER,
    (0, 2): OPTIMIST,
    (2, 1): PADDER,
    (1, 1): LEAVER,
}


@dataclass(slots=True, eq=False)
class Rep:
    """A rep and their habits.

    Attributes:
        team: index of their team.
        discipline: share of visits that happen on the planned day, 0–1.
        late_rate: share of actions entered a day or more later, 0–1.
        skips: chance to leave the diagnosis out, 0–1.
        quote_days: factor on the time spent at quote.
        quote_pass: chance to win from quote, 0–1; None for the company's usual.
        estimate: factor between the rep's first amount and the real one.
        close_days: factor between the rep's first expected closing and the usual.
        pads: records empty actions.
        mate: who takes over when they leave; None while they stay.
    """

    who: Who
    team: int
    discipline: float
    late_rate: float
    skips: float = 0.05
    quote_days: float = 1.0
    quote_pass: float | None = None
    estimate: float = 1.0
    close_days: float = 1.0
    pads: bool = False
    mate: "Rep | None" = None
    diary: Diary = field(default_factory=Diary)


@dataclass(slots=True)
class Staff:
    """Everybody whom the simulation moves; `managers` by team, `stores` the managers of stores."""

    reps: list[Rep]
    managers: list[Who]
    admin: Who
    director: Who
    product: Who
    delivery: Who
    stores: list[Who]

    def rep(self, named: tuple[str, str]) -> Rep:
        """One of the reps with a name of their own."""
        return next(r for r in self.reps if r.who.name == named[0])


class _Hiring:
    def __init__(self, store: Store, rng: Random) -> None:
        self._store, self._rng, self._taken = store, rng, {name for name, _ in _NAMED.values()}

    def hire(self, role: Role, team_id: int | None, named: tuple[str, str] | None = None) -> Who:
        name, username = named or self._invent()
        email = f"{username}@yunqi.example"
        person = PersonInput(username, name, role, team_id=team_id, email=email)
        person_id = create_person(self._store, OPERATOR, person)
        return Who(person_id, role, team_id, name, language="zh")

    def team(self, name: str, kind: str, region: str | None = None) -> int:
        return create_team(self._store, OPERATOR, name, kind=kind, region=region)

    def _invent(self) -> tuple[str, str]:
        names = words("names")
        while True:
            (family, family_latin), (given, given_latin) = (
                self._rng.choice(names[part]) for part in ("surnames", "given")
            )
            username = f"{family_latin}.{given_latin}"
            if not {family + given, username} & self._taken:
                self._taken |= {family + given, username}
                return family + given, username


def hire(store: Store, size: Size, rng: Random, password_hash: str) -> Staff:
    """Create all teams and people; the named accounts get the password."""
    hiring = _Hiring(store, rng)
    admin = hiring.hire(Role.ADMIN, None, ACCOUNTS["admin"])
    director = hiring.hire(Role.DIRECTOR, None, ACCOUNTS["director"])
    specialists: dict[Role, list[Who]] = {}
    for role, office in ((Role.PRODUCT, "产品部"), (Role.DELIVERY, "交付部")):
        team_id = hiring.team(office, "office")
        specialists[role] = [
            hiring.hire(role, team_id, ACCOUNTS[role] if n == 0 else None) for n in range(size.specialists)
        ]
    stores = []
    for n, store_name in enumerate(STORES[: size.stores]):
        team_id = hiring.team(store_name, "store", region=store_name[:2])
        stores.append(hiring.hire(Role.STORE_MANAGER, team_id, ACCOUNTS["store"] if n == 0 else None))
    reps, managers = [], []
    for team, name in enumerate(TEAMS[: size.teams]):
        team_id = hiring.team(name, "sales", region=name[:2])
        managers.append(hiring.hire(Role.MANAGER, team_id, ACCOUNTS["manager"] if team == 0 else None))
        for n in range(size.reps):
            who = hiring.hire(Role.REP, team_id, _NAMED.get((team, n)))
            reps.append(_habits(Rep(who, team, rng.uniform(0.62, 0.93), rng.uniform(0.04, 0.16)), size))
    with store.writing() as session:  # one bcrypt hash for all: it is slow on purpose
        mine = Person.username.in_(tuple(ACCOUNTS))
        session.execute(update(Person).where(mine).values(password_hash=password_hash))
    of = specialists
    return Staff(reps, managers, admin, director, of[Role.PRODUCT][0], of[Role.DELIVERY][0], stores)


def _habits(rep: Rep, size: Size) -> Rep:
    if not size.stories:
        return rep
    if rep.team == STUCK_TEAM:
        rep.quote_days, rep.quote_pass = 2.6, 0.5
    if rep.team == SKIPPING_TEAM:
        rep.skips, rep.quote_pass = 0.72, 0.48
    if rep.who.name == SANDBAGGER[0]:
        rep.estimate, rep.close_days = 0.6, 2.0
    if rep.who.name == OPTIMIST[0]:
        rep.estimate, rep.close_days = 1.45, 0.45
    rep.pads = rep.who.name == PADDER[0]
    return rep
