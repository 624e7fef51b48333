"""A run as something to read: charts, one offline HTML page, a workbook, a PDF. Knows looks and words, computes nothing.

`write_report` is imported when first used, so that words alone cost nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from keguan.reports.write import write_report

__all__ = ["write_report"]


def __getattr__(name: str) -> Any:
    if name != "write_report":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from keguan.reports.write import write_report

    return write_report
