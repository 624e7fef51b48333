"""What is classified need not be a customer: contacts within deals and persons in purchases, from files to explanation."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from keguan.core.languages import LANGUAGES
from tests.cli.conftest import Type

DEALS = """lead_id,contact_id,decision_rank
L1,wang,第一关键人
L1,li,2
L2,wang,第三
L2,li,第一
"""
ROLES = """customer_id,person,product,role
h1,母亲,玩具,购买者
h1,孩子,玩具,使用者
h2,司机,汽车,购买者
h2,司机,汽车,直接客户
h2,乘客,汽车,间接客户
"""


def _classified(typed: Type, folder: Path, table: str, content: str, subject: str) -> Path:
    (folder / f"{table}.csv").write_text(content, encoding="utf-8")
    out = folder / "run"
    said = typed(
        "classify", folder / f"{table}.csv", "--subject", subject, "--purpose", "whom to ask",
        "--as-of", "2026-06-30", "--out", out,
    )  # fmt: skip
    assert said.code == 0, said.err
    return out


@pytest.mark.row("S:decision-rank")
def test_a_contact_has_one_rank_per_deal_and_is_named_by_both(typed: Type, tmp_path: Path) -> None:
    run = _classified(typed, tmp_path, "deal_contacts", DEALS, "deal_contact")
    found = pq.read_table(run / "assignments.parquet").to_pylist()
    ranks = {(r["lead_id"], r["contact_id"]): r["decision-rank"] for r in found}
    assert ranks == {
        ("L1", "li"): "second",
        ("L1", "wang"): "first",
        ("L2", "li"): "first",
        ("L2", "wang"): "third",
    }
    for lang in LANGUAGES:
        said = typed("explain", run, "L1", "wang", "--lang", lang)
        assert said.code == 0 and "L1 / wang" in said.out
    assert typed("explain", run, "L1", "wang", "--json").json["schemes"][0]["class"] == "first"


def test_a_key_too_few_or_unknown_is_told_with_the_keys(typed: Type, tmp_path: Path) -> None:
    run = _classified(typed, tmp_path, "deal_contacts", DEALS, "deal_contact")
    said = typed("explain", run, "L1")
    assert said.code == 1 and "KG516" in said.err and "lead_id, contact_id" in said.err
    said = typed("explain", run, "L1", "wan")
    assert said.code == 1 and "KG507" in said.err and "L1 / wang" in said.err


@pytest.mark.row("S:decision-rank")
def test_two_first_deciders_refuse_the_run_and_the_deal_is_named(typed: Type, tmp_path: Path) -> None:
    deals = tmp_path / "deal_contacts.csv"
    deals.write_text(DEALS + "L2,zhao,第一\n", encoding="utf-8")
    said = typed(
        "classify", deals, "--subject", "deal_contact", "--purpose", "whom to ask",
        "--as-of", "2026-06-30", "--out", tmp_path / "run",
    )  # fmt: skip
    assert said.code == 1 and "KG517" in said.err and "L2" in said.err and "L1" not in said.err
    assert not (tmp_path / "run").exists()


def test_a_pair_that_stands_twice_refuses_the_run_and_is_named(typed: Type, tmp_path: Path) -> None:
    deals = tmp_path / "deal_contacts.csv"
    deals.write_text(DEALS + "L2,wang,第二\n", encoding="utf-8")
    for lang in LANGUAGES:
        said = typed(
            "classify", deals, "--subject", "deal_contact", "--purpose", "whom to ask",
            "--as-of", "2026-06-30", "--out", tmp_path / "run", "--lang", lang,
        )  # fmt: skip
        assert said.code == 1 and "KG519" in said.err and "L2 / wang" in said.err and "L1" not in said.err
    assert not (tmp_path / "run").exists()


@pytest.mark.row("S:buyer-role")
def test_a_person_may_buy_and_use_and_every_output_keeps_the_two_questions_apart(
    typed: Type, tmp_path: Path
) -> None:
    run = _classified(typed, tmp_path, "roles", ROLES, "purchase_role")
    rows = pq.read_table(run / "assignments.parquet").to_pylist()
    found = {r["person"]: (r["buyer-role.buying"], r["buyer-role.using"]) for r in rows}
    assert found == {
        "母亲": ("purchaser", "not-user"),
        "孩子": ("not-purchaser", "user"),
        "司机": ("purchaser", "direct-user"),
        "乘客": ("not-purchaser", "indirect-user"),
    }
    for form in ("html", "xlsx"):
        said = typed("report", run, "--out", tmp_path / f"report.{form}")
        assert said.code == 0, said.err
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Role in buying" in page and "Role in using" in page
    assert typed("export", run, "--long", "--out", tmp_path / "long.parquet").code == 0
    long = pq.read_table(tmp_path / "long.parquet").to_pylist()
    assert {(r["person"], r["dimension"]): r["class"] for r in long}["司机", "using"] == "direct-user"
    assert len(long) == 2 * len(rows)
    assert typed("diff", run, run).code == 0
