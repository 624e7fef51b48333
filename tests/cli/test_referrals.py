"""A class handed on by whoever made the introduction: proposed, one step deep, and only while it is fresh."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from keguan.core.languages import LANGUAGES
from tests.cli.conftest import Type

SCHEME = """
scheme: introduced
version: 1
family: value
kind: rules
labels: {zh-Hans: 大客户与引荐, zh-Hant: 大客戶與引薦, en: Key and introduced}
parameters: {threshold: {value: "100", unit: money, default: true}}
classes:
  - code: key
    when: net_sales_total >= threshold
    also: [{when: net_sales_total >= threshold via referred_by, status: proposed, reason: referred, optional: true}]
    labels: {zh-Hans: 大客户, zh-Hant: 大客戶, en: Key}
    default: true
  - {code: ordinary, otherwise: true, default: true, labels: {zh-Hans: 普通客户, zh-Hant: 普通客戶, en: Ordinary}}
"""
ORDERS = "customer_id,ordered_at,amount\n" + "".join(
    f"{who},2026-05-01,{amount}\n" for who, amount in {"a": 500, "b": 10, "c": 20, "d": 30}.items()
)
CUSTOMERS = "customer_id,name,referred_by\na,甲,\nb,乙,a\nc,丙,b\nd,丁,nobody\n"


def _classified(typed: Type, folder: Path, customers: str | None = CUSTOMERS) -> Path:
    (folder / "introduced.yaml").write_text(SCHEME, encoding="utf-8")
    (folder / "orders.csv").write_text(ORDERS, encoding="utf-8")
    inputs = [folder / "orders.csv"]
    if customers:
        (folder / "customers.csv").write_text(customers, encoding="utf-8")
        inputs.append(folder / "customers.csv")
    said = typed(
        "classify", *inputs, "--scheme", folder / "introduced.yaml", "--purpose", "whom to visit",
        "--as-of", "2026-06-30", "--out", folder / "run",
    )  # fmt: skip
    assert said.code == 0, said.err
    return folder / "run"


def _found(run: Path) -> dict[str, tuple[str, str]]:
    rows = pq.read_table(run / "assignments.parquet").to_pylist()
    return {r["customer_id"]: (r["introduced"], r["introduced.status"]) for r in rows}


@pytest.mark.row("S:key-account")
def test_who_is_introduced_by_a_key_account_is_proposed_and_hands_nothing_on(
    typed: Type, tmp_path: Path
) -> None:
    run = _classified(typed, tmp_path)
    assert _found(run) == {
        "a": ("key", "classified"),
        "b": ("key", "proposed"),
        "c": ("ordinary", "classified"),
        "d": ("ordinary", "classified"),
    }
    view = typed("explain", run, "b", "--json").json["schemes"][0]
    numbers = {n["name"]: n["value"] for n in view["numbers"]}
    assert numbers["referred_by"] == "a" and numbers["via:referred_by:net_sales_total"] == "500.00"
    for lang in LANGUAGES:
        assert "via:" not in typed("explain", run, "b", "--lang", lang).out


def test_without_referrals_in_the_data_the_way_is_not_there(typed: Type, tmp_path: Path) -> None:
    assert _found(_classified(typed, tmp_path, None))["b"] == ("ordinary", "classified")


HANDED = """
scheme: handed-on
version: 1
family: value
kind: rules
labels: {zh-Hans: 引荐人的类别, zh-Hant: 引薦人的類別, en: Class of the referrer}
population: {where: "true"}
classes:
  - {code: handed, when: "is pareto-8020:vital-20 via referred_by", default: true, labels: {zh-Hans: 沾光, zh-Hant: 沾光, en: Handed on}}
  - {code: own, otherwise: true, default: true, labels: {zh-Hans: 自己, zh-Hant: 自己, en: Own}}
references: [{seed: "000", line: 51}]
"""


def test_the_class_of_the_referrer_can_be_asked_for(typed: Type, tmp_path: Path) -> None:
    """Of five buyers `a` is the one in the top 20 %; whose referrer never bought or is nobody has nothing handed on."""
    (tmp_path / "handed-on.yaml").write_text(HANDED, encoding="utf-8")
    (tmp_path / "orders.csv").write_text(ORDERS + "e,2026-05-01,5\n", encoding="utf-8")
    (tmp_path / "customers.csv").write_text(
        CUSTOMERS + "e,戊,prospect\nprospect,己,a\nlast,庚,b\n", encoding="utf-8"
    )
    said = typed(
        "classify", tmp_path / "orders.csv", tmp_path / "customers.csv", "--scheme", tmp_path / "handed-on.yaml",
        "--purpose", "whom to visit", "--as-of", "2026-06-30", "--out", tmp_path / "run",
    )  # fmt: skip
    assert said.code == 0, said.err
    rows = {r["customer_id"]: r for r in pq.read_table(tmp_path / "run" / "assignments.parquet").to_pylist()}
    assert {c: r["handed-on"] for c, r in rows.items()} == {
        "a": "own", "b": "handed", "c": "own", "d": "own", "e": "own", "prospect": "handed", "last": "own",
    }  # fmt: skip
    view = typed("explain", tmp_path / "run", "b", "--scheme", "handed-on", "--json").json["schemes"][0]
    assert view["class"] == "handed" and view["moves"] == []
    assert "via:referred_by:customer_id" not in {n["name"] for n in view["numbers"]}
    (tmp_path / "overrides.csv").write_text(
        "customer_id,scheme,class,reason,from_on\na,pareto-8020,other-80,已离职,2026-06-01\n",
        encoding="utf-8",
    )
    said = typed(
        "classify", tmp_path / "orders.csv", tmp_path / "customers.csv", tmp_path / "overrides.csv", "--scheme",
        tmp_path / "handed-on.yaml", "--purpose", "whom to visit", "--as-of", "2026-06-30", "--out", tmp_path / "run", "--force",
    )  # fmt: skip
    rows = {r["customer_id"]: r for r in pq.read_table(tmp_path / "run" / "assignments.parquet").to_pylist()}
    assert rows["b"]["handed-on"] == "own"  # what people decided about the referrer counts


def test_a_class_that_hangs_on_a_third_party_is_refused_with_a_way_out(typed: Type, tmp_path: Path) -> None:
    (tmp_path / "introduced.yaml").write_text(SCHEME, encoding="utf-8")
    two_steps = HANDED.replace("pareto-8020:vital-20", "introduced:key")
    (tmp_path / "handed-on.yaml").write_text(two_steps, encoding="utf-8")
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    (tmp_path / "customers.csv").write_text(CUSTOMERS, encoding="utf-8")
    said = typed(
        "classify", tmp_path / "orders.csv", tmp_path / "customers.csv", "--scheme", tmp_path / "handed-on.yaml",
        "--scheme", tmp_path / "introduced.yaml", "--purpose", "whom to visit", "--out", tmp_path / "run",
    )  # fmt: skip
    assert said.code == 1 and "KG655" in said.err and "introduced" in said.err
