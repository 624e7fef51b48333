"""A seeded order log as intake would keep it: one canonical `orders` part, made in SQL.

Run: `python -m bench classify/generate OUT.parquet [--orders 10000000] [--seed 1]`. A hundred million orders need about 1.3 GB
of disk, and as much again while they are sorted.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from keguan.engine.backends.duckdb import connect
from keguan.engine.intake.orders import ORDER_KEYS
from keguan.engine.intake.writing import copy_parquet
from keguan.engine.numbering import list_beside

AS_OF = "2026-06-30"
DAYS = 1096  # three years that end with AS_OF
FIELDS = ("customer_id", "ordered_on", "order_id", "amount", "kind", "status")

# Ten orders a customer on average: one, and a negative binomial number more (shape 1, mean 9). A customer's days lie
# between a first and a last possible day of their own; amounts are lognormal around a level of their own; 3 % are returns.
ORDERS = """
WITH drawn(seed, customers) AS (VALUES ({seed}, {customers})),
customers AS (
  SELECT c, 1 + floor(ln(1 - {u_count}) / ln(0.9))::INTEGER AS n, floor({u_first} * 730)::INTEGER AS first,
         0.8 * sqrt(-2 * ln(1 - {u_level})) * cos(2 * pi() * {u_turn}) AS level
  FROM drawn, range(customers) t(c)),
orders AS (
  SELECT c, level, first, c * 4096 + k AS o, seed FROM drawn, customers, unnest(range(n)) t(k)),
facts AS (
  SELECT {customer_id} AS customer_id, c AS customer_no, 'O' || lpad((hash(seed * 1099511627776 + o) % 1000000000000)::VARCHAR, 12, '0')
         AS order_id, DATE '{as_of}' - ({days} - 1) + (first + floor({u_day} * ({days} - first)))::INTEGER AS ordered_on,
         exp(3.5 + level + 0.7 * sqrt(-2 * ln(1 - {u_size})) * cos(2 * pi() * {u_angle})) AS size, {u_kind} < 0.03 AS back
  FROM orders)
SELECT customer_id, customer_no, ordered_on, order_id,
       CAST(CAST(CASE WHEN back THEN -size ELSE size END AS DECIMAL(18, 2)) AS DECIMAL(18, 4)) AS amount,
       CASE WHEN back THEN 'return' ELSE 'sale' END AS kind, 'completed' AS status
FROM facts ORDER BY {keys}
"""


# Every customer has an order, and ids sort as the numbers in them do.
CUSTOMER_ID = "'C' || lpad(c::VARCHAR, 9, '0')"
CUSTOMERS = f"SELECT {CUSTOMER_ID} AS customer_id, c::INTEGER AS customer_no FROM range({{customers}}) t(c) ORDER BY c"


def _uniform(salt: int, of: str) -> str:
    """A number in [0, 1) that depends on a row and the seed alone. Hashing one number mixes it well; hashing several
    joins their hashes by exclusive or, and draws with different salts would hang together."""
    return f"((hash((seed * 64 + {salt}) * 1099511627776 + {of}) >> 11) / 9007199254740992.0)"


def orders_sql(orders: int, seed: int) -> str:
    """The rows of the part, in the order in which intake keeps them."""
    of_customer = ("u_count", "u_first", "u_level", "u_turn")
    of_order = ("u_day", "u_size", "u_angle", "u_kind")
    draws = {name: _uniform(10 + i, "c") for i, name in enumerate(of_customer)}
    draws |= {name: _uniform(20 + i, "o") for i, name in enumerate(of_order)}
    keys = ", ".join(ORDER_KEYS)
    customers = _customers(orders)
    return ORDERS.format(
        seed=seed, customers=customers, customer_id=CUSTOMER_ID, as_of=AS_OF, days=DAYS, keys=keys, **draws
    )


def _customers(orders: int) -> int:
    return max(orders // 10, 1)


def generate(path: Path, orders: int, seed: int = 1, memory: str = "4GB") -> int:
    """Write about `orders` orders of a tenth as many customers to `path`; returns how many there are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as spill, connect(spill, memory=memory) as con:
        copy_parquet(con, CUSTOMERS.format(customers=_customers(orders)), list_beside(path))
        return copy_parquet(con, orders_sql(orders, seed), path)


def main(arguments: list[str] | None = None) -> int:
    """Write one file and say how many orders it holds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--orders", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=1)
    wish = parser.parse_args(arguments)
    print(f"{generate(wish.out, wish.orders, wish.seed)} orders in {wish.out}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
