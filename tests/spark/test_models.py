"""Fitted measures on Spark: models from grouped statistics, scores mapped over Arrow batches, what DuckDB gives in both."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from sqlglot import exp

from keguan.book.book import Book
from keguan.book.run import Run
from keguan.engine.backends.spark import SparkEngine
from tests.runs import test_lead_models as leads
from tests.runs import test_models as customers

pytestmark = [
    pytest.mark.spark,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    return customers.book_of(tmp_path_factory.mktemp("modelled"), customers.orders())


@pytest.fixture(scope="module")
def runs(spark: SparkEngine, book: Book) -> tuple[Run, Run]:
    asked = [*customers.MODELLED, "overdue-now"]
    duck, other = (
        book.classify(*asked, as_of=customers.AS_OF, purpose="parity", engine=e) for e in ("duckdb", "spark")
    )
    return duck, other


def test_rows_are_mapped_batch_by_batch_where_they_lie(spark: SparkEngine, tmp_path: Path) -> None:
    for i in range(3):
        pq.write_table(
            pa.table({"n": pa.array(range(10 * i, 10 * i + 10), pa.int64())}), tmp_path / f"{i}.parquet"
        )

    def plus_one(batch: pa.RecordBatch) -> pa.RecordBatch:
        return pa.RecordBatch.from_arrays([pc.add(batch.column(0), 1)], names=["next"])

    spark.attach("mapped_from", sorted(tmp_path.iterdir()))
    query = exp.select("n").from_("mapped_from")
    spark.map("mapped", query, plus_one, pa.schema([("next", pa.int64())]))
    found = spark.rows(exp.select("next").from_("mapped"))
    assert sorted(n for (n,) in found) == list(range(1, 31))


def test_models_fitted_on_spark_are_those_of_duckdb(runs: tuple[Run, Run]) -> None:
    duck, spark = runs
    assert set(spark.record["models"]) == {"purchases", "spending", "rhythm"}
    assert spark.record["models"] == duck.record["models"]


def test_scores_and_classes_are_the_same(runs: tuple[Run, Run]) -> None:
    duck, spark = runs
    for name in duck.measures.column_names:
        assert spark.measures[name].to_pylist() == duck.measures[name].to_pylist(), name
    assert spark.content_hash() == duck.content_hash()


def test_tomorrows_customer_is_scored_on_spark_with_the_fit_of_duckdb(
    spark: SparkEngine, book: Book, runs
) -> None:
    cuts = [runs[0].cuts(s) for s in runs[0].scheme_ids]
    again = book.assign(cuts, purpose="parity", as_of=customers.AS_OF, engine="spark")
    assert again.record["models"] == runs[0].record["models"]
    assert again.measures["p_alive"].to_pylist() == runs[0].measures["p_alive"].to_pylist()


def test_fit_and_predict_give_the_same_on_both(spark: SparkEngine, book: Book) -> None:
    wished = ["pareto-nbd", "gamma-gamma", "rhythm"]
    duck, other = (book.fit(as_of=customers.AS_OF, model=wished, engine=e) for e in ("duckdb", "spark"))
    assert other.record == duck.record
    assert other.predict(book, as_of=customers.AS_OF, engine="spark").equals(
        duck.predict(book, as_of=customers.AS_OF)
    )


def test_the_comparison_on_spark_recommends_the_same(spark: SparkEngine, book: Book) -> None:
    duck, other = (book.fit(as_of=customers.AS_OF, engine=e) for e in ("duckdb", "spark"))
    assert other.record == duck.record


def test_leads_are_learned_and_told_alike(spark: SparkEngine, tmp_path: Path) -> None:
    book = leads.book_of(tmp_path, leads.table())
    duck, other = (
        book.classify("likely-leads", as_of=leads.AS_OF, purpose="parity", subject="lead", engine=e)
        for e in ("duckdb", "spark")
    )
    assert other.record["models"] == duck.record["models"]
    assert other.content_hash() == duck.content_hash()
    fitted = book.fit(as_of=leads.AS_OF, model="lead-conversion", engine="spark")
    assert fitted.record["models"]["conversion"]["fingerprint"] == duck.record["models"]["conversion"]
    assert fitted.predict(book, engine="spark").equals(fitted.predict(book))
