"""Building blocks that every page shares: values in, widgets out. Texts come in already translated.

    section("Red alerts", icon=":material/warning:")          a heading inside a page
    cards([Card("Open", "12", note="¥3.4M")])                 a row of figures, two abreast on a phone
    empty("Nothing to do", "Due steps will appear here.")     nothing to show, and what will appear here
    badge("Overdue", Tone.RED)                                a status word
    if picked := rows([Row("7", "Haihe Pumps", "…", action="Record")], "todo"): …   a list to act on
    plain(customer.name)                                      people's text, safe inside Markdown

Text from people (names, notes, reasons) always goes through `plain` unless a block says that it does so.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import streamlit as st


class Tone(StrEnum):
    """How loudly a value speaks. Never by colour alone: a word or an icon stands beside it."""

    RED = "red"
    AMBER = "orange"
    GREEN = "green"
    BLUE = "blue"
    QUIET = "gray"


_Colour = Literal["red", "orange", "green", "blue", "gray"]
_COLOURS: dict[Tone, _Colour] = {
    Tone.RED: "red",
    Tone.AMBER: "orange",
    Tone.GREEN: "green",
    Tone.BLUE: "blue",
    Tone.QUIET: "gray",
}
_ICONS = {
    Tone.RED: ":material/error:",
    Tone.AMBER: ":material/warning:",
    Tone.GREEN: ":material/check_circle:",
}
_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&^=])")
# Signs that turn the direction of all that follows in a line, of whatever is written there.
_TURNS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))


@dataclass(frozen=True, slots=True)
class Card:
    """One figure.

    Attributes:
        value: already formatted.
        note: a short line under the figure, coloured by `tone`.
        help: what the figure means, shown on demand; of one that opens something, it stands there.
        opens: returned by `cards` when the card is pressed, unique among them; without it nothing is pressed.
    """

    label: str
    value: str
    note: str = ""
    tone: Tone = Tone.QUIET
    help: str | None = None
    opens: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list to act on.

    Attributes:
        key: returned when its button is pressed; unique in its list.
        title, detail: plain text; escaped here.
        mark: a status word before the title.
        action: what its button says; without it the row has no button.
        at_once: pressing it does something that is not undone by going back, so that the button alone is
            pressed; the others lead somewhere, and all of the line is their button.
    """

    key: str
    title: str
    detail: str = ""
    mark: str = ""
    tone: Tone = Tone.QUIET
    action: str = ""
    primary: bool = False
    at_once: bool = False


def plain(text: str) -> str:
    r"""Text that Markdown shows as it was written, and that leaves what stands beside it as it is.

    >>> print(plain("A*B [x](y) :red[z] $1"), plain("\u202egnp.exe"))
    A\*B \[x\]\(y\) \:red\[z\] \$1 gnp\.exe
    """
    return _MARKUP.sub(r"\\\1", text.translate(_TURNS)).replace("\n", " ")


def section(title: str, *, icon: str = "", help: str | None = None) -> None:
    """A heading inside a page."""
    st.subheader(f"{icon} {title}".strip(), anchor=False, help=help)


def cards(items: Iterable[Card], *, key: str | None = None) -> str | None:
    """Figures side by side, two abreast on a phone; returns what the pressed one opens."""
    items = tuple(items)
    pressed = None
    with st.grid(len(items) or 1, min_column_width=150, gap="small", key=key):
        for card in items:
            if _card(card):
                pressed = card.opens
    return pressed


def _card(card: Card) -> bool:
    """One that opens something is a button as a whole, of a paragraph for each of its lines: shell.css."""
    if not card.opens:
        _metric(card)
        return False
    note = [f":{_COLOURS[card.tone]}-badge[{plain(card.note)}]"] if card.note else []
    words = "\n\n".join([card.label, plain(card.value), *note])
    return st.button(words, key=f"tile-{card.opens}", width="stretch")


def _metric(card: Card) -> None:
    st.metric(
        card.label,
        card.value,
        delta=card.note or None,
        delta_color=_COLOURS[card.tone],
        delta_arrow="off",
        help=card.help,
        border=True,
        height="stretch",
    )


def badge(text: str, tone: Tone = Tone.QUIET) -> None:
    """A status word with its icon."""
    st.badge(text, icon=_ICONS.get(tone), color=_COLOURS[tone])


def empty(title: str, hint: str = "", *, icon: str = ":material/inbox:") -> None:
    """Nothing to show: says so calmly, and what will appear here."""
    with st.container(border=True, horizontal_alignment="center", gap="xsmall"):
        st.space("xsmall")
        st.markdown(f"## :gray[{icon}]", text_alignment="center", anchors=False)
        st.markdown(f"**{title}**", text_alignment="center")
        if hint:
            st.caption(hint, text_alignment="center")
        st.space("xsmall")


def rows(items: Sequence[Row], key: str) -> str | None:
    """Lines to press; returns the key of the one that was pressed in this run.

    Args:
        key: of this list, unique on the page.
    """
    pressed = None
    with st.container(border=True, gap="small", key=f"rows-{key}"):
        for item in items:
            if _row(item, f"{key}-{item.key}"):
                pressed = item.key
    return pressed


def _row(item: Row, key: str) -> bool:
    mark = (
        f":{_COLOURS[item.tone]}-badge[{_ICONS.get(item.tone, '')} {plain(item.mark)}] " if item.mark else ""
    )
    detail = f"  \n:small[:gray[{plain(item.detail)}]]" if item.detail else ""
    words = f"{mark}**{plain(item.title)}**{detail}"
    if not item.action:
        st.markdown(words)
        return False
    if not item.at_once:  # one button of two paragraphs: shell.css
        action = f"**{item.action}**" if item.primary else item.action
        return st.button(f"{words}\n\n{action}", key=key, type="tertiary", width="stretch")
    kind: Literal["primary", "secondary"] = "primary" if item.primary else "secondary"
    with st.container(key=f"row-{key}", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(words)  # how the two share the line: shell.css
        return st.button(item.action, key=key, type=kind)


def picture(content: bytes, caption: str) -> None:
    """A picture that somebody sent: as wide as a reader needs it, and no wider than a phone."""
    with st.container(width=420):
        st.image(content, caption=caption, width="stretch")
