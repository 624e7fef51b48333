"""Opening a book: from the words of the public call to inputs and options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from keguan.book.book import Book
from keguan.book.settings import SETTINGS_FILE, read_policies, read_settings
from keguan.core.errors import Place, fail
from keguan.engine.intake.options import IntakeOptions

_RENAMED = {"tz": "timezone"}
_OPTIONS = (
    "currency",
    "tz",
    "encoding",
    "delimiter",
    "sheet",
    "date_order",
    "decimal_mark",
    "columns",
    "rates",
    "policies",
)


def open_book(inputs: Sequence[Any], keywords: Mapping[str, Any]) -> Book:
    """A book from positional inputs and keywords; everything that is not an option names a table."""
    said = {_RENAMED.get(k, k): keywords[k] for k in _OPTIONS if k in keywords}
    tables = {k: v for k, v in keywords.items() if k not in _OPTIONS and k != "folder"}
    if isinstance(said.get("policies"), Mapping):
        said["policies"] = read_policies(said["policies"])
    folder = Path(keywords["folder"]) if "folder" in keywords else None
    first = inputs[0] if len(inputs) == 1 and not tables else None
    if isinstance(first, (str, Path)) and (Path(first) / SETTINGS_FILE).is_file():
        return _kept_book(Path(first), said)
    everything: list[Any] = [*inputs, *([_arrow(tables)] if tables else [])]
    return Book(everything, IntakeOptions(**said), folder=folder)


def _kept_book(folder: Path, said: Mapping[str, Any]) -> Book:
    settings = read_settings(folder)
    book = Book(settings.inputs, settings.options(said), folder=folder / ".keguan")
    book.profile_id = settings.profile
    book.scheme_folders = settings.scheme_folders
    book.scheme_ids = settings.schemes
    book.window = settings.window
    book.leading = settings.leading
    book.parameters = settings.parameters
    return book


def _arrow(tables: Mapping[str, Any]) -> dict[str, Any]:
    """Columns given as a plain mapping become a table; everything else goes to the readers as it is. Raises KG620."""
    return {k: _table(k, v) if isinstance(v, Mapping) else v for k, v in tables.items()}


def _table(name: str, columns: Mapping[str, Any]) -> Any:
    import pyarrow as pa

    try:
        return pa.table(dict(columns))
    except (pa.ArrowException, TypeError, ValueError) as wrong:
        raise fail("KG620", Place(field=name), table=name, detail=str(wrong)) from None
