"""Plain YAML for our own data files; scheme documents, which need line numbers, are read by `schemes`."""

from __future__ import annotations

from typing import Any

import yaml

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_plain(content: str) -> Any:
    """The content of one YAML document as plain Python values (safe subset only)."""
    return yaml.load(content, Loader=_Loader)
