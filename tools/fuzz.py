"""Runs every coverage-guided fuzzer of `tests/fuzz` for some seconds (`make fuzz`); what breaks one is kept in `out/fuzz`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent


def main() -> int:
    """0 when no fuzzer found anything."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    found = [
        path.name for path in sorted((HOME / "tests" / "fuzz").glob("fuzz_*.py")) if _run(path, seconds) != 0
    ]
    for name in found:
        print(f"{name} found a fault; its input is in out/fuzz/{Path(name).stem}", file=sys.stderr)
    return 1 if found else 0


def _run(path: Path, seconds: int) -> int:
    """One fuzzer with its own corpus, which the next run goes on with."""
    folder = HOME / "out" / "fuzz" / path.stem
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    print(f"{path.name}: {seconds} s", flush=True)
    options = [
        f"-max_total_time={seconds}",
        f"-artifact_prefix={folder}{os.sep}",
        "-verbosity=0",
        "-timeout=60",
    ]
    return subprocess.run([sys.executable, path, *options, corpus], cwd=HOME, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
