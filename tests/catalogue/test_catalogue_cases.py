"""Every case of every built-in scheme comes out as a person worked it out by hand."""

from __future__ import annotations

import pytest

from keguan.runs.cases import run_cases
from keguan.schemes.catalogue import builtin, builtin_cases, builtin_ids


@pytest.mark.parametrize("name", builtin_ids())
def test_a_scheme_meets_its_cases(name: str) -> None:
    cases = builtin_cases(name)
    assert cases is not None, f"{name} has no cases"
    assert [str(m) for m in run_cases(builtin(name), cases)] == []
