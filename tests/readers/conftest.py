"""What every test of the readers needs: read an input, see its cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from keguan.core.errors import KeguanError
from keguan.engine.intake.options import IntakeOptions
from keguan.engine.intake.raw import RawTable
from keguan.engine.intake.readers import Limits, Workdir, find_sources, read
from keguan.engine.intake.readers.typed import connect


@dataclass(frozen=True)
class Seen:
    """A raw table and its rows as Python values, in record order."""

    raw: RawTable
    headers: list[str]
    rows: list[tuple[Any, ...]]
    records: list[int]


def look(raw: RawTable) -> Seen:
    """The rows of a raw table through a DuckDB connection of its own."""
    with connect() as con:
        found = con.execute(f"SELECT * FROM {raw.attach(con)} ORDER BY record").fetchall()
    headers = [column.header for column in raw.columns]
    return Seen(raw, headers, [row[:-1] for row in found], [row[-1] for row in found])


Reader = Callable[..., list[Seen]]


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Workdir]:
    home = tmp_path / "work-home"
    home.mkdir()
    with Workdir(home) as work:
        yield work
    assert list(home.iterdir()) == [], "the work folder must leave nothing behind"


@pytest.fixture
def see(work: Workdir) -> Reader:
    """`see(*inputs, limits=…, **options)`: every table the inputs hold."""

    def read_all(*inputs: Any, limits: Limits | None = None, **options: Any) -> list[Seen]:
        sources = find_sources(list(inputs))
        return [
            look(raw) for source in sources for raw in read(source, IntakeOptions(**options), work, limits)
        ]

    return read_all


@pytest.fixture
def refused(see: Reader) -> Callable[..., str]:
    """`refused(*inputs, …)`: the one error code an input ends in; every language renders."""

    def code(*inputs: Any, **arguments: Any) -> str:
        with pytest.raises(KeguanError) as caught:
            see(*inputs, **arguments)
        for lang in ("zh-Hans", "zh-Hant", "en"):
            assert caught.value.render(lang).count("\n") == len(caught.value.problems) - 1  # type: ignore[arg-type]
        codes = {problem.code for problem in caught.value.problems}
        assert len(codes) == 1, codes
        return codes.pop()

    return code
