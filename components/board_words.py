"""Words that several parts of the board share."""

from components.blocks import empty
from components.text import t, term
from data.queries.board_ask import NO_STAGE, By


def stage_name(key: str | None) -> str:
    """A stage in words; an imported stage keeps its own name."""
    return t("board.no_stage") if key == NO_STAGE else term("stage", key)


def group_name(name: str | None, by: By) -> str:
    """A team, a rep or a customer; or that there is none."""
    return name or t(f"board.without_{by}")


def too_early(hint: str) -> None:
    """Too little to draw a shape from."""
    empty(t("board.too_early"), hint, icon=":material/timer:")
