"""The minutes of a morning meeting as text that can be sent on (PRODUCT.md D4)."""

from collections.abc import Collection, Iterator, Sequence

from core.reports.brief import Item
from core.reports.commitments import Checked, Record, agreed_again
from data.brief_words import cause_words, day_words, money_words, time_words
from data.minutes_json import Minutes
from data.queries.morning import Meeting, Morning
from data.text import ended, has, sentences, translate


def minutes_text(language: str, told: Morning, meeting: Meeting, kept: Minutes) -> str:
    """The whole meeting, top to bottom, as plain text."""
    zone = told.timezone
    head = translate(language, "morning.minutes_of", team=told.team, day=day_words(language, told.day))
    parts = [head, "", duration_words(language, meeting, zone), ""]
    again = agreed_again(kept.followed, kept.made)
    followed = [_in_minutes(language, "followed", c, again, zone) for c in kept.followed]
    parts += _section(language, "followed", followed)
    parts += _section(language, "top", [item_words(language, item, zone) for item in told.brief.top])
    parts += [translate(language, "morning.red_alerts", n=kept.red_alerts), ""]
    made = [_in_minutes(language, "made", c, again, zone) for c in kept.made]
    parts += _section(language, "made", made)
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


def _in_minutes(language: str, name: str, checked: Checked, again: Collection[int], zone: str) -> str:
    line = checked_words(language, checked, zone)
    there = checked.commitment.id in again
    return sentences(line, translate(language, f"morning.anew_{name}_text") if there else "")


def anew_words(language: str, name: str, checked: Checked, again: Collection[int]) -> str:
    """That a meeting agreed on again what was not done, said of either; else "".

    Args:
        name: `followed`, what earlier meetings agreed on, or `made`, what this one did.
        again: ids of what was agreed on again, and of what does so.
    """
    return translate(language, f"morning.anew_{name}") if checked.commitment.id in again else ""


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
            what=record_words(language, checked.record),
            at=time_words(language, checked.record.started_at or checked.record.happened_at, zone),
            by=checked.record.by or translate(language, "morning.somebody"),
        )
    if checked.commitment.dropped_at:
        return translate(language, "morning.dropped", reason=checked.commitment.drop_reason)
    return translate(language, f"morning.missing.{checked.commitment.expects}")


def record_words(language: str, record: Record) -> str:
    """What a record is of: the type of an action, or what was done about a promise or a demand."""
    stage, own = f"terms.stage.{record.word}", f"morning.record.{record.word}"
    return translate(language, stage if has(language, stage) else own)
