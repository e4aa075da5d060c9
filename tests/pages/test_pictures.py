"""Pictures that read themselves: a sentence for every finding, colours that everybody tells apart (D1)."""

from __future__ import annotations

import json
import re
from pathlib import Path

import plotly.graph_objects as go
import pytest
from plotly.io import to_json

from components import charts, marks, pictures
from components.chart_titles import titled
from components.text import listed, pair
from core.pictures.courses import trend
from core.pictures.limits import Bar, over
from core.pictures.parts import leading
from data.text import LANGUAGES, catalogue, has
from tests.colours import contrast, linear

PARTS = {"nothing", "alone", "tied", "leads"}
STEPS = {"still", "added", "took"}
OVER = {"few", "no_limit", "within", "over"}
COURSE = {"few", "noise", "rises", "falls"}
# each picture, and all that can be found of it
SAYS = {
    "standing": PARTS,
    "open": PARTS,
    "heat": PARTS,
    "lost": PARTS,
    "causes": PARTS,
    "importance": PARTS,
    "rhythm": {"peak"},
    "stands": OVER,
    "dwell": OVER,
    "funnel": {"few", "alike", "lowest"},
    "week_due": COURSE,
    "week_timed": COURSE,
    "weeks": COURSE,
    "deviations": COURSE,
    "months": {"few", "explained", "edge", "high", "low", "beyond"},
    "chances": {"few", "fits", "high", "low"},
    "miss": STEPS,
    "moves": STEPS,
    "reasons": STEPS,
    "course": {"still", "bare", "inside", "above", "below"},
    "promises": {"few", "kept", "missed", "unplanned", "late"},
}
WHITE, NIGHT = "#FFFFFF", "#11171C"  # the backgrounds of both themes
MARKS = (charts.MARK, charts.OVER, charts.ALARM, charts.QUIET)
# Machado and others 2009: what people without red or without green cones see, in linear light
BLIND = {
    "deutan": ((0.3673, 0.8606, -0.2280), (0.2801, 0.6725, 0.0474), (-0.0118, 0.0429, 0.9689)),
    "protan": ((0.1523, 1.0526, -0.2049), (0.1145, 0.7863, 0.0992), (-0.0039, -0.0481, 1.0520)),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_has_its_sentence(language):
    wanted = {f"pictures.{picture}.{code}" for picture, codes in SAYS.items() for code in codes}
    assert {key for key in wanted if not has(language, key)} == set()
    kept = {key for key in catalogue(language) if key.startswith("pictures.") and key.count(".") == 2}
    assert kept == wanted


def test_a_finding_is_said_in_words(monkeypatch):
    monkeypatch.setattr("components.text.language", lambda: "zh")
    said = leading({"a": 6.0, "b": 2.0})
    words = pictures.words("standing", said, "zh", name=str.upper, value=lambda n: f"{n:.0f}")
    assert words == "停留超标的 8 个商机中，6 个停在“A”"
    slow = over([Bar("a", 6.04, 4.0, 9)], least=5)
    assert "6.0 天" in pictures.words("dwell", slow, "zh")


@pytest.mark.parametrize(("language", "said"), [("en", "median"), ("zh", "中位数")])
@pytest.mark.parametrize("picture", [picture for picture, codes in SAYS.items() if codes is COURSE])
def test_the_ends_of_a_course_are_no_values_of_its_first_and_last_day(monkeypatch, picture, language, said):
    monkeypatch.setattr("components.text.language", lambda: language)
    course = [1.0, 2.0, 3.0, 4.0, 5.0, 6.5, 6.0]
    for values, ends in ((course, ("2", "6")), (course[::-1], ("6", "2"))):
        words = pictures.words(picture, trend(values), language, value=lambda n: f"{n:g}")
        assert said in words
        assert re.findall(r"[\d.]+", words) == list(ends)


def test_labels_and_lists_take_the_languages_own_signs(monkeypatch):
    monkeypatch.setattr("components.text.language", lambda: "zh")
    assert pair("标签", listed(["预算已批", "战略客户"])) == "标签：预算已批、战略客户"
    monkeypatch.setattr("components.text.language", lambda: "en")
    assert pair("Tags", listed(["Budget approved", "Strategic"])) == "Tags: Budget approved, Strategic"


def _layout(*traces, title="Short", note="n = 1", **layout):
    chart = titled(charts.figure(*traces, height=100, **layout), title, note, "en")
    return chart.to_dict()["layout"]


def test_a_title_has_room_for_its_lines_and_for_the_legend():
    bar = marks.bar(x=[1], y=["a"], name="Past", showlegend=True)
    short = _layout(bar, showlegend=True)
    long = _layout(bar, showlegend=True, title="Long " * 30)
    assert long["margin"]["t"] > short["margin"]["t"]
    assert long["height"] - long["margin"]["t"] == 100 == short["height"] - short["margin"]["t"]
    many = [marks.bar(x=[1], y=["a"], name=f"A rather long name {n}") for n in range(4)]
    assert _layout(*many, showlegend=True)["margin"]["t"] > short["margin"]["t"]


def test_words_beside_marks_follow_the_theme_though_nothing_is_drawn_anew():
    sheet = (Path(charts.__file__).parent / "assets" / "shell.css").read_text(encoding="utf-8")
    inks = [tuple(int(ink[n : n + 2], 16) for n in (1, 3, 5)) for ink in charts._INK.values()]
    assert all(f"rgb{ink}" in sheet for ink in inks)
    assert not {charts.ON_MARK, charts.ON_OVER} & set(charts._INK.values())


def test_names_of_people_run_nothing_in_a_title():
    text = _layout(title="<b>Haihe", note="n < 3")["title"]["text"]
    assert "&lt;b&gt;Haihe" in text
    assert text.count("<b>") == 1


@pytest.mark.parametrize("colour", MARKS)
@pytest.mark.parametrize("ground", [WHITE, NIGHT])
def test_marks_stand_out_in_both_themes(colour, ground):
    """WCAG 2.2, 1.4.11: what carries meaning stands out by 3 to 1."""
    assert contrast(colour, ground) >= 3


def test_words_within_a_mark_can_be_read():
    assert contrast(charts.ON_OVER, charts.OVER) >= 4.5
    assert contrast(charts.ON_MARK, charts.MARK) >= 4.5


def _seen(colour: str, kind: str) -> tuple[float, ...]:
    """Lightness and both opponent colours of what is seen (CIE Lab)."""
    light = linear(colour)
    red, green, blue = (max(sum(w * c for w, c in zip(row, light, strict=True)), 0.0) for row in BLIND[kind])
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    a, b, c = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return 116 * b - 16, 500 * (a - b), 200 * (b - c)


@pytest.mark.parametrize("kind", BLIND)
def test_colour_blind_people_tell_plain_marks_from_those_over(kind):
    """A difference of 20 is seen at a glance. Grey and teal need more than their colour: `charts.HATCH`."""
    for one, other in ((charts.OVER, charts.MARK), (charts.OVER, charts.QUIET), (charts.ALARM, charts.MARK)):
        apart = sum((p - q) ** 2 for p, q in zip(_seen(one, kind), _seen(other, kind), strict=True)) ** 0.5
        assert apart >= 20, (one, other, apart)


def test_a_figure_is_what_plotly_makes_of_it(monkeypatch):
    """Plain values say the same as plotly's own figure of them; what it does not know, the tests refuse."""
    monkeypatch.setattr(charts, "CHECKED", False)
    bars = marks.bar(x=[1, 2], y=["a", "b"], name="This year", text=None, orientation="h", customdata=["a"])
    axis = {"autorange": "reversed", "title": {"text": "Team"}}
    chart = charts.figure(bars, height=120, yaxis=axis, showlegend=True, margin={"r": 60})
    told = titled(chart, "It rose", "Deals", "en", above=10)
    drawn = json.loads(to_json(told, validate=False))
    assert drawn == json.loads(go.Figure(told.to_dict()).to_json())
    assert drawn["layout"]["margin"] == {"r": 60, "t": drawn["layout"]["height"] - 120}
    assert drawn["layout"]["yaxis"] == axis
    assert drawn["data"][0]["unselected"] == {"marker": {"opacity": 1}}
    monkeypatch.setattr(charts, "CHECKED", True)
    with pytest.raises(ValueError, match="orientation"):
        charts.figure(marks.bar(orientation="upwards"), height=120)
