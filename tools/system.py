"""Finds the programs and fonts that tests need beside Python; installs them as root on Debian, else names them and fails."""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path


def _program(*names: str) -> bool:
    return any(shutil.which(name) for name in names)


def _chinese_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    listed = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True, check=False)
    return bool(listed.stdout.strip())


def _postgresql() -> bool:
    return _program("initdb") or any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


def _java() -> bool:
    """Java 17 or newer: the first number of `java -version`."""
    if not _program("java"):
        return False
    said = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    number = said.partition('"')[2].partition(".")[0]
    return number.isdigit() and int(number) >= 17


# What it is for, how it is recognised, and the Debian packages that bring it.
NEEDED: list[tuple[str, Callable[[], bool], list[str]]] = [
    ("a browser", lambda: _program("chromium", "chromium-browser", "google-chrome"), ["chromium"]),
    ("Chinese fonts", _chinese_font, ["fonts-noto-cjk", "fontconfig"]),
    ("pdftoppm", lambda: _program("pdftoppm"), ["poppler-utils"]),
    ("Pango", lambda: bool(ctypes.util.find_library("pango-1.0")), ["libpango-1.0-0", "libpangoft2-1.0-0"]),
    ("a PostgreSQL server", _postgresql, ["postgresql"]),
    ("Java 17 or newer", _java, ["default-jre-headless"]),
]


def main() -> int:
    """0 when everything is there in the end."""
    missing = _missing()
    if not missing:
        return 0
    packages = [p for _, _, names in missing for p in names]
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {', '.join(packages)} …", flush=True)
        _apt(["apt-get", "update"])
        _apt(command)
        missing = _missing()
    for what, _, _ in missing:
        print(f"Missing: {what}", file=sys.stderr)
    if missing:
        print(f"On Debian this installs what is missing:\n  sudo {' '.join(command)}", file=sys.stderr)
    return 1 if missing else 0


def _missing() -> list[tuple[str, Callable[[], bool], list[str]]]:
    return [entry for entry in NEEDED if not entry[1]()]


def _apt(command: list[str]) -> None:
    """Run quietly; show what apt said only when it failed."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode != 0:
        print(done.stdout[-4000:], file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
