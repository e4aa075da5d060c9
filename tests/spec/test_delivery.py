"""When a message leaves the house: quiet hours and gathering, by the person's own clock (PRODUCT.md P8)."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.delivery import Wishes, check_wishes, leaves_at


def wish(quiet: str, digest: str) -> Wishes:
    start, end = (time.fromisoformat(t) for t in quiet.split("–")) if quiet else (None, None)
    return Wishes(frozenset(), start, end, time.fromisoformat(digest) if digest else None)


# fmt: off
LEAVES = [
    # zone             quiet          gathered  posted, by that clock  leaves, by that clock
    ("Asia/Shanghai",  "",            "",       "2026-03-04 12:00",    "2026-03-04 12:00"),
    ("Asia/Shanghai",  "21:00–07:00", "",       "2026-03-04 20:59",    "2026-03-04 20:59"),
    ("Asia/Shanghai",  "21:00–07:00", "",       "2026-03-04 21:00",    "2026-03-05 07:00"),
    ("Asia/Shanghai",  "21:00–07:00", "",       "2026-03-05 03:00",    "2026-03-05 07:00"),
    ("Asia/Shanghai",  "21:00–07:00", "",       "2026-03-05 07:00",    "2026-03-05 07:00"),
    ("Asia/Shanghai",  "12:00–13:30", "",       "2026-03-04 12:30",    "2026-03-04 13:30"),
    ("Asia/Shanghai",  "",            "08:30",  "2026-03-04 08:29",    "2026-03-04 08:30"),
    ("Asia/Shanghai",  "",            "08:30",  "2026-03-04 08:30",    "2026-03-05 08:30"),
    ("Asia/Shanghai",  "21:00–09:00", "08:30",  "2026-03-04 12:00",    "2026-03-05 09:00"),
    ("Europe/Berlin",  "22:00–06:00", "",       "2026-03-28 23:30",    "2026-03-29 06:00"),  # summer time
    ("America/Denver", "22:00–06:00", "07:00",  "2026-10-31 12:00",    "2026-11-01 07:00"),  # and ends
]
# fmt: on


@pytest.mark.parametrize(("zone", "quiet", "digest", "posted", "leaves"), LEAVES)
def test_a_message_leaves_when_its_person_wants_it(zone, quiet, digest, posted, leaves):
    now, expected = (
        datetime.fromisoformat(at).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for at in (posted, leaves)
    )
    assert leaves_at(now, wish(quiet, digest), zone) == expected


TIMES = st.times(timezones=st.none()).map(lambda t: t.replace(second=0, microsecond=0))


@given(
    now=st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis wants naive bounds
    quiet=st.none() | st.tuples(TIMES, TIMES).filter(lambda span: span[0] != span[1]),
    digest=st.none() | TIMES,
    zone=st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/Denver", "UTC"]),
)
def test_nothing_leaves_early_late_or_in_the_quiet(now, quiet, digest, zone):
    start, end = quiet or (None, None)
    at = leaves_at(now, Wishes(frozenset(), start, end, digest), zone)
    assert 0 <= (at - now).total_seconds() <= 2 * 25 * 3600
    if quiet:
        clock = at.astimezone(ZoneInfo(zone)).time()
        inside = start <= clock < end if start < end else clock >= start or clock < end
        # an end that summer time skips is the moment of the jump, whose clock reads later
        assert (
            not inside
            or at.astimezone(ZoneInfo(zone)).utcoffset() != now.astimezone(ZoneInfo(zone)).utcoffset()
        )


# fmt: off
WRONG = [
    (Wishes(frozenset({"pigeon"})),            [("off", "unknown_choice")]),
    (Wishes(quiet_from=time(22)),              [("quiet", "quiet_half")]),
    (Wishes(quiet_to=time(7)),                 [("quiet", "quiet_half")]),
    (Wishes(quiet_from=time(7), quiet_to=time(7)), [("quiet", "quiet_all_day")]),
    (Wishes(frozenset({"mail"}), time(22), time(7), time(8)), []),
]
# fmt: on


@pytest.mark.parametrize(("wishes", "problems"), WRONG)
def test_wishes_that_make_no_sense_are_refused(wishes, problems):
    assert [(p.field, p.code) for p in check_wishes(wishes, ["mail"])] == problems
