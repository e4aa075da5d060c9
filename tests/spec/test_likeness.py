"""Requests in like words: which are found, and how often rightly on wordings that did not choose the rule."""

import tomllib
from pathlib import Path

import pytest
from rapidfuzz import fuzz, process, utils

from core.likeness import likeness, likest, parts

WORDINGS = Path(__file__).parents[1] / "likeness"


@pytest.mark.parametrize(
    ("asked", "kept", "alike"),
    [
        (
            "月底要人工核两天，跟你们的 ERP 对不上。",
            "跟我们的 ERP 对不上，月底要人工核两天。",
            True,
        ),  # another order
        ("导出报表能不能直接出 PDF？", "希望报表可以导出成 PDF。", True),  # a few other words
        ("泰文界面", "泰国工厂需要泰文界面。", True),  # a few words alone
        ("ＥＲＰ月底对不上", "erp 月底对不上", True),  # letters of another width
        ("你们能不能帮我们？", "希望你们能帮我们看看。", False),  # grammar and politeness alone
        ("设备停机没有预警，你们能不能帮我们解决？", "能耗只有总表，你们能不能帮我们解决？", False),
        ("看板要能按产线切换", "看板刷新太慢，要等半分钟", False),  # another wish for the same thing
        ("Every morning by mail: the daily report", "Mail the daily report every morning", True),
        ("Reporting is exported as PDF", "Export reports to PDF", True),  # a word's other forms
        ("We want it, please", "Please, we want this", False),
        ("Report", "A report on night shifts", False),  # one word tells too little
        ("The machine stops", "机器停了", False),  # no translation
    ],
)
def test_alike_is_what_shares_words_in_any_order(asked, kept, alike):
    assert [key for _, key in likest(asked, {7: [kept]})] == [7] * alike


def test_the_likest_three_come_first_and_the_likest_wording_counts():
    kept = {
        1: ["Export the order list to PDF with our logo"],
        2: ["Warmer lights", "Export to PDF"],
        3: ["Export the order list to PDF"],
        4: ["Export orders to PDF and Excel"],
        5: ["Warmer lights in the window"],
    }
    found = likest("Export the order list to PDF", kept)
    assert [key for _, key in found] == [3, 1, 4]
    assert [round(score, 2) for score, _ in found] == [1.0, 0.89, 0.75]
    assert next(key for _, key in likest("PDF export", kept)) == 2


def test_likeness_is_the_same_both_ways_and_one_for_the_same_words():
    a, b = parts("仓库找料慢，每周都有缺料停线"), parts("找料要半小时，经常因为缺料停线")
    assert likeness(a, b) == likeness(b, a) == pytest.approx(9 / (18 * 19) ** 0.5)
    assert likeness(a, a) == 1
    assert likeness(a, frozenset()) == 0


def by_letters(words, asked):
    """The rule before this one, to compare with: the best stretch of letters, or words that are set apart."""
    found = process.extract(
        words,
        {key: text for key, (text,) in asked.items()},
        scorer=lambda a, b, **how: max(fuzz.token_set_ratio(a, b, **how), fuzz.partial_ratio(a, b, **how)),
        processor=utils.default_process,
        score_cutoff=60,
        limit=3,
    )
    return [(score / 100, key) for _, score, key in found]


def measured(rule, language, half):
    """Suggestions shown and wrong among them, pairs found and there, each wording among all others."""
    families = tomllib.loads((WORDINGS / f"{language}.toml").read_text(encoding="utf-8"))[half]
    texts = [
        (text, (name, i)) for name, all_ in families.items() for i, wish in enumerate(all_) for text in wish
    ]
    shown = wrong = there = 0
    for mine, (text, wish) in enumerate(texts):
        others = {i: [other] for i, (other, _) in enumerate(texts) if i != mine}
        found = [texts[key][1] == wish for _, key in rule(text, others)]
        shown, wrong = shown + len(found), wrong + found.count(False)
        there += sum(texts[i][1] == wish for i in others)
    return shown, wrong, shown - wrong, there


@pytest.mark.parametrize(
    ("language", "half", "before", "now"),
    [
        ("zh", "choose", (12, 0, 12, 144), (62, 0, 62, 144)),
        ("en", "choose", (42, 6, 36, 100), (34, 0, 34, 100)),
        ("zh", "report", (8, 2, 6, 152), (89, 5, 84, 152)),
        ("en", "report", (48, 8, 40, 104), (51, 6, 45, 104)),
    ],
)
def test_the_figures_of_method_md(language, half, before, now):
    assert measured(by_letters, language, half) == before
    assert measured(likest, language, half) == now
