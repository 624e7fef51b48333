"""Where a table begins in a block of rows: preamble, header row or none, and how many columns there are."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

Row = Sequence[str | None]

_NUMBER = re.compile(r"[+\-(（]?\s*[¥￥$€£]?\s*[+\-]?\d[\d,.' ]*(万|萬|亿|億|元|圆)?\s*[%)）]?")
_DATE = re.compile(r"\d{1,4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,4}\s*日?([ T]+\d{1,2}[:时時].*)?")
_TITLE = re.compile(
    r"(编号|編號|名称|名稱|姓名|客户|客戶|公司|日期|金额|金額|号|號)$|(^|[\s_])(id|name|date|amount|no|code)$"
)


@dataclass(frozen=True)
class Start:
    """`header`: index of the header row among the rows looked at, None without one; `first`: index of the first data
    row; `width`: number of columns of the data."""

    header: int | None
    first: int
    width: int


def looks_like_data(cell: str | None) -> bool:
    """Whether a cell reads as a number, an amount or a date, which titles hardly ever do."""
    plain = unicodedata.normalize("NFKC", cell or "").strip()
    return bool(_NUMBER.fullmatch(plain) or _DATE.fullmatch(plain))


def filled(row: Row) -> int:
    """How many cells of a row say something."""
    return sum(1 for cell in row if cell and cell.strip())


def find_start(rows: Sequence[Row]) -> Start:
    """Where header and data begin. Rows are the first of a file or sheet, blank ones included."""
    speaking = [i for i, row in enumerate(rows) if filled(row)]
    if not speaking:
        return Start(None, len(rows), 0)
    width = _common([len(rows[i]) for i in speaking])
    if width == 1:
        return _one_column(rows, speaking)
    typical = _common([filled(rows[i]) for i in speaking if len(rows[i]) >= width - 1])
    enough = max(2, round(typical * 0.7))
    top = next((i for i in speaking if filled(rows[i]) >= enough and len(rows[i]) >= width - 1), speaking[0])
    if _is_data(rows[top], [rows[i] for i in speaking if i > top]):
        return Start(None, top, width)
    return Start(top, top + 1, width)


def _common(numbers: Sequence[int]) -> int:
    """The most frequent number, the larger one of equals."""
    counts = Counter(numbers)
    return max(counts, key=lambda n: (counts[n], n)) if counts else 0


def _is_data(row: Row, below: Sequence[Row]) -> bool:
    """A first row is data when a cell reads as a value and so does most of its column below."""
    for position, cell in enumerate(row):
        if not looks_like_data(cell):
            continue
        column = [r[position] for r in below[:100] if position < len(r) and r[position]]
        if not column or sum(map(looks_like_data, column)) * 2 > len(column):
            return True
    return False


def _one_column(rows: Sequence[Row], speaking: Sequence[int]) -> Start:
    """One column: a blank line near the top ends the preamble; a title is told by its form or its words."""
    top = speaking[0]
    gaps = [i for i in range(top, min(top + 8, len(rows))) if not filled(rows[i])]
    after = [i for i in speaking if gaps and i > gaps[-1]]
    if len(after) > gaps[-1] - top if gaps else False:
        top = after[0]
    title, below = rows[top][0] or "", [rows[i][0] or "" for i in speaking if i > top]
    if not below:
        return Start(None, top, 1) if looks_like_data(title) else Start(top, top + 1, 1)
    alike = sum(_form(title) == _form(cell) for cell in below[:200]) * 2 > len(below[:200])
    if alike and not _TITLE.search(title.strip().casefold()):
        return Start(None, top, 1)
    return Start(top, top + 1, 1)


def _form(cell: str) -> tuple[bool, bool, bool]:
    """Which sorts of characters a cell has: digits, ASCII letters, others beyond ASCII."""
    return (
        any(c.isdigit() for c in cell),
        any(c.isascii() and c.isalpha() for c in cell),
        any(not c.isascii() for c in cell),
    )
