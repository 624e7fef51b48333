"""Where a machine chose how many clusters there are, the report shows how well each number fits."""

from __future__ import annotations

from pathlib import Path

import pytest

import keguan as kg
from tests.fixtures.open_shops import write_schemes
from tests.runs.test_models import AS_OF, orders

LABELS = "labels: {zh-Hans: 群, zh-Hant: 群, en: Cluster}"
SCHEME = f"""scheme: alike
version: 1
family: behaviour
kind: clusters
{LABELS}
population: {{where: n_orders_total >= 1}}
measures: [net_sales_total, n_orders_total, recency_days]
seed: 7
method: METHOD
fewest: 2
classes:
  - {{code: c1, {LABELS}}}
  - {{code: c2, {LABELS}}}
  - {{code: c3, {LABELS}}}
  - {{code: c4, {LABELS}}}
defaults: [all numbers]
references: [{{seed: own, line: 1}}]
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "words"), [("kmeans", "highest mean silhouette"), ("mixture", "lowest Bayesian")]
)
def test_the_report_shows_the_evidence_for_the_number_of_clusters(
    tmp_path: Path, method: str, words: str
) -> None:
    book = kg.open(orders=orders(200), currency="CNY", folder=tmp_path / "kept")
    write_schemes(tmp_path / "own" / "schemes", {"alike": SCHEME.replace("METHOD", method)})
    book.scheme_folders = (tmp_path / "own",)
    run = book.classify("value-pyramid", "alike", as_of=AS_OF, purpose="test")
    page = run.report(tmp_path / "r.html", "en").read_text(encoding="utf-8")
    evidence = run.cuts("alike")["evidence"]
    assert words in page
    for entry in evidence:
        figure = f"{entry['bic']:,.0f}" if method == "mixture" else f"{entry['silhouette']:.3f}"
        assert f"{entry['k']}: {figure}" in page
    kept = book.assign([run.cuts("alike")], purpose="test", as_of=AS_OF)
    assert kept.assignments["alike"].to_pylist() == run.assignments["alike"].to_pylist()
