"""A look at the first rows of a raw table: the values each column holds, on which decisions are based."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from keguan.engine.intake import sql

if TYPE_CHECKING:
    import duckdb

    from keguan.engine.intake.raw import RawTable

ROWS = 10_000
CELLS = 400_000


@dataclass(frozen=True)
class Sample:
    """What the first rows say of one column: place, header, physical type, values with counts, blanks left out; `nothing` are
    the words for nothing among these (none, 无 …), small."""

    place: int
    header: str
    type: str
    rows: int
    values: Counter[str] = field(hash=False)
    nothing: frozenset[str] = frozenset()

    @property
    def filled(self) -> int:
        """How many sampled cells hold something."""
        return self.values.total()

    def share(self, fits: Counter[str] | int) -> float:
        """A number of cells as a share of the filled ones."""
        count = fits if isinstance(fits, int) else fits.total()
        return count / self.filled if self.filled else 0.0


def sample_columns(con: duckdb.DuckDBPyConnection, raw: RawTable, view: str) -> list[Sample]:
    """One `Sample` per column of `raw`, from the first rows of its view."""
    width = len(raw.columns)
    types = {row[0]: row[1] for row in con.execute(f"DESCRIBE {view}").fetchall()}
    rows = max(200, min(ROWS, CELLS // max(width, 1)))
    cells = ", ".join(as_text(f"c{i}", types[f"c{i}"]) for i in range(width))
    found = con.execute(f"SELECT {cells} FROM {view} LIMIT {rows}").fetchall()
    columns = zip(*found, strict=True) if found else [()] * width
    return [
        Sample(place, column.header, types[f"c{place}"], len(found), *_present(Counter(values)))
        for place, (column, values) in enumerate(zip(raw.columns, columns, strict=True))
    ]


def _present(values: Counter[str | None]) -> tuple[Counter[str], frozenset[str]]:
    """What `sql.present` makes of each value, in Python (that much SQL for thousands of columns takes minutes to plan), and the
    words it makes nothing of."""
    found: Counter[str] = Counter()
    nothing = set()
    for value, count in values.items():
        bare = (value or "").strip(sql.SPACES)
        if bare.lower() not in sql.BLANKS:
            found[bare] += count
        elif bare:
            nothing.add(bare.lower())
    return found, frozenset(nothing)


def as_text(column: str, type_: str) -> str:
    """A column of any physical type as text: whole floats without `.0`, so that ids from a workbook stay ids."""
    if type_ == "VARCHAR":
        return column
    if type_ in ("DOUBLE", "FLOAT"):
        whole = f"{column} = trunc({column}) AND abs({column}) < 1e15"
        return f"CASE WHEN {whole} THEN {column}::BIGINT::VARCHAR ELSE {column}::VARCHAR END"
    return f"{column}::VARCHAR"
