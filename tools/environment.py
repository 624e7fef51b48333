"""Makes `.venv` from hashed locks: `python tools/environment.py core|dev|fuzz`. Standard library only, any Python from 3.11 on.

Bootstrap packages (uv and the build backend) come from `bootstrap.lock` through pip; the rest through uv, which takes the
user's pip settings (index, certificates) along, or through pip where uv cannot. A stamp spares the work next time.
"""

from __future__ import annotations

import ast
import hashlib
import os
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
VENV = HOME / ".venv"
LOCKS = {"core": "requirements.lock", "dev": "dev.lock", "fuzz": "fuzz.lock"}
WITHIN = {"core": ("core", "dev", "fuzz"), "dev": ("dev", "fuzz"), "fuzz": ("fuzz",)}
"""Which environments hold everything that one needs: the development environment is one for the core as well."""
NEWER = (3, 11)


def main() -> int:
    """Make the environment named on the command line unless its stamp says that it is there."""
    if sys.version_info < NEWER:
        found = ".".join(map(str, sys.version_info[:3]))
        print(
            f"Keguan needs Python 3.11 or newer, this is {found}. Try: make PYTHON=python3.12 …",
            file=sys.stderr,
        )
        return 1
    kind = sys.argv[1]
    if _is_stamped(kind):
        return 0
    try:
        _make(kind)
    except subprocess.CalledProcessError as failed:
        print(
            f"The environment could not be made; this failed:\n  {' '.join(map(str, failed.cmd))}",
            file=sys.stderr,
        )
        return 1
    _stamp(kind).write_text(_mark(kind), encoding="utf-8")
    return 0


def _make(kind: str) -> None:
    if not _works():
        print(f"Making {VENV.name} with Python {sys.version.split()[0]} …", flush=True)
        _run(sys.executable, "-m", "venv", "--clear", VENV)
    if subprocess.run([python(), "-m", "pip", "--version"], capture_output=True, check=False).returncode != 0:
        _run(python(), "-m", "ensurepip", "--upgrade")
    for stamp in VENV.glob(".keguan-*"):
        stamp.unlink()
    _pip("--require-hashes", "-r", HOME / "bootstrap.lock")
    for part in ("dev", "fuzz") if kind == "fuzz" else (kind,):
        print(f"Installing the packages of {LOCKS[part]} …", flush=True)
        _install("--require-hashes", "--no-build-isolation", "-r", HOME / LOCKS[part])
    _install("--no-deps", "--no-build-isolation", "--editable", HOME)


def _install(*arguments: str | Path) -> None:
    """Install with uv, or with pip where uv cannot (an index that needs pip's own settings, say)."""
    uv = python().with_name("uv.exe" if os.name == "nt" else "uv")
    settings = uv_settings()
    command = [uv, "pip", "install", "--quiet", "--python", python(), *arguments]
    if subprocess.run(command, cwd=HOME, env={**os.environ, **settings}, check=False).returncode != 0:
        print("uv could not; trying pip …", flush=True)
        _pip(*arguments)


def uv_settings() -> dict[str, str]:
    """What pip is configured with, in uv's words. Hashes decide what is accepted, so any index may answer."""
    settings = {"UV_INDEX_STRATEGY": "unsafe-best-match", "UV_NO_PROGRESS": "1", "UV_LINK_MODE": "copy"}
    listed = subprocess.run(
        [python(), "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    )
    names = {
        "index-url": "UV_DEFAULT_INDEX",
        "extra-index-url": "UV_INDEX",
        "find-links": "UV_FIND_LINKS",
        "cert": "SSL_CERT_FILE",
    }
    for line in sorted(listed.stdout.splitlines(), key=lambda line: line.startswith(":env:")):
        key, _, value = line.partition("=")
        name = names.get(key.rpartition(".")[2])
        if name:
            settings[name] = " ".join(ast.literal_eval(value).split())
    if "UV_FIND_LINKS" in settings:
        settings["UV_FIND_LINKS"] = settings["UV_FIND_LINKS"].replace(" ", ",")
    return {name: value for name, value in settings.items() if name not in os.environ}


def _pip(*arguments: str | Path) -> None:
    _run(python(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments)


def _run(*command: str | Path) -> None:
    subprocess.run(command, cwd=HOME, check=True)


def python() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _works() -> bool:
    """Whether the environment's Python starts and is new enough."""
    if not python().exists():
        return False
    asked = f"import sys; sys.exit(sys.version_info < {NEWER})"
    return subprocess.run([python(), "-c", asked], check=False).returncode == 0


def _stamp(kind: str) -> Path:
    return VENV / f".keguan-{kind}"


def _mark(kind: str) -> str:
    """What the environment is made of; `pyproject.toml` because the package's own entry points stand there."""
    digest = hashlib.sha256()
    locks = ("dev.lock", "fuzz.lock") if kind == "fuzz" else (LOCKS[kind],)
    for name in ("bootstrap.lock", *locks, "pyproject.toml"):
        digest.update((HOME / name).read_bytes())
    return digest.hexdigest()


def _is_stamped(kind: str) -> bool:
    stamps = ((_stamp(k), _mark(k)) for k in WITHIN[kind])
    return _works() and any(s.exists() and s.read_text(encoding="utf-8") == mark for s, mark in stamps)


if __name__ == "__main__":
    sys.exit(main())
