"""Writing classes: the number of each subject's outcome becomes the four columns of a dimension, whatever engine it is from.

The columns are dictionaries whose few names are looked up once; rows carry only codes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from keguan.core.arrays import as_arrow, as_numpy
from keguan.core.errors import fail
from keguan.kinds.base import Outcome
from keguan.runs.decide import Tally

ROW_GROUP = 122_880
_PARTS: tuple[tuple[str, Callable[[Outcome], str | None]], ...] = (
    ("", lambda o: o.code),
    (".status", lambda o: o.status),
    (".reason", lambda o: o.reason),
    (".detail", lambda o: o.detail),
)


@dataclass(frozen=True)
class _Lookup:
    """One column to be written: where the numbers stand, for each number the code of its name and whether it has one."""

    name: str
    place: int
    codes: pa.Array
    known: np.ndarray[Any, np.dtype[np.bool_]]
    names: pa.Array

    def column(self, batch: pa.RecordBatch) -> pa.Array:
        """The names of a batch's subjects; missing where the outcome has none."""
        return pa.DictionaryArray.from_arrays(
            self._codes_of(batch.column(self.place)), self.names, safe=False
        )

    def _codes_of(self, numbers: pa.Array) -> pa.Array:
        """Codes and what is missing are looked up apart, which is several times as fast."""
        if not self.known.any():
            return pa.nulls(len(numbers), pa.int16())
        if len(self.codes) == 1:
            return pa.repeat(self.codes[0], len(numbers))
        codes = pc.take(self.codes, numbers, boundscheck=False)
        if self.known.all():
            return codes
        known = np.packbits(self.known[as_numpy(numbers)], bitorder="little")
        return pa.Array.from_buffers(pa.int16(), len(codes), [pa.py_buffer(known), codes.buffers()[1]])


def write_classes(rows: pa.RecordBatchReader, n_keys: int, tallies: Sequence[Tally], path: Path) -> None:
    """Write `assignments.parquet`. `rows` are sorted by their first `n_keys` columns; then comes one column of numbers per
    tallied decision. Raises KG508 when a subject comes twice."""
    lookups = [one for place, tally in enumerate(tallies, n_keys) for one in _lookups(tally, place)]
    fields = [rows.schema.field(i) for i in range(n_keys)]
    fields += [pa.field(one.name, pa.dictionary(pa.int16(), pa.string())) for one in lookups]
    schema = pa.schema(fields)
    before: pa.RecordBatch | None = None
    written: Future[None] | None = None
    with (
        pq.ParquetWriter(
            path,
            schema,
            compression="zstd",
            compression_level=1,
            use_dictionary=[one.name for one in lookups],
            write_statistics=schema.names[:n_keys],
        ) as writer,
        ThreadPoolExecutor(1) as beside,
    ):
        for batch in _row_groups(rows):
            keys = batch.select(range(n_keys))
            _check_different(keys if before is None else pa.concat_batches([before, keys]))
            before = keys.slice(keys.num_rows - 1)
            columns = [*batch.columns[:n_keys], *(one.column(batch) for one in lookups)]
            if written:
                written.result()
            written = beside.submit(
                writer.write_batch, pa.RecordBatch.from_arrays(columns, schema=schema), ROW_GROUP
            )
        if written:
            written.result()


def _check_different(keys: pa.RecordBatch) -> None:
    """Neighbours among sorted keys differ, so every subject is there once."""
    same = None
    for column in keys.columns:
        equal = pc.equal(column.slice(1), column.slice(0, len(column) - 1))
        same = equal if same is None else pc.and_(same, equal)
    if pc.any(same).as_py():
        [found, *_] = keys.slice(1).filter(same).to_pylist()
        raise fail("KG508", detail=" ".join(str(v) for v in found.values()))


def _lookups(tally: Tally, place: int) -> Iterator[_Lookup]:
    """The four columns of a decision. Where all subjects have the same to say, and most columns are missing throughout,
    nothing needs to be looked up."""
    for suffix, of in _PARTS:
        said = [of(outcome) for outcome in tally.decision.outcomes]
        heard = {name for name, n in zip(said, tally.heads, strict=True) if n}
        if len(heard) == 1:
            said = list(heard)
        names = sorted({name for name in said if name is not None})
        codes = np.array([0 if name is None else names.index(name) for name in said], np.int16)
        known = np.array([name is not None for name in said])
        yield _Lookup(tally.decision.column + suffix, place, as_arrow(codes), known, _texts(names))


def _texts(values: Sequence[str]) -> pa.Array:
    """Texts as an Arrow array, made from its buffers: `pa.array` would import pandas where there is one."""
    coded = [v.encode() for v in values]
    ends = np.cumsum([0, *map(len, coded)], dtype=np.int32)
    return pa.Array.from_buffers(
        pa.string(), len(values), [None, pa.py_buffer(ends), pa.py_buffer(b"".join(coded))]
    )


def _row_groups(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows cut at the same places, however an engine cut them."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting.append(batch)
        while sum(b.num_rows for b in waiting) >= ROW_GROUP:
            whole = _joined(waiting)
            yield whole.slice(0, ROW_GROUP)
            waiting = [whole.slice(ROW_GROUP)]
    if any(b.num_rows for b in waiting):
        yield _joined(waiting)


def _joined(batches: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    """Batches as one; one alone is not copied."""
    filled = [b for b in batches if b.num_rows]
    return filled[0] if len(filled) == 1 else pa.concat_batches(filled)
