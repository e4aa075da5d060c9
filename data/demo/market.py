"""The demo company's customers, drawn before time begins to run."""

from bisect import bisect
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random

from core.customers import ContactInput, CustomerInput
from core.terms import HIGH_VALUE_TAGS, INDUSTRIES, DecisionRole
from data.demo.calendar import SHANGHAI
from data.demo.staff import TEAMS, Rep
from data.demo.texts import Writer, words

SEGMENTS, _SEGMENT_WEIGHTS = ("small", "mid", "large"), (45, 38, 17)
GOLDEN = 0.6180339887498949  # multiples of it, less their whole part, fill 0–1 evenly
_FIRST_ROLES = (DecisionRole.CHAMPION, DecisionRole.INFLUENCER, DecisionRole.BUYER, DecisionRole.USER)
_GRADE_WEIGHTS = {"small": (8, 30, 42, 20), "mid": (18, 42, 30, 10), "large": (34, 40, 20, 6)}


@dataclass(slots=True, eq=False)
class Customer:
    """A customer to be opened at `created_at`, and afterwards what is known of it.

    Attributes:
        rep: who looks after it at present.
        tags: tags that it gets in the end.
        grade: None stays ungraded.
        records: (end, action id) of its completed actions, as entered.
    """

    rep: Rep
    created_at: datetime
    language: str
    values: CustomerInput
    contacts: list[ContactInput]
    tags: tuple[str, ...]
    grade: str | None
    id: int = 0
    contact_ids: list[int] = field(default_factory=list)
    records: list[tuple[datetime, int]] = field(default_factory=list)

    @property
    def short(self) -> str:
        """Its name without the legal form and the city."""
        name = self.values.name
        if self.language == "en":
            return name.split("(")[0].split(" Asia")[0].strip()
        for ending in ("科技有限公司", "股份有限公司", "集团有限公司", "有限公司"):
            name = name.removesuffix(ending)
        return name[2:] if len(name) > 6 else name


class Market:
    """Draws customers; names are used once, segments come evenly instead of by lot."""

    def __init__(self, rng: Random) -> None:
        self._rng, self._names, self._rank = rng, set[str](), rng.random()

    def customer(self, rep: Rep, created_at: datetime, *, special: bool) -> Customer:
        """A customer of a rep; `special` ones carry three or more high-value tags."""
        rng = self._rng
        language = "en" if rng.random() < 0.1 else "zh"
        industry = rng.choice(INDUSTRIES)
        segment = self._segment()
        name = self._name(language, industry, TEAMS[rep.team][:2])
        contacts = self._contacts(language)
        writer = Writer(rng, language, _known(contacts, name))
        note = writer.say("customer", "note")
        values = CustomerInput(name, industry, segment, TEAMS[rep.team][:2], note=note)
        count = rng.randint(3, 5) if special else rng.choices((0, 1, 2), (55, 30, 15))[0]
        tags = tuple(sorted(rng.sample(HIGH_VALUE_TAGS, count)))
        graded = rng.random() < 0.86
        grade = rng.choices("ABCD", _GRADE_WEIGHTS[segment])[0] if graded else None
        return Customer(rep, created_at, language, values, contacts, tags, grade)

    def _segment(self) -> str:
        self._rank = (self._rank + GOLDEN) % 1
        so_far = list(accumulate(_SEGMENT_WEIGHTS))
        return SEGMENTS[bisect(so_far, self._rank * so_far[-1])]

    def _name(self, language: str, industry: str, region: str) -> str:
        rng, names = self._rng, words("names")
        while True:
            if language == "en":
                parts = [names["english_cores"], names["english_trades"][industry], names["english_endings"]]
                name = " ".join(rng.choice(part) for part in parts)
            else:
                parts = [names["cities"][region], names["cores"], names["trades"][industry], names["endings"]]
                name = "".join(rng.choice(part) for part in parts)
            if name not in self._names:
                self._names.add(name)
                return name

    def _contacts(self, language: str) -> list[ContactInput]:
        rng = self._rng
        roles: list[DecisionRole] = [rng.choice(_FIRST_ROLES)]
        if rng.random() < 0.75:
            roles.append(DecisionRole.DECISION_MAKER)
        roles += rng.choices(tuple(DecisionRole), k=rng.choices((0, 1, 2), (50, 35, 15))[0])
        return [self._contact(language, role) for role in roles]

    def _contact(self, language: str, role: DecisionRole) -> ContactInput:
        rng, names = self._rng, words("names")
        title = rng.choice(words(language)["titles"][role])
        if language == "en":
            first, last = rng.choice(names["first_names"]), rng.choice(names["last_names"])
            name, latin = f"{first} {last}", f"{first}.{last}".lower()
        else:
            (family, latin_family), (given, latin_given) = (
                rng.choice(names[part]) for part in ("surnames", "given")
            )
            name, latin = family + given, f"{latin_given}.{latin_family}"
        phone = f"1{rng.choice('3578')}{rng.randint(0, 9)}0000{rng.randint(0, 9999):04d}"
        return ContactInput(name, title, role, phone, f"{latin}@customer.example")


def _known(contacts: list[ContactInput], short: str) -> dict[str, str]:
    boss = next((c for c in contacts if c.decision_role == DecisionRole.DECISION_MAKER), contacts[-1])
    return {"contact": contacts[0].name, "boss": boss.name, "short": short}


def writer_for(rng: Random, customer: Customer, product: str | None = None) -> Writer:
    """A writer in the customer's language who knows its people."""
    known = _known(customer.contacts, customer.short)
    return Writer(rng, customer.language, known | ({"product": product} if product else {}))


def opening_times(rng: Random, count: int, start: datetime, now: datetime) -> list[datetime]:
    """When customers come in: four in ten with the move to the product, the rest over time."""
    first = timedelta(days=45)
    span = now - start - timedelta(days=20)
    times = [
        start + (first * rng.random() if rng.random() < 0.4 else span * rng.random()) for _ in range(count)
    ]
    return sorted(
        t.astimezone(SHANGHAI).replace(hour=rng.randint(9, 17), minute=rng.randint(0, 59)) for t in times
    )
