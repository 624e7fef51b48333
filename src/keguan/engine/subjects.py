"""What can be classified: the key of each kind of subject and the tables that say which subjects there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

SEPARATOR = " / "
"""Between the keys of one subject where they are read as one name."""


@dataclass(frozen=True)
class Subject:
    """A kind of thing: its key columns, the table that lists it even without facts, and the measure of what it brings,
    where there is one."""

    name: str
    keys: tuple[str, ...]
    listed_in: str | None
    value: str | None = None

    def joined(self, values: Iterable[object]) -> str:
        """The keys of one subject as people read them: `L1 / P2`."""
        return SEPARATOR.join(map(str, values))


SUBJECTS: dict[str, Subject] = {
    "customer": Subject("customer", ("customer_id",), "customers", "net_sales_12m"),
    "product": Subject("product", ("product",), "products", "net_sales_12m"),
    "item": Subject("item", ("item",), None, "weight"),
    "lead": Subject("lead", ("lead_id",), "leads"),
    "deal_contact": Subject("deal_contact", ("lead_id", "contact_id"), "deal_contacts"),
    "relation": Subject("relation", ("relation_id",), "relations"),
    "customer_line": Subject("customer_line", ("customer_id", "line"), None),
    "purchase_role": Subject("purchase_role", ("customer_id", "person", "product"), None),
}
