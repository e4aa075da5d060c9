"""Links that somebody mangled: whatever an address says, a page opens or says what is wrong with it.

The names are read from the source, so that a new one is in it by itself. Some pages with all names mangled at
once in the suite; every page and name with every value with `--full-bench`.
"""

import random
import re
from itertools import product
from pathlib import Path

from components.navigation import PAGES
from core.access import decide
from data.text import translate
from tests.company import found
from tests.rooms import room_of

VALUES = (
    "0", "-1", "999999999999999", "1e3", "NaN", "<script>alert(1)</script>", "2026-99-99", "2026-02",
    "2026-W99", "\x00", "../../etc/passwd", "' OR 1=1 --", "长" * 500, "1:2:3",
    "a|b,c;d", "None", "%00", "0001-01-01",
)  # fmt: skip
SAMPLE = 9
ROOT = Path(__file__).parents[2]
_NAMED = re.compile(r'(?:address\.\w+|query_params\.get)\(\s*"(\w+)"|pick\(\s*t\([^)]*\),\s*"(\w+)"')


def names() -> list[str]:
    """Every name that a page reads from its address."""
    files = [*ROOT.glob("components/*.py"), *ROOT.glob("pages/*.py")]
    return sorted({a or b for f in files for a, b in _NAMED.findall(f.read_text(encoding="utf-8"))})


def test_mangled_links_break_no_page(open_page, sqlite_store, request):
    company, chance = found(sqlite_store), random.Random(9)
    room_of(sqlite_store, company)
    pages = [(spec.name, _reader(company, spec)) for spec in PAGES]
    if request.config.getoption("--full-bench"):
        cases = [(p, {n: v}) for p, n, v in product(pages, names(), VALUES)]
    else:
        cases = [(p, {n: chance.choice(VALUES) for n in names()}) for p in chance.sample(pages, SAMPLE)]
    unexpected = translate("en", "errors.unexpected", reference="").partition("{")[0][:40]
    broken = []
    for (name, who), query in cases:
        page = open_page(name, who, **query)
        if page.exception or any(unexpected in e.value for e in page.error):
            broken.append((name, query, [e.value for e in page.exception]))
    assert not broken, "\n".join(map(str, broken[:20]))


def _reader(company, spec):
    people = (company.manager, company.director, company.rep, company.product, company.store_manager)
    return next(p for p in (*people, company.admin) if decide(p, spec.needs).allowed)
