"""What clusters promise: planted groups found, the number chosen with evidence, names that stay, assignment without a library."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from keguan.core.errors import KeguanError
from keguan.models import Clusters, TooLittleData

CENTRES = np.array([[900.0, 3.0, 40.0], [500.0, 12.0, 10.0], [100.0, 1.0, 300.0], [20.0, 30.0, 5.0]])


def planted(seed: int, n: int = 2000) -> tuple[Any, Any]:
    random = np.random.default_rng(seed)
    truth = random.integers(0, 4, n)
    return CENTRES[truth] + random.normal(size=(n, 3)) * [15.0, 1.0, 6.0], truth


@pytest.mark.slow
@pytest.mark.parametrize("method", ["kmeans", "mixture"])
def test_planted_groups_are_found_counted_and_named_by_their_first_measure(method: Any) -> None:
    values, truth = planted(1)
    found = Clusters.fit(values, method=method)
    assert len(found.centres) == 4
    assert found.centres == pytest.approx(CENTRES, rel=0.15)
    assert np.array_equal(found.assign(values), truth)
    assert [e.k for e in found.evidence] == list(range(2, 9))
    assert max(found.evidence, key=lambda e: e.silhouette).k == 4
    assert all((e.bic is None) == (method == "kmeans") for e in found.evidence)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["kmeans", "mixture"])
def test_names_stay_when_rows_are_shuffled_and_tomorrows_customer_needs_no_refit(method: Any) -> None:
    values, _ = planted(2)
    order = np.random.default_rng(0).permutation(len(values))
    plain, shuffled = Clusters.fit(values, 4, method), Clusters.fit(values[order], 4, method)
    assert np.array_equal(plain.assign(values), shuffled.assign(values))
    again = Clusters.from_dict(json.loads(json.dumps(plain.to_dict())))
    assert again.assign([[880.0, 4.0, 45.0], [30.0, 28.0, 4.0]]).tolist() == [0, 3]
    assert np.array_equal(again.assign(values), plain.assign(values))


@pytest.mark.slow
def test_many_rows_start_from_a_part_and_end_on_all() -> None:
    values, truth = planted(3, 120_000)
    assert np.array_equal(Clusters.fit(values, 4).assign(values), truth)
    assert np.array_equal(Clusters.fit(values, 4, "mixture").assign(values), truth)


def test_a_measure_that_never_varies_does_no_harm() -> None:
    values, truth = planted(4)
    assert np.array_equal(
        Clusters.fit(np.column_stack((values, np.full(2000, 7.0))), 4).assign(
            np.column_stack((values, np.full(2000, 7.0)))
        ),
        truth,
    )


def test_too_few_distinct_customers_say_so() -> None:
    with pytest.raises(TooLittleData, match="KG858"):
        Clusters.fit(np.ones((500, 3)), 3)
    with pytest.raises(TooLittleData, match="KG858"):
        Clusters.fit(np.zeros((0, 3)), 2)


def test_wrong_values_and_records_are_refused() -> None:
    with pytest.raises(KeguanError, match="KG852"):
        Clusters.fit([[1.0, np.nan], [2.0, 3.0]], 2)
    with pytest.raises(KeguanError, match="KG855"):
        Clusters.fit(np.eye(4), 0)
    fitted = Clusters.fit(np.eye(4), 2)
    with pytest.raises(KeguanError, match="KG855"):
        fitted.assign(np.eye(3))
    with pytest.raises(KeguanError, match="KG854"):
        Clusters.from_dict({**fitted.to_dict(), "model": "rhythm"})
    with pytest.raises(KeguanError, match="KG854"):
        Clusters.from_dict({"model": "clusters", "method": "kmeans"})


def test_one_thread_holds_for_whatever_the_clusters_load() -> None:
    told = (
        "import json, threadpoolctl\n"
        "from keguan.models.clusters import _scikit_learn\n"
        "with _scikit_learn():\n"
        "    import sklearn.cluster, sklearn.mixture\n"
        "    print(json.dumps([i['num_threads'] for i in threadpoolctl.threadpool_info()]))\n"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert set(json.loads(done.stdout)) == {1}
