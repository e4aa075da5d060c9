"""The minutes of a morning meeting as text that can be sent on (PRODUCT.md D4)."""

from collections.abc import Iterator, Sequence

from core.reports.brief import Item
from core.reports.commitments import Checked, Record
from data.brief_words import cause_words, day_words, money_words, time_words
from data.minutes_json import Minutes
from data.queries.morning import Meeting, Morning
from data.text import ended, has, sentences, translate


def minutes_text(language: str, told: Morning, meeting: Meeting, kept: Minutes) -> str:
    """The whole meeting, top to bottom, as plain text."""
    zone = told.timezone
    head = translate(language, "morning.minutes_of", team=told.team, day=day_words(language, told.day))
    parts = [head, "", duration_words(language, meeting, zone), ""]
    parts += _section(language, "followed", [checked_words(language, c, zone) for c in kept.followed])
    parts += _section(language, "top", [item_words(language, item, zone) for item in told.brief.top])
    parts += [translate(language, "morning.red_alerts", n=kept.red_alerts), ""]
    parts += _section(language, "made", [checked_words(language, c, zone) for c in kept.made])
    if kept.note:
        parts += [translate(language, "morning.note"), kept.note, ""]
    return "\n".join(parts).rstrip() + "\n"


def _section(language: str, name: str, lines: Sequence[str]) -> Iterator[str]:
    yield translate(language, f"morning.step.{name}")
    yield from (f"- {line}" for line in lines or (translate(language, "morning.nothing"),))
    yield ""


def duration_words(language: str, meeting: Meeting, zone: str) -> str:
    """When a finished meeting began, who led it, and how many minutes it took."""
    ended = meeting.finished_at or meeting.started_at
    minutes = max(1, round((ended - meeting.started_at).total_seconds() / 60))
    at = time_words(language, meeting.started_at, zone)
    by = meeting.started_by or translate(language, "morning.somebody")
    return translate(language, "morning.held", at=at, by=by, n=minutes)


def item_words(language: str, item: Item, zone: str) -> str:
    """One of the brief's places in a line."""
    return translate(
        language,
        "morning.place",
        customer=item.name,
        money=money_words(language, item.at_risk),
        who=item.deal.owner,
        what=cause_words(language, item.causes[0]).action,
        by=time_words(language, item.due_at, zone),
    )


def checked_words(language: str, checked: Checked, zone: str) -> str:
    """A commitment in a line: its state, who, what, by when, and the record that shows it."""
    c = checked.commitment
    line = translate(
        language,
        "morning.commitment",
        state=translate(language, f"morning.state.{checked.state}"),
        who=c.owner,
        customer=c.customer,
        what=ended(language, c.what),
        by=time_words(language, c.due_at, zone),
    )
    again = translate(language, "morning.again_text", n=checked.before) if checked.before else ""
    return sentences(line, again, proof_words(language, checked, zone))


def again_words(language: str, checked: Checked) -> str:
    """How often the same was agreed on before; "" for the first time."""
    return translate(language, "morning.again", n=checked.before) if checked.before else ""


def proof_words(language: str, checked: Checked, zone: str) -> str:
    """The record that shows it done, why it was given up, or which record is missing."""
    if checked.record:
        return translate(
            language,
            "morning.shown_by",
            what=_record_words(language, checked.record),
            at=time_words(language, checked.record.started_at or checked.record.happened_at, zone),
            by=checked.record.by or translate(language, "morning.somebody"),
        )
    if checked.commitment.dropped_at:
        return translate(language, "morning.dropped", reason=checked.commitment.drop_reason)
    return translate(language, f"morning.missing.{checked.commitment.expects}")


def _record_words(language: str, record: Record) -> str:
    stage, own = f"terms.stage.{record.word}", f"morning.record.{record.word}"
    return translate(language, stage if has(language, stage) else own)
