"""The weekly health report for printing: one HTML file that needs nothing from anywhere."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from core.process.health import MEASURES, Rows, StageWeek, WeeklyHealth
from data.exchange.printing import document
from data.health_sheets import IN_SHORT, Column, Sheet, chosen, row_sheets, stage_sheet, week_sheet
from data.health_words import (
    NOTHING,
    instant,
    issued_words,
    measured,
    number,
    percent,
    stage_name,
    team_name,
    verdict,
    week_words,
)
from data.queries.health import Issued
from data.text import translate

_LONG = ("customer", "opportunity", "skipped")  # columns whose words may take several lines
_DIGITS = {"count": 0, "days": 1, "times": 2}


def health_page(language: str, report: Issued, found: Rows, trend: Sequence[Issued]) -> bytes:
    """An HTML file of A4 pages: what the report says, its figures, and all rows behind them."""
    title = translate(language, "health.title")
    week = week_words(language, report.monday)
    name = f"{title} – {team_name(language, report)} – {week}"
    parts = (
        f"<h1>{escape(title)}</h1>",
        f"<p>{escape(team_name(language, report))} · {escape(week)}</p>",
        _verdict(language, report.health),
        _section(language, "figures", _cards(language, report.health)),
        _section(language, "by_stage", _bars(language, report.health) + _legend(language, report.health)),
        _section(language, "table", _table(_short(language, report.health), language, report.timezone)),
        _section(language, "trend", _table(week_sheet(language, trend), language, report.timezone)),
        _section(language, "print_defs", _definitions(language)),
        f'<p class="quiet">{escape(issued_words(language, report))}</p>',
        *(_rows(sheet, language, report.timezone) for sheet in row_sheets(language, found)),
    )
    return document(language, name, "\n".join(parts))


def _section(language: str, key: str, inner: str) -> str:
    return f"<section><h2>{escape(translate(language, f'health.{key}'))}</h2>{inner}</section>"


def _verdict(language: str, health: WeeklyHealth) -> str:
    said = verdict(language, health)
    label = escape(translate(language, "health.do_this"))
    action = f"<p><strong>{label}</strong> {escape(said.action)}</p>" if said.action else ""
    return f'<div class="verdict"><p>{escape(said.sentence)}</p>{action}</div>'


def _cards(language: str, health: WeeklyHealth) -> str:
    return f'<div class="cards">{"".join(_card(language, m, health) for m in MEASURES)}</div>'


def _card(language: str, measure: str, health: WeeklyHealth) -> str:
    label = escape(translate(language, f"health.measure.{measure}"))
    note = ""
    if measure != "lost":
        part, whole = health.parts(measure)
        note = escape(translate(language, "health.of", part=part, whole=whole))
    value = escape(measured(language, measure, health))
    return (
        f'<div class="card"><span class="quiet">{label}</span><b>{value}</b>'
        f'<span class="quiet">{note}</span></div>'
    )


def _bars(language: str, health: WeeklyHealth) -> str:
    longest = max((v for s in health.stages for v in (s.median_days, s.benchmark_days) if v), default=1.0)
    return (
        f'<div class="bars">{"".join(_bar(language, s, health.least, longest) for s in health.stages)}</div>'
    )


def _bar(language: str, stage: StageWeek, least: int, longest: float) -> str:
    few = stage.ended < least
    late = (stage.ratio(least) or 0) > 1
    words = translate(language, "health.no_ended")
    if stage.median_days is not None:
        key = "health.few_runs" if few else "health.runs"
        words = translate(language, key, days=number(language, stage.median_days, 1), n=stage.ended)
    fill = f'<i class="fill" style="width:{(stage.median_days or 0) / longest:.1%}"></i>'
    mark = (
        f'<i class="mark" style="left:{stage.benchmark_days / longest:.1%}"></i>'
        if stage.benchmark_days
        else ""
    )
    kind = "few" if few else "late" if late else "good"
    return (
        f"<span>{escape(stage_name(language, stage.stage))}</span>"
        f'<div class="track {kind}">{fill}{mark}</div><span>{escape(words)}</span>'
    )


def _legend(language: str, health: WeeklyHealth) -> str:
    return f'<p class="quiet">{escape(translate(language, "health.print_legend", least=health.least))}</p>'


def _short(language: str, health: WeeklyHealth) -> Sheet:
    return chosen(stage_sheet(language, health), IN_SHORT)


def _definitions(language: str) -> str:
    lines = (
        f"<dt>{escape(translate(language, f'health.measure.{m}'))}</dt>"
        f"<dd>{escape(translate(language, f'health.measure_help.{m}'))}</dd>"
        for m in MEASURES
    )
    return f'<dl class="quiet">{"".join(lines)}</dl>'


def _rows(sheet: Sheet, language: str, timezone: str) -> str:
    if not sheet.rows:
        return ""
    return (
        f'<section class="rows"><h2>{escape(sheet.title)} ({len(sheet.rows)})</h2>'
        f"{_table(sheet, language, timezone)}</section>"
    )


def _table(sheet: Sheet, language: str, timezone: str) -> str:
    heads = "".join(f"<th{_class(c)}>{escape(c.title)}</th>" for c in sheet.columns)
    lines = "".join(
        f"<tr>{''.join(_cells(sheet.columns, row, language, timezone))}</tr>" for row in sheet.rows
    )
    return f'<div class="scroll"><table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table></div>'


def _cells(columns: Sequence[Column], row: Sequence[Any], language: str, timezone: str) -> Iterable[str]:
    for column, value in zip(columns, row, strict=True):
        yield f"<td{_class(column)}>{escape(_words(column.kind, value, language, timezone))}</td>"


def _class(column: Column) -> str:
    if column.kind in _DIGITS or column.kind == "rate":
        return ' class="n"'
    return ' class="w"' if column.name in _LONG else ""


def _words(kind: str, value: Any, language: str, timezone: str) -> str:
    match kind:
        case "text":
            return str(value)
        case "yes":
            return translate(language, "health.print_yes") if value else ""
        case "instant":
            return instant(language, value, timezone) if value else NOTHING
        case "rate":
            return percent(language, value)
        case _:
            return number(language, value, _DIGITS[kind])
