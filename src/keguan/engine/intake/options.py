"""How the user wants input to be read and cleaned: every choice named, each with the default the product promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Policies:
    """The cleaning policies of the interface, each changeable and stated in every run.

    `numeric_ids`: `merge` makes `17850` and `17850.0` one customer, `keep` leaves text as written.
    `repeated_lines`: `keep` (reported) or `drop` exact repeats. `zero_amounts`: `count` as purchases or `skip`.
    `negative_prices`: `keep` as adjustments or `reject`. `returns`: in which window a return counts. `letters`: which
    scheme bare A, B, C, D in a column of classes belong to; `ask` refuses them, `keep` says they are no classes.
    """

    numeric_ids: Literal["merge", "keep"] = "merge"
    repeated_lines: Literal["keep", "drop"] = "keep"
    zero_amounts: Literal["count", "skip"] = "count"
    negative_prices: Literal["keep", "reject"] = "keep"
    returns: Literal["when-returned", "when-sold"] = "when-returned"
    letters: Literal["ask", "keep", "value-pyramid", "lead-readiness", "intent-horizon", "pareto-abc"] = "ask"


@dataclass(frozen=True)
class IntakeOptions:
    """Everything `inspect` and `classify` let a user say about the input.

    `columns` overrules the mapping: (table, field) -> header. `date_order` is needed only where a whole column is
    ambiguous, `decimal_mark` where a whole column of numbers is. `timezone` turns instants with an offset into local days; `rates` is a dated table of exchange rates:
    (currency, first day ISO) -> units of `currency` per one unit of that currency.
    """

    columns: Mapping[tuple[str, str], str] = field(default_factory=dict)
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    date_order: Literal["dmy", "mdy", "ymd"] | None = None
    currency: str | None = None
    timezone: str | None = None
    rates: Mapping[tuple[str, str], str] = field(default_factory=dict)
    policies: Policies = Policies()
    decimal_mark: Literal["dot", "comma"] | None = None
