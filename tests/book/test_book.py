"""A book opens whatever holds tables, classifies, explains and reports; what is wrong is an error with a code."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as pq
import pytest

import keguan as kg
from keguan.book.run import Cuts, Run
from keguan.core.errors import KeguanError
from tests.fixtures.open_shops import open_shop, write_schemes
from tests.fixtures.shops import AS_OF, shop

ORDERS = {
    "customer_id": ["甲", "甲", "乙", "丙"],
    "ordered_at": ["2026-06-01", "2026-06-20", "2026-05-05", "2024-01-31"],
    "amount": ["100.10", "50", "70", "8"],
}


def _orders() -> pa.Table:
    return pa.table(
        {
            **ORDERS,
            "amount": [Decimal(a) for a in ORDERS["amount"]],
            "ordered_at": [date.fromisoformat(d) for d in ORDERS["ordered_at"]],
        }
    )


def _sources(tmp_path: Path) -> dict[str, Any]:
    table = _orders()
    (tmp_path / "in").mkdir()
    csv.write_csv(table, tmp_path / "in" / "orders.csv")
    pq.write_table(table, tmp_path / "orders.parquet")
    return {
        "mapping": {"orders": ORDERS},
        "arrow": {"orders": table},
        "pandas": {"orders": pd.DataFrame(table.to_pylist())},
        "polars": {"orders": pl.DataFrame(table)},
        "csv path": {"orders": tmp_path / "in" / "orders.csv"},
        "text path": {"orders": str(tmp_path / "in" / "orders.csv")},
        "parquet": {"orders": tmp_path / "orders.parquet"},
        "folder": {"": tmp_path / "in"},
        "file": {"": str(tmp_path / "in" / "orders.csv")},
    }


KINDS = ["mapping", "arrow", "pandas", "polars", "csv path", "text path", "parquet", "folder", "file"]


@pytest.mark.parametrize("how", KINDS)
def test_every_way_in_gives_the_same_classes(tmp_path: Path, how: str) -> None:
    given = _sources(tmp_path)[how]
    book = kg.open(given[""], currency="CNY") if "" in given else kg.open(**given, currency="CNY")
    assert book.newest_day == date(2026, 6, 20)
    run = book.classify("value-pyramid", as_of="2026-06-30", purpose="x")
    assert run.assignments["customer_id"].to_pylist() == ["丙", "乙", "甲"]
    assert run.measures["net_sales_12m"].to_pylist() == [Decimal(0), Decimal(70), Decimal("150.10")]
    assert (
        run.assignments["value-pyramid"].to_pylist() == ["D", "C", "A"]
        or run.assignments["value-pyramid"].to_pylist()[2] == "A"
    )
    assert run.currency == "CNY"
    book.close()


def _kept_book(folder: Path, settings: str = "") -> Path:
    (folder / "data").mkdir(parents=True)
    for name, table in shop(30).items():
        csv.write_csv(table, folder / "data" / f"{name}.csv")
    write_schemes(folder / "schemes")
    (folder / "keguan.toml").write_text(
        f'currency = "CNY"\ntimezone = "Asia/Shanghai"\n{settings}', encoding="utf-8"
    )
    return folder


def test_a_folder_with_settings_is_a_book_with_its_own_schemes(tmp_path: Path) -> None:
    book = kg.open(_kept_book(tmp_path / "店"))
    run = book.classify("valued", "rfm", as_of=AS_OF, purpose="x", out=tmp_path / "run")
    assert run.record["timezone"] == "Asia/Shanghai" and run.currency == "CNY"
    assert run.scheme_ids == ["valued", "rfm"]
    assert (tmp_path / "店" / ".keguan" / "parts" / "orders").is_dir()
    again = kg.open(str(tmp_path / "店")).classify("valued", "rfm", as_of=AS_OF, purpose="x")
    assert again.content_hash() == run.content_hash()


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ("colour = 1", "KG405"),
        ("[reading]\nspeed = 1", "KG405"),
        ("[policies]\nzero = 1", "KG405"),
        ('[policies]\nreturns = "never"', "KG404"),
        ('[reading]\ndate_order = "xyz"', "KG404"),
        ("[rates]\nUSD = 7.1", "KG404"),
        ('[columns]\norders = "x"', "KG404"),
        ("[sources]\norders = [1]", "KG404"),
        ("[parameters]\nrfm = 5", "KG404"),
        ("= 1", "KG604"),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, settings: str, code: str) -> None:
    folder = _kept_book(tmp_path / "b", settings)
    with pytest.raises(KeguanError) as error:
        kg.open(folder)
    assert {p.code for p in error.value.problems} == {code}


def test_a_book_remembers_a_database_its_queries_and_rates(tmp_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(tmp_path / "shop.db")) as con, con:
        con.execute("CREATE TABLE sold (client TEXT, day TEXT, total TEXT, currency TEXT)")
        rows = [
            ("a", "2024-03-05", "10", "CNY"),
            ("b", "2024-03-06", "20", "USD"),
            ("b", "2024-08-01", "20", "USD"),
        ]
        con.executemany("INSERT INTO sold VALUES (?, ?, ?, ?)", rows)
    folder = tmp_path / "book"
    folder.mkdir()
    (folder / "keguan.toml").write_text(
        f"""
