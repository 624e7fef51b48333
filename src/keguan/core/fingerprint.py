"""Fingerprints: of canonical JSON, of files, and of a table's content whatever engine or file layout it came from."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


def canonical_json(value: Any) -> str:
    """JSON with sorted keys and no spaces: equal meaning gives equal text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def of_json(value: Any) -> str:
    """`sha256:…` of a JSON value."""
    return "sha256:" + hashlib.sha256(canonical_json(value).encode()).hexdigest()


def of_file(path: Path) -> str:
    """`sha256:…` of a file's bytes, read in pieces."""
    with path.open("rb") as stream:
        return "sha256:" + hashlib.file_digest(stream, "sha256").hexdigest()


def of_table(table: pa.Table) -> str:
    """`sha256:…` of a table's names and values in row order; chunking, dictionaries and encodings do not matter.

    Numbers, dates and decimals are compared by value, text by its characters, missing by being missing.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    digest = hashlib.sha256()
    for name in table.column_names:
        column = table[name]
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        if not pa.types.is_string(column.type):
            column = column.cast(pa.string())
        array = (
            pa.concat_arrays([c.cast(pa.large_string()) for c in column.chunks])
            if column.num_chunks
            else None
        )
        digest.update(name.encode() + b"\0")
        if array is None:
            continue
        digest.update(pc.is_null(array).cast(pa.int8()).buffers()[1])
        lengths = pc.fill_null(pc.binary_length(array), 0)
        digest.update(memoryview(lengths.buffers()[1])[: 8 * len(lengths)])
        digest.update("".join(pc.fill_null(array, "").to_pylist()).encode())
    return "sha256:" + digest.hexdigest()
