"""One measurement in one fresh process: wall and processor seconds of the work alone, and the peak of its memory."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Jobs = Mapping[str, Callable[[Path, dict[str, Any]], Callable[[], Any]]]


def report(jobs: Jobs) -> None:
    """In the child: prepare the job named on the command line, do it once, print what it took as JSON."""
    name, path, options = sys.argv[1], Path(sys.argv[2]), json.loads(sys.argv[3])
    work = jobs[name](path, options)
    cpu, started = _cpu(), time.perf_counter()
    work()
    took = {"wall": time.perf_counter() - started, "cpu": _cpu() - cpu, "rss": peak()}
    sys.stdout.write(json.dumps(took) + "\n")


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak() -> float:
    """Peak resident memory in GB: of this program alone where the system tells it, for `getrusage` also remembers the
    parent that was copied to start it."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) / 1e6
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1e9 if sys.platform == "darwin" else 1e6)


def measured(
    name: str, path: Path, options: Mapping[str, Any], *, python: str | None = None
) -> dict[str, float]:
    """In the parent: start a process, wait for it, return its figures. `python` runs the peers' script alone."""
    home = Path(__file__).resolve().parent
    script = [str(home / "_peers.py")] if python else ["-m", "bench.classify._process"]
    command = [python or sys.executable, *script, name, str(path), json.dumps(dict(options))]
    done = subprocess.run(command, cwd=home.parent.parent, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{name} did not end well:\n{done.stderr}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    from bench.classify import _ours, _peers
    from bench.company import _jobs

    report({**_ours.JOBS, **_peers.JOBS, **_jobs.JOBS})
