"""What can be classified: the key of each kind of subject and the tables that say which subjects there are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Subject:
    """A kind of thing: its key columns, the table that lists it even without facts, and the measure of what it brings."""

    name: str
    keys: tuple[str, ...]
    listed_in: str | None
    value: str


SUBJECTS: dict[str, Subject] = {
    "customer": Subject("customer", ("customer_id",), "customers", "net_sales_12m"),
    "product": Subject("product", ("product",), "products", "net_sales_12m"),
    "item": Subject("item", ("item",), None, "weight"),
}
