"""`python -m bench` lists the benches; `python -m bench NAME [arguments]` runs one, `python -m bench all` every one in turn."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parent
TOOLS = {"classify/generate"}  # makes data, measures nothing


def parts() -> dict[str, Path]:
    """Every bench by name, such as `reading/read_csv`: a script in a folder of its own subject."""
    scripts = sorted(p for p in HOME.glob("*/*.py") if not p.name.startswith("_"))
    return {p.relative_to(HOME).with_suffix("").as_posix(): p for p in scripts}


def about(path: Path) -> str:
    """The first line of a script's docstring."""
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")[0]


def run(name: str, arguments: list[str]) -> int:
    """Run one bench in a process of its own, so that none warms another."""
    print(f"== {name}", flush=True)
    module = f"bench.{name.replace('/', '.')}"
    return subprocess.run([sys.executable, "-m", module, *arguments], cwd=HOME.parent, check=False).returncode


def main(arguments: list[str]) -> int:
    """0 when everything asked for ran to its end, 2 for a name that is not there."""
    known = parts()
    if not arguments:
        for name, path in known.items():
            print(f"{name:22} {about(path)}")
        return 0
    name, *rest = arguments
    if name == "all":
        failed = [n for n in known if n not in TOOLS and run(n, []) != 0]
        print("\n".join(f"{n} did not end well" for n in failed), file=sys.stderr)
        return 1 if failed else 0
    if name not in known:
        print(f"no bench called {name}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    return run(name, rest)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
