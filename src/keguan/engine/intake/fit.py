"""How well a column's sampled values fit a field type, from 0 (cannot be) to 1; names play no part here."""

from __future__ import annotations

import re

from keguan.engine.intake.sampling import Sample
from keguan.engine.intake.values import codes, dates, numbers
from keguan.engine.tables import Field

_LOOK = 400  # distinct values looked at: plenty to tell a type
_ID = re.compile(r"[^\n]{1,64}")


def content_fit(field: Field, sample: Sample) -> float:
    """The share of the sampled cells that could be a value of `field`; 0.5 for a column that is blank in every row, unless a word
    for nothing is a value of the field."""
    if not sample.filled and any(codes.meant(field, word) is not None for word in sample.nothing):
        return 1.0
    if not sample.filled:
        return 0.5 if sample.rows else 1.0
    values = dict(sample.values.most_common(_LOOK))
    total = sum(values.values())
    return sum(count for value, count in values.items() if _could_be(field, value, sample.type)) / total


def _could_be(field: Field, value: str, physical: str) -> bool:
    match field.type:
        case "date" | "datetime":
            return is_date(value, physical)
        case "money" | "number":
            return numbers.looks_numeric(value) and not _is_written_date(value)
        case "count":
            return bool(re.fullmatch(r"-?\d+(\.0+)?", value))
        case "id":
            return bool(_ID.fullmatch(value)) and not _is_written_date(value) and not is_decimal(value)
        case "code":
            return codes.knows(field, value)
        case "flag":
            return codes.as_flag(value) is not None
        case _:
            return True


def is_date(value: str, physical: str = "VARCHAR") -> bool:
    """Whether a value reads as a date; the cell's own type settles it where the source has types."""
    if physical.startswith(("DATE", "TIMESTAMP")):
        return True
    return dates.shape_of(value) is not None


def is_decimal(value: str) -> bool:
    """Whether a value has a fraction that is not zero: no id does."""
    return bool(re.fullmatch(r"[-+]?\d*[.]\d*[1-9]\d*", value))


def _is_written_date(value: str) -> bool:
    shape = dates.shape_of(value)
    return shape is not None and shape.numbered is None and bool(re.search(r"[^0-9.]", value))
