"""How often each combination of classes occurs: counted once, every distribution and crossing is added up from it."""

from __future__ import annotations

from keguan.insight.folder import RunFolder, quoted
from keguan.insight.record import SchemeRecord

TABLE = "joint"


def class_sql(scheme: SchemeRecord) -> str:
    """The class of a scheme as SQL; null for whoever has none."""
    return quoted(scheme.column)


def make_joint(folder: RunFolder) -> None:
    """Make the small table `joint`: a column per scheme (class code or null), `heads`, and `sales` (null: not known)."""
    value = folder.value
    sales = f"sum({quoted(value.name)})" if value else "NULL::DECIMAL(38,4)"
    classes = ", ".join(class_sql(s) for s in folder.record.schemes)
    folder.rows(
        f"CREATE OR REPLACE TEMP TABLE {TABLE} AS SELECT {classes}, count(*) AS heads, {sales} AS sales FROM run GROUP BY ALL"
    )
