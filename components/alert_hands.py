"""Who looks after an alert, in words."""

from dataclasses import replace

from components.frame import View
from components.text import t
from core.reports.commitments import Kept, Record
from data.minutes_words import record_words
from data.queries.alert_hands import Hands


def hands_words(hands: Hands | None, view: View) -> str:
    """Who has it and until when; of what a meeting agreed on, that it is overdue, or what was done.

    "" for nobody.
    """
    if hands is None:
        return ""
    if hands.beside is not None:
        return f"{hands_words(replace(hands, beside=None), view)} · {hands_words(hands.beside, view)}"
    until = view.instant(hands.until)
    if hands.done is not None:
        return _done(hands.who, hands.done, view)
    if hands.agreed is not None:
        overdue = hands.agreed is Kept.MISSED
        return t(f"alerts_page.{'agreed_missed' if overdue else 'agreed'}", who=hands.who, until=until)
    return t("alerts_page.with_until" if hands.until else "alerts_page.with", who=hands.who, until=until)


def _done(who: str, record: Record, view: View) -> str:
    at = view.instant(record.started_at or record.happened_at)
    return t("alerts_page.agreed_done", who=who, what=record_words(view.language, record), at=at)
