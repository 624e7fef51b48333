"""`keguan fit` and `keguan predict` from files to files, in words and as JSON."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pyarrow.csv import read_csv

from tests.book.test_forecasting import columns

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("base") / "orders.csv"
    given = columns()
    with target.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(given)
        writer.writerows(zip(*given.values(), strict=True))
    return target


def test_fit_recommends_with_the_table_and_predict_uses_what_it_kept(typed, orders, tmp_path):
    out = tmp_path / "fit"
    said = typed("fit", orders, "--currency", "CNY", "--out", out)
    assert said.code == 0, said.err
    assert "Recommended: " in said.out and "Pareto/NBD" in said.out
    assert {p.name for p in out.iterdir()} == {"models", "report.html"}
    scored = typed("predict", out, orders, "--currency", "CNY", "--out", tmp_path / "s.csv", "--json")
    assert scored.code == 0, scored.err
    with (tmp_path / "s.csv").open(encoding="utf-8") as stream:
        assert len(list(csv.DictReader(stream))) == scored.json["rows"] == 500
    assert typed("fit", orders, "--currency", "CNY", "--out", out).code == 1


def test_a_named_fit_of_orders_in_parquet_loads_no_data_frames(orders, tmp_path):
    file = tmp_path / "orders.parquet"
    pq.write_table(read_csv(orders), file)
    words = ["fit", str(file), "--currency", "CNY", "--model", "bg-nbd", "--out", str(tmp_path / "fit")]
    code = f"import sys; from keguan.cli.running import run; code = run({words!r})\nsys.exit(code or 'pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("lang", "word"), [("zh-Hans", "建议用"), ("zh-Hant", "建議用")])
def test_fit_speaks_the_chosen_language(typed, orders, tmp_path, lang, word):
    said = typed("fit", orders, "--currency", "CNY", "--out", tmp_path / "fit", "--lang", lang)
    assert word in said.out


def test_fit_as_json_holds_the_whole_record(typed, orders, tmp_path):
    said = typed("fit", orders, "--currency", "CNY", "--out", tmp_path / "fit", "--json")
    assert said.json["model"]["comparison"]["standings"][0]["name"] == "mbg-nbd"


def test_too_little_data_leaves_no_folder(typed, shop, tmp_path):
    said = typed("fit", shop / "orders.csv", "--currency", "GBP", "--out", tmp_path / "fit")
    assert said.code == 1
    assert "KG771" in said.err
    assert not (tmp_path / "fit").exists()
