"""Arrow columns of numbers as numpy, without pyarrow's own way: that imports pandas wherever it is installed, for a third of a second."""

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
