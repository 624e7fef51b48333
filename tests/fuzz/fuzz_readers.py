"""Coverage-guided fuzzing of the readers: `python tests/fuzz/fuzz_readers.py -max_total_time=600 [CORPUS]`.

Needs the package `atheris`, which is not among the project's dependencies. Every input must end in tables that can be
read to the last row, with as many rows as the reader said and a line for each, or in a `KeguanError`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["keguan"]):
    from keguan.core.errors import KeguanError
    from keguan.engine.intake.options import IntakeOptions
    from keguan.engine.intake.readers import (  # noqa: F401
        Limits,
        Workdir,
        careful,
        delimited,
        encodings,
        find_sources,
        parallel,
        read,
        reading,
        survey,
    )
    from keguan.engine.intake.readers.typed import connect

HOME = Path(tempfile.mkdtemp(prefix="fuzz-readers-"))
LIMITS = Limits(
    max_unpacked_bytes=1_000_000, max_line_bytes=100_000, max_workbook_seconds=20, max_bad_lines=1_000
)
CON = connect()


def check(content: bytes) -> None:
    """One input, as a file without a telling name."""
    path = HOME / "input"
    path.write_bytes(content)
    if content.startswith((b"PK", b"\xd0\xcf")):
        return  # workbooks have a process each, which is too slow here; the quick suite mutates them
    with Workdir(HOME) as work:
        try:
            tables = read(find_sources([path])[0], IntakeOptions(), work, LIMITS)
        except KeguanError as error:
            for lang in ("zh-Hans", "zh-Hant", "en"):
                error.render(lang)  # type: ignore[arg-type]
            return
        for table in tables:
            view = table.attach(CON)
            records = [record for (record,) in CON.execute(f"SELECT record FROM {view}").fetchall()]
            assert len(records) == table.facts["rows"], (len(records), table.facts)
            assert sorted(records) == list(range(1, len(records) + 1))
            lines = table.lines(sorted(records))
            assert lines == sorted(lines) and len(lines) == len(records), lines
            CON.execute(f"DROP VIEW {view}")
            CON.execute(f"DROP TABLE IF EXISTS {view}_rows")


def main() -> None:
    """Fuzz until the given limits."""
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
