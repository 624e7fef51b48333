"""The report of a fault of ours: what was asked and where it broke, in a file beside nothing of the user's."""

from __future__ import annotations

import platform
import tempfile
import traceback
from collections.abc import Sequence

import keguan


def write_report(arguments: Sequence[str]) -> str:
    """Write the current exception to a new file in the temporary folder and return its path. No data go into it."""
    lines = [
        f"keguan {keguan.__version__}",
        f"python {platform.python_version()} on {platform.platform()}",
        f"arguments: {list(arguments)!r}",
        "",
        traceback.format_exc(),
    ]
    with tempfile.NamedTemporaryFile(
        "w", prefix="keguan-crash-", suffix=".txt", delete=False, encoding="utf-8", errors="backslashreplace"
    ) as file:
        file.write("\n".join(lines))
    return file.name
