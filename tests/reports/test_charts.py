"""Charts: valid specs, text that stays text, fonts that know Chinese."""

from __future__ import annotations

import json

import pytest

from keguan.core.languages import LANGUAGES, Lang
from keguan.insight.overview import Overview
from keguan.reports.charts.classes import class_bars
from keguan.reports.charts.concentration import curve
from keguan.reports.charts.crossing import crossing_map
from keguan.reports.charts.histogram import cut_histogram
from keguan.reports.charts.pyramid import pyramid
from keguan.reports.charts.render import svg
from keguan.reports.charts.rfm import rfm_chart
from keguan.reports.palette import CHART_FONTS, LIGHT
from keguan.reports.words import Words


def charts(view: Overview, words: Words) -> dict[str, object]:
    assert view.leading is not None and view.concentration is not None
    assert view.rfm is not None and view.histogram is not None
    by_id = {d.scheme.id: d for d in view.distributions}
    return {
        "pyramid": pyramid(view.leading, "heads", words),
        "curve": curve(view.concentration, words),
        "rfm": rfm_chart(view.rfm, words),
        "histogram": cut_histogram(view.histogram, view.leading.scheme, words),
        "crossing": crossing_map(view.crossings[0], words),
        "classes": class_bars(by_id["loyalty-quadrant"], words),
    }


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_chart_is_a_valid_spec_with_named_fonts(view: Overview, lang: Lang) -> None:
    for name, chart in charts(view, Words(lang, "CNY")).items():
        spec = chart.to_dict(validate=True)  # type: ignore[attr-defined]
        assert spec["config"]["font"] == CHART_FONTS[lang], name
        assert "Noto Sans CJK" in spec["config"]["font"]
        spec.pop("$schema")
        assert "http" not in json.dumps(spec) and '"url"' not in json.dumps(spec), name


def test_text_stays_text_and_follows_the_theme(view: Overview) -> None:
    assert view.leading is not None
    chart = pyramid(view.leading, "heads", Words("zh-Hans", "CNY"))
    drawn = svg(chart, "按人数")
    assert drawn.startswith('<svg class="chart"') and 'role="img" aria-label="按人数"' in drawn
    assert "VIP客户" in drawn and "var(--ink)" in drawn and LIGHT["ink"] not in drawn
    assert "xmlns" not in drawn and "<image" not in drawn and "style=" not in drawn


def test_paper_gets_plain_colours(view: Overview) -> None:
    assert view.concentration is not None
    drawn = svg(curve(view.concentration, Words("en", "CNY")), "x", themed=False)
    assert "var(" not in drawn and LIGHT["muted"] in drawn


def test_names_for_screen_readers_are_escaped(view: Overview) -> None:
    assert view.leading is not None
    drawn = svg(pyramid(view.leading, "heads", Words("en", "CNY")), '"><script>')
    assert "<script>" not in drawn
