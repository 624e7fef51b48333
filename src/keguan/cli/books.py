"""Opens the book a command works on: inputs as typed, what was said about reading them, and what the book remembers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import keguan
from keguan.cli.options import Reading

if TYPE_CHECKING:
    from keguan.book.book import Book
    from keguan.book.settings import Settings


@contextmanager
def open_book(inputs: Sequence[str], reading: Reading, tell: Callable[[str], None]) -> Iterator[Book]:
    """The book of some inputs for as long as the block lasts; `tell` hears which step is running."""
    book = keguan.open(*inputs, **reading.keywords())
    book.progress = tell
    try:
        yield book
    finally:
        book.close()


def remembered(inputs: Sequence[str]) -> Settings | None:
    """The settings of the book that is the only input; None when the input is no book."""
    from keguan.book.settings import SETTINGS_FILE, read_settings

    if len(inputs) == 1 and (Path(inputs[0]) / SETTINGS_FILE).is_file():
        return read_settings(Path(inputs[0]))
    return None


def newest_day(book: Book, wish: str | None) -> str | date:
    """The day of the run: as wished, else the day of the newest order."""
    return wish if wish is not None else book.newest_day
