"""A run folder opened for questions: its record, its cuts, and its two tables behind one view."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow.parquet as pq

from keguan.core.errors import Place, fail
from keguan.core.scratch import Scratch
from keguan.engine.backends.duckdb import connect, quoted
from keguan.insight.record import MeasureRecord, RunRecord, SchemeRecord, read_record

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["RunFolder", "quoted"]

FORMAT = 1
FILES = ("run.json", "assignments.parquet", "measures.parquet")


class RunFolder:
    """One run. The view `run` has a row per subject: `subject` (its keys joined), `name` or null, measures, class columns.

    Raises KG506 (not a run folder), KG701 (a file in it cannot be read), KG702 (written by a newer Keguan).
    """

    def __init__(self, path: Path) -> None:
        missing = next((f for f in FILES if not (path / f).is_file()), None)
        if missing is not None:
            raise fail("KG506", Place(str(path)), folder=path.name, file=missing)
        self.path = path
        self.record = _record(path / "run.json")
        self._spill = Scratch()
        self._connection = connect(self._spill.path)
        try:
            self.keys, self.columns = self._attach()
        except (duckdb.Error, OSError, ValueError) as wrong:
            self.close()
            raise fail(
                "KG701", Place(str(path)), file="*.parquet", detail=str(wrong).splitlines()[0]
            ) from None

    def __enter__(self) -> RunFolder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database and its spill folder."""
        self._connection.close()
        self._spill.close()

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The answer to a question; values come as parameters, names through `quoted`."""
        return self._connection.execute(sql, list(parameters)).fetchall()

    def one(self, sql: str, parameters: Sequence[object] = ()) -> tuple[Any, ...]:
        """The single row of an aggregate."""
        [row] = self.rows(sql, parameters)
        return row

    def batches(self, sql: str, rows: int = 20_000) -> Any:
        """The answer as an Arrow reader, for what is too large for a list."""
        return self._connection.sql(sql).to_arrow_reader(rows)

    def table(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        """The answer as an Arrow table."""
        return self._connection.sql(sql, params=list(parameters)).to_arrow_table()

    def csv_counts(self, path: Path, columns: Sequence[str]) -> list[tuple[Any, ...]]:
        """Rows of a CSV file counted by some of its columns, most frequent first."""
        relation = self._connection.read_csv(
            str(path), header=True, all_varchar=True, quotechar='"', delimiter=","
        )
        names = ", ".join(quoted(c) for c in columns)
        counted = relation.aggregate(f"{names}, count(*) AS n", names)
        return counted.order(f"n DESC, {names}").fetchall()

    def cuts(self, scheme: SchemeRecord) -> dict[str, Any]:
        """The fitted cuts of a scheme's dimension; empty when the scheme left none."""
        path = self.path / "cuts" / f"{scheme.id}.json"
        if not path.is_file():
            return {}
        found = _json(path)
        return dict((found.get("dimensions") or {}).get(scheme.dimension) or found)

    def scheme(self, scheme_id: str | None) -> SchemeRecord | None:
        """The (first dimension of the) scheme called `scheme_id`."""
        return next((s for s in self.record.schemes if s.id == scheme_id), None)

    @property
    def leading(self) -> SchemeRecord | None:
        """The scheme the business steers by; the first one where none was chosen."""
        return self.scheme(self.record.leading) or next(iter(self.record.schemes), None)

    @property
    def value(self) -> MeasureRecord | None:
        """The money measure sums are made of: what the leading scheme ranks by, else net sales in a window, else any."""
        lead = self.leading
        wanted = [str(self.cuts(lead).get("measure"))] if lead else []
        wanted += sorted(
            n
            for n in self.record.measures
            if n.startswith("net_sales_") and "prev" not in n and "full" not in n
        )
        known = (self.record.measures.get(n) for n in wanted if n in self.columns)
        return next((m for m in known if m is not None and m.type == "money"), None)

    def _attach(self) -> tuple[tuple[str, ...], frozenset[str]]:
        """The keys of a subject and all columns of the view made of the two tables."""
        names = {f: pq.read_schema(self.path / f).names for f in FILES[1:]}
        for file in FILES[1:]:
            self._connection.read_parquet(str(self.path / file)).create_view(file.split(".")[0])
        keys = [c for c in names["assignments.parquet"] if c in names["measures.parquet"]]
        if not keys:
            raise ValueError("the two tables share no key")
        columns = frozenset(names["assignments.parquet"]) | frozenset(names["measures.parquet"])
        wanted = [s.column + suffix for s in self.record.schemes for suffix in ("", ".status", ".detail")]
        absent = [c for c in wanted if c not in columns]
        if absent:
            raise ValueError(f"no column {absent[0]}")
        subject = f"concat_ws(' / ', {', '.join(quoted(k) for k in keys)})"
        name = quoted("name") if "name" in columns else "NULL::VARCHAR"
        using = ", ".join(quoted(k) for k in keys)
        self._connection.execute(
            f"CREATE VIEW run AS SELECT {subject} AS subject, {name} AS label, * FROM assignments JOIN measures USING ({using})"
        )
        return tuple(keys), columns


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(found, dict):
            raise ValueError("not an object")
    except (OSError, ValueError) as wrong:
        raise fail("KG701", Place(str(path)), file=path.name, detail=str(wrong)) from None
    return found


def _record(path: Path) -> RunRecord:
    raw = _json(path)
    if isinstance(raw.get("format"), int) and raw["format"] > FORMAT:
        raise fail("KG702", Place(str(path)), found=raw["format"], known=FORMAT)
    try:
        return read_record(raw)
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise fail("KG701", Place(str(path)), file=path.name, detail=repr(wrong)) from None
