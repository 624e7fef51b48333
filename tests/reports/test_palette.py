"""Colours: readable in both themes, told apart by everybody, and one per class wherever the class appears."""

from __future__ import annotations

from itertools import combinations
from math import dist
from pathlib import Path

import pytest

from keguan.core.languages import Lang
from keguan.insight.overview import Overview
from keguan.reports.charts.classes import class_bars
from keguan.reports.charts.histogram import cut_histogram
from keguan.reports.charts.pyramid import pyramid
from keguan.reports.palette import (
    DARK,
    DISTINCT,
    LIGHT,
    RAMP,
    class_colours,
    contrast,
    luminance,
    ramp_at,
    text_on,
)
from keguan.reports.words import Words

pytestmark = pytest.mark.slow

# Linear-light simulations of full deuteranopia and protanopia (Viénot, Brettel and Mollon 1999, in sRGB primaries).
DEFICIENCIES = {
    "deuteranopia": ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0)),
    "protanopia": ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0)),
}


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_has_aa_contrast(theme: dict[str, str]) -> None:
    for text in ("ink", "muted", "accent", "seal", "good", "bad"):
        for ground in ("paper", "surface"):
            assert contrast(theme[text], theme[ground]) >= 4.5, (text, ground)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_chosen_theme_is_readable_on_its_ground(theme: dict[str, str]) -> None:
    assert contrast(theme["ink"], theme["grid"]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_shapes_have_contrast(theme: dict[str, str]) -> None:
    for shape in ("attention", "edge"):
        assert contrast(theme[shape], theme["surface"]) >= 3, shape


@pytest.mark.parametrize("colour", [*RAMP, *DISTINCT])
def test_text_on_a_class_colour_is_readable(colour: str) -> None:
    assert contrast(text_on(colour), colour) >= 4.5


def test_deep_stands_for_high() -> None:
    brightness = [luminance(c) for c in RAMP]
    assert brightness == sorted(brightness)
    assert ramp_at(1) == RAMP[0] and ramp_at(0) == RAMP[-1]
    for n in range(2, 8):
        colours = list(class_colours(tuple("ABCDEFGH"[:n]), ordered=True).values())
        assert len(set(colours)) == n
        assert [luminance(c) for c in colours] == sorted(luminance(c) for c in colours)


def seen(colour: str, deficiency: str | None) -> tuple[float, float, float]:
    """A colour in OKLab as seen with a deficiency."""
    linear = [
        ((v / 255 + 0.055) / 1.055) ** 2.4 if v > 10 else v / 255 / 12.92 for v in bytes.fromhex(colour[1:])
    ]
    if deficiency:
        linear = [
            max(0.0, sum(a * b for a, b in zip(row, linear, strict=True))) for row in DEFICIENCIES[deficiency]
        ]
    r, g, b = linear
    cone = [
        (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3),
        (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3),
        (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3),
    ]
    x, y, z = cone
    return (
        0.2104542553 * x + 0.7936177850 * y - 0.0040720468 * z,
        1.9779984951 * x - 2.4285922050 * y + 0.4505937099 * z,
        0.0259040371 * x + 0.7827717662 * y - 0.8086757660 * z,
    )


@pytest.mark.parametrize("deficiency", [None, "deuteranopia", "protanopia"])
def test_unordered_classes_are_told_apart(deficiency: str | None) -> None:
    for one, other in combinations(DISTINCT, 2):
        assert dist(seen(one, deficiency), seen(other, deficiency)) >= 0.08, (one, other)


def test_a_class_has_one_colour_in_every_picture_and_chip(view: Overview, pages: dict[Lang, Path]) -> None:
    assert view.leading is not None and view.histogram is not None
    words = Words("zh-Hans", "CNY")
    colours = class_colours(view.leading.scheme.codes, ordered=True)
    charts = [
        pyramid(view.leading, "heads", words), pyramid(view.leading, "sales", words), class_bars(view.leading, words),
        cut_histogram(view.histogram, view.leading.scheme, words),
    ]  # fmt: skip
    for chart in charts:
        written = str(chart.to_dict())
        used = {c for c in RAMP if c in written}
        assert used == set(colours.values())
    page = pages["zh-Hans"].read_text(encoding="utf-8")
    for code, label in zip("ABCD", ("VIP客户", "主要客户", "普通客户", "小客户"), strict=True):
        assert f'fill="{colours[code]}"></rect></svg>{code} · {label}' in page
