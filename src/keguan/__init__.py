"""Keguan (客官): which customers matter, why, and what to do next.

>>> import keguan as kg
>>> book = kg.open(orders={"customer_id": ["a", "b"], "ordered_at": ["2026-01-05"] * 2, "amount": ["90", "10"]})
>>> run = book.classify("value-basic", as_of="2026-06-30", purpose="try it")
>>> [c["count"] for c in run.counts("value-basic")]
[0, 2]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from keguan.book.book import Book
    from keguan.book.run import Cuts, Run

__version__ = "0.1.0"
__all__ = ["Book", "Cuts", "KeguanError", "Run", "open"]

_LAZY = {
    "Book": "keguan.book.book",
    "Run": "keguan.book.run",
    "Cuts": "keguan.book.run",
    "KeguanError": "keguan.core.errors",
}


def open(*inputs: Any, **tables: Any) -> Book:
    """A book of one business's tables.

    Positional inputs are a book's folder, files, folders, globs or database URLs; keywords name tables: paths, data
    frames, Arrow tables or columns as a mapping. The keywords `currency`, `tz`, `encoding`, `delimiter`, `sheet`,
    `date_order`, `columns`, `rates` and `policies` say how to read them (see `IntakeOptions`); `folder` keeps the parts.
    """
    from keguan.book.opening import open_book

    return open_book(inputs, tables)


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'keguan' has no attribute {name!r}")
