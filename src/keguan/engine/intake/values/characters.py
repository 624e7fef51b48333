"""Full-width and look-alike characters levelled to plain ones, the same way in Python and in SQL."""

from __future__ import annotations

from collections.abc import Iterable

from keguan.engine.intake import sql

_FULL = "０１２３４５６７８９．，：／－＋（）％￥＄　\u00a0\u202f\u2009−–—﹣．ＡＰＭａｐｍＴＺ"
_HALF = "0123456789.,:/-+()%¥$    ----.APMapmTZ"
_PAIRS = dict(zip(_FULL, _HALF, strict=True))
_TABLE = str.maketrans(_PAIRS)


def half_width(value: str) -> str:
    """`value` with digits, signs and brackets in their plain form and no space around it."""
    return value.translate(_TABLE).strip(sql.SPACES)


def half_width_sql(column: str) -> str:
    """The same in SQL."""
    return f"trim(translate({column}, {sql.text(''.join(_PAIRS))}, {sql.text(''.join(_PAIRS.values()))}), {sql.text(sql.SPACES)})"


def any_full_width(values: Iterable[str]) -> bool:
    """Whether some value holds a character that `half_width` changes."""
    return any(value.translate(_TABLE) != value for value in values)
