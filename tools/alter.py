"""Alters the data behind rows of the acceptance checklist, one at a time, and shows that their tests notice (`make alter`).

`alter.py [N] [SEED] [ROW…]`: N rows drawn at random (10 by default), or the rows named. Each works on a copy of the package; the project
itself is never touched. What is altered: in the document of a scheme a number, a bound or two classes that change places, in a playbook
an instruction, a number or a mark, and for all other rows what `tests/checklist/data.yaml` names. The document altered still loads and
means something else. Leaves with 1 when the tests of a row did not notice.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import checklist
from keguan.core.errors import KeguanError
from keguan.core.yaml import load_plain
from keguan.playbooks.loader import load_playbook
from keguan.schemes.loader import load_scheme

HOME = Path(__file__).resolve().parent.parent
PACKAGE = HOME / "src" / "keguan"
DATA = HOME / "tests" / "checklist" / "data.yaml"
SECTIONS = ("9.1", "9.2", "9.3", "9.7", "9.8")
DRAWN = 10
ENOUGH = 200  # tries to find an alteration that still loads


@dataclass(frozen=True)
class Alteration:
    """One change: a file of the package, and the piece of it that becomes another."""

    file: Path
    start: int
    was: str
    becomes: str

    def applied(self, text: str) -> str:
        """The text with the change."""
        return text[: self.start] + self.becomes + text[self.start + len(self.was) :]

    def __str__(self) -> str:
        line = self.file.read_text(encoding="utf-8").count("\n", 0, self.start) + 1
        return f"{self.file.relative_to(PACKAGE)}:{line}: {self.was!r} → {self.becomes!r}"


def alteration(row: str, chance: random.Random) -> Alteration:
    """A change of a row's datum, drawn at random."""
    named = load_plain(DATA.read_text(encoding="utf-8")).get(row)
    if named is not None:
        return _named(chance.choice(named))
    kind, _, name = row.partition(":")
    if kind == "S":
        (file,) = (PACKAGE / "catalogue" / "schemes").rglob(f"{name}.yaml")
        return _sound(file, _of_scheme, _scheme_means, chance)
    file = PACKAGE / "catalogue" / "playbooks" / f"{'everyone' if name == '*' else name}.yaml"
    return _sound(file, _of_playbook, _playbook_means, chance)


def _named(entry: dict[str, str]) -> Alteration:
    file = PACKAGE / entry["file"]
    start = file.read_text(encoding="utf-8").find(entry["was"])
    if start < 0:
        raise SystemExit(f"{DATA.name}: {entry['file']} does not hold {entry['was']!r}")
    return Alteration(file, start, entry["was"], entry["becomes"])


Pieces = Callable[[str], Iterator[tuple[int, str, str]]]
Meaning = Callable[[str, str], Any]


def _sound(file: Path, pieces: Pieces, meaning: Meaning, chance: random.Random) -> Alteration:
    """One of the possible changes after which the document loads and means something else."""
    text = file.read_text(encoding="utf-8")
    before = meaning(text, file.name)
    found = list(pieces(text))
    chance.shuffle(found)
    for start, was, becomes in found[:ENOUGH]:
        change = Alteration(file, start, was, becomes)
        try:
            after = meaning(change.applied(text), file.name)
        except KeguanError:
            continue
        if after != before:
            return change
    raise LookupError(f"{file.name}: nothing to alter was found")


def _scheme_means(text: str, file: str) -> Any:
    """The meaning hash, and where the questions stand in the data how they are taken from there."""
    return load_scheme(text, file).meaning, load_plain(text).get("dimensions_from")


def _playbook_means(text: str, file: str) -> Any:
    return load_playbook(text, file)


_TURNS = {">=": ">", "<=": "<", " > ": " >= ", " < ": " <= ", " = ": " != ", " and ": " or ", " or ": " and "}


def _of_scheme(text: str) -> Iterator[tuple[int, str, str]]:
    """Shares and amounts doubled, comparisons turned in conditions, classes of one question that change places."""
    for found in re.finditer(
        r"(?:up_to|share|top|bottom|from|above|value|minimum|weight): (\d+(?:\.\d+)?)", text
    ):
        yield found.start(1), found[1], f"{float(found[1]) * 2:g}"
    for found in re.finditer(
        r"(?:when|where|when_known): ([^{}\n]+?)(?=, (?:given|default|labels|status|via)|\}|\n|$)", text
    ):
        for sign, turned in _TURNS.items():
            for at in re.finditer(re.escape(sign), found[1]):
                yield found.start(1) + at.start(), sign, turned
        for at in re.finditer(r"\bis (?=[\w.-]+:)", found[1]):
            yield found.start(1) + at.start(), at[0], "is not "
        for at in re.finditer(r"(?<=[=<>] )\d+(?=\b)", found[1]):
            yield found.start(1) + at.start(), at[0], str(int(at[0]) * 2 or 1)
    for found in re.finditer(r"most: (\d+)", text):
        yield found.start(1), found[1], "1"
    yield from _places_changed(text)


