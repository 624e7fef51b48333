"""Schemes that could not be computed, gathered by what is missing and said in every language."""

from __future__ import annotations

import pytest

from keguan.core.languages import LANGUAGES
from keguan.runs.lacks import gaps
from keguan.runs.request import Skipped

SKIPPED = [
    Skipped("telecom-type", "profile", ("telecom",)),
    Skipped("lead-readiness", "subject", ("lead",)),
    Skipped("industry-sector", "missing-input", ("customers.sector",)),
    Skipped("temperament-four", "missing-input", ("observations",)),
    Skipped("intent-horizon", "subject", ("lead",)),
    Skipped("market-stratum", "missing-input", ("customers.income_band", "customers.urban_rural")),
    Skipped("key-account", "parameter", ("threshold",)),
    Skipped("payment-behaviour", "missing-input", ("invoices", "payments")),
    Skipped("campaign-target", "missing-input", ("campaigns.campaign",)),
]


def test_schemes_that_wait_for_the_same_stand_together_and_what_data_mend_comes_first() -> None:
    found = [(gap.head, gap.said(lambda s: s.id, "en")) for gap in gaps(SKIPPED, "en")]
    assert found == [
        (
            "columns missing in Customers (customers)",
            [
                "industry-sector: Sector (sector)",
                "market-stratum: Income band (income_band), Urban or rural (urban_rural)",
            ],
        ),
        ("no table Campaigns (campaigns)", ["campaign-target"]),
        ("no table Invoices (invoices), Payments (payments)", ["payment-behaviour"]),
        ("no table Observations (observations)", ["temperament-four"]),
        ("a number of the business's own is not set", ["key-account: threshold"]),
        ("other subjects: Leads (--subject lead)", ["lead-readiness", "intent-horizon"]),
        ("only under a profile (--profile telecom)", ["telecom-type"]),
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_reason_or_a_table_that_nobody_knows_is_still_said(lang: str) -> None:
    strange = [Skipped("a", "moon", ("full",)), Skipped("b", "missing-input", ("nothing.here",))]
    heads = [gap.head for gap in gaps(strange, lang)]  # type: ignore[arg-type]  # the languages are a literal type
    assert "nothing.here" in heads[0] and "moon" in heads[1] and "full" in heads[1]
