"""Runs the benches one after the other (`make bench`), or the one named: each prints the table it keeps."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent


def main() -> int:
    """0 when every bench ran to its end."""
    named = [Path(name).resolve() for name in sys.argv[1:]]
    scripts = named or sorted(p for p in (HOME / "bench").rglob("*.py") if not p.name.startswith("_"))
    failed = [str(p.relative_to(HOME)) for p in scripts if _run(p) != 0]
    for name in failed:
        print(f"{name} did not end well", file=sys.stderr)
    return 1 if failed else 0


def _run(path: Path) -> int:
    print(f"== {path.relative_to(HOME)}", flush=True)
    return subprocess.run([sys.executable, path], cwd=HOME, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
