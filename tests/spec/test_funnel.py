"""The funnel, specified: drawn histories with their outcome, and what became of each at every stage."""

from collections import Counter
from dataclasses import replace

import pytest

from core.access import OPERATOR
from core.process.funnel import Fate, Step, fates, funnel
from core.process.stages import STAGES
from data.queries.board_ask import Ask
from data.queries.board_flow import funnel_steps
from data.queries.board_rows import funnel_fates
from tests.company import found
from tests.history import LETTERS, day, drawn, opportunity, settle

NOW = day(200)  # the window begins on day 20; what was reached after day 170 is young

# The history (A appointment, N needs diagnosis, S solution demo, O objection, Q quote, with the day), the
# outcome, and the fate at the stages: + went on, x ended, . waits, y young, - not reached in the window.
FATES = [
    ("A100", "open", ".----"),
    ("A100 A120", "open", ".----"),  # a repeat leads nowhere
    ("A100", "lost", "x----"),
    ("A100 N110", "open", "+.---"),
    ("A100 S110", "open", "++.--"),  # who jumps over a stage has passed it
    ("S100", "lost", "++x--"),
    ("A100 S110 N120", "open", "++.--"),  # a step back takes nothing away
    ("A100 Q110", "won", "+++++"),  # from the last stage only winning leads on
    ("A100 Q110", "lost", "++++x"),
    ("A100", "won", "+----"),
    ("A100 N171", "open", "+y---"),
    ("A171", "lost", "y----"),  # left out of the rate, whatever became of it
    ("A171 N180 Q190", "won", "yyyyy"),
    ("A10 N100", "open", "-.---"),  # reached before the window
    ("A10 N15", "won", "-----"),
    ("A201", "open", "-----"),  # not yet
    ("", "open", "-----"),
]
SIGNS = {"+": Fate.ON, "x": Fate.ENDED, ".": Fate.WAITING, "y": Fate.YOUNG}


def expected(drawing: str) -> dict[str, Fate]:
    return {stage: SIGNS[sign] for stage, sign in zip(STAGES, drawing, strict=True) if sign != "-"}


@pytest.mark.parametrize(("history", "outcome", "drawing"), FATES)
def test_the_definition(history, outcome, drawing):
    assert fates(drawn(history), outcome, NOW) == expected(drawing)


def test_the_store_says_the_same_of_all_together(store, clock):
    clock.at = NOW
    found(store)
    for n, (history, outcome, _) in enumerate(FATES):
        opportunity(store, None, drawn(history), outcome=outcome, name=f"O{n}", closed_at=None)
    settle(store)
    told = funnel([(drawn(history), outcome) for history, outcome, _ in FATES], NOW)
    counts = Counter(pair for _, _, drawing in FATES for pair in expected(drawing).items())
    assert told == tuple(Step(s, **{f.value: counts[s, f] for f in Fate}) for s in STAGES)
    with store.reading() as session:
        assert funnel_steps(session, OPERATOR, Ask(NOW)) == told
        for (stage, fate), n in counts.items():
            behind = funnel_fates(session, OPERATOR, replace(Ask(NOW), stage=stage, fate=fate.value))
            assert (behind.total, {line.fate for line in behind.lines}) == (n, {fate.value})


def test_the_rate_is_of_those_old_enough():
    step = Step(LETTERS["A"], on=6, ended=3, waiting=1, young=40)
    assert (step.judged, step.rate) == (10, 0.6)
    assert Step(LETTERS["A"], young=40).rate is None
