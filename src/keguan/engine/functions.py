"""The few functions both engines must be taught: one name, one meaning, a definition for each, a parity test for all.

Whatever plain SQL says alike on both engines is not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlglot import exp, parse_one

from keguan.engine.compile import literal


@dataclass(frozen=True)
class Function:
    """A SQL function of ours: its parameters, and its body on each engine. DuckDB has none of those over lists: it looks at days
    as numbers (`measures/days.py`), and the figures of both must be the same."""

    name: str
    parameters: tuple[str, ...]
    spark: str
    duckdb: str | None = None


FUNCTIONS: tuple[Function, ...] = (
    Function(
        "kg_day_number",
        ("d",),
        "datediff(d, DATE '1970-01-01')",
        "CAST(date_diff('day', DATE '1970-01-01', d) AS INTEGER)",
    ),
    # What is older than 179 years counts as 179.
    Function("kg_days_ago", ("d", "as_of"), "least(datediff(as_of, d), 65535)"),
    # Days between one purchase day and the next, in order; several purchases on a day are one. Missing without a purchase.
    Function(
        "kg_gaps",
        ("days",),
        "CASE WHEN size(days) > 0 THEN filter(zip_with(slice(array_sort(days), 2, size(days)),"
        " slice(array_sort(days), 1, size(days)), (b, a) -> b - a), g -> g > 0) END",
    ),
    Function(
        "kg_median",
        ("gaps",),
        "CASE WHEN size(gaps) > 0 THEN (element_at(array_sort(gaps), CAST(floor((size(gaps) + 1) / 2) AS INT))"
        " + element_at(array_sort(gaps), CAST(floor(size(gaps) / 2) AS INT) + 1)) / CAST(2 AS DOUBLE) END",
    ),
    # How far each gap is from their middle; missing where there is but one, which says nothing about spread.
    Function(
        "kg_away",
        ("gaps", "middle"),
        "CASE WHEN size(gaps) > 1 THEN transform(gaps, g -> abs(g - middle)) END",
    ),
    # Standard deviation over mean, from exact integer sums so that no engine adds floats in its own order.
    Function(
        "kg_variation",
        ("gaps",),
        "CASE WHEN size(gaps) > 1 THEN sqrt(CAST("
        "size(gaps) * aggregate(gaps, CAST(0 AS BIGINT), (a, g) -> a + CAST(g AS BIGINT) * g)"
        " - aggregate(gaps, CAST(0 AS BIGINT), (a, g) -> a + g) * aggregate(gaps, CAST(0 AS BIGINT), (a, g) -> a + g)"
        " AS DOUBLE)) / CAST(aggregate(gaps, CAST(0 AS BIGINT), (a, g) -> a + g) AS DOUBLE) END",
    ),
    # Sum of the logarithms in whole millionths, so that the order of adding does not matter.
    Function(
        "kg_log_sum",
        ("gaps",),
        "aggregate(coalesce(gaps, array()), CAST(0 AS BIGINT),"
        " (a, g) -> a + CAST(floor(ln(g) * 1000000 + 0.5) AS BIGINT))",
    ),
    Function("kg_count_days", ("gaps",), "CASE WHEN gaps IS NULL THEN 0 ELSE size(gaps) + 1 END"),
)


def inline_for_spark(tree: exp.Expr) -> exp.Expr:
    """`tree` with our functions replaced by their Spark bodies: Spark takes no SQL function that holds a lambda."""
    bodies = {f.name: f for f in FUNCTIONS}

    def replace(node: exp.Expr) -> exp.Expr:
        function = bodies.get(str(node.this).lower()) if isinstance(node, exp.Anonymous) else None
        if function is None:
            return node
        arguments = dict(zip(function.parameters, node.expressions, strict=True))
        return exp.paren(_filled(function.spark, arguments))

    return tree.transform(replace)


def _filled(body: str, arguments: dict[str, exp.Expr]) -> exp.Expr:
    def fill(node: exp.Expr) -> exp.Expr:
        known = isinstance(node, exp.Column) and not node.table and node.name in arguments
        return inline_for_spark(arguments[node.name].copy()) if known else node

    return parse_one(body, read="spark").transform(fill)


def call(name: str, *arguments: exp.Expr) -> exp.Expr:
    """A call of one of our functions."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def day_number(day: exp.Expr) -> exp.Expr:
    """Days since 1970-01-01 as an integer."""
    return call("kg_day_number", day)


def days_ago(day: exp.Expr, as_of: date) -> exp.Expr:
    """Days from `day` to `as_of`, for lists of days not after `as_of`."""
    return call("kg_days_ago", day, literal(as_of))


def gaps(days: exp.Expr) -> exp.Expr:
    """The days between one purchase day and the next, from a list of days ago in any order."""
    return call("kg_gaps", days)


def rhythm(figure: str, gaps: exp.Expr) -> exp.Expr:
    """One figure of a list of gaps: `count` of different days, `median` gap, median absolute `deviation` from it,
    `variation` of the gaps, `log_sum` in millionths."""
    if figure == "deviation":
        return call("kg_median", call("kg_away", gaps, call("kg_median", gaps.copy())))
    names = {
        "count": "kg_count_days",
        "median": "kg_median",
        "variation": "kg_variation",
        "log_sum": "kg_log_sum",
    }
    return call(names[figure], gaps)


def whole_months(day: exp.Expr, as_of: date) -> exp.Expr:
    """Whole calendar months from `day` to `as_of`; a month end is reached by the last day of a shorter month."""
    last_of_month = (as_of + timedelta(days=1)).day == 1
    begun = exp.Add(
        this=exp.Mul(this=exp.func("YEAR", day.copy()), expression=exp.Literal.number(12)),
        expression=exp.func("MONTH", day.copy()),
    )
    span = exp.Sub(this=exp.Literal.number(as_of.year * 12 + as_of.month), expression=exp.paren(begun))
    if last_of_month:
        return exp.paren(span)
    unfinished = exp.GT(this=exp.func("DAY", day.copy()), expression=literal(as_of.day))
    one = exp.Case().when(unfinished, literal(1)).else_(literal(0))
    return exp.paren(exp.Sub(this=exp.paren(span), expression=one))


def months_ahead(day: exp.Expr, as_of: date) -> exp.Expr:
    """The fewest calendar months from `as_of` that reach `day`; a month end is reached by a shorter month's last day."""
    reached = exp.Add(
        this=exp.Mul(this=exp.func("YEAR", day.copy()), expression=exp.Literal.number(12)),
        expression=exp.func("MONTH", day.copy()),
    )
    span = exp.Sub(this=exp.paren(reached), expression=exp.Literal.number(as_of.year * 12 + as_of.month))
    beyond = exp.GT(this=exp.func("DAY", day.copy()), expression=literal(as_of.day))
    one = exp.Case().when(beyond, literal(1)).else_(literal(0))
    return exp.paren(exp.Add(this=exp.paren(span), expression=one))
