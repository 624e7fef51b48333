"""Equal requests give equal bytes; kept cuts give the same classes without refitting; the record has no clock."""

import json
import random
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

import keguan as kg
from keguan.book.book import Book
from keguan.book.run import Run
from keguan.core.errors import KeguanError
from tests.fixtures.open_shops import open_shop, write_schemes
from tests.fixtures.shops import AS_OF, SCHEMES, shop


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_two_runs_at_different_places_have_the_same_bytes(run: Run, tmp_path: Path) -> None:
    again = open_shop(tmp_path / "elsewhere").classify(
        *SCHEMES, as_of=AS_OF, purpose="try it", out=tmp_path / "r2"
    )
    assert _bytes(again.folder) == _bytes(run.folder)
    assert again.content_hash() == run.content_hash()


@pytest.mark.slow
def test_shuffled_files_in_another_folder_and_other_threads_give_the_same_bytes(tmp_path: Path) -> None:
    seen = []
    for place, threads in (("here", 1), ("a much longer name/there", 4)):
        folder = tmp_path / place
        folder.mkdir(parents=True)
        for name, table in shop(40).items():
            rows = table.to_pylist()
            random.Random(threads).shuffle(rows)
            kg_csv(pa.Table.from_pylist(rows, schema=table.schema), folder / f"{name}.csv")
        write_schemes(folder / "own" / "schemes")
        book = kg.open(folder / "orders.csv", folder / "customers.csv", currency="CNY")
        book.scheme_folders = (folder / "own",)
        run = book.classify(*SCHEMES, as_of=AS_OF, purpose="p", out=folder / "run", threads=threads)
        seen.append(_bytes(run.folder))
        book.close()
    assert seen[0].keys() == seen[1].keys()
    assert [n for n in seen[0] if seen[0][n] != seen[1][n]] == []
    assert all(str(tmp_path).encode() not in content for content in seen[1].values())


def kg_csv(table: pa.Table, path: Path) -> None:
    import pyarrow.csv as csv

    csv.write_csv(table, path)


def test_the_record_has_no_clock(run: Run) -> None:
    text = json.dumps(run.record)
    assert str(date.today().year) + "-" + date.today().strftime("%m-%d") not in text or date.today() == AS_OF
    assert run.record["as_of"] == "2026-06-30"


def test_classes_come_once_per_subject_in_the_order_of_ids(run: Run) -> None:
    ids = run.assignments["customer_id"].to_pylist()
    assert ids == sorted(set(ids), key=str.encode) == run.measures["customer_id"].to_pylist()
    for scheme in SCHEMES:
        statuses = run.assignments[f"{scheme}.status"].to_pylist()
        codes = run.assignments[scheme].to_pylist()
        assert None not in statuses
        assert all(
            (c is None) is (s in ("unclassified", "not-applicable"))
            for c, s in zip(codes, statuses, strict=True)
        )
        assert [sum(c == row["code"] for c in codes) for row in run.counts(scheme)] == [
            r["count"] for r in run.counts(scheme)
        ]


def test_totals_per_class_are_the_exact_sums(run: Run) -> None:
    sales = dict(
        zip(run.measures["customer_id"].to_pylist(), run.measures["net_sales_12m"].to_pylist(), strict=True)
    )
    for scheme in SCHEMES:
        codes = dict(
            zip(run.assignments["customer_id"].to_pylist(), run.assignments[scheme].to_pylist(), strict=True)
        )
        for row in run.counts(scheme):
            assert Decimal(row["net_sales"]) == sum(
                (v for c, v in sales.items() if codes[c] == row["code"]), Decimal(0)
            )


def test_a_missing_tie_breaker_does_not_leave_anybody_unclassified(run: Run) -> None:
    [entry] = [s for s in run.record["schemes"] if s["id"] == "valued"]
    assert entry["statuses"]["unclassified"] == 0


def _cuts(run: Run) -> list[dict[str, object]]:
    return [run.cuts(s) for s in run.record["order"]]


def test_kept_cuts_give_the_same_classes_without_fitting(
    book: Book, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keguan.engine.aggregates.answers._plan", lambda request: pytest.fail("fitted again"))
    again = book.assign(json.loads(json.dumps(_cuts(run))), purpose="again")
    names = run.assignments.column_names
    assert again.assignments.select(names).equals(run.assignments)


def test_a_new_customer_is_classified_with_kept_cuts(run: Run, tmp_path: Path) -> None:
    orders = {"customer_id": ["新客"], "ordered_at": ["2026-06-29"], "amount": ["99999.00"], "cost": ["1"]}
    people = {
        "customer_id": ["新客"],
        "region": ["south"],
        "credit_limit": ["1"],
        "registered_on": ["2026-01-01"],
    }
    book = kg.open(orders=orders, customers=people, currency="CNY")
    found = book.assign([run.cuts("valued"), run.cuts("scored")], purpose="new")
    assert found.assignments["valued"].to_pylist() == ["A"]
    assert [c["from"] for c in found.cuts("valued")["cuts"]] == [
        c["from"] for c in run.cuts("valued")["cuts"]
    ]


def test_cuts_that_read_what_another_book_lacks_are_refused(run: Run) -> None:
    book = kg.open(
        orders={"customer_id": ["a"], "ordered_at": ["2026-06-29"], "amount": ["5"]}, currency="CNY"
    )
    for cuts in ([run.cuts("valued")], [run.cuts("shared")], [run.cuts("valued"), run.cuts("by-region")]):
        with pytest.raises(KeguanError) as error:
            book.assign(cuts, purpose="x")
        assert {p.code for p in error.value.problems} <= {"KG502", "KG511"}


def test_no_cuts_and_broken_folders_are_errors(book: Book, run: Run, tmp_path: Path) -> None:
    with pytest.raises(KeguanError) as error:
        book.assign([], purpose="x")
    assert error.value.problems[0].code == "KG602"
    with pytest.raises(KeguanError) as error:
        Run(tmp_path)
    assert error.value.problems[0].code == "KG506"
    copy = run.save(tmp_path / "copy")
    for name, content in (("run.json", "{"), ("run.json", "[]"), ("cuts/valued.json", "\ufffd")):
        (copy.folder / name).write_text(content, encoding="utf-8")
        with pytest.raises(KeguanError) as error:
            Run(copy.folder).cuts("valued")
        assert error.value.problems[0].code == "KG506"
