"""Everything that can be counted row by row, for all quirks and the reconciliation at once: one pass over the facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from keguan.engine.intake import sql
from keguan.engine.intake.inspection import Tally
from keguan.engine.intake.orders import AMOUNTS, CREDIT_NOTE

if TYPE_CHECKING:
    import duckdb

    from keguan.engine.intake.cleaning import Staged

_KINDS = {"count": "count(*) FILTER ({0})", "money": "coalesce(sum(amount) FILTER ({0}), 0)"}


@dataclass(frozen=True)
class Counts:
    """Named counts, sums and examples of one source, by the reason its rows were left out for (None: kept)."""

    by_reason: Mapping[str | None, Mapping[str, Any]]

    def all(self, name: str) -> Any:
        """A count or sum over every row."""
        return sum((row[name] for row in self.by_reason.values()), 0)

    def kept(self, name: str) -> Any:
        """A count or sum over the rows kept."""
        return self.by_reason[None][name] if None in self.by_reason else 0

    def example(self, name: str) -> Any:
        """The least of the examples, or None."""
        return min((row[name] for row in self.by_reason.values() if row[name] is not None), default=None)

    def tally(self, bad_lines: int) -> dict[str | None, Tally]:
        """Rows and money by reason."""
        found = {reason: Tally(row["rows"], row["money"]) for reason, row in self.by_reason.items()}
        return {**found, "bad-line": Tally(bad_lines)} if bad_lines else found


@dataclass(frozen=True)
class OrderKeys:
    """How order ids repeat: `distinct` where every row has one that no other row has, `shared` where one id belongs to
    rows of several customers. Both are told by 64-bit hashes: equal ids always meet, so that `distinct` is never wrong."""

    distinct: bool
    shared: bool


def count_facts(con: duckdb.DuckDBPyConnection, staged: Staged, facts: str, fields: set[str]) -> Counts:
    """Count one source in one pass; `fields` are the columns of its facts."""
    is_orders = "kind" in fields and "ordered_on" in fields
    wanted = {"rows": "count(*)", "money": "coalesce(sum(amount), 0)" if "amount" in fields else "NULL"}
    if staged.tells_fractions:
        wanted["fractions"] = "count(*) FILTER (_fraction)"
    for name in optional_fields(staged, is_orders):
        raw = sql.name(name + "__raw")
        wanted |= {f"unread_{name}": f"count({raw})", f"written_{name}": f"min({raw})"}
    inner = ""
    if is_orders:
        wanted |= _money_counts()
        inner = ", " + ", ".join(f"{test} AS {name}" for name, test in _tests(fields).items())
    query = f"SELECT _reason, {', '.join(wanted.values())} FROM (SELECT *{inner} FROM {facts}) GROUP BY 1"
    rows = con.execute(query).fetchall()
    return Counts({row[0]: dict(zip(wanted, row[1:], strict=True)) for row in rows})


def optional_fields(staged: Staged, is_orders: bool) -> list[str]:
    """Fields of which a row can do without, whose cells may be unreadable."""
    needed = {*staged.mapping.table.required, *(AMOUNTS if is_orders else ())}
    return [name for name, reading in staged.readings.items() if reading.strict and name not in needed]


def _tests(fields: set[str]) -> dict[str, str]:
    """What a row of orders may be, as conditions that are never null."""
    note = f"coalesce(regexp_full_match(order_id, {sql.text(CREDIT_NOTE)}), false)"
    return {
        "back": "kind = 'return'",
        "note": f"CASE WHEN kind = 'return' THEN {note} ELSE false END",
        "owed": "coalesce(unit_price < 0, false)" if "unit_price" in fields else "false",
        "fewer": "coalesce(quantity < 0, false)" if {"unit_price", "quantity"} <= fields else "false",
        "nil": "coalesce(amount = 0, false)",
    }


def _money_counts() -> dict[str, str]:
    wanted: dict[str, str] = {}
    for name, test in (
        ("notes", "note"), ("backs", "back AND NOT note"), ("turned", "_turned"), ("owed", "owed"), ("nil", "nil"),
        ("fewer", "fewer AND NOT note"), ("with_id", "NOT back AND order_id IS NOT NULL"),
        ("without_id", "NOT back AND order_id IS NULL"), ("unnamed", "order_id IS NULL"),
    ):  # fmt: skip
        wanted |= {
            f"{name}_{kind}": form.format(test) for kind, form in _KINDS.items() if _is_asked(name, kind)
        }
    examples = {"note_example": "min(order_id) FILTER (note)", "owed_example": "min(order_id) FILTER (owed)"}
    return {**wanted, **examples}


def _is_asked(name: str, kind: str) -> bool:
    return kind == "count" or name in ("notes", "backs", "turned", "owed")


def order_keys(con: duckdb.DuckDBPyConnection, facts: str, counts: Counts) -> OrderKeys:
    """How the order ids of one source repeat: a count of kinds settles the common case, a hash pass any other."""
    rows = counts.all("rows")
    if not counts.all("unnamed_count"):
        (kinds,) = con.execute(f"SELECT count(DISTINCT hash(order_id)) FROM {facts}").fetchone() or (0,)
        if kinds == rows:
            return OrderKeys(distinct=True, shared=False)
    (shared,) = con.execute(
        f"""SELECT coalesce(bool_or(low <> high), false) FROM (
            SELECT min(who) AS low, max(who) AS high FROM (
                SELECT hash(order_id) AS o, hash(customer_id) AS who
                FROM {facts} WHERE order_id IS NOT NULL AND _reason IS NULL) GROUP BY o)"""
    ).fetchone() or (False,)
    return OrderKeys(distinct=False, shared=shared)
