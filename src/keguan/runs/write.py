"""Writing the two tables of a run in one ordered stream: measures as they are, outcome numbers as dictionary columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from keguan.core.errors import fail
from keguan.engine.backends import Engine
from keguan.engine.compile import column, to_sql
from keguan.kinds.base import Outcome
from keguan.runs.decide import Decision
from keguan.runs.tally import Tally, units_of

if TYPE_CHECKING:
    from collections.abc import Callable

ROW_GROUP = 122_880
_PARTS: tuple[tuple[str, Callable[[Outcome], str | None]], ...] = (
    ("", lambda o: o.code),
    (".status", lambda o: o.status),
    (".reason", lambda o: o.reason),
    (".detail", lambda o: o.detail),
)


@dataclass(frozen=True)
class Written:
    """What was counted on the way: subjects, and a tally per dimension."""

    rows: int
    tallies: tuple[Tally, ...]


def write_tables(
    engine: Engine,
    table: str,
    keys: Sequence[str],
    shown: Sequence[str],
    decisions: Sequence[Decision],
    value: str,
    folder: Path,
) -> Written:
    """Write `measures.parquet` and `assignments.parquet` into `folder`, sorted by the keys. Raises KG508 when a subject
    falls into no outcome or comes twice."""
    query = _query(table, keys, shown, decisions)
    tallies = tuple(Tally(d) for d in decisions)
    lookups = [_Lookup(d) for d in decisions]
    rows, previous = 0, None
    measures_file: pq.ParquetWriter | None = None
    assigned_file: pq.ParquetWriter | None = None
    try:
        for batch in engine.batches(query):
            if batch.num_rows == 0 and measures_file is not None:
                continue
            previous = _check_keys(batch, keys, previous)
            known = pa.Table.from_batches([batch]).select([*keys, *shown])
            units = (
                units_of(batch.column(value))
                if value in shown and pa.types.is_decimal(batch.schema.field(value).type)
                else None
            )
            assigned = pa.table({k: batch.column(k) for k in keys})
            for lookup, tally in zip(lookups, tallies, strict=True):
                numbers = _numbers(batch, lookup.decision)
                tally.add(numbers, units)
                for name, array in lookup.columns(numbers):
                    assigned = assigned.append_column(name, array)
            if measures_file is None or assigned_file is None:
                measures_file = _open(folder / "measures.parquet", known.schema, dictionary=False)
                assigned_file = _open(folder / "assignments.parquet", assigned.schema, dictionary=True)
            measures_file.write_table(known, row_group_size=ROW_GROUP)
            assigned_file.write_table(assigned, row_group_size=ROW_GROUP)
            rows += batch.num_rows
    finally:
        for file in (measures_file, assigned_file):
            if file is not None:
                file.close()
    return Written(rows, tallies)


def _open(path: Path, schema: pa.Schema, *, dictionary: bool) -> pq.ParquetWriter:
    return pq.ParquetWriter(path, schema, compression="zstd", use_dictionary=dictionary)


def _query(
    table: str, keys: Sequence[str], shown: Sequence[str], decisions: Sequence[Decision]
) -> exp.Select:
    numbered = [exp.alias_(exp.cast(to_sql(d.index), "SMALLINT"), _mark(d), quoted=True) for d in decisions]
    columns = [column(k) for k in keys] + [column(n) for n in shown] + numbered
    return exp.select(*columns).from_(exp.to_table(table, quoted=True)).order_by(*[column(k) for k in keys])


def _numbers(batch: pa.RecordBatch, decision: Decision) -> np.ndarray:
    array = batch.column(_mark(decision))
    if array.null_count:
        raise fail("KG508", detail=f"{decision.column}: {array.null_count} without a class")
    numbers: np.ndarray = array.to_numpy()
    if len(numbers) and not (0 <= numbers.min() and numbers.max() < len(decision.outcomes)):
        raise fail("KG508", detail=f"{decision.column}: outcome out of range")
    return numbers


def _mark(decision: Decision) -> str:
    """The name of the number column; `#` keeps it apart from every measure."""
    return f"#{decision.column}"


class _Lookup:
    """The four dictionary columns of a dimension, by outcome number."""

    def __init__(self, decision: Decision) -> None:
        self.decision = decision
        self._parts = [self._part(suffix, [of(o) for o in decision.outcomes]) for suffix, of in _PARTS]

    def _part(self, suffix: str, values: list[str | None]) -> tuple[str, np.ndarray, pa.Array]:
        distinct = sorted({v for v in values if v is not None})
        places = {v: i for i, v in enumerate(distinct)}
        codes = np.array([-1 if v is None else places[v] for v in values], dtype=np.int16)
        return self.decision.column + suffix, codes, pa.array(distinct, pa.string())

    def columns(self, numbers: np.ndarray) -> list[tuple[str, pa.Array]]:
        """Name and dictionary array of each part for a batch of outcome numbers."""
        result: list[tuple[str, pa.Array]] = []
        for name, codes, dictionary in self._parts:
            taken = codes[numbers]
            absent = codes.min(initial=0) < 0
            indices = pa.array(taken, mask=taken < 0) if absent else pa.array(taken)
            result.append((name, pa.DictionaryArray.from_arrays(indices, dictionary)))
        return result


def _check_keys(
    batch: pa.RecordBatch, keys: Sequence[str], previous: tuple[object, ...] | None
) -> tuple[object, ...] | None:
    """Keys come in order and once; the check looks at neighbours only."""
    import pyarrow.compute as pc

    if batch.num_rows == 0:
        return previous
    if len(keys) == 1:
        array = batch.column(keys[0])
        repeated = pc.any(pc.equal(array[1:], array[:-1])).as_py() if len(array) > 1 else False
        if repeated or array.null_count:
            raise fail("KG508", detail=f"{keys[0]}: repeated or missing")
    first = tuple(batch.column(k)[0].as_py() for k in keys)
    if first == previous:
        raise fail("KG508", detail=f"{first}: repeated")
    return tuple(batch.column(k)[batch.num_rows - 1].as_py() for k in keys)
