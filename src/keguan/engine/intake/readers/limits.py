"""How much a single input may ask of this machine; each limit has a name that errors print and the environment overrides."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Limits:
    """Limits of one reading; the environment variable `KEGUAN_<NAME IN CAPITALS>` overrules a default.

    `max_unpacked_bytes` and `max_ratio` (checked once `ratio_from_bytes` are out) bound what an archive unpacks to;
    `max_workbook_bytes` bounds the memory of the process that reads a workbook, `max_workbook_seconds` its time.
    """

    max_unpacked_bytes: int = 50_000_000_000
    max_ratio: int = 400
    ratio_from_bytes: int = 100_000_000
    max_columns: int = 16_384
    max_line_bytes: int = 16_000_000
    max_bad_lines: int = 100_000
    max_bad_bytes: int = 100_000_000
    max_files: int = 10_000
    max_workbook_bytes: int = 6_000_000_000
    max_workbook_seconds: int = 900

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Limits:
        """The defaults with what the environment overrules; a value that is no positive whole number is not obeyed."""
        environment = os.environ if environment is None else environment
        wishes = {f.name: environment.get(f"KEGUAN_{f.name.upper()}", "").strip() for f in fields(cls)}
        return cls(**{name: int(wish) for name, wish in wishes.items() if wish.isdecimal() and int(wish) > 0})


def variable(name: str) -> str:
    """The environment variable of a limit.

    >>> variable("max_columns")
    'KEGUAN_MAX_COLUMNS'
    """
    return f"KEGUAN_{name.upper()}"
