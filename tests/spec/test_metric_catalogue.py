"""The catalogue: enough metrics, each said in both languages; vanity counts refused with reasons (D1)."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.reports.catalogue import METRICS, REFUSED, Grain, metrics_of
from core.reports.library import DRAWN, REPORTS
from data.text import LANGUAGES, has, translate


def test_what_a_sales_manager_lives_by_is_in_it():
    assert len(METRICS) >= 20
    assert {"talk_minutes", "customer_questions", "won_amount", "win_rate", "completion_rate"} <= set(METRICS)
    assert all(metrics_of(grain) for grain in Grain)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_metric_is_said(language):
    for metric in METRICS.values():
        for key in (
            metric.title,
            metric.formula,
            f"metrics.units.{metric.unit}",
            f"metrics.goods.{metric.good}",
            f"metrics.grains.{metric.grain}",
            *(f"metrics.sources.{name}" for name in metric.sources),
        ):
            assert has(language, key), key
        for split in metric.splits:
            assert has(language, f"reports.dimension.{split}")
            assert has(language, f"reports.without.{split}")
    names = [translate(language, m.title) for m in METRICS.values()]
    assert len(set(names)) == len(names)


def test_the_method_page_has_every_formula_as_it_is_shown():
    page = (Path(__file__).parents[2] / "docs" / "method.md").read_text()
    for metric in METRICS.values():
        name, formula = (translate("en", key) for key in (metric.title, metric.formula))
        assert f"| {name} (`{metric.name}`) | {formula} |" in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_vanity_counts_are_refused_with_the_reason_and_what_to_look_at_instead(language):
    assert {"calls_dialled", "messages_sent"} <= set(REFUSED)
    assert not set(REFUSED) & set(METRICS)
    names = {translate(language, m.title) for m in METRICS.values()}
    for name in REFUSED:
        said = {p: translate(language, f"metrics.refused.{name}.{p}") for p in ("name", "why", "instead")}
        assert len(said["why"]) > 10
        assert set(said["instead"].replace("、", ", ").split(", ")) <= names, said["instead"]


def test_every_report_shows_metrics_of_the_catalogue():
    assert len({r.name for r in REPORTS}) == len(REPORTS)
    assert {r.name for r in REPORTS} >= {"pipeline", "conversion", "activity", "promises", "forecast"}
    for report in DRAWN.values():
        assert set(report.metrics) <= set(METRICS)
        assert report.split_of(METRICS[report.metrics[0]]) in METRICS[report.metrics[0]].splits
        assert all(has(language, key) for language in LANGUAGES for key in (report.title, report.question))
    shown = {name for report in DRAWN.values() for name in report.metrics}
    assert set(METRICS) - shown == {"open_opportunities"}
