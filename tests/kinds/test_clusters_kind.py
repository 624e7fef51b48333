"""What the kind `clusters` promises: the same clusters from the same seed, codes that stay put, names after what stands out."""

import random
from decimal import Decimal
from typing import Any

import pytest

from keguan.core.errors import KeguanError
from keguan.core.languages import LANGUAGES
from keguan.engine.subjects import SUBJECTS
from keguan.kinds import base as kinds_base
from keguan.kinds.registry import kind
from keguan.runs.available import Data
from keguan.runs.plan import make_plan
from keguan.runs.request import RunRequest
from keguan.schemes.loader import load_scheme
from tests.fixtures.workbench import AS_OF, Workbench, read, worth
from tests.schemes.documents import CLUSTERS, RULES, changed

THREE = "measures: [net_sales_12m, n_orders_12m, recency_days]\nseed: 7\nclasses: [{code: c1}, {code: c2}, {code: c3}]\n"


def groups(seed: int = 1, each: int = 40) -> list[dict[str, Any]]:
    """Three kinds of customers that nobody could mistake: large, frequent, and gone."""
    rng = random.Random(seed)
    centres = {"large": (9000, 2, 30), "often": (2000, 20, 20), "gone": (100, 1, 350)}
    return [
        {
            **worth([0])[0],
            "customer_id": f"{name}{i:02}",
            "net_sales_12m": Decimal(m + rng.randint(0, m // 10)),
            "n_orders_12m": n + rng.randint(0, 1),
            "recency_days": d + rng.randint(0, 15),
        }
        for name, (m, n, d) in centres.items()
        for i in range(each)
    ]


def test_groups_that_stand_apart_are_found_and_listed_by_the_first_measure(workbench: Workbench) -> None:
    fitted = workbench.fit("clusters", THREE, groups())
    for customer, code in fitted.codes().items():
        assert code == {"large": "c1", "often": "c2", "gone": "c3"}[customer[:-2]]
    assert [c["n"] for c in fitted.cuts["clusters"]] == [40, 40, 40]


def test_the_same_seed_gives_the_same_clusters_whatever_the_order_of_rows(workbench: Workbench) -> None:
    rows = groups()
    first = workbench.fit("clusters", THREE, rows)
    random.Random(3).shuffle(rows)
    again = workbench.fit("clusters", THREE, rows)
    assert again.cuts == first.cuts
    assert again.outcomes() == first.outcomes()


def test_who_lacks_a_measure_has_no_cluster_and_the_measure_is_named(workbench: Workbench) -> None:
    rows = groups()
    rows[5] = {**rows[5], "recency_days": None}
    found = workbench.fit("clusters", THREE, rows)
    lacking = found.outcomes()[rows[5]["customer_id"]]
    assert (lacking.code, lacking.reason, lacking.detail) == (None, "missing-input", "recency_days")
    assert found.cuts["population"] == len(rows) - 1


def test_a_cluster_is_named_after_what_stands_out_in_every_language(workbench: Workbench) -> None:
    fitted = workbench.fit("clusters", THREE, groups())
    details = {o.code: o.detail for o in fitted.outcomes().values()}
    assert details["c1"] and details["c1"].startswith("high:net_sales_12m")
    assert details["c3"] and "high:recency_days" in details["c3"] and "low:net_sales_12m" in details["c3"]
    words = kind("clusters").details(fitted.spec, fitted.cuts)
    assert set(words) == {d for d in details.values() if d}
    assert all(words[details["c1"]][lang] for lang in LANGUAGES)
    assert "净销售额" in words[details["c1"]]["zh-Hans"]


def test_too_few_different_customers_have_no_clusters(workbench: Workbench) -> None:
    fitted = workbench.fit("clusters", THREE, groups(each=1)[:2])
    assert {o.reason for o in fitted.outcomes().values()} == {"too-little-data"}


def test_a_single_cluster_is_refused() -> None:
    with pytest.raises(KeguanError) as error:
        read("clusters", "measures: [net_sales_12m]\nclasses: [{code: c1}]\n")
    assert [p.code for p in error.value.problems] == ["KG464"]


def test_without_the_extra_the_scheme_is_left_out_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds_base, "find_spec", lambda name: None)
    names = frozenset({"net_sales_12m", "n_orders_12m", "n_orders_total", "recency_days"})
    data = Data(SUBJECTS["customer"], {}, names)
    clusters = load_scheme(CLUSTERS, "clusters.yaml")
    rules = load_scheme(changed(RULES, ("scheme: own-scheme", "scheme: others")), "rules.yaml")
    plan = make_plan(RunRequest([], [clusters, rules], AS_OF, "test"), data)
    assert [s.id for s in plan.schemes] == ["others"]
    assert [(s.id, s.why, s.lacks) for s in plan.skipped] == [("own-scheme", "extra", ("models",))]
    with pytest.raises(KeguanError) as error:
        make_plan(RunRequest([], [clusters], AS_OF, "test"), data)
    assert [p.code for p in error.value.problems] == ["KG801"]
    assert all("models" in p.render(lang) for p in error.value.problems for lang in LANGUAGES)


FOUR = THREE.replace("{code: c3}", "{code: c3}, {code: c4}, {code: c5}")


def test_the_number_of_clusters_is_chosen_and_the_evidence_kept(workbench: Workbench) -> None:
    for method, figure, best in (("kmeans", "silhouette", max), ("mixture", "bic", min)):
        fitted = workbench.fit("clusters", f"method: {method}\nfewest: 2\n{FOUR}", groups())
        evidence = fitted.cuts["evidence"]
        assert [e["k"] for e in evidence] == [2, 3, 4, 5]
        chosen = best(evidence, key=lambda e: e[figure])["k"]
        assert len(fitted.cuts["clusters"]) == chosen
        assert set(fitted.codes().values()) == {f"c{i + 1}" for i in range(chosen)}
    assert "evidence" not in workbench.fit("clusters", THREE, groups()).cuts


def test_a_mixture_tells_a_tight_group_from_a_wide_one_and_assigns_as_it_was_fitted(
    workbench: Workbench,
) -> None:
    import numpy as np

    from keguan.models import Clusters

    rng = random.Random(5)
    rows = [
        {
            **worth([0])[0],
            "customer_id": f"{name}{i:03}",
            "net_sales_12m": Decimal(max(1, round(rng.gauss(1000, width)))),
            "n_orders_12m": max(0, round(rng.gauss(20, width / 50))),
            "recency_days": rng.randint(0, 30),
        }
        for name, width in (("tight", 15), ("wide", 500))
        for i in range(150)
    ]
    two = "method: mixture\n" + THREE.replace(", {code: c3}", "")
    fitted = workbench.fit("clusters", two, rows)
    clusters = fitted.cuts["clusters"]
    table = np.array([[float(r[m]) for m in fitted.cuts["measures"]] for r in rows])
    model = Clusters.from_dict(
        {
            "model": "clusters",
            "method": "mixture",
            "centres": [c["centre"] for c in clusters],
            "spreads": [c["spreads"] for c in clusters],
            "weights": [c["weight"] for c in clusters],
            "evidence": [],
            "n": len(rows),
        }
    )
    wanted = {r["customer_id"]: clusters[i]["class"] for r, i in zip(rows, model.assign(table), strict=True)}
    assert fitted.codes() == wanted
    narrow = min(clusters, key=lambda c: c["spreads"][0])["class"]
    tight = [code for who, code in wanted.items() if who.startswith("tight")]
    assert tight.count(narrow) > 0.8 * len(tight)


def test_fewest_must_leave_something_to_choose() -> None:
    with pytest.raises(KeguanError) as refused:
        load_scheme(changed(CLUSTERS, ("seed: 7", "seed: 7\nfewest: 3")), "clusters.yaml")
    assert [p.code for p in refused.value.problems] == ["KG865"]
