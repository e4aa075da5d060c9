"""Secret ballots: what a paper yields, and what a box says when it is opened (PRODUCT.md D5)."""

import pytest

from core.ballots import check_choice, mark_of, print_of, tally

# fmt: off
BOXES = [
    # choices             counts             votes   mean
    ([3],                 (0, 0, 1, 0, 0),   1,      3.0),
    ([5, 5, 1],           (1, 0, 0, 0, 2),   3,      11 / 3),
    ([1, 2, 3, 4, 5],     (1, 1, 1, 1, 1),   5,      3.0),
    ([4, 3, 4, 3],        (0, 0, 2, 2, 0),   4,      3.5),
]
# fmt: on


@pytest.mark.parametrize(("choices", "counts", "votes", "mean"), BOXES)
def test_a_box_is_counted_as_a_whole(choices, counts, votes, mean):
    told = tally(choices)
    assert (told.counts, told.votes) == (counts, votes)
    assert told.mean == pytest.approx(mean)
    assert tally(reversed(choices)) == told


@pytest.mark.parametrize(("choice", "good"), [(0, False), (1, True), (5, True), (6, False), (-1, False)])
def test_a_choice_is_one_of_five(choice, good):
    assert (check_choice(choice) == []) is good


def test_a_paper_has_one_mark_for_a_subject_and_month():
    paper = "a" * 43
    assert mark_of(paper, "outlook", "2026-03") == mark_of(paper, "outlook", "2026-03")
    marks = {mark_of(p, s, m) for p in ("a" * 43, "b" * 43) for s in ("x", "y") for m in ("1", "2")}
    assert len(marks) == 8
    assert print_of(paper) not in marks
