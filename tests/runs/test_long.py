"""The long form says where each subject stands among the boundaries, and agrees with the assignments."""

from __future__ import annotations

from decimal import Decimal

import keguan as kg


def _run() -> kg.Run:
    amounts = ["500", "400", "300", "200", "100"]
    orders = {
        "customer_id": ["a", "b", "c", "d", "e"],
        "ordered_at": ["2026-01-05"] * 5,
        "amount": amounts,
    }
    book = kg.open(orders=orders, currency="CNY")
    return book.classify("value-three-band", "rfm", as_of="2026-06-30", purpose="test")


def test_every_subject_has_a_row_per_scheme_with_its_class() -> None:
    run = _run()
    rows = run.long().to_pylist()
    assert len(rows) == 10
    assert {r["customer_id"]: r["class"] for r in rows if r["scheme"] == "value-three-band"} == dict(
        zip(
            run.assignments["customer_id"].to_pylist(),
            run.assignments["value-three-band"].to_pylist(),
            strict=True,
        )
    )


def test_rank_and_distances_are_those_of_the_measure() -> None:
    rows = {r["customer_id"]: r for r in _run().long(["value-three-band"]).to_pylist()}
    # 20 % and 50 % of five heads: the first one, then (half up) three in all.
    assert [rows[c]["class"] for c in "abcde"] == ["quality", "middle", "middle", "low", "low"]
    assert [rows[c]["rank"] for c in "abcde"] == [1, 2, 3, 4, 5]
    assert (rows["b"]["up"], rows["b"]["down"]) == (100.0, 100.0)
    assert (rows["a"]["up"], rows["e"]["down"]) == (None, None)
    assert Decimal(str(rows["e"]["up"])) == 200


def test_schemes_resting_on_several_numbers_have_no_single_distance() -> None:
    rows = _run().long(["rfm"]).to_pylist()
    assert all(r["measure"] is None and r["rank"] is None and r["up"] is None for r in rows)
    assert all(r["detail"] for r in rows)
