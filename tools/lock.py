"""Writes the locks: packages, versions and hashes, never an address (`make lock`)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from environment import HOME, python, uv_settings

COMMON = [
    "--universal",
    "--generate-hashes",
    "--no-header",
    "--no-annotate",
    "--no-emit-index-url",
    "--no-emit-find-links",
]
EXTRAS = ["--extra", "models", "--extra", "spark", "--extra", "pg", "--extra", "pdf"]


def main() -> int:
    """Resolve everything, then the smaller locks within it, so that one package never has two versions."""
    _compile("dev.lock", "pyproject.toml", *EXTRAS, "--group", "dev")
    _compile("bootstrap.lock", "--group", "pyproject.toml:bootstrap", "--constraint", "dev.lock")
    _compile("fuzz.lock", "--group", "pyproject.toml:fuzz", "--constraint", "dev.lock")
    _compile("requirements.lock", "pyproject.toml", "--constraint", "dev.lock")
    return 0


def _compile(lock: str, *sources: str) -> None:
    command = [
        str(python().with_name("uv")),
        "pip",
        "compile",
        *COMMON,
        "--quiet",
        "--upgrade",
        *sources,
        "-o",
        lock,
    ]
    subprocess.run(command, cwd=HOME, env={**os.environ, **uv_settings()}, check=True)
    if "://" in Path(HOME, lock).read_text(encoding="utf-8"):
        sys.exit(f"{lock} names an address; it must not.")


if __name__ == "__main__":
    sys.exit(main())
