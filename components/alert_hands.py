"""Who looks after an alert, in words."""

from dataclasses import replace

from components.frame import View
from components.text import t
from core.reports.commitments import Kept
from data.queries.alert_hands import Hands

_AGREED = {Kept.MISSED: "agreed_missed", Kept.KEPT: "agreed_done", Kept.LATE: "agreed_done"}


def hands_words(hands: Hands | None, view: View) -> str:
    """Who has it and until when; of what a meeting agreed on, that it is done or overdue. "" for nobody."""
    if hands is None:
        return ""
    if hands.beside is not None:
        return f"{hands_words(replace(hands, beside=None), view)} · {hands_words(hands.beside, view)}"
    until = view.instant(hands.until)
    if hands.agreed is not None:
        return t(f"alerts_page.{_AGREED.get(hands.agreed, 'agreed')}", who=hands.who, until=until)
    return t("alerts_page.with_until" if hands.until else "alerts_page.with", who=hands.who, until=until)
