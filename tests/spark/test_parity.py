"""Spark gives what DuckDB gives: every measure, every function, every kind, the same classes and the same content."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from math import isclose
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlglot import exp

import keguan as kg
from keguan.book.book import Book
from keguan.book.run import Run
from keguan.core.arrays import as_arrow
from keguan.core.errors import KeguanError
from keguan.engine.backends.duckdb import DuckDBEngine
from keguan.engine.backends.spark import SparkEngine
from keguan.engine.compile import column, to_sql
from keguan.engine.functions import call, days_ago, rhythm, whole_months
from keguan.engine.measures.days import FIGURES, OLDEST, Gaps
from keguan.engine.measures.resolve import closure
from keguan.engine.measures.sql import keep_measures
from keguan.engine.subjects import SUBJECTS
from keguan.language import ast
from keguan.language.evaluate import evaluate
from keguan.runs.cases import run_case
from keguan.runs.diff import diff
from keguan.schemes.cases import load_cases
from keguan.schemes.catalogue import builtin, builtin_cases
from keguan.schemes.loader import load_scheme
from tests.engine.test_compile import _COLUMNS, COLUMNS_OF_DAYS, ROWS
from tests.fixtures import company
from tests.fixtures.naive_measures import NAMES, naive, orders_table
from tests.fixtures.open_shops import open_shop, write_schemes
from tests.fixtures.shops import AS_OF, SCHEMES, shop

pytestmark = [
    pytest.mark.spark,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    return open_shop(tmp_path_factory.mktemp("spark shop"), 150)


@pytest.fixture(scope="module")
def plans(spark: SparkEngine) -> list[str]:
    """Every optimised plan Spark is given from here on."""
    return []


@pytest.fixture(scope="module")
def runs(spark: SparkEngine, book: Book, plans: list[str]) -> tuple[Run, Run]:
    """The same request on both engines, with what Spark was asked to do written down."""
    monkeypatch = pytest.MonkeyPatch()
    ask = spark.session.sql

    def noted(text: str) -> Any:
        frame = ask(text)
        plans.append(frame._jdf.queryExecution().optimizedPlan().toString())
        return frame

    monkeypatch.setattr(type(spark.session), "sql", lambda self, text: noted(text))
    asked = [*SCHEMES, "value-pyramid", "rfm", "pareto-abc", "loyalty-quadrant"]
    found = [book.classify(*asked, as_of=AS_OF, purpose="parity", engine=e) for e in ("duckdb", "spark")]
    monkeypatch.undo()
    return found[0], found[1]


def test_every_kind_gives_the_same_cuts_and_classes(runs: tuple[Run, Run]) -> None:
    duck, spark = runs
    assert spark.scheme_ids == duck.scheme_ids
    for scheme in duck.scheme_ids:
        assert spark.cuts(scheme) == duck.cuts(scheme)
        assert spark.counts(scheme) == duck.counts(scheme)
    assert diff(duck, spark).moved == 0
    assert spark.assignments.num_rows == 150


def test_both_engines_write_the_same_content(runs: tuple[Run, Run]) -> None:
    duck, spark = runs
    for name in duck.measures.column_names:
        assert spark.measures[name].to_pylist() == duck.measures[name].to_pylist(), name
    for name in duck.assignments.column_names:
        assert spark.assignments[name].to_pylist() == duck.assignments[name].to_pylist(), name
    assert spark.content_hash() == duck.content_hash()


def test_nothing_sorts_everybody_but_the_writing_of_the_two_tables(
    runs: tuple[Run, Run], plans: list[str]
) -> None:
    assert len(plans) > 5
    assert not [p for p in plans if "Window" in p]
    # `true` marks a sort of everything; the ones inside a join's partitions say `false`.
    sorts = [p for p in plans if re.search(r"Sort \[[^\n]*\], true", p)]
    assert len(sorts) == 2
    assert all(re.match(r"Sort \[[^\n]*\], true", p) for p in sorts)


def test_one_classification_is_few_statements(runs: tuple[Run, Run], plans: list[str]) -> None:
    """However many schemes: measures, a few rounds of fitting per level, classes, audit, two files."""
    assert len(plans) <= 24


@pytest.fixture(scope="module")
def measured(
    spark: SparkEngine, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[dict[str, Any]], Path]:
    """Canonical orders with everything that may go wrong, and the file they lie in."""
    table = shop(120, seed=11)["orders"]
    rows = [
        {
            "customer_id": r["customer_id"],
            "ordered_on": r["ordered_at"],
            "amount": r["amount"],
            "cost": r["cost"] if i % 3 else None,
            "kind": r["kind"],
            "status": r["status"],
        }
        for i, r in enumerate(table.to_pylist())
    ]
    empty = {"amount": Decimal("-5"), "cost": None, "ordered_on": AS_OF}
    rows.append({**empty, "customer_id": "只退货", "kind": "return", "status": "completed"})
    rows.append({**empty, "customer_id": "只取消", "kind": "sale", "status": "cancelled"})
    path = tmp_path_factory.mktemp("orders") / "orders.parquet"
    pq.write_table(orders_table(rows), path)
    return rows, path


@pytest.mark.parametrize("as_of", [AS_OF, date(2024, 2, 29)])
def test_every_measure_equals_the_naive_one(
    spark: SparkEngine, measured: tuple[list[dict[str, Any]], Path], as_of: date
) -> None:
    rows, path = measured
    spark.attach("orders", [path])
    keep_measures(spark, "measured", SUBJECTS["customer"], closure(NAMES), {}, as_of, {"orders": [path]})
    shown = [column("customer_id"), *map(column, NAMES)]
    found = {
        r[0]: dict(zip(NAMES, r[1:], strict=True)) for r in spark.rows(exp.select(*shown).from_("measured"))
    }
    assert set(found) == {r["customer_id"] for r in rows if r["ordered_on"] <= as_of}
    wrong = {}
    for customer, values in found.items():
        expected = naive([r for r in rows if r["customer_id"] == customer], as_of)
        wrong |= {(customer, n): (values[n], expected[n]) for n in NAMES if not _same(values[n], expected[n])}
    assert not wrong


def _same(found: Any, expected: Any) -> bool:
    if isinstance(found, float) or isinstance(expected, float):
        return (
            found is not None
            and expected is not None
            and isclose(found, expected, rel_tol=1e-12, abs_tol=1e-9)
        )
    return bool(found == expected)


_LISTS: list[list[int]] = [
    [],
    [5],
    [5, 5],
    [9, 1, 4],
    [1, 1, 2, 30, 365, 365, 400],
    [0, 7, 20000, 90000],
    [3, 3, 3, 3, 10, 11, 65535],
]
_DAYS = [date(1969, 12, 31), date(1970, 1, 1), date(2024, 2, 29), date(2026, 1, 31), date(2026, 6, 30), None]


def test_days_and_months_are_counted_the_same(spark: SparkEngine, tmp_path: Path) -> None:
    pq.write_table(pa.table({"day": pa.array(_DAYS, pa.date32())}), tmp_path / "f.parquet")
    ends = (date(2026, 6, 29), date(2026, 6, 30), date(2025, 2, 28))
    asked = [call("kg_day_number", column("day")), *(whole_months(column("day"), end) for end in ends)]
    query = exp.select(*[e.as_(f"v{i}") for i, e in enumerate(asked)]).from_("f").order_by(column("day"))
    duck = DuckDBEngine(threads=2)
    for engine in (duck, spark):
        engine.attach("f", [tmp_path / "f.parquet"])
    expected, found = duck.rows(query.copy()), spark.rows(query.copy())
    duck.close()
    assert sorted(found, key=str) == sorted(expected, key=str) and len(found) == len(_DAYS)


def test_a_list_of_days_says_what_the_days_as_numbers_say(spark: SparkEngine, tmp_path: Path) -> None:
    gathered = [[AS_OF - timedelta(days=d) for d in reversed(days)] for days in _LISTS]
    table = pa.table({"row": range(len(_LISTS)), "dates": pa.array(gathered, pa.list_(pa.date32()))})
    pq.write_table(table, tmp_path / "lists.parquet")
    spark.attach("lists", [tmp_path / "lists.parquet"])
    ago = [min(d, OLDEST) for days in _LISTS for d in sorted(days)]
    who = [place for place, days in enumerate(_LISTS) for _ in days]
    gaps = Gaps.between(np.array(who), np.array(ago), len(_LISTS))
    expected = {name: as_arrow(figure(gaps)).to_pylist() for name, figure in FIGURES.items()}

    days = exp.Transform(
        this=column("dates"),
        expression=exp.Lambda(this=days_ago(exp.column("d"), AS_OF), expressions=[exp.to_identifier("d")]),
    )
    figures = [rhythm(name, call("kg_gaps", days.copy())).as_(name) for name in FIGURES]
    found = spark.rows(exp.select(*figures).from_("lists").order_by(column("row")))
    for place, row in enumerate(found):
        assert [_same(a, expected[n][place]) for n, a in zip(FIGURES, row, strict=True)] == [True] * 5, place
    assert len(found) == len(_LISTS)


def _name(text: str) -> ast.Name:
    return ast.Name(text)


_TREES: list[ast.Node] = [
    ast.Arithmetic("/", _name("money"), _name("count")),
    ast.Arithmetic("/", _name("rate"), ast.Literal(0)),
    ast.Arithmetic("*", ast.Arithmetic("+", _name("money"), _name("spent")), ast.Literal(Decimal("1.5"))),
    ast.Arithmetic("-", _name("count"), _name("rate")),
    ast.Arithmetic("+", _name("first"), ast.Literal(30)),
    ast.Arithmetic("-", _name("last"), _name("days")),
    ast.Call("min", (_name("money"), _name("rate"), _name("count"))),
    ast.Call("max", (_name("first"), _name("last"))),
    ast.Call("coalesce", (_name("money"), _name("spent"), ast.Literal(0))),
    ast.Call("abs", (_name("money"),)),
    ast.Call("round", (_name("money"),)),
    ast.Call("round", (ast.Arithmetic("/", _name("count"), ast.Literal(2)),)),
    ast.Compare("<", _name("region"), _name("name")),
    ast.OneOfValues(_name("region"), (ast.Literal("华东"), ast.Literal("o'brien"))),
    ast.Between(_name("rate"), ast.Literal(Decimal("-1.25")), _name("count")),
    ast.Not(ast.Compare("=", _name("money"), _name("spent"))),
    ast.Or((ast.Compare("=", _name("money"), ast.Literal(0)), _name("member"))),
    ast.And((ast.IsMissing(_name("region")), ast.Not(_name("member")))),
    ast.If(((ast.Compare(">", _name("money"), ast.Literal(0)), ast.Literal(2)),), ast.Literal(7)),
    ast.TupleCompare(
        (_name("money"), _name("first"), _name("region")),
        (ast.Literal(Decimal(0)), ast.Literal(None), ast.Literal("south")),
        (True, False, False),
    ),
    ast.Not(ast.TupleCompare((_name("rate"),), (ast.Literal(0.5),), (True,))),
    *(ast.Folded(_name(n)) for n in ("region", "name", "count", "member", "first")),
]


def test_every_sort_of_expression_means_the_same(spark: SparkEngine, tmp_path: Path) -> None:
    arrays = {n: pa.array([r[n] for r in ROWS], t) for n, (t, _) in _COLUMNS.items()}
    pq.write_table(
        pa.table({"row": pa.array(range(len(ROWS)), pa.int32()), **arrays}), tmp_path / "c.parquet"
    )
    spark.attach("c", [tmp_path / "c.parquet"])
    query = (
        exp.select(*[to_sql(t, COLUMNS_OF_DAYS).as_(f"v{i}") for i, t in enumerate(_TREES)])
        .from_("c")
        .order_by(column("row"))
    )
    wrong = []
    for row, values in zip(ROWS, spark.rows(query), strict=True):
        for tree, value in zip(_TREES, values, strict=True):
            found = value.days if isinstance(value, timedelta) else value
            if not _same(found, evaluate(tree, row)):
                wrong.append((tree, found, evaluate(tree, row)))
    assert not wrong


def test_words_are_levelled_the_same_whatever_character_is_odd(spark: SparkEngine, tmp_path: Path) -> None:
    odd = "".join(map(chr, [*range(1, 0x2FF), *range(0x2000, 0x2100), 0x3000, *range(0xFF00, 0xFFF0)]))
    values = [None, "", "individual", *(f"客{c}户" for c in odd)]
    table = pa.table({"row": pa.array(range(len(values)), pa.int32()), "said": pa.array(values, pa.string())})
    pq.write_table(table, tmp_path / "w.parquet")
    spark.attach("w", [tmp_path / "w.parquet"])
    tree = ast.Folded(ast.Name("said"))
    query = exp.select(to_sql(tree).as_("folded")).from_("w").order_by(column("row"))
    assert [r for (r,) in spark.rows(query)] == [evaluate(tree, {"said": v}) for v in values]


_FIRST, _LAST = ast.Name("first"), ast.Name("last")
_WITH_DAYS = [
    ast.Arithmetic("-", _LAST, _FIRST),
    ast.Arithmetic("-", ast.Literal(date(2026, 6, 30)), _FIRST),
    ast.Compare(">=", ast.Arithmetic("-", _LAST, _FIRST), ast.Literal(30)),
    ast.Arithmetic("-", ast.Call("max", (_FIRST, _LAST)), ast.Call("min", (_FIRST, _LAST))),
    ast.Arithmetic(
        "-", ast.If(((ast.IsMissing(_LAST), _FIRST),), _LAST), ast.Call("coalesce", (_FIRST, _LAST))
    ),
    *(
        ast.Arithmetic(op, _FIRST, step)
        for op in ("+", "-")
        for step in (
            ast.Literal(30),
            ast.Literal(Decimal("7.9")),
            *map(ast.Name, ("days", "count", "rate", "money")),
        )
    ),
    ast.Arithmetic("+", ast.Name("count"), _FIRST),
    ast.Compare("<", ast.Arithmetic("+", _FIRST, ast.Name("days")), _LAST),
    ast.Arithmetic("-", ast.Arithmetic("+", _FIRST, ast.Name("days")), _LAST),
]


def test_arithmetic_with_days_is_the_same(spark: SparkEngine, tmp_path: Path) -> None:
    arrays = {n: pa.array([r[n] for r in ROWS], t) for n, (t, _) in _COLUMNS.items()}
    pq.write_table(pa.table({"row": pa.array(range(len(ROWS))), **arrays}), tmp_path / "d.parquet")
    spark.attach("d", [tmp_path / "d.parquet"])
    shown = [to_sql(t, COLUMNS_OF_DAYS).as_(f"v{i}") for i, t in enumerate(_WITH_DAYS)]
    found = spark.rows(exp.select(*shown).from_("d").order_by(column("row")))
    wrong = [
        (tree, value, evaluate(tree, row))
        for row, values in zip(ROWS, found, strict=True)
        for tree, value in zip(_WITH_DAYS, values, strict=True)
        if value != evaluate(tree, row)
    ]
    assert not wrong


def test_a_session_that_is_already_there_is_left_as_it_was(spark: SparkEngine, tmp_path: Path) -> None:
    pq.write_table(pa.table({"x": [1, 2]}), tmp_path / "x.parquet")
    other = SparkEngine()
    other.attach("guests", [tmp_path / "x.parquet"])
    other.keep("kept_guests", exp.select("x").from_("guests"))
    assert len(other.rows(exp.select("x").from_("kept_guests"))) == 2
    other.close()
    views = {t.name for t in spark.session.catalog.listTables()}
    assert not {"guests", "kept_guests"} & views
    assert spark.session.range(3).count() == 3


def test_measures_over_every_other_table_come_out_as_on_duckdb(
    spark: SparkEngine, tmp_path_factory: pytest.TempPathFactory
) -> None:
    taken = company.take_in(tmp_path_factory.mktemp("company"))
    tables = company.paths(taken)
    for name, files in tables.items():
        spark.attach(name, files)
    names = list(company.EXPECTED)
    keep_measures(spark, "company", SUBJECTS["customer"], company.measures(taken), {}, company.AS_OF, tables)
    shown = [column("customer_id"), *map(column, names)]
    found = {r[0]: r[1:] for r in spark.rows(exp.select(*shown).from_("company"))}
    assert sorted(found) == ["a", "b", "c"]
    wrong = {
        name: [found[c][place] for c in "abc"]
        for place, name in enumerate(names)
        if not all(
            company.close(found[c][place], e) for c, e in zip("abc", company.EXPECTED[name], strict=True)
        )
    }
    assert wrong == {}


@pytest.mark.parametrize("dimension", ["", "dimension"])
def test_decisions_of_people_are_the_same(spark: SparkEngine, tmp_path: Path, dimension: str) -> None:
    decided = {
        "customer_id": ["C001", "C001", "C002", "C003"],
        "scheme": ["valued"] * 4,
        "class": ["low", "high", "high", "low"],
        "reason": ["r1", "r2", "r3", "r4"],
        "from_on": ["2020-01-01", "2020-02-01", "2020-01-01", "2199-01-01"],
        "to_on": [None, None, "2020-01-31", None],
    }
    if dimension:
        decided[dimension] = [None] * 4
    codes = _valued_codes()
    decided["class"] = [codes[-1], codes[0], codes[0], codes[-1]]
    write_schemes(tmp_path / "own" / "schemes")
    world = {**shop(40, 5), "overrides": decided}
    book = kg.open(**world, currency="CNY", folder=tmp_path / "kept")
    book.scheme_folders = (tmp_path / "own",)
    runs = [
        book.classify("valued", as_of=AS_OF, purpose="p", engine=e, out=tmp_path / e)
        for e in ("duckdb", "spark")
    ]
    assert runs[0].content_hash() == runs[1].content_hash()
    rows = {r["customer_id"]: r for r in runs[0].assignments.to_pylist()}
    assert (rows["C001"]["valued"], rows["C001"]["valued.reason"]) == (codes[0], "override")
    assert {rows[c]["valued.reason"] for c in ("C002", "C003")}.isdisjoint({"override"})


def _valued_codes() -> list[str]:
    return [c.code for c in load_scheme(SCHEMES["valued"], "valued.yaml").dimensions[0].classes]


def test_subjects_of_two_keys_and_rules_of_one_per_deal_are_the_same(
    spark: SparkEngine, tmp_path: Path
) -> None:
    deals = {
        "lead_id": ["L1", "L1", "L2"],
        "contact_id": ["wang", "li", "wang"],
        "decision_rank": ["first", "second", "first"],
    }
    book = kg.open(deal_contacts=deals, folder=tmp_path / "kept")
    found = [
        book.classify(
            "decision-rank", as_of=AS_OF, purpose="p", subject="deal_contact", engine=e, out=tmp_path / e
        )
        for e in ("duckdb", "spark")
    ]
    assert found[0].content_hash() == found[1].content_hash()
    twice = kg.open(deal_contacts={**deals, "decision_rank": ["first"] * 3}, folder=tmp_path / "more")
    for engine in ("duckdb", "spark"):
        with pytest.raises(KeguanError, match="L1"):
            twice.classify("decision-rank", as_of=AS_OF, purpose="p", subject="deal_contact", engine=engine)


def test_dimensions_found_in_data_and_members_of_families_are_the_same(
    spark: SparkEngine, tmp_path: Path
) -> None:
    from tests.book.test_found_dimensions import SCHEMES as found_in_data
    from tests.book.test_found_dimensions import WORLD

    book = kg.open(**WORLD, currency="CNY", folder=tmp_path / "kept")
    book.parameters = {"field-segmentation": {"age": "18, 35", "restricted": "true"}}
    asked = (*found_in_data, "internal-attributes")
    found = [
        book.classify(*asked, as_of=AS_OF, purpose="p", engine=e, out=tmp_path / e)
        for e in ("duckdb", "spark")
    ]
    assert found[0].content_hash() == found[1].content_hash()
    assert found[0].counts("tag", "常退货")[0]["count"] == 2


@pytest.mark.parametrize(
    ("scheme", "name"),
    [
        ("lead-readiness", "a warning from the seventh day on"),
        ("lead-readiness", "after it a reaction leads to B, silence and refusal to D"),
        ("lead-readiness", "run again it stays, although all three conditions hold; a new signal brings it back"),
        ("key-account", "whom a key account referred is key until it must show its own spend"),
        ("value-basic", "the mean percentile may decide instead, so that much of the one makes up for little of the other"),
    ],
)  # fmt: skip
def test_windows_links_and_percentiles_meet_what_was_worked_out_by_hand(
    spark: SparkEngine, scheme: str, name: str
) -> None:
    cases = builtin_cases(scheme)
    assert cases is not None
    [case] = [c for c in load_cases(cases.text(), cases.file) if c.name == name]
    assert [str(m) for m in run_case(case, builtin(scheme), spark)] == []
