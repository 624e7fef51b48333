"""Calculations of the sources that are about the whole base or about classes: each returns its inputs beside its result.

What the data do not tell is missing, never zero. Nothing here classifies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from keguan.core.calendar import window_span
from keguan.core.errors import KeguanError, Place, Problem, fail
from keguan.core.yaml import load_plain
from keguan.engine.backends import open_engine
from keguan.engine.compile import column, literal
from keguan.engine.measures.resolve import closure
from keguan.engine.measures.sql import keep_measures
from keguan.engine.subjects import SUBJECTS
from keguan.runs.available import Data

if TYPE_CHECKING:
    import pyarrow as pa

    from keguan.book.book import Book
    from keguan.book.run import Run


@cache
def _figure(name: str) -> Mapping[str, Any]:
    source = files("keguan").joinpath("catalogue", "figures", f"{name}.yaml")
    content: dict[str, Any] = load_plain(source.read_text(encoding="utf-8"))
    return content


def measures(book: Book, names: Sequence[str], as_of: date, subject: str = "customer") -> pa.Table:
    """One row per subject, sorted: its keys and the measures called `names`. Raises KG472 for what the data cannot answer."""
    kind = SUBJECTS[subject]
    data = Data.of(kind, book.facts.parts)
    lacks = {n: data.lacks(n) for n in names if not data.can_answer(n)}
    if lacks:
        raise KeguanError(
            [Problem("KG472", Place(field=n), {"name": n, "lacks": ", ".join(of)}) for n, of in lacks.items()]
        )
    paths: dict[str, list[Any]] = {}
    for part in book.facts.parts:
        paths.setdefault(part.table, []).append(part.path)
    wanted = closure(names, subject, data.can_answer)
    with open_engine() as engine:
        for table, found in paths.items():
            engine.attach(table, found)
        keep_measures(engine, "measured", kind, wanted, {}, as_of, paths)
        table = engine.arrow(exp.select(*map(column, (*kind.keys, *names))).from_("measured"))
        return table.sort_by([(k, "ascending") for k in kind.keys])


def acquisition_saving(book: Book, as_of: date) -> dict[str, Any]:
    """What referrals have saved [000:5]: customers won by referral × mean cost of winning one that nobody referred.

    `referred_won`, `others_won`, `others_cost`, `mean_cost`, `saving`; the last two are None while nobody unreferred was won or
    no cost of winning is booked. Money in the book's currency.
    """
    names = ("n_referrals_won", "referred_on", "acquisition_cost_total", "n_orders_total")
    rows = measures(book, names, as_of).to_pylist()
    won = sum(r["n_referrals_won"] or 0 for r in rows)
    others = [r for r in rows if r["referred_on"] is None and r["n_orders_total"]]
    cost = sum((r["acquisition_cost_total"] for r in others), Decimal(0))
    known = bool(others) and cost > 0
    return {
        "referred_won": won,
        "others_won": len(others),
        "others_cost": cost,
        "mean_cost": cost / len(others) if known else None,
        "saving": won * cost / len(others) if known else None,
    }


def close_probability(book: Book, as_of: date) -> list[dict[str, Any]]:
    """The chance of a quick deal by class of `intent-horizon` [002:19]: own closed leads by the class they had, from 30 of them
    on, else the prior. Rows: `code`, `probability`, `origin` (`own`, `given`, `ours`), `given`, `prior`, `cases`, `won`."""
    said = _figure("close_probability")
    scope = f"class_before:{said['scheme']}"
    try:
        rows = measures(book, (scope, "lead_closed", "lead_won"), as_of, "lead").to_pylist()
    except KeguanError:  # without earlier classes or ends of leads there is no history to learn from
        rows = []
    found = []
    for code, entry in said["classes"].items():
        mine = [r for r in rows if r[scope] == code and r["lead_closed"]]
        won = sum(1 for r in mine if r["lead_won"])
        own = len(mine) >= said["own_cases"]["value"]
        prior = Decimal(str(entry["prior"]))
        origin = "own" if own else "given" if "given" in entry else "ours"
        probability = Decimal(won) / len(mine) if own else prior
        row = {"code": code, "probability": probability, "origin": origin, "given": entry.get("given")}
        found.append({**row, "prior": prior, "cases": len(mine), "won": won})
    return found


def loyalty_index(book: Book, as_of: date, weights: Mapping[str, float] | None = None) -> pa.Table:
    """How loyal each customer is, 0 to 100 [003:67]: the weighted mean of the parts that are known of it.

    Columns: `customer_id`, `loyalty_index` (missing where no part is known), one per part the data can answer, and `parts`, the
    names of those that counted. `weights` replace ours, part by part. Raises KG471 (unknown parts, weights that weigh nothing),
    KG472 (no part can be answered).
    """
    import pyarrow as pa

    ours = {n: Decimal(str(e["weight"])) for n, e in _figure("loyalty_index")["parts"].items()}
    given = {n: Decimal(str(w)) for n, w in (weights or {}).items()}
    in_force = {**ours, **given}
    if set(given) - set(ours) or min(in_force.values()) < 0 or not sum(in_force.values()):
        raise fail("KG471", found=", ".join(f"{n}={w}" for n, w in given.items()), known=", ".join(ours))
    data = Data.of(SUBJECTS["customer"], book.facts.parts)
    names = [n for n in ours if data.can_answer(n)] or list(ours)
    table = measures(book, names, as_of)
    rows = [_weighted({n: r[n] for n in names}, in_force) for r in table.to_pylist()]
    index = pa.array([r[0] for r in rows], pa.float64())
    parts = pa.array([r[1] for r in rows], pa.list_(pa.string()))
    return table.add_column(1, "loyalty_index", index).append_column("parts", parts)


def _weighted(parts: Mapping[str, Any], weights: Mapping[str, Decimal]) -> tuple[float | None, list[str]]:
    known = {n: float(v) for n, v in parts.items() if v is not None and weights[n] > 0}
    total = sum(float(weights[n]) for n in known)
    return (sum(v * float(weights[n]) for n, v in known.items()) / total if total else None), list(known)


def common_products(
    book: Book,
    run: Run,
    scheme: str,
    *,
    dimension: str | None = None,
    window: str = "12m",
    by: str = "product",
) -> list[dict[str, Any]]:
    """What customers of one class buy in common [000:82]: one row per class and product, the highest lift first.

    `buyers` of `heads` in the class, `all_buyers` of `all_heads`; `support` = buyers / all_heads, `confidence` = buyers / heads,
    `lift` = confidence / (all_buyers / all_heads). Who has no class counts among all. Raises KG472 without order lines, KG706
    for a scheme the run does not have.
    """
    import pyarrow as pa

    from keguan.runs.decide import column_name

    name = column_name(scheme, dimension)
    if name not in run.assignments.column_names:
        raise fail("KG706", scheme=name, known=", ".join(run.scheme_ids))
    lines = [p for p in book.facts.parts if p.table == "order_lines"]
    if not lines or by not in {f for p in lines for f in p.fields}:
        raise fail("KG472", Place(field=by), name=by, lacks=f"order_lines.{by}")
    classes = run.assignments.select(["customer_id", name]).rename_columns(["customer_id", "class"])
    with open_engine() as engine:
        engine.attach("order_lines", [p.path for p in lines])
        engine.put("classes", pa.table({n: classes[n].cast(pa.string()) for n in classes.column_names}))
        bought = engine.rows(_bought(by, window, run.as_of))
        heads: dict[str | None, int] = dict(engine.rows(_counted("classes")))  # type: ignore[arg-type]
    return sorted(_lifts(bought, heads), key=lambda r: (r["class"], -r["lift"], -r["buyers"], r["product"]))


def _bought(by: str, window: str, as_of: date) -> exp.Select:
    """(class, product, how many of its members bought it in the window)."""
    span = window_span(window, as_of)
    day = column("ordered_on")
    inside: list[exp.Expr] = [
        exp.LTE(this=day, expression=literal(span.until)),
        exp.EQ(this=column("kind"), expression=literal("sale")),
        exp.EQ(this=column("status"), expression=literal("completed")),
        column(by).is_(exp.null()).not_(),
    ]
    if span.after is not None:
        inside.append(exp.GT(this=day.copy(), expression=literal(span.after)))
    once = exp.select(column("customer_id"), column(by)).distinct().from_("order_lines").where(*inside)
    return (
        exp.select(column("class"), column(by), exp.Count(this=exp.Star()))
        .from_(once.subquery("bought"))
        .join(exp.to_table("classes"), using=["customer_id"])
        .group_by(column("class"), column(by))
    )


def _counted(table: str) -> exp.Select:
    return exp.select(column("class"), exp.Count(this=exp.Star())).from_(table).group_by(column("class"))


def _lifts(bought: Sequence[tuple[Any, ...]], heads: Mapping[str | None, int]) -> list[dict[str, Any]]:
    everybody = sum(heads.values())
    buyers: dict[str, int] = {}
    for _, product, n in bought:
        buyers[product] = buyers.get(product, 0) + n
    found = []
    for code, product, n in bought:
        if code is None:
            continue
        confidence, overall = n / heads[code], buyers[product] / everybody
        row = {"class": code, "product": product, "buyers": n, "heads": heads[code]}
        row |= {"all_buyers": buyers[product], "all_heads": everybody, "support": n / everybody}
        found.append({**row, "confidence": confidence, "lift": confidence / overall})
    return found
