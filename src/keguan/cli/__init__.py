"""The command line: what people type and what they see. Decides nothing about customers."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code: 0 done, 1 wrong input, 2 usage, 70 our own fault, 130 interrupted."""
    # Products of ours are so short that numpy's helpers cost more than they do; on a busy machine 8 ms for each of them.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        from keguan.cli.interruption import heed_interruptions

        heed_interruptions()
        from keguan.cli.running import run

        code = run(list(sys.argv[1:] if arguments is None else arguments))
    except KeyboardInterrupt:  # before there was anything to interrupt
        code = INTERRUPTED
    if code == INTERRUPTED:
        _leave_at_once()
    sys.exit(code)


def _leave_at_once() -> None:
    """Python sometimes ends itself by the signal it has already turned into an exception, depending on where that hit;
    everything is cleaned up and said by now, so we leave without its farewell, always with the same exit code."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(INTERRUPTED)
