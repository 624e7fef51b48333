"""Arrow columns of numbers as numpy and back, without pyarrow's own ways: they import pandas wherever it is installed, which takes
a third of a second."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray


def as_numpy(column: pa.Array | pa.ChunkedArray) -> NDArray[Any]:
    """The numbers of a column, not to be written to; with gaps they are floats, and what is missing is NaN."""
    import numpy as np
    import pyarrow as pa

    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if not whole.null_count:
        values: NDArray[Any] = np.from_dlpack(whole)
        return values
    known = np.from_dlpack(whole.is_valid().cast(pa.uint8())).astype(bool)
    filled = whole.cast(pa.float64())
    numbers = np.frombuffer(filled.buffers()[1], np.float64)[filled.offset :][: len(filled)]
    return np.where(known, numbers, np.nan)


def as_arrow(values: NDArray[Any], kind: pa.DataType | None = None) -> pa.Array:
    """Numbers or days as an Arrow column of some kind of numbers, by default their own or date32; NaN and NaT are missing."""
    import numpy as np
    import pyarrow as pa

    missing = np.zeros(len(values), bool) if values.dtype.kind in "iu" else np.isnan(values)
    if values.dtype.kind == "M":
        values, kind = values.astype("datetime64[D]").astype(np.int64), kind or pa.date32()
    kind = pa.from_numpy_dtype(values.dtype) if kind is None else kind
    own = np.dtype(np.int32 if pa.types.is_date(kind) else kind.to_pandas_dtype())
    data = np.ascontiguousarray(np.where(missing, 0, values) if missing.any() else values, own)
    known = pa.py_buffer(np.packbits(~missing, bitorder="little")) if missing.any() else None
    return pa.Array.from_buffers(kind, len(data), [known, pa.py_buffer(data)])
