"""Logical tables: what a table of customers' facts may hold, its types, labels and the headers people give it."""

from keguan.engine.tables.logical import (
    Field,
    FieldType,
    LogicalTable,
    day_of,
    logical_table,
    logical_tables,
)

__all__ = ["Field", "FieldType", "LogicalTable", "day_of", "logical_table", "logical_tables"]
