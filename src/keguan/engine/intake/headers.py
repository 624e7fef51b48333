"""Headers levelled for comparison, and safe names made from them; no lists of synonyms here, those are data."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files

from keguan.core.yaml import load_plain

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_BRACKETS = re.compile(r"[(\[{（【〔][^)\]}）】〕]*[)\]}）】〕]")
_WORDS = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")
_SAFE = re.compile(r"[a-z][a-z0-9_]*")


@cache
def _table(name: str) -> dict[str, str]:
    folder = files("keguan").joinpath("catalogue", "tables", "words")
    content: dict[str, str] = load_plain(folder.joinpath(f"{name}.yaml").read_text(encoding="utf-8"))
    return content


@cache
def _simplifier() -> dict[int, int]:
    return {ord(old): ord(new) for new, olds in _table("traditional").items() for old in olds}


def simplified(text: str) -> str:
    """`text` with the traditional characters that headers use replaced by simplified ones."""
    for old, new in _table("taiwan").items():
        text = text.replace(old, new)
    return text.translate(_simplifier())


@lru_cache(maxsize=1 << 16)
def words(header: str) -> tuple[str, ...]:
    """The words of a header: NFKC, camel case split, lower case, traditional made simplified, punctuation dropped.

    >>> words("CustomerID"), words("客戶　ＩＤ（必填）")
    (('customer', 'id'), ('客户', 'id'))
    """
    text = unicodedata.normalize("NFKC", header).strip().lstrip("\ufeff")
    bare = _BRACKETS.sub(" ", text).strip() or text
    return tuple(_WORDS.findall(simplified(_CAMEL.sub(" ", bare)).lower()))


@lru_cache(maxsize=1 << 16)
def level(header: str) -> str:
    """One string for comparing headers: `words` run together, so `customer_id`, `CustomerID` and `customer id` agree."""
    return "".join(words(header))


def safe_names(headers: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """A distinct `[a-z][a-z0-9_]*` name for each header, in order.

    Chinese headers of the explicit table get its English name; anything else that cannot be written in Latin letters
    becomes `attr_N`, N being its place among all headers.
    """
    used, result = set(taken), []
    for place, header in enumerate(headers, start=1):
        known = _table("attributes").get(level(header))
        name = known or "_".join(words(header))
        if not _SAFE.fullmatch(name):
            latin = f"n_{name}" if re.fullmatch(r"[0-9][a-z0-9_]*", name) else ""
            name = latin or f"attr_{place}"
        result.append(_distinct(name, used))
        used.add(result[-1])
    return result


@lru_cache(maxsize=1 << 16)
def edges(header: str) -> frozenset[str]:
    """Every run of a header's words that begins or ends it, and for Chinese every ending, without the whole."""
    parts = words(header)
    joined = "".join(parts)
    runs = {"".join(parts[:n]) for n in range(1, len(parts))} | {
        "".join(parts[n:]) for n in range(1, len(parts))
    }
    endings = (
        set() if joined.isascii() else {joined[n:] for n in range(len(joined)) if not joined[n:].isascii()}
    )
    return frozenset(runs | endings)


def _distinct(name: str, used: set[str]) -> str:
    candidate, number = name, 2
    while candidate in used:
        candidate, number = f"{name}_{number}", number + 1
    return candidate
