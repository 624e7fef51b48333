"""Words of closed lists (status, kind, yes and no) and the code each stands for, whatever the script or case."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from keguan.engine.intake import sql
from keguan.engine.intake.headers import simplified
from keguan.engine.intake.values.characters import half_width
from keguan.engine.tables import Field

_YES = frozenset(["是", "有", "对", "真", "已", "y", "yes", "true", "t", "1", "√", "✓", "✔", "x", "on"])
_NO = frozenset(["否", "无", "没有", "未", "不", "错", "假", "n", "no", "false", "f", "0", "×", "✗", "off"])


def level(value: str) -> str:
    """A word levelled for comparison: plain width, simplified, lower case."""
    return simplified(half_width(value)).lower()


@cache
def _words(field: Field) -> Mapping[str, str]:
    known = {level(word): code for code, words in field.codes.items() for word in words}
    return {**known, **{level(code): code for code in field.codes}}


def knows(field: Field, value: str) -> bool:
    """Whether a word of a `code` field is known."""
    return level(value) in _words(field)


def as_code(field: Field, value: str) -> str | None:
    """The code a word stands for, or None."""
    return _words(field).get(level(value))


def as_flag(value: str) -> bool | None:
    """Yes, no, or None for neither."""
    word = level(value)
    return True if word in _YES else False if word in _NO else None


def meant(field: Field, value: str) -> str | bool | None:
    """What a word means in a field of yes and no or of codes; None where it means nothing there."""
    return as_flag(value) if field.type == "flag" else as_code(field, value)


def code_sql(field: Field, column: str, values: Mapping[str, int]) -> str:
    """An expression that turns the known ones among `values`, as written, into their code; null for every other."""
    pairs = {value: code for value in values if (code := as_code(field, value)) is not None}
    arms = " ".join(f"WHEN {sql.text(value)} THEN {sql.text(code)}" for value, code in sorted(pairs.items()))
    return f"CASE {column} {arms} END" if arms else "NULL::VARCHAR"


def nothing_sql(field: Field, column: str) -> str | None:
    """An expression for cells that hold a word for nothing (none, 无 …) which this field has as a value of its own; None where
    it has no such word. What it gives stands where the cell counts as empty elsewhere."""
    pairs = {word: value for word in sql.BLANKS if word and (value := meant(field, word)) is not None}
    arms = " ".join(
        f"WHEN {sql.text(word)} THEN {value if isinstance(value, bool) else sql.text(value)}"
        for word, value in pairs.items()
    )
    return f"CASE lower({sql.trimmed(column)}) {arms} END" if arms else None


def word_sql(field: Field, column: str, values: Mapping[str, int]) -> str:
    """An expression that turns the known ones among `values` into their code and leaves every other as it is."""
    known = {value: code for value in values if (code := as_code(field, value)) is not None and code != value}
    arms = " ".join(f"WHEN {sql.text(value)} THEN {sql.text(code)}" for value, code in sorted(known.items()))
    return f"CASE {column} {arms} ELSE {column} END" if arms else column


def flag_sql(field: Field, column: str, values: Mapping[str, int]) -> str:
    """The same for yes and no, which are the same words in every field."""
    pairs = {value: flag for value in values if (flag := as_flag(value)) is not None}
    arms = " ".join(f"WHEN {sql.text(value)} THEN {flag}" for value, flag in sorted(pairs.items()))
    return f"CASE {column} {arms} END" if arms else "NULL::BOOLEAN"
