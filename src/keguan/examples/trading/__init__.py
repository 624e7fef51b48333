"""A trading company that fills every table: supplies for offices, workshops and cleaning, sold to firms, shops, public bodies
and people from 2022-07-01 to 2026-06-30. All invented, drawn by `seed`; the same wish gives the same rows."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.csv as csv

from keguan.examples.trading import customers as people
from keguan.examples.trading.base import AS_OF, draw_base
from keguan.examples.trading.leads import draw_leads, history, lead_tables, overrides
from keguan.examples.trading.ledger import costs, ledger
from keguan.examples.trading.orders import draw_goods, draw_sales, holdings, items, order_tables, roles
from keguan.examples.trading.service import (
    campaigns,
    complaints,
    interactions,
    observations,
    ratings,
    responses,
)

CUSTOMERS, ORDERS_EACH = 2_000, 10
CURRENCY, TIMEZONE = "CNY", "Asia/Shanghai"
KEY_ACCOUNT_FROM = 5_000
"""What the company asks of a key account, in yuan a month."""
FEWEST, MOST = 200, 1_000_000
"""How many customers there may be: with fewer some classes stay empty, more do not fit a usual memory."""


def trading_company(
    n_customers: int = CUSTOMERS, *, seed: int = 7, n_orders: int | None = None
) -> dict[str, pa.Table]:
    """Every table by name, with the fields' own names as headers. `n_orders` defaults to ten for each customer; the number
    comes out within a few percent. Raises ValueError for numbers of customers outside `FEWEST` and `MOST`."""
    if not FEWEST <= n_customers <= MOST:
        raise ValueError(f"from {FEWEST} to {MOST} customers")
    base = draw_base(n_customers, seed)
    goods = draw_goods(seed)
    sales = draw_sales(base, goods, n_orders or ORDERS_EACH * n_customers)
    leads = draw_leads(base)
    contacts = people.contacts(base)
    return {
        "customers": people.customers(base),
        **order_tables(base, goods, sales),
        **ledger(base, sales),
        "interactions": interactions(base),
        **lead_tables(base, leads, contacts),
        "contacts": contacts,
        "observations": observations(base),
        "ratings": ratings(base),
        "complaints": complaints(base),
        "referrals": people.referrals(base),
        "memberships": people.memberships(base),
        "households": people.households(base),
        "costs": costs(base, sales),
        "history": history(base, sales, leads),
        "overrides": overrides(base),
        "holdings": holdings(base, goods, sales),
        "responses": responses(base),
        "campaigns": campaigns(),
        "roles": roles(base, goods, sales),
        "relations": people.relations(base),
        "staff": people.staff(base),
        "tags": people.tags(base),
        "items": items(base, sales),
    }


def write_tables(tables: dict[str, pa.Table], folder: Path) -> None:
    """One CSV file per table."""
    folder.mkdir(parents=True, exist_ok=True)
    how = csv.WriteOptions(quoting_style="needed")
    for name, table in tables.items():
        csv.write_csv(table, folder / f"{name}.csv", how)


__all__ = ["AS_OF", "CURRENCY", "trading_company", "write_tables"]
