"""What may not stand in any file of the project, and what every module must have."""

from __future__ import annotations

import ast
import doctest
import importlib
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

import keguan

HOME = Path(__file__).resolve().parents[2]
SOURCE = HOME / "src" / "keguan"
LOCKS = ("requirements.lock", "dev.lock", "bootstrap.lock", "fuzz.lock")


def project_files() -> list[Path]:
    """Every file that git tracks or would track."""
    command = [
        "git",
        "-c",
        "safe.directory=*",
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "-z",
    ]
    listed = subprocess.run(command, cwd=HOME, capture_output=True, check=True, text=True).stdout
    return [HOME / name for name in listed.split("\0") if name and (HOME / name).is_file()]


def pins(lock: str) -> set[tuple[str, str]]:
    """(package with marker, version) of every pin."""
    lines = (HOME / lock).read_text(encoding="utf-8").splitlines()
    return {
        (m[1], m[2]) for m in (re.match(r"([\w.-]+)(?:\[\S+\])?==([^\s\\;]+)", line) for line in lines) if m
    }


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_name_hashes_and_no_address(lock):
    content = (HOME / lock).read_text(encoding="utf-8")
    assert "://" not in content
    assert content.count("--hash=sha256:") >= len(pins(lock)) > 0


def test_smaller_locks_agree_with_the_large_one():
    large = dict.fromkeys(pins("dev.lock"))
    assert {p for p in pins("requirements.lock") if p not in large} == set()
    names = {name for name, _ in large}
    assert {p for p in pins("bootstrap.lock") if p[0] in names and p not in large} == set()


def test_core_lock_holds_every_core_dependency_and_no_tool():
    project = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {name for name, _ in pins("requirements.lock")}
    assert {re.split(r"[<>=~\[]", d)[0] for d in project["dependencies"]} <= names
    assert not names & {"pytest", "ruff", "mypy", "pandas", "pyspark", "scipy", "weasyprint"}


def test_no_file_names_a_machine_or_a_registry():
    pattern = re.compile(rb"/(?:root|home/\w+|work|Users/\w+)/|pypi\.org/simple|files\.pythonhosted")
    wrong = {}
    for path in project_files():
        content = path.read_bytes()
        if path.suffix not in (".png", ".gz", ".parquet", ".xls", ".xlsx") and path != Path(__file__):
            hit = pattern.search(content)
            if hit:
                wrong[str(path.relative_to(HOME))] = hit[0]
    assert wrong == {}


def test_no_file_is_large():
    large = {p.name: p.stat().st_size for p in project_files() if p.stat().st_size > 1_000_000}
    assert large == {}


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda p: str(p.relative_to(SOURCE)))
def test_module_says_what_it_is_for(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 500


def test_kinds_do_not_know_each_other():
    folders = sorted(p.parent.name for p in (SOURCE / "kinds").glob("*/spec.py"))
    assert len(folders) >= 6
    for folder in folders:
        for path in (SOURCE / "kinds" / folder).glob("*.py"):
            imported = re.findall(r"keguan\.kinds\.(\w+)", path.read_text(encoding="utf-8"))
            assert not (set(imported) & set(folders)) - {folder}, path


def with_examples() -> list[str]:
    """Modules whose docstrings hold examples."""
    paths = [p for p in SOURCE.rglob("*.py") if ">>> " in p.read_text(encoding="utf-8")]
    names = [".".join(p.relative_to(SOURCE.parent).with_suffix("").parts) for p in paths]
    return sorted(n.removesuffix(".__init__") for n in names)


@pytest.mark.parametrize("name", with_examples())
def test_examples_in_docstrings_run(name):
    found = doctest.testmod(importlib.import_module(name))
    assert found.attempted > 0
    assert found.failed == 0


def test_documents_of_the_project_are_there():
    for name in (
        "README.md",
        "README.zh.md",
        "CONTRIBUTING.md",
        "CONTRIBUTING.zh.md",
        "CHANGELOG.md",
        "LICENSE",
        ".ci/run",
    ):
        assert (HOME / name).stat().st_size > 50, name
    assert (HOME / ".ci" / "run").stat().st_mode & 0o111
    assert "make test" in (HOME / ".ci" / "run").read_text(encoding="utf-8")


def test_changelog_says_who_changes_class():
    content = (HOME / "CHANGELOG.md").read_text(encoding="utf-8")
    entries = re.split(r"^## ", content, flags=re.MULTILINE)[1:]
    assert entries
    assert all("Who changes class" in entry for entry in entries)
    assert f"[{keguan.__version__}]" in content or "[Unreleased]" in content
