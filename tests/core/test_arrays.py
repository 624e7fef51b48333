"""Arrow columns as numpy: the same numbers, gaps as NaN, and no data frames on the way."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest

from keguan.core.arrays import as_arrow, as_numpy


@pytest.mark.parametrize(
    ("column", "wanted"),
    [
        (pa.array([3, 1, 2], pa.int32()), [3, 1, 2]),
        (pa.chunked_array([[1.5], [2.5, 3.5]]), [1.5, 2.5, 3.5]),
        (pa.array([7, 8, None, 9], pa.int64()).slice(1), [8, np.nan, 9]),
        (pa.chunked_array([[0.5, None], [None, 2.0]]), [0.5, np.nan, np.nan, 2.0]),
        (pa.array([], pa.float64()), []),
        (pa.nulls(2, pa.int64()), [np.nan, np.nan]),
    ],
)
def test_numbers_are_the_same_and_what_is_missing_is_nan(column, wanted):
    found = as_numpy(column)
    assert found.dtype == (np.float64 if column.null_count else column.type.to_pandas_dtype())
    np.testing.assert_array_equal(found, np.array(wanted))


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (np.array([3, 1, 2]), pa.int32()),
        (np.array([3, 2**40]), None),
        (np.array([1.0, 2.0, 3.0, 4.0])[::2], None),
        (np.array([3.0, 1.0]), pa.int32()),
        (np.array([1.5, np.nan, -2.0]), pa.float64()),
        (np.array(["2026-01-05", "NaT", "1969-12-31"], dtype="datetime64[D]"), pa.date32()),
        (np.array([], dtype="datetime64[D]"), pa.date32()),
    ],
)
def test_numbers_and_days_come_back_as_pyarrow_itself_makes_them(values, kind):
    found = as_arrow(values, kind)
    found.validate(full=True)
    wanted = pa.array(values, from_pandas=True)
    assert found.equals(wanted if kind is None else wanted.cast(kind))


def test_no_data_frames_are_loaded():
    code = (
        "import sys, pyarrow as pa, numpy as np; from keguan.core.arrays import as_arrow, as_numpy\n"
        "whole = pa.Array.from_buffers(pa.int64(), 3, [None, pa.py_buffer(np.arange(3).tobytes())])\n"
        "gaps = pa.Array.from_buffers(pa.int64(), 3, [pa.py_buffer(b'\\x05'), whole.buffers()[1]])\n"
        "assert as_numpy(whole).tolist() == [0, 1, 2] and np.isnan(as_numpy(gaps)).tolist() == [False, True, False]\n"
        "as_arrow(np.array([1.0, np.nan]), pa.float64())\n"
        "sys.exit('pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
