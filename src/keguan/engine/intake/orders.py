"""Orders and order lines: what a row is worth, what kind of event it is, and one row per purchase."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from keguan.engine.intake import sql

if TYPE_CHECKING:
    from keguan.engine.intake.cleaning import Staged
    from keguan.engine.intake.options import IntakeOptions

ORDER_KEYS = (
    "ordered_on",
    "customer_id",
    "order_id",
)  # by day first: what a window or a cut-off needs lies together
PURCHASE_KEYS = (*ORDER_KEYS, "kind", "status")
AMOUNTS = ("amount", "unit_price", "quantity")  # a cell of these that cannot be read leaves its row out
OPTIONAL = ("channel", "product", "quantity", "line_id", "unit_price")
CREDIT_NOTE = "^[Cc][0-9]+$"


def facts_select(
    staged: Staged, options: IntakeOptions, rates: Mapping[str, str], repeats: str | None
) -> str:
    """The staged rows as facts, one per file row.

    Columns: `_record, _row, customer_id, ordered_on, order_id, amount` (returns negative), `kind, status`, what the
    source has of `cost` and `OPTIONAL`, `_turned` (a return written as a positive amount) and `_reason` (null: kept).
    `rates` convert money, field by field; `repeats` names a table `(_record, _reason)` of rows left out as duplicates.
    """
    have = set(staged.readings)
    cost = _cost(have, rates)
    columns = [
        "_record", "_row", "customer_id", "ordered_at::DATE AS ordered_on", f"{_order_id(have)} AS order_id",
        f"{_signed(_converted(_amount(have), rates.get('amount')), _kind(have))} AS amount", f"{_kind(have)} AS kind",
        "coalesce(status, 'completed') AS status" if "status" in have else "'completed' AS status",
        *([f"{_signed(cost, _kind(have))}::DECIMAL(18,4) AS cost"] if cost else []),
        *(sql.name(name) for name in OPTIONAL if name in have),
        *(sql.name(f"{name}__raw") for name, r in staged.readings.items() if r.strict and name not in AMOUNTS),
        *(["_fraction"] if staged.tells_fractions else []),
        f"({_kind(have)} = 'return' AND {_amount(have)} > 0) AS _turned",
        f"{_reason(staged, options, rates, repeats)} AS _reason",
    ]  # fmt: skip
    return f"SELECT {', '.join(columns)} FROM {staged.relation}"


def _order_id(have: set[str]) -> str:
    return "order_id" if "order_id" in have else "invoice_no" if "invoice_no" in have else "NULL::VARCHAR"


def _amount(have: set[str]) -> str:
    return "amount" if "amount" in have else "_worth"


def _converted(amount: str, rate: str | None) -> str:
    return f"TRY_CAST({amount} * ({rate}) AS DECIMAL(18,4))" if rate else amount


def _cost(have: set[str], rates: Mapping[str, str]) -> str | None:
    """The cost, or what the amount leaves beside the profit; each converted from its own currency."""
    if "cost" in have:
        return _converted("cost", rates.get("cost"))
    if not {"profit", "amount"} <= have:
        return None
    return f"({_converted('amount', rates.get('amount'))} - {_converted('profit', rates.get('profit'))})"


def _kind(have: set[str]) -> str:
    tests = [f"{_amount(have)} < 0"]
    if "quantity" in have:
        tests.append("quantity < 0")
    if "kind" in have:
        tests.append("kind = 'return'")
    return f"CASE WHEN {' OR '.join(tests)} THEN 'return' ELSE 'sale' END"


def _signed(amount: str, kind: str) -> str:
    """Returns count against sales, however the file signs them."""
    return f"CASE WHEN {kind} = 'return' THEN -abs({amount}) ELSE {amount} END"


def _reason(staged: Staged, options: IntakeOptions, rates: Mapping[str, str], repeats: str | None) -> str:
    have = set(staged.readings)
    parts = ("amount",) if "amount" in have else ("unit_price", "quantity")
    written = " OR ".join(f"{sql.name(part + '__raw')} IS NOT NULL" for part in parts)
    arms = [
        "WHEN customer_id IS NULL THEN 'missing-customer'",
        "WHEN ordered_at IS NULL THEN CASE WHEN ordered_at__raw IS NULL THEN 'missing-date' ELSE 'bad-date' END",
        f"WHEN {_amount(have)} IS NULL THEN CASE WHEN {written} THEN 'bad-amount' ELSE 'missing-amount' END",
    ]
    for field, rate in rates.items():
        money = _amount(have) if field == "amount" else field
        arms.append(f"WHEN {money} IS NOT NULL AND ({rate}) IS NULL THEN 'missing-rate'")
    if options.policies.negative_prices == "reject" and "unit_price" in have:
        arms.append("WHEN unit_price < 0 THEN 'negative-price'")
    if options.policies.zero_amounts == "skip":
        arms.append(f"WHEN {_amount(have)} = 0 THEN 'zero-amount'")
    if repeats:
        arms.append(
            f"WHEN _record IN (SELECT _record FROM {repeats}) THEN (SELECT min(_reason) FROM {repeats})"
        )
    return f"CASE {' '.join(arms)} END"


def kept_select(facts: Sequence[tuple[str, set[str]]]) -> str:
    """The kept rows of several facts relations together; a column that one of them lacks is null there."""
    wanted = [
        "customer_id",
        "ordered_on",
        "order_id",
        "amount",
        "kind",
        "status",
        "cost",
        "channel",
        "product",
        "quantity",
    ]
    selects = []
    for relation, fields in facts:
        columns = ", ".join(sql.name(f) for f in wanted if f in fields)
        selects.append(f"SELECT {columns} FROM {relation} WHERE _reason IS NULL")
    return " UNION ALL BY NAME ".join(selects)


def with_returns_select(kept: str, returns: str, fields: set[str]) -> str:
    """`kept` and, for every sale whose order is in `returns(order_id, returned_on)`, the opposite beside it.

    Dated on the day of return where the list has it, otherwise on the order's own day. Orders that already have a
    return of their own are left alone.
    """
    turned = {"amount": "-k.amount", "cost": "-k.cost", "quantity": "-k.quantity", "kind": "'return'"}
    turned["ordered_on"] = "coalesce(r.returned_on, k.ordered_on)"
    columns = ", ".join(f"({turned.get(f, f'k.{sql.name(f)}')}) AS {sql.name(f)}" for f in sorted(fields))
    return f"""
        SELECT * FROM {kept} UNION ALL BY NAME
        SELECT {columns} FROM {kept} AS k JOIN {returns} AS r ON k.order_id = r.order_id
        WHERE k.kind = 'sale' AND k.order_id NOT IN
              (SELECT order_id FROM {kept} WHERE kind = 'return' AND order_id IS NOT NULL)"""


def moved_select(kept: str, fields: set[str]) -> str:
    """`kept` with returns dated on the day of the sale they belong to: same customer and order id, a leading C aside."""
    columns = ", ".join(
        "coalesce(s.sold_on, k.ordered_on) AS ordered_on" if f == "ordered_on" else f"k.{sql.name(f)}"
        for f in sorted(fields)
    )
    bare = f"CASE WHEN regexp_matches(k.order_id, {sql.text(CREDIT_NOTE)}) THEN k.order_id[2:] ELSE k.order_id END"
    return f"""
        SELECT {columns} FROM {kept} AS k LEFT JOIN
          (SELECT customer_id, order_id, min(ordered_on) AS sold_on FROM {kept}
           WHERE kind = 'sale' AND order_id IS NOT NULL GROUP BY ALL) AS s
        ON k.kind = 'return' AND s.customer_id = k.customer_id AND s.order_id = {bare}"""


def purchases_select(kept: str, fields: set[str], lines: bool, unique: bool = False) -> str:
    """One row per purchase: rows of one (customer, order id, kind, status) added up; per day where there is no order id.

    With `unique`, every row has an order id of its own and is a purchase as it stands.
    """
    more = [name for name in ("cost", "channel") if name in fields]
    count = {"n_lines": "count(*)::INTEGER" if not unique else "1::INTEGER"} if lines else {}
    if unique:
        columns = ["customer_id", "ordered_on", "order_id", "amount", "kind", "status", *more]
        return f"SELECT {', '.join([*columns, *(f'{sum_} AS {n}' for n, sum_ in count.items())])} FROM {kept}"
    made = {"cost": "sum(cost)::DECIMAL(18,4)", "channel": "min(channel)", **count}
    sums = [f"{made[name]} AS {name}" for name in (*more, *count)]
    return f"""
        SELECT customer_id, min(ordered_on) AS ordered_on, order_id, sum(amount)::DECIMAL(18,4) AS amount,
               {", ".join(["kind", "status", *sums])} FROM {kept}
        GROUP BY customer_id, order_id, kind, status, CASE WHEN order_id IS NULL THEN ordered_on END"""


def lines_select(kept: str, fields: set[str]) -> str:
    """The kept rows as order lines."""
    cost = ", cost" if "cost" in fields else ""
    quantity = "quantity" if "quantity" in fields else "NULL::DECIMAL(18,4) AS quantity"
    return f"SELECT customer_id, ordered_on, order_id, product, {quantity}, amount, kind, status{cost} FROM {kept}"
