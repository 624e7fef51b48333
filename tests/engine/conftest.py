"""An engine of its own for every test module, and tables made from rows."""

from collections.abc import Callable, Iterator

import pyarrow as pa
import pytest

from keguan.engine.backends.duckdb import DuckDBEngine


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    found = DuckDBEngine(threads=2)
    yield found
    found.close()


Filled = Callable[[pa.Table], str]


@pytest.fixture(scope="module")
def filled(engine: DuckDBEngine) -> Filled:
    """`filled(table)`: its rows as the table `t` of the engine."""

    def fill(table: pa.Table) -> str:
        engine.connection.register("t_arrow", table)
        engine.connection.execute('CREATE OR REPLACE TEMP TABLE "t" AS SELECT * FROM t_arrow')
        engine.connection.unregister("t_arrow")
        return "t"

    return fill
