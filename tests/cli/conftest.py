"""A small shop on disk, its run, and a way to type commands."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from keguan.cli.running import run

LANGUAGES = ("zh-Hans", "zh-Hant", "en")


@dataclass(frozen=True)
class Said:
    """What a command left with and said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Type = Callable[..., Said]


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Type:
    """`typed("inspect", path)`: the command run in this process under an English system."""
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")

    def type_command(*words: str | Path) -> Said:
        capsys.readouterr()
        code = run([str(w) for w in words])
        captured = capsys.readouterr()
        return Said(code, captured.out, captured.err)

    return type_command


def orders_csv(customers: int, extra: Sequence[str] = ()) -> str:
    """One order of 10, 20, 30 … for each customer in June 2026, and further lines."""
    lines = [f"c{i:03},2026-06-{1 + i % 28:02},{10 * (i + 1)}.00" for i in range(customers)]
    return "\n".join(["customer_id,ordered_at,amount", *lines, *extra]) + "\n"


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the orders of 60 customers, one line without a customer."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "orders.csv").write_text(orders_csv(60, [",2026-06-02,5.00"]), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def made_run(shop: Path) -> Path:
    """The shop classified through the command line."""
    out = shop / "run"
    words = [
        "classify",
        str(shop / "orders.csv"),
        "--purpose",
        "who gets a call",
        "--out",
        str(out),
        "--quiet",
    ]
    assert (
        run([*words, "--currency", "GBP", "--scheme", "value-pyramid", "--scheme", "rfm", "--lang", "en"])
        == 0
    )
    return out
