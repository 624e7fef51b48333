"""The colours of Keguan: tokens of both themes, a ramp for ordered classes, a colour-blind-safe set for unordered ones.

A class has one colour, in every chart, chip and workbook, and in both themes: only ink, lines and surfaces change.
"""

from __future__ import annotations

from collections.abc import Mapping

LIGHT: Mapping[str, str] = {
    "ink": "#1c1b19", "muted": "#635f56", "paper": "#fbfaf7", "surface": "#ffffff", "line": "#e6e2d9", "grid": "#efece5", "edge": "#8b867a",
    "accent": "#274b8f", "seal": "#b3392f", "good": "#2f7d4f", "attention": "#b7791f", "bad": "#b3392f",
}  # fmt: skip
DARK: Mapping[str, str] = {
    "ink": "#ece9e2", "muted": "#aaa699", "paper": "#16171a", "surface": "#1e2024", "line": "#35373d", "grid": "#2a2c31", "edge": "#8f8b80",
    "accent": "#93b4f0", "seal": "#e07a70", "good": "#6fbf90", "attention": "#d9a441", "bad": "#e07a70",
}  # fmt: skip

# Deep for the highest tier. Nine steps of one hue, near-even in lightness.
RAMP = ("#1f4388", "#2f579f", "#426cb3", "#5a83c4", "#7599d2", "#91b0de", "#aec6e9", "#c9daf1", "#e0eaf7")
# Told apart under the common colour-vision deficiencies (a test simulates two).
DISTINCT = ("#33568f", "#e0a23a", "#6da7f1", "#667809", "#cf6f8f", "#7e2e39", "#f2b8c9", "#c1d582", "#915d6d")
OTHER = "#a9a497"
FONTS = {
    "zh-Hans": '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif',
    "zh-Hant": '"PingFang TC", "Microsoft JhengHei", "Noto Sans CJK TC", sans-serif',
    "en": 'system-ui, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", sans-serif',
}
CHART_FONTS = {
    "zh-Hans": "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif",
    "zh-Hant": "PingFang TC, Microsoft JhengHei, Noto Sans CJK TC, sans-serif",
    "en": "Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif",
}
DARK_TEXT, LIGHT_TEXT = "#1b1a18", "#fdfdfc"


def class_colours(codes: tuple[str, ...], *, ordered: bool) -> dict[str, str]:
    """A colour per class code, codes given from high to low."""
    if not ordered:
        return {code: DISTINCT[i] if i < len(DISTINCT) else OTHER for i, code in enumerate(codes)}
    last = max(len(codes) - 1, 1)
    span = min(len(RAMP) - 2, 2 + 2 * last)  # two tiers lie apart, but not as far as first and last of five
    return {code: RAMP[round(i * span / last)] for i, code in enumerate(codes)}


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2) of `#rrggbb`."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio (WCAG 2) of two colours, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def text_on(colour: str) -> str:
    """Black or white text, whichever reads better on `colour`."""
    return max((DARK_TEXT, LIGHT_TEXT), key=lambda text: contrast(text, colour))


def ramp_at(share: float) -> str:
    """The ramp's colour for a share of 0 (pale) to 1 (deep), for heat maps."""
    place = round((1 - min(max(share, 0.0), 1.0)) * (len(RAMP) - 1))
    return RAMP[place]
