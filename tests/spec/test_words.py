"""One thing, one word: what the Chinese catalogue calls by a second name is a slip."""

import re

import pytest

from components import foreign
from data.text import catalogue

# the word of the house, and the names that it has been given elsewhere
ONE_WORD = {
    "进行中商机": ("在跟商机", "在谈商机", "在手商机", "在途商机"),
    "销售流程": ("商机池", "销售管道"),
    "过程健康": ("流程健康",),
    "协同": ("协作",),
    "一起跟进": ("协同跟进",),
    "站内消息": ("收件箱",),
    "评分卡": ("打分卡",),
    "未采纳": ("否决", "被拒绝的建议"),
    "系统性偏差": ("系统偏差",),
    "加权偏差率": ("加权误差",),
    "偶然波动": ("运气",),
    "赢单概率": ("赢率",),
    "运维人员": ("系统管理员", "系统运维"),
    "家客户": ("位客户",),
    "打开客户": ("查看客户",),
    "赢单金额": ("回款",),
    "您": (r"(?<!您)你",),
    "“…”": ("「", "」"),
    "承诺日期": (r"对外承诺 ?\{",),
    "排期": ("计划日期",),
}


@pytest.mark.parametrize("word", ONE_WORD)
def test_the_same_is_called_the_same_everywhere(word):
    others = re.compile("|".join(ONE_WORD[word]))
    found = {key: said for key, said in _sentences().items() if others.search(said)}
    assert found == {}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_day_that_was_promised_is_called_so_in_forms_and_files(language):
    words = catalogue(language)
    columns = [next(v for k, v in words.items() if k.startswith(f"{of}.") and k.endswith(".promised_on"))
               for of in ("exchange", "audit")]  # fmt: skip
    assert {*columns, words["promises.promised"]} == {{"en": "Promised for", "zh": "承诺日期"}[language]}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_weighted_error_keeps_its_name_on_the_leadership_screen(language):
    words = catalogue(language)
    assert str(words["forecast_health.wape"]).lower() in str(words["leadership.wape.other"])


@pytest.mark.parametrize(("language", "allowed"), [("en", "allowed"), ("zh", "允许")])
def test_a_milestones_limit_is_not_what_an_urgency_allows(language, allowed):
    whys = {k: str(said) for k, said in catalogue(language).items() if k.startswith("milestones.why.")}
    assert {key: said for key, said in whys.items() if allowed in said} == {}


def test_a_chinese_sentence_has_chinese_stops():
    ascii_stop = re.compile(r"[\u4e00-\u9fff][,;:!?](?!\w)|[\u4e00-\u9fff]\(")
    assert {k: said for k, said in _sentences().items() if ascii_stop.search(said)} == {}


def test_what_streamlit_names_is_said_in_the_readers_language_and_back():
    there, back = foreign.said("zh"), foreign.said("en")
    assert (there["language"], there["words"]["Download as CSV"]) == ("zh-CN", "下载 CSV")
    assert {("Help for ", "说明："), ("Add: ", "添加：")} <= set(there["before"])
    assert (back["language"], back["words"]["下载 CSV"]) == ("en", "Download as CSV")


def _sentences() -> dict[str, str]:
    return {key: str(said) for key, said in catalogue("zh").items()}
