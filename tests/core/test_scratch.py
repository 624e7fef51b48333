"""Scratch folders go with their work, and those of killed programs with the next one; nobody else's is touched."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from keguan.core.scratch import LOCK, Scratch, sweep

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no locks that go with their process")
HOLD = "from keguan.core.scratch import Scratch; held = Scratch(); print(held.path, flush=True); input()"


@contextmanager
def program(folder: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A program at work in a scratch folder below `folder`, and that scratch folder."""
    words = [sys.executable, "-c", HOLD]
    settings = {**os.environ, "TMPDIR": str(folder)}
    with subprocess.Popen(
        words, env=settings, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        yield running, Path(running.stdout.readline().strip())
        running.kill()


def test_what_a_killed_program_left_is_swept_and_what_a_living_one_uses_is_not(tmp_path: Path) -> None:
    with program(tmp_path) as (running, left):
        (left / "spill.tmp").write_bytes(b"much")
        sweep(tmp_path)
        assert (left / "spill.tmp").is_file()
        running.kill()
        running.wait()
        assert left.is_dir()
        with program(tmp_path) as (_, other):  # the next program sweeps by itself
            assert not left.exists() and other.is_dir()


def test_one_s_own_folders_are_kept_until_closed_forgotten_or_left(tmp_path: Path) -> None:
    closed, forgotten = Scratch(tmp_path), Scratch(tmp_path)
    with Scratch(tmp_path) as within:
        sweep(tmp_path)
        assert all(p.is_dir() for p in (closed.path, forgotten.path, within))
    closed.close()
    closed.close()
    path = forgotten.path
    del forgotten
    gc.collect()
    assert not any(p.exists() for p in (closed.path, path, within))


def test_what_is_not_surely_ours_and_orphaned_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere"
    for folder in (elsewhere, tmp_path / "keguan-without-lock", tmp_path / "other-name"):
        folder.mkdir()
    for folder in (elsewhere, tmp_path / "other-name"):
        (folder / LOCK).touch()
    (tmp_path / "keguan-link").symlink_to(elsewhere)
    (tmp_path / "keguan-crash-1.txt").touch()
    linked = tmp_path / "keguan-linked-lock"
    linked.mkdir()
    (linked / LOCK).symlink_to(elsewhere / LOCK)
    orphan = tmp_path / "keguan-orphan"
    orphan.mkdir()
    (orphan / LOCK).touch()
    before = set(tmp_path.rglob("*"))
    with monkeypatch.context() as patch:
        patch.setattr(os, "getuid", lambda: orphan.stat().st_uid + 1)  # seen by another user
        sweep(tmp_path)
        assert set(tmp_path.rglob("*")) == before
    sweep(tmp_path)
    assert before - set(tmp_path.rglob("*")) == {orphan, orphan / LOCK}


def test_a_place_that_cannot_be_listed_is_left_alone(tmp_path: Path) -> None:
    sweep(tmp_path / "gone")
    assert list(tmp_path.iterdir()) == []
