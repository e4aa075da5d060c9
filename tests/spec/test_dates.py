"""Days as files write them, drawn: what is read, and what is quoted as no date (P1)."""

from __future__ import annotations

from datetime import date

import pytest

from core.exchange.cells import Formats, Wrong
from core.exchange.dates import moment
from data.text import translate

# fmt: off
READ = [
    ("2026-3-2",              date(2026, 3, 2)),
    ("2026年3月2日",           date(2026, 3, 2)),
    ("20260302",              date(2026, 3, 2)),
    ("46085",                 date(2026, 3, 4)),
    ("46085.5",               date(2026, 3, 4)),
    ("5 March 2023",          date(2023, 3, 5)),
    ("5th March, 2023",       date(2023, 3, 5)),
    ("15 Jan 2027",           date(2027, 1, 15)),
    ("15-Jan-2027",           date(2027, 1, 15)),
    ("Jan 15, 2027",          date(2027, 1, 15)),
    ("Sept. 1 2026",          date(2026, 9, 1)),
    ("MAY 2nd 2026 8:30 pm",  date(2026, 5, 2)),
]
UNREAD = ["soon", "5 Smarch 2023", "31 February 2026", "5 Ma 2023", "Jan 2027", "15 Jan 27", "1026-02-06"]
UNREAD += ["80000"]
# fmt: on


@pytest.mark.parametrize(("said", "day"), READ)
def test_a_day_is_read_as_it_is_written(said, day):
    assert moment(said, Formats()).date() == day


@pytest.mark.parametrize("said", UNREAD)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_no_day_is_quoted_with_the_shapes_that_are(said, language):
    with pytest.raises(Wrong) as refused:
        moment(said, Formats())
    assert (refused.value.code, refused.value.params) == ("unread_date", {"value": said})
    sentence = translate(language, "problems.unread_date", **refused.value.params)
    assert said in sentence
    shapes = ["2026-03-05", "2026/3/5", "20260305", "5 March 2026", "Mar 5, 2026"]
    shapes += ["2026年3月5日"] if language == "zh" else []
    assert all(shape in sentence for shape in shapes)
    assert {moment(shape, Formats()).date() for shape in shapes} == {date(2026, 3, 5)}
