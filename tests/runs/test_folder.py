"""A run's folder is there whole or not at all, whatever happens and whenever."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from keguan.book.book import Book
from keguan.core.errors import KeguanError
from keguan.runs import folder as folders
from keguan.runs.folder import whole_folder
from tests.fixtures.shops import AS_OF

FILES = 12


def _fill(folder: Path, mark: str) -> None:
    for number in range(FILES):
        (folder / f"{number}.txt").write_text(mark * 2000)


def _mark(folder: Path) -> str:
    """The one mark every file of a whole folder carries."""
    texts = {(folder / f"{n}.txt").read_text() for n in range(FILES)}
    assert len(texts) == 1 and len(list(folder.iterdir())) == FILES
    return texts.pop()[0]


def test_a_folder_appears_only_when_it_is_finished(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "run"
    with whole_folder(target) as draft:
        _fill(draft, "a")
        assert not target.exists()
    assert _mark(target) == "a"
    assert [p.name for p in target.parent.iterdir()] == ["run"]


def test_a_failure_leaves_nothing_new_and_the_old_as_it_was(tmp_path: Path) -> None:
    for target, there in ((tmp_path / "new", False), (tmp_path / "old", True)):
        if there:
            target.mkdir()
            _fill(target, "a")
        with pytest.raises(RuntimeError, match="in the middle"), whole_folder(target, force=True) as draft:
            _fill(draft, "b")
            raise RuntimeError("in the middle")
        assert target.exists() is there
    assert _mark(tmp_path / "old") == "a"
    assert [p.name for p in tmp_path.iterdir()] == ["old"]


def test_an_existing_folder_is_refused_without_force(tmp_path: Path) -> None:
    with pytest.raises(KeguanError) as error, whole_folder(tmp_path):
        pytest.fail("it must not get here")
    assert error.value.problems[0].code == "KG505"


@pytest.mark.parametrize("exchange", [True, False])
def test_force_swaps_the_old_for_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchange: bool
) -> None:
    if not exchange:
        monkeypatch.setattr(folders, "_exchange", lambda one, other: False)
    for mark in "ab":
        with whole_folder(tmp_path / "run", force=True) as draft:
            _fill(draft, mark)
    assert _mark(tmp_path / "run") == "b"
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_what_a_killed_run_left_is_put_back_and_cleared_away(tmp_path: Path) -> None:
    (tmp_path / ".run.new-1234").mkdir()
    (tmp_path / ".run.old-1234").mkdir()
    _fill(tmp_path / ".run.old-1234", "a")
    with pytest.raises(KeguanError), whole_folder(tmp_path / "run"):
        pytest.fail("it must not get here")
    assert _mark(tmp_path / "run") == "a"
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


_WRITER = """
import sys
from pathlib import Path
from keguan.runs.folder import whole_folder
print("ready", flush=True)
while True:
    for mark in "ab":
        with whole_folder(Path(sys.argv[1]), force=True) as draft:
            for number in range(int(sys.argv[2])):
                (draft / f"{number}.txt").write_text(mark * 2000)
"""


@pytest.mark.slow
def test_killed_at_any_moment_the_folder_is_the_old_or_the_new(tmp_path: Path) -> None:
    target = tmp_path / "run"
    with whole_folder(target) as draft:
        _fill(draft, "a")
    moments = random.Random(3)
    for _ in range(20):
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(target), str(FILES)], stdout=subprocess.PIPE
        )
        with writer:
            assert writer.stdout is not None and writer.stdout.readline() == b"ready\n"
            time.sleep(moments.random() / 10)
            writer.kill()
        assert _mark(target) in "ab"
    with whole_folder(target, force=True) as draft:
        _fill(draft, "c")
    assert _mark(target) == "c"
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_a_name_taken_meanwhile_is_refused_or_swapped(tmp_path: Path) -> None:
    for name, force in (("refused", False), ("swapped", True)):
        target = tmp_path / name
        try:
            with whole_folder(target, force=force) as slow:
                _fill(slow, "a")
                with whole_folder(target) as quick:
                    _fill(quick, "b")
        except KeguanError as refused:
            assert not force and refused.problems[0].code == "KG505"
        assert _mark(target) == ("a" if force else "b")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["refused", "swapped"]


_SEVERAL = """
import sys
from pathlib import Path
from keguan.runs.folder import whole_folder
for _ in range(60):
    with whole_folder(Path(sys.argv[1]), force=True) as draft:
        for number in range(int(sys.argv[2])):
            (draft / f"{number}.txt").write_text(sys.argv[3] * 2000)
"""


def test_several_programs_may_write_one_target_at_once(tmp_path: Path) -> None:
    target = tmp_path / "run"
    writers = [
        subprocess.Popen([sys.executable, "-c", _SEVERAL, str(target), str(FILES), mark]) for mark in "abc"
    ]
    assert [w.wait() for w in writers] == [0, 0, 0]
    assert _mark(target) in "abc"
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_a_run_without_a_purpose_or_onto_another_writes_nothing(book: Book, tmp_path: Path) -> None:
    for out, purpose, code in ((tmp_path / "new", " ", "KG504"), (tmp_path, "x", "KG505")):
        with pytest.raises(KeguanError) as error:
            book.classify("valued", as_of=AS_OF, purpose=purpose, out=out)
        assert error.value.problems[0].code == code
    assert list(tmp_path.iterdir()) == []
