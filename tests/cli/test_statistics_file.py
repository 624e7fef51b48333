"""A file of customers' statistics is fitted and scored as it is: the models' own figures, other tools' names, nothing imported in vain."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keguan.book.customer_model import CustomerModel
from keguan.book.statistics_file import StatisticsFile, fit_statistics, predict_statistics
from keguan.core.errors import KeguanError
from keguan.models import BgNbd, GammaGamma, Statistics, lifetime_value, simulate

LIFETIMES = {"x": "frequency", "t_x": "recency", "T": "T", "amount": "monetary_value"}


def table(n: int = 3000) -> pa.Table:
    random = np.random.default_rng(2)
    T = random.integers(180, 1096, n).astype(float)
    data, _ = simulate(BgNbd.from_params(r=0.8, alpha=40.0, a=0.8, b=4.0), T, 0.0, 1)
    amount = (
        random.gamma(6.0 * np.maximum(data.x, 1)) / random.gamma(4.0, 1 / 15.0, n) / np.maximum(data.x, 1)
    )
    return pa.table(
        {
            "customer_id": [f"C{i}" for i in range(n)],
            "x": data.x.astype(np.int32),
            "t_x": np.ceil(data.t_x).astype(np.int32),
            "T": T.astype(np.int32),
            "amount": amount,
        }
    )


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target: Path = tmp_path_factory.mktemp("statistics") / "customers.parquet"
    pq.write_table(table(), target)
    return target


def opened(path: Path) -> StatisticsFile:
    found = StatisticsFile.find([str(path)])
    assert found is not None
    return found


def refusal(call) -> str:
    with pytest.raises(KeguanError) as refused:
        call()
    return refused.value.problems[0].code


def numbers(*names: str) -> list[np.ndarray]:
    return [table()[n].to_numpy() for n in names]


def test_the_record_is_that_of_the_models(path):
    record = fit_statistics(opened(path), ["bg-nbd", "gamma-gamma"]).record["models"]
    bg, spending = (
        BgNbd.fit(Statistics.of(*numbers("x", "t_x", "T"))),
        GammaGamma.fit(*numbers("x", "amount")),
    )
    assert record["purchases"]["params"] == pytest.approx(bg.params, rel=1e-6)
    assert record["spending"]["params"] == pytest.approx(spending.params, rel=1e-6)


def test_other_tools_names_floats_and_joined_customers_give_the_same_fit(path, tmp_path):
    known = fit_statistics(opened(path), ["bg-nbd"]).record["models"]["purchases"]["params"]
    renamed = table().rename_columns([LIFETIMES.get(c, c) for c in table().column_names])
    floats = renamed.set_column(1, "frequency", renamed["frequency"].cast(pa.float64()))
    pq.write_table(floats, tmp_path / "lifetimes.parquet")
    joined = table().group_by(["x", "t_x", "T"]).aggregate([([], "count_all")])
    pq.write_table(joined.rename_columns(["x", "t_x", "T", "n"]), tmp_path / "joined.parquet")
    for name in ("lifetimes", "joined"):
        again = fit_statistics(opened(tmp_path / f"{name}.parquet"), ["bg-nbd"])
        assert again.record["models"]["purchases"]["params"] == pytest.approx(known, rel=1e-6)


def test_scores_are_those_of_the_models_row_by_row(path, tmp_path):
    model = fit_statistics(opened(path), ["bg-nbd", "gamma-gamma"])
    model.save(tmp_path / "models" / "bg-nbd.json")
    scored = predict_statistics(CustomerModel.read(tmp_path), opened(path), months=6)
    assert scored.column_names == ["customer_id", "x", "t_x", "T", "p_alive", "expected_orders_6m", "clv_6m"]
    data = Statistics.of(*numbers("x", "t_x", "T"))
    bg, spending = BgNbd.fit(data), GammaGamma.fit(*numbers("x", "amount"))
    np.testing.assert_allclose(scored["p_alive"].to_numpy(), bg.predict_p_alive(data), atol=2e-6)
    expected = bg.predict_orders(data, 6 * 365.25 / 12)
    np.testing.assert_allclose(scored["expected_orders_6m"].to_numpy(), expected, atol=2e-6)
    worth = lifetime_value(bg, data, spending.predict_value(*numbers("x", "amount")), months=6)
    np.testing.assert_allclose(scored["clv_6m"].to_numpy(), worth, atol=0.0051)
    third = predict_statistics(model, opened(path), months=6, margin=0.3)
    np.testing.assert_allclose(third["clv_6m"].to_numpy(), 0.3 * worth, atol=0.0051)


def test_orders_in_parquet_are_no_statistics(tmp_path):
    pq.write_table(pa.table({"customer_id": ["a"], "amount": [1.0]}), tmp_path / "orders.parquet")
    (tmp_path / "broken.parquet").write_bytes(b"no")
    for name in ("orders.parquet", "broken.parquet", "none.parquet"):
        assert StatisticsFile.find([str(tmp_path / name)]) is None
    assert refusal(lambda: StatisticsFile.find([f"statistics={tmp_path / 'broken.parquet'}"])) == "KG862"


def test_what_a_file_lacks_is_said(path, tmp_path):
    assert refusal(lambda: fit_statistics(opened(path), [])) == "KG859"
    assert refusal(lambda: fit_statistics(opened(path), ["rhythm"])) == "KG859"
    assert refusal(lambda: fit_statistics(opened(path), ["oracle"])) == "KG772"
    pq.write_table(table().drop(["amount"]), tmp_path / "plain.parquet")
    assert refusal(lambda: fit_statistics(opened(tmp_path / "plain.parquet"), ["gamma-gamma"])) == "KG860"
    gaps = table().set_column(1, "x", pa.array([None, *numbers("x")[0][1:]], pa.int32()))
    words = table().set_column(1, "x", table()["x"].cast(pa.string()))
    for name, wrong in (("gaps", gaps), ("words", words)):
        pq.write_table(wrong, tmp_path / f"{name}.parquet")
        assert (
            refusal(lambda n=name: fit_statistics(opened(tmp_path / f"{n}.parquet"), ["bg-nbd"])) == "KG861"
        )
    late = table().set_column(2, "t_x", table()["T"].cast(pa.int64()))
    pq.write_table(late, tmp_path / "late.parquet")
    assert refusal(lambda: fit_statistics(opened(tmp_path / "late.parquet"), ["bg-nbd"])) == "KG852"
    spending = fit_statistics(opened(path), ["gamma-gamma"])
    assert refusal(lambda: predict_statistics(spending, opened(path))) == "KG863"
    assert refusal(lambda: predict_statistics(spending, opened(path), months=0)) == "KG777"


def test_the_command_fits_prints_the_parameters_and_scores(typed, path, tmp_path):
    said = typed("fit", path, "--model", "bg-nbd", "--out", tmp_path / "fit", "--lang", "en")
    assert said.code == 0, said.err
    assert "converged" in said.out and "BG/NBD alpha" in said.out and "80% interval" in said.out
    assert [p.name for p in (tmp_path / "fit").iterdir()] == ["models"]
    scored = typed("predict", tmp_path / "fit", path, "--out", tmp_path / "s.parquet", "--json")
    assert scored.code == 0, scored.err
    assert pq.read_table(tmp_path / "s.parquet").num_rows == 3000
    assert typed("fit", path, "--out", tmp_path / "again").code == 1
    assert not (tmp_path / "again").exists()


def test_what_needs_dates_is_refused_and_not_passed_over(typed, path, tmp_path):
    said = typed(
        "fit", path, "--model", "bg-nbd", "--split", "2026-01-01", "--out", tmp_path / "m", "--lang", "en"
    )
    assert said.code == 1 and "KG866" in said.err and "--split" in said.err
    typed("fit", path, "--model", "bg-nbd", "--out", tmp_path / "m")
    scored = typed("predict", tmp_path / "m", path, "--as-of", "2026-01-01", "--out", tmp_path / "s.csv")
    assert scored.code == 1 and "KG866" in scored.err


def test_statistics_are_fitted_and_scored_without_an_engine_and_without_data_frames(path, tmp_path):
    code = (
        "import sys; from keguan.cli.running import run; "
        f"code = run(['fit', {str(path)!r}, '--model', 'bg-nbd', '--out', {str(tmp_path / 'fit')!r}]); "
        f"code |= run(['predict', {str(tmp_path / 'fit')!r}, {str(path)!r}, '--out', {str(tmp_path / 's.parquet')!r}]); "
        "heavy = {'duckdb', 'sqlglot', 'pandas', 'scipy', 'altair', 'sklearn'} & set(sys.modules); "
        "sys.exit(code or (str(heavy) if heavy else 0))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