def _places_changed(text: str) -> Iterator[tuple[int, str, str]]:
    """Two neighbouring classes with their codes exchanged, written as one piece."""
    codes = list(re.finditer(r"(?<=[{ ]code: )[\w-]+", text[text.index("classes:") :]))
    text, offset = text[text.index("classes:") :], text.index("classes:")
    for one, other in itertools.pairwise(codes):
        between = text[one.end() : other.start()]
        if one[0] != other[0] and "dimension:" not in between:
            yield offset + one.start(), text[one.start() : other.end()], f"{other[0]}{between}{one[0]}"


def _of_playbook(text: str) -> Iterator[tuple[int, str, str]]:
    """Instructions taken away, given another scheme's reader, another timing, another mark."""
    for found in re.finditer(r"  - id: .*\n(?:    .*\n?)+", text):
        yield found.start(), found[0], ""
    for found in re.finditer(r"given: \"(\d{3}):(\d+) ", text):
        yield found.start(2), found[2], str(int(found[2]) + 1)
    for found in re.finditer(r"(?<=\n)    ours: true\n", text):
        yield found.start(), found[0], ""
    for found in re.finditer(r"(?<=\n    kind: )(say|avoid|offer|level)(?=\n)", text):
        yield found.start(), found[0], "info"


def noticed(row: str, cases: list[str], tests: list[str], change: Alteration) -> str | None:
    """What fails once the change is made in a copy of the package; None when nothing does."""
    with tempfile.TemporaryDirectory(prefix="keguan-alter-") as scratch:
        copy = Path(scratch) / "src" / "keguan"
        shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
        target = copy / change.file.relative_to(PACKAGE)
        target.write_text(change.applied(change.file.read_text(encoding="utf-8")), encoding="utf-8")
        env = {**os.environ, "PYTHONPATH": str(copy.parent), "PYTHONDONTWRITEBYTECODE": "1"}
        if cases and _run(env, "-c", _CASES, row, *cases).returncode != 0:
            return f"cases of {', '.join(cases)}"
        done = _run(env, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests) if tests else None
        if done is None or done.returncode not in (1, 2):
            return None
        failed = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
        return failed[1] if failed else "the tests could not start"


_CASES = """
import sys
from keguan.runs.cases import run_cases
from keguan.schemes.catalogue import Source, builtin, builtin_cases
row, *schemes = sys.argv[1:]
for scheme in schemes:
    wrong = [m for m in run_cases(builtin(scheme), builtin_cases(scheme)) if row in m.case.checks or row == f"S:{scheme}"]
    if wrong:
        sys.exit(str(wrong[0]))
"""


def _run(env: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], cwd=HOME, env=env, capture_output=True, text=True, check=False
    )


def main() -> int:
    """Alter, test, tell."""
    named = [w for w in sys.argv[1:] if not w.isdecimal()]
    numbers = [int(w) for w in sys.argv[1:] if w.isdecimal()]
    count, seed = (numbers + [DRAWN, random.randrange(10**6)][len(numbers) :])[:2]
    cases, tests = checklist.carried_by_cases(), checklist.carried_by_tests()
    working = [
        row.id
        for section in checklist.sections()
        if section.number in SECTIONS
        for row in section.rows
        if not row.workspace and (row.id in cases or row.id in tests)
    ]
    chance = random.Random(seed)
    rows = named or chance.sample(working, min(count, len(working)))
    print(f"seed {seed}; {len(rows)} of {len(working)} rows", flush=True)
    missed = []
    for row in rows:
        change = alteration(row, chance)
        told = noticed(row, cases.get(row, []), tests.get(row, []), change)
        print(
            f"{'noticed' if told else 'MISSED '} {row}\n    {change}\n    {told or 'no test failed'}",
            flush=True,
        )
        missed += [] if told else [row]
    print(json.dumps({"seed": seed, "altered": len(rows), "missed": missed}))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
