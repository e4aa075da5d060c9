"""The rows behind a number as a file that any spreadsheet opens, and runs nothing of (D3, P2)."""

import csv
import io
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from core.exchange.tables import guard
from core.reports.catalogue import Dimension, Metric
from core.reports.facts import Fact
from data.report_words import group_words
from data.text import translate


def rows_file(language: str, metric: Metric, facts: Iterable[Fact], zone: str) -> bytes:
    """One line per row: its record, when, whose, its groups, what it adds, and over what.

    Args:
        zone: in which instants are written.
    """
    splits: list[Dimension] = [d for d in metric.splits if d is not Dimension.CUSTOMER]
    heads = [translate(language, f"reports.{name}") for name in ("customer", "opportunity", "when")]
    heads += [translate(language, f"reports.dimension.{d}").capitalize() for d in splits]
    heads += [translate(language, metric.title)]
    heads += [translate(language, "reports.over")] if metric.ratio else []
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["id", *heads])
    writer.writerows(_cells(language, metric, fact, splits, ZoneInfo(zone)) for fact in facts)
    return text.getvalue().encode("utf-8-sig")


def _cells(language: str, metric: Metric, fact: Fact, splits: list[Dimension], zone: ZoneInfo) -> list[str]:
    top, of = fact.values[metric.name]
    at = fact.at.astimezone(zone).isoformat(sep=" ", timespec="minutes")[:16]
    groups = [group_words(language, d, *fact.groups[d]) for d in splits]
    words = [guard(text) for text in (fact.customer or "", fact.opportunity or "", at, *groups)]
    return [str(fact.id), *words, f"{top:.10g}"] + ([f"{of:.10g}"] if metric.ratio else [])
