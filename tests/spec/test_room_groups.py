"""What a room's group in the chat tool still lacks, step by step."""

import pytest

from core.groups import Step, What, check_user, group_name, steps

A, B, C = {1: "ann"}, {2: "bo"}, {3: "cy"}
GREETED = (Step(What.FIND_LINK, "find_link"), Step(What.SAY_OPENED, "say_opened"))
CY_IN = Step(What.ADD, "add:3:cy:0", 3, "cy")
CY_OUT = Step(What.TAKE_OUT, "take_out:3:cy:0", 3, "cy")

# fmt: off
ROWS = [
    # those in the room         made with  asked for        closed   still lacking
    (A,                         None,      (),              False,   []),
    (A | B,                     None,      (),              False,   ["make"]),
    (A | B,                     None,      (),              True,    []),
    (A | B,                     A | B,     (),              False,   ["find_link", "say_opened"]),
    (A | B,                     A | B,     GREETED,         False,   []),
    (A | B | C,                 A | B,     GREETED,         False,   ["add:3:cy:0"]),
    (A | B | C,                 A | B,     (*GREETED, CY_IN), False, []),
    (A | B,                     A | B,     (*GREETED, CY_IN), False, ["take_out:3:cy:0"]),
    (A | B | C,                 A | B,     (*GREETED, CY_IN, CY_OUT), False, ["add:3:cy:1"]),
    (A,                         A | B,     GREETED,         False,   ["take_out:2:bo:0"]),
    (A | {2: "bob"},            A | B,     GREETED,         False,   ["take_out:2:bo:0", "add:2:bob:0"]),
    (A | {3: "bo"},             A | B,     GREETED,         False,   ["take_out:2:bo:0", "add:3:bo:0"]),
    (A | C,                     A | B,     GREETED,         True,    ["say_closed"]),
]
# fmt: on


@pytest.mark.parametrize(("present", "made", "asked", "closed", "lacking"), ROWS)
def test_what_a_group_lacks(present, made, asked, closed, lacking):
    assert [step.key for step in steps(present, made, asked, closed=closed)] == lacking


@pytest.mark.parametrize(
    ("value", "good"), [(None, True), ("", True), ("ou_7", True), ("a b", False), ("x" * 65, False)]
)
def test_an_id_of_a_chat_tool_has_no_blanks(value, good):
    assert (check_user("feishu_id", value) == ()) is good


def test_a_name_is_cut_to_what_all_take():
    assert group_name("海河精密制造（集团）有限公司华东第一事业部上海分公司研发中心", "协同").startswith(
        "协同 · 海河精密"
    )
    assert len(group_name("x" * 80, "Together")) == 30
