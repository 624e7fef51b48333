"""A chart as SVG without a browser: for the page with theme variables, for paper with plain colours."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from keguan.reports.markup import Markup
from keguan.reports.palette import LIGHT

if TYPE_CHECKING:
    import altair as alt

_ROOT = re.compile(r"<svg\b[^>]*>")
_VIEW = re.compile(r'viewBox="([^"]+)"')
_FONT = re.compile(r' font-family="[^"]*"')
_ROLE = re.compile(r' (?:role|aria-[a-z]+|aria-roledescription)="[^"]*"')
_MARK = re.compile(r' class="[^"]*"')
_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_EMPTY = re.compile(r"<g[^>/]*>\s*</g>|<g[^>/]*/>|<path[^>]*\sd=\"\"[^>]*/?>(?:</path>)?")
_THEMED = {LIGHT[name]: f"var(--{name})" for name in ("ink", "muted", "line", "grid", "edge", "surface")}


@contextmanager
def trusted_specs() -> Iterator[None]:
    """Within this block charts are built without checking them against the Vega-Lite schema, which costs more than drawing
    them; a test checks every chart instead."""
    from altair.utils.schemapi import debug_mode

    with debug_mode(False):
        yield


def svg(chart: alt.Chart | alt.LayerChart, label: str, *, themed: bool = True) -> Markup:
    """The chart as inline SVG named `label` for screen readers. `themed` follows the page's light or dark theme.

    The reader's own fonts are used; text stays text, so it can be found and copied.
    """
    import vl_convert

    written: str = vl_convert.vegalite_to_svg(json.dumps(chart.to_dict(validate=False), default=str))
    view = _VIEW.search(written)
    assert view is not None  # vl-convert always writes the view box
    _, _, width, height = view[1].split()
    body = _ROOT.sub("", written, count=1)
    for pattern in (_FONT, _ROLE, _MARK):
        body = pattern.sub("", body)
    body = _NUMBER.sub(lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), body)
    while (shorter := _EMPTY.sub("", body)) != body:
        body = shorter
    if themed:
        for colour, variable in _THEMED.items():
            body = body.replace(f'"{colour}"', f'"{variable}"')
    root = f'<svg class="chart" viewBox="{view[1]}" width="{width}" height="{height}" role="img" aria-label={quoteattr(label)}>'
    return Markup(root + body)
