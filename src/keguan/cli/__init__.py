"""The command line: what people type and what they see. Decides nothing about customers."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code: 0 done, 1 wrong input, 2 usage, 70 our own fault, 130 interrupted."""
    from keguan.cli.running import run

    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))
