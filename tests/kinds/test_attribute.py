"""What the kind `attribute` promises: any spelling of a value, nothing guessed, derivations only where the field is empty."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from keguan.core.errors import KeguanError
from keguan.kinds.base import Outcome
from keguan.kinds.registry import kind
from tests.fixtures.workbench import NAMES, Workbench, read, worth

TRADE = """
field: region
classes:
  - {code: end-user, values: [最终用户, 最終用戶, own use]}
  - {code: b2b, values: [转售, 轉售]}
"""


def outcome(workbench: Workbench, text: str, said: str | None, **more: Any) -> Outcome:
    row = {**worth([0])[0], "region": said, **more}
    return workbench.fit("attribute", text, [row]).outcomes()["00000"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("end-user", "end-user"),
        ("End User", "end-user"),
        ("ＥＮＤ＿ＵＳＥＲ", "end-user"),
        ("最终　用户", "end-user"),
        ("最終用戶", "end-user"),
        (" OWN USE", "end-user"),
        ("Ｂ２Ｂ", "b2b"),
        ("轉售", "b2b"),
    ],
)
def test_width_case_spaces_hyphens_and_script_do_not_matter(
    workbench: Workbench, said: str, code: str
) -> None:
    assert outcome(workbench, TRADE, said) == Outcome(code, "classified", "value")


def test_a_value_nobody_listed_is_no_class_and_never_guessed(workbench: Workbench) -> None:
    assert outcome(workbench, TRADE, "用户") == Outcome(None, "unclassified", "unknown-value")
    assert outcome(workbench, TRADE, None) == Outcome(None, "unclassified", "missing-input", "region")


def test_a_written_catch_all_takes_the_unlisted_or_everybody_else(workbench: Workbench) -> None:
    unlisted = TRADE + "  - {code: others, unlisted: true}\n"
    assert outcome(workbench, unlisted, "政府") == Outcome("others", "classified", "unlisted")
    assert outcome(workbench, unlisted, None).code is None
    everybody = TRADE + "  - {code: others, otherwise: true}\n"
    assert [outcome(workbench, everybody, v).code for v in ("政府", None, "b2b")] == [
        "others",
        "others",
        "b2b",
    ]


DERIVED = """
field: region
classes:
  - {code: large, when: net_sales_12m >= 100}
  - {code: small, when: net_sales_12m < 100, details: [{code: tiny, when_known: net_sales_12m < 10}]}
"""


def test_what_is_written_wins_over_what_is_derived(workbench: Workbench) -> None:
    rich = {"net_sales_12m": Decimal(500)}
    assert outcome(workbench, DERIVED, None, **rich) == Outcome("large", "classified", "derived")
    assert outcome(workbench, DERIVED, "small", **rich) == Outcome("small", "classified", "value")
    assert outcome(workbench, DERIVED, None, net_sales_12m=Decimal(5)).detail == "tiny"
    assert outcome(workbench, DERIVED, None, net_sales_12m=None).reason == "missing-input"


def test_without_the_field_or_without_the_derivation_the_other_decides(workbench: Workbench) -> None:
    rows = [{**r, "region": "small"} for r in worth([500])]
    without_field = workbench.fit("attribute", DERIVED, rows, available=NAMES - {"region"})
    assert without_field.codes() == {"00000": "large"}
    without_sales = workbench.fit("attribute", DERIVED, rows, available=NAMES - {"net_sales_12m"})
    assert without_sales.outcomes()["00000"] == Outcome("small", "classified", "value")
    assert kind("attribute").inputs(read("attribute", DERIVED)).ways == (
        ("region",),
        ("net_sales_12m",),
        ("net_sales_12m",),
    )


def test_a_record_that_lacks_what_belongs_to_it_is_incomplete(workbench: Workbench) -> None:
    text = "field: region\nclasses: [{code: family, when_known: n_orders_12m >= 2}, {code: person}]\n"
    assert outcome(workbench, text, "family", n_orders_12m=2).code == "family"
    alone = outcome(workbench, text, "family", n_orders_12m=1)
    assert alone == Outcome(None, "unclassified", "incomplete", "n_orders_12m")
    assert outcome(workbench, text, "family", n_orders_12m=None) == alone
    assert outcome(workbench, text, "person", n_orders_12m=1).code == "person"


def test_a_judgement_without_a_note_does_not_count_and_can_be_revised(workbench: Workbench) -> None:
    text = "field: region\nnote: customer_note\nclasses: [{code: timid}, {code: decisive}]\n"
    text = text.replace("customer_note", "first_order_on")  # any other field of the rows serves as the note
    noted = {"first_order_on": None}
    assert outcome(workbench, text, "timid", **noted).reason == "no-note"
    day = {"first_order_on": date(2026, 1, 1)}
    assert outcome(workbench, text, "timid", **day).code == "timid"
    assert outcome(workbench, text, "decisive", **day).code == "decisive"
    assert kind("attribute").inputs(read("attribute", text)).required == ("region", "first_order_on")


@pytest.mark.parametrize(
    ("classes", "code"),
    [
        ("[{code: a, values: [甲 乙]}, {code: b, values: [甲乙]}]", "KG455"),
        ("[{code: b2b}, {code: c, values: [Ｂ２Ｂ]}]", "KG455"),
        ("[{code: a, otherwise: true}, {code: b, otherwise: true}]", "KG456"),
        ("[{code: a, unlisted: true}, {code: b, unlisted: true}]", "KG456"),
    ],
)
def test_a_value_or_a_rest_claimed_twice_is_refused(classes: str, code: str) -> None:
    with pytest.raises(KeguanError) as error:
        read("attribute", f"field: region\nclasses: {classes}\n")
    assert [p.code for p in error.value.problems] == [code]
