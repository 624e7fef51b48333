"""Fingerprints: of canonical JSON, of files, and of a table's content whatever engine or file layout it came from."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

_PLAIN_SCALE = 6  # decimals with more places may be written with an exponent


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
    digest = hashlib.sha256(f"{table.num_rows}".encode())
    for name, column in zip(table.column_names, table.columns, strict=True):
        digest.update(f"|{len(name.encode())}:{name}".encode())
        chunks = [_as_text(chunk) for chunk in column.chunks]
        # All of one sort before the next, so that the bytes do not show where a chunk ends.
        for known, _, _ in chunks:
            digest.update(known)
        for _, lengths, _ in chunks:
            digest.update(lengths)
        for _, _, characters in chunks:
            digest.update(characters)
    return "sha256:" + digest.hexdigest()


def _as_text(array: pa.Array) -> tuple[bytes, bytes, memoryview]:
    """Which values are known (a byte each), how long each is as text, and all their characters in a row."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    text = array.cast(pa.large_string())
    if pa.types.is_decimal(array.type) and 0 < array.type.scale <= _PLAIN_SCALE:
        text = pc.utf8_rtrim(pc.utf8_rtrim(text, "0"), ".")
    filled = pc.fill_null(text, "")
    known = array.is_valid().to_numpy(zero_copy_only=False)
    if len(filled) == 0:
        return b"", b"", memoryview(b"")
    _, offsets, characters = filled.buffers()
    ends = np.frombuffer(offsets, np.int64)[filled.offset : filled.offset + len(filled) + 1]
    within = memoryview(characters or b"")[ends[0] : ends[-1]]
    return known.tobytes(), np.diff(ends).tobytes(), within
