"""Where each number of a report comes from: formula, window, and whether the rule is given or ours."""

from __future__ import annotations

import re
from dataclasses import dataclass

from keguan.insight.overview import Overview
from keguan.reports.sentences import measure_label
from keguan.reports.words import Words

# Which of the bases of `report.basis` holds for each source, in the order they are listed.
BASES: dict[str, str] = {
    "population": "data", "sales": "data", "top20": "given", "for80": "given", "largest": "ours", "below_zero": "data",
    "class_heads": "mixed", "class_sales": "mixed", "cut": "mixed", "rfm_segments": "ours", "boundary": "ours", "overlap": "mixed",
    "crossing": "data", "status": "mixed", "ties": "ours", "left_out": "mixed", "skipped": "mixed", "rejected": "data",
}  # fmt: skip
_WITHOUT_WINDOW = frozenset({"population", "status", "left_out", "skipped", "rejected"})
_WINDOW = re.compile(r"_((?:prev_|full_)?\d+m|total)$")


@dataclass(frozen=True)
class Source:
    """One entry of the provenance: what the number is, how it is made, over which days, and on whose authority."""

    id: str
    name: str
    how: str
    window: str
    basis: str


def sources(view: Overview, words: Words) -> dict[str, Source]:
    """All entries by id."""
    label = measure_label(view.value, words)
    window = value_window(view, words)
    return {
        key: Source(
            key,
            words.t(f"sources.{key}.name"),
            words.t(f"sources.{key}.how", measure=label),
            "" if key in _WITHOUT_WINDOW else window,
            words.t(f"basis.{basis}"),
        )
        for key, basis in BASES.items()
    }


def value_window(view: Overview, words: Words) -> str:
    """The days the value measure covers."""
    name = view.value.name if view.value else ""
    found = _WINDOW.search(name)
    return window_text(view, found[1] if found else "total", words)


def window_text(view: Overview, window: str, words: Words) -> str:
    """A window in words: first to last day, or everything up to a day."""
    first, last = view.record.windows.get(window, (None, view.record.as_of.isoformat()))
    return words.t("head.span", first=first, last=last) if first else words.t("head.until", last=last)