currency = "CNY"
[sources]
database = "sqlite:///{tmp_path / "shop.db"}"
orders = "SELECT client AS customer, day AS date, total AS amount, currency FROM sold"
[rates.USD]
2024-01-01 = 7.1
2024-07-01 = 7.25
""",
        encoding="utf-8",
    )
    [source] = kg.open(folder).inspect().sources
    assert source.name == "sqlite:///shop.db [orders]" and str(source.kept.money) == "297.0000"


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ("[parameters.rfmm]\nbins = 5", "KG425"),
        ("[parameters.rfm]\nx = 5", "KG427"),
        ("[parameters.value-basic]\nby_mean_percentile = 5", "KG419"),
        ('[parameters.value-basic]\nby_mean_percentile = "perhaps"', "KG419"),
    ],
)
def test_numbers_that_no_scheme_takes_are_refused(tmp_path: Path, settings: str, code: str) -> None:
    book = kg.open(_kept_book(tmp_path / "b", settings))
    with pytest.raises(KeguanError) as error:
        book.plan(as_of=AS_OF)
    assert [p.code for p in error.value.problems] == [code]


def test_classify_explain_report_and_reopen(tmp_path: Path) -> None:
    book = open_shop(tmp_path, 40)
    run = book.classify(
        "value-pyramid", "rfm", "valued", as_of=AS_OF, purpose="who gets a manager", out=tmp_path / "run"
    )
    reopened = Run(tmp_path / "run")
    assert reopened.assignments.equals(run.assignments)
    subject = run.assignments["customer_id"][0].as_py()
    assert reopened.explain(subject, lang="zh-Hans").text() == run.explain(subject, lang="zh-Hans").text()
    page = reopened.report(tmp_path / "r.html", "zh-Hans")
    assert page.exists() and "who gets a manager" in page.read_text(encoding="utf-8")
    assert reopened.long(["rfm"]).num_rows == run.assignments.num_rows
    assert (tmp_path / "run" / "rejected.csv").exists()


def test_cuts_go_through_json_to_another_book(tmp_path: Path) -> None:
    import json

    run = open_shop(tmp_path / "one").classify("valued", "scored", as_of=AS_OF, purpose="x")
    other = open_shop(tmp_path / "two", 45, seed=9)
    cuts = Cuts(json.loads(json.dumps(run.cuts("scored"))))
    found = cuts.assign(other, purpose="y")
    assert found.scheme_ids == ["scored"] and found.as_of == AS_OF
    assert found.record["purpose"] == "y" and cuts.assign(other).record["purpose"] == "x"
    assert found.cuts("scored")["scores"] == run.cuts("scored")["scores"]
    assert other.newest_day <= AS_OF


def test_a_moment_given_as_the_day_of_the_run_is_its_day(tmp_path: Path) -> None:
    book = open_shop(tmp_path, 20)
    run = book.classify("valued", as_of=datetime(2026, 6, 30, 15, 0), purpose="x")
    assert run.record["as_of"] == "2026-06-30"
    assert run.content_hash() == book.classify("valued", as_of=AS_OF, purpose="x").content_hash()


def test_a_customer_listed_twice_is_one(tmp_path: Path) -> None:
    people = pa.table({"customer_id": ["甲", "甲", "丁"], "region": ["east", "east", None]})
    run = kg.open(orders=ORDERS, customers=people, currency="CNY").classify(
        "value-pyramid", as_of=AS_OF, purpose="x"
    )
    assert sorted(run.assignments["customer_id"].to_pylist()) == sorted(["甲", "乙", "丙", "丁"])


_WRONG: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "no such file": ({"orders": "no/such/file.csv"}, {}),
    "a number for a table": ({"orders": 5}, {}),
    "no table": ({}, {}),
    "unequal columns": ({"orders": {"customer_id": ["a"], "ordered_at": [], "amount": ["1"]}}, {}),
    "no amounts": ({"orders": {"customer_id": ["a"], "ordered_at": ["2026-01-01"]}}, {}),
    "a table nobody knows": ({"ordrs_x": ORDERS}, {}),
    "a policy nobody knows": ({"orders": ORDERS, "policies": {"zero": 1}}, {}),
    "no day": ({"orders": ORDERS}, {"as_of": "yesterday"}),
    "no date": ({"orders": ORDERS}, {"as_of": 5}),
    "no scheme": ({"orders": ORDERS}, {"schemes": ["no-such-scheme"]}),
    "no purpose": ({"orders": ORDERS}, {"purpose": ""}),
    "no subject": ({"orders": ORDERS}, {"subject": "planet"}),
    "wrong subject": ({"orders": ORDERS}, {"subject": "product", "schemes": ["rfm"]}),
    "no window": ({"orders": ORDERS}, {"window": "year"}),
    "no engine": ({"orders": ORDERS}, {"engine": "abacus"}),
    "no profile": ({"orders": ORDERS}, {"profile": "moon-trade"}),
    "no memory": ({"orders": ORDERS}, {"memory": "lots"}),
    "no threads": ({"orders": ORDERS}, {"threads": 0}),
}


@pytest.mark.parametrize(("tables", "request_"), _WRONG.values(), ids=_WRONG)
def test_what_is_wrong_is_an_error_with_a_code(tables: dict[str, Any], request_: dict[str, Any]) -> None:
    options = {"as_of": AS_OF, "purpose": "x", **request_}
    schemes = options.pop("schemes", ["value-pyramid"])
    with pytest.raises(KeguanError) as error:
        kg.open(**tables).classify(*schemes, **options)
    assert all(p.render(lang) for p in error.value.problems for lang in ("zh-Hans", "zh-Hant", "en"))


def test_importing_is_light() -> None:
    import subprocess
    import sys

    heavy = ("django", "pyspark", "pandas", "numba", "sklearn", "duckdb", "pyarrow")
    code = f"import sys, keguan; print([m for m in {heavy} if m in sys.modules])"
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "[]"
    )


def test_a_book_remembers_schemes_window_and_its_own_numbers(tmp_path: Path) -> None:
    settings = 'schemes = ["key-account", "value-pyramid"]\nwindow = "24m"\n[parameters.key-account]\nthreshold = 1\n'
    run = kg.open(_kept_book(tmp_path / "b", settings)).classify(as_of=AS_OF, purpose="x")
    assert run.scheme_ids == ["key-account", "value-pyramid"]
    assert Decimal(str(run.cuts("key-account")["parameters"]["threshold"])) == 1
    assert run.cuts("key-account")["set_by"] == {"threshold": "request"}
    assert run.cuts("value-pyramid")["measure"] == "net_sales_24m"


def test_a_parquet_file_damaged_within_is_named(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    path = tmp_path / "orders.parquet"
    pq.write_table(shop(30)["orders"], path, compression="snappy", use_dictionary=False)
    content = bytearray(path.read_bytes())
    content[60:400] = bytes(b ^ 255 for b in content[60:400])
    path.write_bytes(content)
    with pytest.raises(KeguanError) as error:
        kg.open(path).inspect()
    assert [(p.code, p.place.file) for p in error.value.problems] == [("KG150", "orders.parquet")]
