"""Broken documents given to commands: a sentence with its place and exit code 1, never a fault of ours."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keguan.schemes.catalogue import builtin, builtin_cases, builtin_profile, builtin_profiles
from tests.cli.conftest import Type, orders_csv
from tests.fixtures.broken_yaml import cut_up, doubled, rebuilt

SCHEMES = [
    builtin(i).text()
    for i in ("value-pyramid", "rfm", "profit-metals", "database-worthiness", "sales-volume-four")
]
CASES = [c.text() for c in map(builtin_cases, ("value-pyramid", "rfm")) if c]
PROFILES = [builtin_profile(i).text() for i in builtin_profiles()]
PLAYBOOKS = [
    (Path(__file__).resolve().parents[2] / "src/keguan/catalogue/playbooks" / f"{n}.yaml").read_text(
        encoding="utf-8"
    )
    for n in ("key-account", "loyalty-quadrant")
]
FEW = settings(
    max_examples=max(settings().max_examples // 5, 15),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def broken(texts: list[str]) -> st.SearchStrategy[str]:
    return cut_up(texts) | rebuilt(texts) | doubled(texts)


@FEW
@given(text=broken(SCHEMES) | broken(CASES) | broken(PROFILES) | broken(PLAYBOOKS))
def test_lint_tells_what_is_wrong_with_any_document(typed: Type, tmp_path: Path, text: str) -> None:
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    said = typed("lint", tmp_path / "own.yaml")
    assert said.code in (0, 1) and "Traceback" not in said.out + said.err and "KG900" not in said.err
    if said.code == 1:
        assert re.search(r"own\.yaml(:\d+)?", said.out + said.err)


@pytest.mark.slow
@FEW
@given(text=broken(SCHEMES))
def test_a_broken_scheme_runs_or_is_refused(typed: Type, tmp_path: Path, text: str) -> None:
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "orders.csv").write_text(orders_csv(12), encoding="utf-8")
    said = typed(
        "classify", tmp_path / "orders.csv", "--scheme", tmp_path / "own.yaml", "--purpose", "p", "--as-of", "2026-06-30",
        "--out", tmp_path / "run", "--force",
    )  # fmt: skip
    assert said.code in (0, 1), said.err + text
    assert said.code == 0 or re.match(r"KG[3-8]\d\d ", said.err)


@pytest.mark.slow
@FEW
@given(text=broken(PROFILES))
def test_a_broken_profile_runs_or_is_refused(typed: Type, tmp_path: Path, text: str) -> None:
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "orders.csv").write_text(orders_csv(12), encoding="utf-8")
    said = typed(
        "classify", tmp_path / "orders.csv", "--profile", tmp_path / "own.yaml", "--scheme", "key-account", "--purpose", "p",
        "--as-of", "2026-06-30", "--out", tmp_path / "run", "--force",
    )  # fmt: skip
    assert said.code in (0, 1), said.err + text
    assert said.code == 0 or re.match(r"KG[3-8]\d\d ", said.err)


def test_a_circle_of_schemes_and_an_unknown_measure_are_named(typed: Type, tmp_path: Path) -> None:
    text = (
        "scheme: {one}\nversion: 1\nfamily: value\nkind: rules\nlabels: {{zh-Hans: 甲, zh-Hant: 甲, en: One}}\nclasses:\n"
        "  - {{code: in, when: '{when}', default: true, labels: {{zh-Hans: 甲, zh-Hant: 甲, en: In}}}}\n"
        "  - {{code: out, otherwise: true, default: true, labels: {{zh-Hans: 乙, zh-Hant: 乙, en: Out}}}}\n"
        'references: [{{seed: "001", line: 1}}]\n'
    )
    for one, other in (("first", "second"), ("second", "third"), ("third", "first")):
        (tmp_path / f"{one}.yaml").write_text(text.format(one=one, when=f"is {other}:in"), encoding="utf-8")
    (tmp_path / "orders.csv").write_text(orders_csv(5), encoding="utf-8")
    words = ("--purpose", "p", "--as-of", "2026-06-30", "--out", tmp_path / "run")
    chosen = [w for n in ("first", "second", "third") for w in ("--scheme", tmp_path / f"{n}.yaml")]
    said = typed("classify", tmp_path / "orders.csv", *chosen, *words)
    assert said.code == 1 and "KG501" in said.err and all(n in said.err for n in ("first", "second", "third"))
    (tmp_path / "own.yaml").write_text(text.format(one="own", when="net_sale_12m >= 5"), encoding="utf-8")
    said = typed("classify", tmp_path / "orders.csv", "--scheme", tmp_path / "own.yaml", *words)
    assert said.code == 1 and "net_sale_12m" in said.err
    linted = typed("lint", tmp_path / "own.yaml")
    assert linted.code == 1 and "net_sales_12m" in linted.out and re.search(r"own\.yaml:7:\d+", linted.out)
