"""What the rows of the catalogue promise beyond classes: sector profiles with needs, restricted attributes, stable clusters."""

from __future__ import annotations

from pathlib import Path

import pytest

import keguan as kg
from keguan.core.errors import KeguanError
from keguan.playbooks.library import library
from keguan.schemes.catalogue import builtin
from keguan.schemes.loader import load_scheme

AS_OF = "2026-06-30"


@pytest.mark.row("S:industry-sector")
def test_the_sector_of_government_has_three_needs_and_three_openings() -> None:
    source = builtin("industry-sector")
    government = load_scheme(source.text(), source.file).dimensions[0].classes[0]
    assert [n.given for n in government.needs] == [
        "000:55 提升服务形象", "000:56 改善民生的需求", "000:57 应对突发事件",
    ]  # fmt: skip
    assert all(len(n.labels) == 3 for n in government.needs)
    openings = library().of_class("industry-sector", "government")
    assert len(openings) == 3


@pytest.mark.row("S:internal-attributes")
def test_nine_attributes_are_asked_and_belief_is_not_read_without_the_right(tmp_path: Path) -> None:
    source = builtin("internal-attributes")
    asked = [d.id for d in load_scheme(source.text(), source.file).dimensions]
    assert asked == [
        "gender", "age", "belief", "hobby", "income", "household-size", "credit", "character", "values",
    ]  # fmt: skip
    people = {
        "customer_id": ["c1", "c2"],
        "性别": ["女", "男"],
        "信仰": ["佛教", "道教"],
        "年龄": [30, 61],
        "性格": ["外向", "内向"],
    }
    book = kg.open(customers=people, folder=tmp_path)
    run = book.classify("internal-attributes", as_of=AS_OF, purpose="describe")
    assert [s["dimension"] for s in run.record["schemes"]] == ["gender", "age"]
    closed = [s["dimension"] for s in run.record["skipped"] if s["why"] == "closed"]
    assert closed == ["belief", "character"]
    assert {"belief", "character"}.isdisjoint(run.measures.column_names)
    book.parameters = {"internal-attributes": {"restricted": "true"}}
    opened = book.classify("internal-attributes", as_of=AS_OF, purpose="describe")
    assert opened.assignments["internal-attributes.belief"].to_pylist() == ["buddhist", "taoist"]


def _telecom(order: list[int]) -> dict[str, dict[str, list[object]]]:
    """Sixteen users of four sorts, their rows in a given order; the last has no usage on file."""
    users = [f"u{i:02}" for i in order]
    sort = [i % 4 for i in order]
    used: list[object] = [[3000, 2000, 200, 100][s] + i for i, s in zip(order, sort, strict=True)]
    used[order.index(15)] = None
    return {
        "orders": {
            "customer_id": users * 3,
            "ordered_at": [f"2026-0{m}-10" for m in (4, 5, 6) for _ in users],
            "amount": [[900, 300, 120, 40][s] + i for i, s in zip(order, sort, strict=True)] * 3,
        },
        "customers": {
            "customer_id": users,
            "月使用量": used,
            "注册日期": [["2020-01-01", "2025-10-01", "2018-01-01", "2024-01-01"][s] for s in sort],
        },
        "invoices": {
            "customer_id": users, "issued_on": ["2026-01-01"] * 16, "due_on": ["2026-01-31"] * 16,
            "amount": [100] * 16, "invoice_id": users,
        },
        "payments": {
            "customer_id": users, "amount": [100] * 16, "invoice_id": users,
            "paid_on": [["2026-01-20", "2026-01-30", "2026-01-25", "2026-03-20"][s] for s in sort],
        },
        "interactions": {
            "customer_id": [u for u, s in zip(users, sort, strict=True) for _ in range(1 + 5 * (s == 1))],
            "at": ["2026-05-05"] * (12 + 24),
        },
    }  # fmt: skip


@pytest.mark.row("S:telecom-behaviour")
def test_the_same_seed_finds_the_same_clusters_however_the_rows_are_ordered(tmp_path: Path) -> None:
    found = []
    for name, order in (("a", list(range(16))), ("b", list(reversed(range(16))))):
        book = kg.open(**_telecom(order), currency="CNY", folder=tmp_path / name)
        run = book.classify("telecom-behaviour", as_of=AS_OF, purpose="x", profile="telecom")
        found.append(
            dict(
                zip(
                    run.assignments["customer_id"].to_pylist(),
                    run.assignments["telecom-behaviour"].to_pylist(),
                    strict=True,
                )
            )
        )
        assert run.assignments["telecom-behaviour.reason"].to_pylist()[15] == "missing-input"
    assert found[0] == found[1]
    classes = [found[0][f"u{i:02}"] for i in range(15)]
    assert classes == ["b1", "b2", "b3", "b4"] * 3 + ["b1", "b2", "b3"]
    assert found[0]["u15"] is None


@pytest.mark.row("S:telecom-behaviour")
def test_one_of_the_six_variables_lacking_in_the_data_refuses_the_scheme(tmp_path: Path) -> None:
    world = _telecom(list(range(16)))
    del world["customers"]["月使用量"]
    book = kg.open(**world, currency="CNY", folder=tmp_path)
    with pytest.raises(KeguanError, match=r"customers\.monthly_usage"):
        book.classify("telecom-behaviour", as_of=AS_OF, purpose="x", profile="telecom")
