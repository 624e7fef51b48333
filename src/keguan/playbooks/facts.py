"""One run's two tables as one view of facts for planning: who, whose, worth what, last in touch when, not to be called."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from keguan.core.scratch import Scratch
from keguan.engine.backends.duckdb import connect, quoted
from keguan.engine.subjects import SUBJECTS

NAME, OWNER = "name", "owner"
CONTACT_DAYS = ("contacted_on", "last_contact_on")
"""What the business says and what its interactions say: the later day counts. Where neither is known, the last order."""
OPTED_OUT = "opt_out"


class Facts:
    """The table `facts`: a row per subject with its keys, every measure and class column, and under `#…` what planning asks."""

    def __init__(self, folder: Path, subject: str, value: str | None, owner: str | None) -> None:
        self.keys = SUBJECTS[subject].keys
        files = [folder / f"{name}.parquet" for name in ("assignments", "measures")]
        self.columns = frozenset(n for f in files for n in pq.read_schema(f).names)
        self._spill = Scratch()
        self.connection = connect(self._spill.path)
        for path in files:
            self.connection.read_parquet(str(path)).create_view(path.stem)
        using = ", ".join(map(quoted, self.keys))
        where, parameters = ("", []) if owner is None else (f" WHERE {self.known(OWNER)} = ?", [owner])
        self.execute(
            f"""CREATE TEMP TABLE facts AS
            SELECT *, {self._text(NAME)} AS "#name", {self.known(OWNER)} AS "#owner", {self._value(value)} AS "#value",
              {self._contact()} AS "#contact", {self._opted_out()} AS "#out"
            FROM assignments JOIN measures USING ({using}){where}""",
            parameters,
        )

    def __enter__(self) -> Facts:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()
        self._spill.close()

    def execute(self, sql: str, parameters: Any = None) -> duckdb.DuckDBPyConnection:
        """Ask the database; values come as parameters, names through `quoted`."""
        return self.connection.execute(sql, parameters or [])

    def table(self, sql: str, parameters: Any) -> pa.Table:
        """The answer to a query as an Arrow table."""
        found: pa.Table = self.connection.sql(sql, params=parameters).to_arrow_table()
        return found

    def has(self, name: str) -> bool:
        """Whether the run knows a name at all."""
        return name in self.columns

    def known(self, name: str) -> str:
        """A fact as text, null where nothing is on file."""
        return f"nullif(trim({self._text(name)}), '')"

    def day(self, name: str) -> str:
        """A fact as a day, null where it is none."""
        return f"try_cast({quoted(name)} AS DATE)" if self.has(name) else "NULL::DATE"

    def _text(self, name: str) -> str:
        return f"{quoted(name)}::VARCHAR" if self.has(name) else "NULL::VARCHAR"

    def _value(self, name: str | None) -> str:
        if name is None or not self.has(name):
            return "NULL::DECIMAL(18, 4)"
        return quoted(name)

    def _contact(self) -> str:
        return f"coalesce(greatest({', '.join(map(self.day, CONTACT_DAYS))}), {self.day('last_order_on')})"

    def _opted_out(self) -> str:
        """The customer said so, or every contact person did; of a lead, the customer it is with."""
        tests = ["false"]
        if self.has(OPTED_OUT):
            tests.append(quoted(OPTED_OUT))
        if self.has("n_opted_out") and self.has("n_contact_people"):
            tests.append("(n_opted_out > 0 AND n_opted_out >= n_contact_people)")
        if self.has("lead_opted_out"):
            tests.append("lead_opted_out > 0")
        return " OR ".join(f"coalesce({t}, false)" for t in tests)
