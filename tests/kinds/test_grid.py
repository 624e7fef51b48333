"""What the kind `grid` promises: every pair of classes has one class, and nobody without both has any."""

from decimal import Decimal
from typing import Any

import pytest

from keguan.core.errors import KeguanError
from keguan.kinds.base import Outcome
from keguan.schemes.linter import lint
from tests.fixtures.kind_documents import DOCUMENTS
from tests.fixtures.workbench import Workbench, base, read, worth
from tests.schemes.documents import GRID, changed


def test_the_cell_decides_and_is_kept_as_detail(workbench: Workbench) -> None:
    rows = [
        {**worth([m])[0], "customer_id": f"{m}-{n}", "n_orders_12m": n} for m in (10, 100) for n in (1, 5)
    ]
    fitted = workbench.fit("grid", DOCUMENTS["grid"], rows)
    assert fitted.codes() == {"10-1": "others", "10-5": "grow", "100-1": "keep", "100-5": "keep"}
    assert fitted.outcomes()["100-5"] == Outcome("keep", "classified", "cell", "high/often")
    assert fitted.cuts["cells"]["low/seldom"] == "others"


def test_who_has_no_class_in_one_of_the_schemes_has_none(workbench: Workbench) -> None:
    row: dict[str, Any] = {**worth([10])[0], "n_orders_12m": None}
    found = workbench.fit("grid", DOCUMENTS["grid"], [row]).outcomes()["00000"]
    assert found == Outcome(None, "unclassified", "no-cell")
    unlisted = (
        DOCUMENTS["grid"].replace("codes: [high, low]", "codes: [high]").replace("low/often", "high/often")
    )
    unlisted = unlisted.replace("[high/*]", "[high/seldom]")
    assert workbench.fit("grid", unlisted, [{**row, "n_orders_12m": 5}]).codes() == {"00000": None}


def test_everybody_with_two_classes_is_in_exactly_one_cell(workbench: Workbench) -> None:
    fitted = workbench.fit("grid", DOCUMENTS["grid"], base(200))
    inside = {r["customer_id"] for r in base(200) if r["net_sales_12m"] >= Decimal(50)}
    assert {c for c, code in fitted.codes().items() if code == "keep"} == inside


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("  - {code: others, otherwise: true}\n", "", "KG411"),
        ("[low/often]", "[low/often, high/often]", "KG462"),
        ("[low/often]", "[low/never]", "KG463"),
        ("[low/often]", "[low]", "KG463"),
        ("{code: grow, cells: [low/often]}", "{code: grow, otherwise: true}", "KG456"),
    ],
)
def test_a_cell_without_a_class_or_with_two_is_refused(old: str, new: str, code: str) -> None:
    with pytest.raises(KeguanError) as error:
        read("grid", DOCUMENTS["grid"].replace(old, new))
    assert [p.code for p in error.value.problems] == [code]


@pytest.mark.parametrize(
    ("old", "new"),
    [("scheme: value-basic", "scheme: value-bsic"), ("codes: [old, new]", "codes: [old, new, ancient]")],
)
def test_the_linter_knows_the_classes_of_both_sides(old: str, new: str) -> None:
    found = lint(changed(GRID, (old, new)))
    assert "names" in {f.rule for f in found if f.severity == "error"}
