"""People's decisions in force on a day: which class somebody said a subject has, laid beside its measures as columns.

Knows the table `overrides` and the keys of subjects; what a class means it does not know.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlglot import exp

from keguan.engine.backends import Engine
from keguan.engine.compile import column, literal

TABLE = "overrides"
_IN_FORCE = "overrides_in_force"
_PREFIX = "override:"


def override_of(scheme_column: str) -> str:
    """The column that holds the class people decided on; the reason they gave is in the same with `.reason`."""
    return f"{_PREFIX}{scheme_column}"


def columns_of(scheme_column: str) -> tuple[str, str]:
    """The two columns a decision of people leaves: class and reason."""
    return override_of(scheme_column), f"{override_of(scheme_column)}.reason"


def is_override(name: str) -> bool:
    """Whether a name is such a column."""
    return name.startswith(_PREFIX)


def in_force(
    engine: Engine, keys: Sequence[str], fields: Collection[str], as_of: date
) -> list[tuple[str, str]]:
    """Keep the decisions in force on a day, one per subject and column: of several the one that began last. Returns each
    column with each class somebody decided on, sorted."""
    scheme: exp.Expr = column("scheme")
    if "dimension" in fields:
        named = exp.func("CONCAT", column("scheme"), exp.Literal.string("."), column("dimension"))
        missing = column("dimension").is_(exp.null())
        scheme = exp.Case(ifs=[exp.If(this=missing, true=scheme)], default=named)
    until = [exp.or_(column("to_on").is_(exp.null()), column("to_on") >= literal(as_of))]
    wanted = exp.and_(column("from_on") <= literal(as_of), *(until if "to_on" in fields else []))
    partition = [*map(column, keys), scheme.copy()]
    latest = [exp.Ordered(this=column(n), desc=True) for n in ("from_on", "class", "reason")]
    place = exp.Window(this=exp.RowNumber(), partition_by=partition, order=exp.Order(expressions=latest))
    ranked = (
        exp.select(
            *map(column, keys), exp.alias_(scheme, "column", quoted=True), column("class"), column("reason")
        )
        .select(exp.alias_(place, "place", quoted=True))
        .from_(exp.to_table(TABLE, quoted=True))
        .where(wanted)
        .subquery("ranked")
    )
    kept = [*keys, "column", "class", "reason"]
    first = exp.EQ(this=column("place"), expression=literal(1))
    engine.keep(_IN_FORCE, exp.select(*map(column, kept)).from_(ranked).where(first))
    found = exp.select(column("column"), column("class")).distinct().from_(_IN_FORCE)
    return sorted((str(c), str(code)) for c, code in engine.rows(found))


def with_overrides(
    source: str, keys: Sequence[str], kept: Sequence[str], scheme_columns: Sequence[str]
) -> exp.Select:
    """The rows of `source` with its columns `kept` and, per scheme column, class and reason of the decision in force."""
    shown = [exp.column(c, table="measures", quoted=True) for c in (*keys, *kept)]
    query = exp.select(*shown).from_(exp.to_table(source, quoted=True).as_("measures"))
    for place, name in enumerate(scheme_columns):
        alias = f"decided{place}"
        own = exp.EQ(this=column("column"), expression=exp.Literal.string(name))
        rows = exp.select("*").from_(_IN_FORCE).where(own).subquery(alias)
        same = [
            exp.EQ(
                this=exp.column(k, table="measures", quoted=True),
                expression=exp.column(k, table=alias, quoted=True),
            )
            for k in keys
        ]
        query = query.join(rows, on=exp.and_(*same), join_type="left")
        for target, field in zip(columns_of(name), ("class", "reason"), strict=True):
            query = query.select(exp.alias_(exp.column(field, table=alias, quoted=True), target, quoted=True))
    return query
