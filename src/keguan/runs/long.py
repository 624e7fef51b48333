"""The long form of a run: one row per subject and dimension, with the number it rests on, its rank and its distances."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from keguan.engine.subjects import SUBJECTS
from keguan.kinds.base import Scale
from keguan.kinds.registry import kind
from keguan.runs.decide import column_name

if TYPE_CHECKING:
    import pyarrow as pa

    from keguan.runs.run import Run

_ASSIGNED = (("class", ""), ("status", ".status"), ("reason", ".reason"), ("detail", ".detail"))


def long_form(run: Run, schemes: Sequence[str] = ()) -> pa.Table:
    """Keys, scheme, dimension, class, status, reason, detail; and where one number decides: `measure`, its `value`, `rank`
    (1 is the highest, equals share it), `up` and `down`: how far the value is from the next boundary above and below."""
    import pyarrow as pa

    pieces = []
    for (scheme, dimension), cuts in run.fitted():
        if schemes and scheme.id not in schemes:
            continue
        n = run.assignments.num_rows
        name = column_name(scheme.id, dimension.id)
        parts: dict[str, Any] = {k: run.assignments[k] for k in SUBJECTS[run.subject].keys}
        parts["scheme"] = pa.array([scheme.id] * n, pa.string())
        parts["dimension"] = pa.array([dimension.id] * n, pa.string())
        parts |= {c: run.assignments[name + suffix].cast(pa.string()) for c, suffix in _ASSIGNED}
        scales = kind(scheme.kind).scales(dimension.spec, cuts)
        parts |= _places(run, scales[0]) if len(scales) == 1 else _no_places(n)
        pieces.append(pa.table(parts))
    return pa.concat_tables(pieces)


def _no_places(n: int) -> dict[str, Any]:
    import pyarrow as pa

    numbers = {c: pa.nulls(n, pa.float64()) for c in ("value", "up", "down")}
    return {"measure": pa.nulls(n, pa.string()), **numbers, "rank": pa.nulls(n, pa.int64())}


def _places(run: Run, scale: Scale) -> dict[str, Any]:
    """Value, rank and distances on one scale, worked out for all subjects at once, to a ten-thousandth."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    marks = [float(m.value) for m in scale.marks if isinstance(m.value, (int, float, Decimal))]
    if len(marks) < len(scale.marks):
        return _no_places(run.measures.num_rows)
    values = pc.cast(run.measures[scale.measure], pa.float64()).combine_chunks()
    numbers = values.to_numpy(zero_copy_only=False)
    edges = np.concatenate([[np.nan], np.sort(np.array(marks)), [np.nan]])
    place = np.searchsorted(edges[1:-1], numbers, side="right")
    up, down = edges[place + 1] - numbers, numbers - edges[place]
    ranks = np.searchsorted(np.sort(-numbers), -numbers, side="left") + 1
    return {
        "measure": pa.array([scale.measure] * len(numbers), pa.string()),
        "value": values,
        "up": pa.array(np.round(up, 4), mask=np.isnan(up)),
        "down": pa.array(np.round(down, 4), mask=np.isnan(down)),
        "rank": pa.array(ranks, mask=np.isnan(numbers)),
    }
