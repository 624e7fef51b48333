"""Invoices and payments as one account: what was paid when for which invoice, and until when an invoice stood open.

An invoice says how it was paid (`paid_on`, `paid_amount`), or rows of `payments` do, or both: rows of payments win. After
this, `payments` holds every payment known with the days of its invoice, and `open_until` of an invoice is the day it was
settled: paid, written off in full, or nothing to pay; missing while it is open.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from keguan.engine.intake import sql
from keguan.engine.intake.inspection import Finding

if TYPE_CHECKING:
    from keguan.engine.intake.linked import Tables

_SAID = {
    "invoice_id": "VARCHAR",
    "due_on": "DATE",
    "paid_on": "DATE",
    "paid_amount": "DECIMAL(18,4)",
    "written_off": "DECIMAL(18,4)",
    "written_off_on": "DATE",
    "terms_days": "BIGINT",
}
_NO_PAYMENTS = "(SELECT NULL::VARCHAR AS customer_id, NULL::VARCHAR AS invoice_id, NULL::DATE AS paid_on, 0::DECIMAL(18,4) AS amount)"
_OPEN_UNTIL = """CASE
    WHEN s.to_pay <= 0 AND s.amount > 0 THEN coalesce(s.written_off_on, s.due_on, s.issued_on)
    WHEN s.to_pay <= 0 THEN s.issued_on
    WHEN p.invoice_id IS NOT NULL THEN p.settled_on
    WHEN s.paid_on IS NOT NULL AND coalesce(s.paid_amount >= s.to_pay, true) THEN s.paid_on
    WHEN s.paid_on IS NULL AND s.paid_amount >= s.to_pay THEN s.issued_on END"""


def settle(tables: Tables) -> Iterator[Finding]:
    """Link invoices and payments; say what does not go together and what the account comes to."""
    if "invoices" not in tables.kept:
        return
    fields = tables.kept["invoices"].fields
    paid = tables.has("payments", "invoice_id") and "invoice_id" in fields
    _account(tables, paid)
    if paid:
        yield from _unmatched(tables)
    yield from _odd_days(tables)
    if paid or not {"paid_on", "paid_amount"}.isdisjoint(fields):
        _payments(tables, paid)
        _write_invoices(tables, "open_until")
        yield _sums(tables)
    else:
        _write_invoices(tables)


def _account(tables: Tables, paid: bool) -> None:
    """`account`: the invoices with everything they may say, what is to be paid of each, and what payments say of it."""
    here = tables.kept["invoices"]
    own = [sql.name(f) for f in here.fields if f not in _SAID]
    said = [
        sql.name(f) if f in here.fields else f"NULL::{kind} AS {f}"
        for f, kind in _SAID.items()
        if f != "due_on"
    ]
    terms = "issued_on + terms_days::INTEGER" if "terms_days" in here.fields else "NULL::DATE"
    due = f"coalesce(due_on, {terms})" if "due_on" in here.fields else terms
    lost = "coalesce(written_off, 0)" if "written_off" in here.fields else "0"
    tables.con.execute(f"""
        CREATE OR REPLACE TEMP TABLE said AS
        SELECT {", ".join([*own, *said])}, {due} AS due_on, amount - {lost} AS to_pay FROM {here.relation}""")
    payments = tables.kept["payments"].relation if paid else _NO_PAYMENTS
    tables.con.execute(f"""
        CREATE OR REPLACE TEMP TABLE account AS
        WITH running AS (
            SELECT customer_id, invoice_id, paid_on,
                   sum(amount) OVER (PARTITION BY customer_id, invoice_id ORDER BY paid_on) AS sum
            FROM {payments} WHERE invoice_id IS NOT NULL),
        billed AS (
            SELECT customer_id, invoice_id, sum(to_pay) AS to_pay FROM said
            WHERE invoice_id IS NOT NULL GROUP BY ALL),
        settled AS (
            SELECT customer_id, invoice_id, min(paid_on) FILTER (sum >= to_pay) AS settled_on
            FROM running JOIN billed USING (customer_id, invoice_id) GROUP BY ALL)
        SELECT s.*, p.invoice_id IS NOT NULL AS has_payments, {_OPEN_UNTIL} AS open_until
        FROM said AS s LEFT JOIN settled AS p ON p.customer_id = s.customer_id AND p.invoice_id = s.invoice_id""")


def _payments(tables: Tables, paid: bool) -> None:
    """Every payment known: the rows of payments with the days of their invoice, and what invoices alone say was paid."""
    implied = """
        SELECT customer_id, paid_on, coalesce(paid_amount, to_pay)::DECIMAL(18,4) AS amount, invoice_id,
               issued_on, due_on, open_until
        FROM account WHERE NOT has_payments AND paid_on IS NOT NULL AND coalesce(paid_amount, to_pay) > 0"""
    select, sources = implied, tables.kept["invoices"].sources
    if "payments" in tables.kept:
        here = tables.kept["payments"].relation
        sources = ""
        days = "NULL::DATE AS issued_on, NULL::DATE AS due_on, NULL::DATE AS open_until"
        join = ""
        if paid:
            days = "a.issued_on, a.due_on, a.open_until"
            join = """LEFT JOIN (SELECT customer_id, invoice_id, min(issued_on) AS issued_on, max(due_on) AS due_on,
                max(open_until) AS open_until FROM account WHERE invoice_id IS NOT NULL GROUP BY ALL) AS a
                ON a.customer_id = p.customer_id AND a.invoice_id = p.invoice_id"""
        select = f"SELECT p.*, {days} FROM {here} AS p {join} UNION ALL BY NAME {implied}"
    columns = ["customer_id", "paid_on", "amount", "invoice_id", "issued_on", "open_until"]
    due = ["due_on"] if _knows_due(tables) else []
    tables.put("payments", select, *columns, *due, sources=sources)


def _knows_due(tables: Tables) -> bool:
    return not {"due_on", "terms_days"}.isdisjoint(tables.kept["invoices"].fields)


def _write_invoices(tables: Tables, *derived: str) -> None:
    """The invoices with the due day that their terms tell and, where payments are known, until when they stood open."""
    due = ("due_on",) if _knows_due(tables) else ()
    columns = dict.fromkeys([*tables.kept["invoices"].fields, *due, *derived])
    select = f"SELECT {', '.join(map(sql.name, columns))} FROM account"
    tables.put("invoices", select, *due, *derived)


def _unmatched(tables: Tables) -> Iterator[Finding]:
    payments = tables.kept["payments"]
    rows, money = tables.con.execute(f"""
        SELECT count(*), coalesce(sum(p.amount), 0) FROM {payments.relation} AS p
        WHERE p.invoice_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM said AS s
          WHERE s.customer_id = p.customer_id AND s.invoice_id = p.invoice_id)""").fetchone() or (0, 0)
    if rows:
        yield Finding("payments-unmatched", payments.sources, {"rows": rows, "money": money})


def _odd_days(tables: Tables) -> Iterator[Finding]:
    """Days that cannot be as they stand: due before issued, paid before issued."""
    invoices = tables.kept["invoices"]
    due, early = tables.con.execute(
        "SELECT count(*) FILTER (due_on < issued_on), count(*) FILTER (paid_on < issued_on) FROM said"
    ).fetchone() or (0, 0)
    if due:
        yield Finding("due-before-issued", invoices.sources, {"rows": due})
    if early:
        yield Finding("paid-before-issued", invoices.sources, {"rows": early})


def _sums(tables: Tables) -> Finding:
    """What was invoiced, paid and written off, and what is left."""
    invoiced, written = tables.con.execute(
        "SELECT coalesce(sum(amount), 0), coalesce(sum(written_off), 0) FROM account"
    ).fetchone() or (0, 0)
    (paid,) = tables.con.execute(
        f"SELECT coalesce(sum(amount), 0) FROM {tables.kept['payments'].relation}"
    ).fetchone() or (0,)
    values = {"invoiced": invoiced, "paid": paid, "written_off": written, "open": invoiced - paid - written}
    return Finding("receivables", values=values)
