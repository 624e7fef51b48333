"""From what people call a file, a sheet or a database table to the name of a logical table, or to None."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from keguan.core.yaml import load_plain

_LATIN = re.compile(r"[a-z]+")


def _plain(name: str) -> str:
    """NFKC, lower case, camel case split, everything but letters as one space."""
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", name))
    return " ".join(re.findall(r"[^\W\d_]+", split.casefold()))


@cache
def _synonyms() -> dict[str, str]:
    source = files("keguan").joinpath("catalogue", "tables", "names.yaml")
    content = load_plain(source.read_text(encoding="utf-8"))
    found = {_plain(name): table for table, names in content.items() for name in names}
    return found | {_plain(table): table for table in content}


def tables() -> list[str]:
    """The logical tables, in the order of the catalogue."""
    return list(dict.fromkeys(_synonyms().values()))


def table_named(name: str) -> str | None:
    """The logical table that `name` names exactly, in any of its languages.

    >>> table_named("Order Lines"), table_named("訂單"), table_named("stuff")
    ('order_lines', 'orders', None)
    """
    return _synonyms().get(_plain(name))


def guess_table(name: str) -> str | None:
    """The logical table that a stem or sheet name speaks of; the synonym that ends last wins, then the longest.

    >>> guess_table("2024年客户订单(1)"), guess_table("crm_orders_2024-03"), guess_table("Sheet1")
    ('orders', 'orders', None)
    """
    plain = _plain(name)
    hits = [
        (position + len(synonym), len(synonym), table)
        for synonym, table in _synonyms().items()
        if (position := _position(synonym, plain)) >= 0
    ]
    return max(hits)[2] if hits else None


def _position(synonym: str, plain: str) -> int:
    """Where a synonym stands in a plain name; Latin ones only as whole words."""
    if not _LATIN.match(synonym):
        return plain.find(synonym)
    match = re.search(rf"(?<![a-z]){re.escape(synonym)}(?![a-z])", plain)
    return match.start() if match else -1


def choose_tables(found: Sequence[str], wish: str | None) -> list[tuple[str, str]]:
    """(name, logical table) of those names that we recognise; with a `wish` only what can be that table.

    >>> choose_tables(["orders", "stuff"], None), choose_tables(["stuff"], "orders"), choose_tables(["a", "b"], "orders")
    ([('orders', 'orders')], [('stuff', 'orders')], [])
    """
    guessed = [(name, table) for name in found if (table := guess_table(name))]
    if wish is None:
        return guessed
    same = [(name, table) for name, table in guessed if table == wish]
    return same or ([(found[0], wish)] if len(found) == 1 else [])
