"""How the command line behaves: exit codes, sentences instead of tracebacks, pipes, quick starts, complete help."""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from keguan.cli import running
from keguan.cli.app import build
from keguan.cli.commands import NAMES, schemes
from keguan.core.languages import LANGUAGES
from keguan.core.texts import areas, entries

HEAVY = (
    "django",
    "numpy",
    "pyspark",
    "pandas",
    "polars",
    "numba",
    "sklearn",
    "scipy",
    "duckdb",
    "pyarrow",
    "altair",
    "sqlglot",
)
LATER = ("backtest", "whatif", "crosssell", "serve", "backup", "restore")


def keguan(
    *words: str, env: dict[str, str] | None = None, **options: object
) -> subprocess.CompletedProcess[str]:
    """The program as a user starts it."""
    command = [sys.executable, "-m", "keguan", *words]
    settings = {**os.environ, "LC_ALL": "C.UTF-8", "LANG": "en_GB.UTF-8", **(env or {})}
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", env=settings, check=False, timeout=120
    )


def test_entry_point_leaves_with_the_promised_codes(tmp_path):
    assert keguan("--version").returncode == 0
    assert keguan("schemes", "--json").returncode == 0
    missing = keguan("inspect", str(tmp_path / "nowhere.csv"))
    assert missing.returncode == 1
    assert missing.stderr.startswith("KG101") and "Traceback" not in missing.stderr
    assert keguan("inspect").returncode == 2
    assert keguan("no-such-command").returncode == 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["classify"], "INPUT…"),
        (["classify", "x.csv"], "--purpose"),
        (["classify", "x.csv", "--purpose", "p"], "--dry-run"),
        (["classify", "x.csv", "--purpose", "p", "--out", "d", "--against", "e"], "keguan diff"),
        (["classify", "x.csv", "--purpose", "p", "--engine", "abacus"], "--engine"),
        (["export", "dir", "--out", "x.csv"], "--wide"),
        (["inspect", "x.csv", "--lang", "de"], "--lang"),
        (["inspekt"], "inspekt"),
        (["inspect", "x.csv", "--quite"], "--quiet"),
    ],
)
def test_wrong_usage_names_what_is_wrong_and_the_help(typed, words, says):
    said = typed(*words)
    assert said.code == 2
    assert says in said.err and "--help" in said.err
    assert said.out == ""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_usage_errors_speak_the_language(typed, lang):
    word = {"zh-Hans": "缺少", "zh-Hant": "缺少", "en": "is missing"}[lang]
    assert word in typed("classify", "x.csv", "--lang", lang).err


BAD_INPUTS = {
    "empty.csv": b"",
    "binary.csv": bytes(range(256)) * 8,
    "truncated.xlsx": b"PK\x03\x04" + b"\0" * 40,
    "not.parquet": b"PAR1 nothing PAR1",
    "header.csv": b"customer_id,ordered_at,amount\n",
    "broken.csv.gz": b"\x1f\x8b\x08\x00garbage",
    "words.csv": "客户编号,下单日期,金额\na,昨天,很多\n".encode(),
}


@pytest.mark.parametrize("name", BAD_INPUTS)
@pytest.mark.parametrize("command", ["inspect", "classify"])
def test_bad_input_gets_a_sentence_and_never_a_traceback(typed, tmp_path, name, command):
    (tmp_path / name).write_bytes(BAD_INPUTS[name])
    more = ["--purpose", "p", "--out", tmp_path / "run"] if command == "classify" else []
    said = typed(command, f"orders={tmp_path / name}", *more)
    assert said.code in (0, 1), said.err
    assert "Traceback" not in said.out + said.err
    assert command == "inspect" or said.code == 1
    assert said.code == 0 or re.match(r"KG\d{3} ", said.err)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "words", [["explain", "{}", "c1"], ["report", "{}", "--out", "{}/r.html"], ["diff", "{}", "{}"]]
)
def test_folder_that_is_no_run_is_refused(typed, tmp_path, words):
    said = typed(*(w.format(tmp_path) for w in words))
    assert said.code == 1
    assert "KG506" in said.err


def test_errors_as_json_are_valid_and_carry_code_and_advice(typed, tmp_path):
    said = typed("inspect", tmp_path / "nowhere.csv", "--json", "--lang", "zh-Hans")
    (problem,) = said.json["problems"]
    assert problem["code"] == "KG101" and problem["what"] and problem["do"]
    assert "KG101" in said.err


def test_fault_of_ours_keeps_a_crash_report_and_leaves_with_70(typed, monkeypatch, tmp_path):
    def broken(screen: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr(schemes, "_list", broken)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    said = typed("schemes")
    assert said.code == 70
    assert "KG900" in said.err and "Traceback" not in said.err and "planted" not in said.err
    (report,) = tmp_path.glob("keguan-crash-*.txt")
    assert str(report) in said.err
    assert "planted" in report.read_text(encoding="utf-8")


def test_full_disk_is_told_and_is_not_our_fault(typed, monkeypatch):
    def full(screen: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "out.parquet")

    monkeypatch.setattr(schemes, "_list", full)
    said = typed("schemes")
    assert said.code == 1
    assert "KG606 out.parquet" in said.err


def test_interruption_leaves_with_130(typed, monkeypatch):
    def interrupted(screen: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(schemes, "_list", interrupted)
    said = typed("schemes")
    assert said.code == 130
    assert "Interrupted" in said.err


def test_interruption_inside_a_query_is_an_interruption(typed, monkeypatch):
    def interrupted(screen: object) -> None:
        raise ValueError("while cleaning up") from RuntimeError("Query interrupted")

    monkeypatch.setattr(schemes, "_list", interrupted)
    said = typed("schemes")
    assert said.code == 130
    assert "Interrupted" in said.err


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for other processes")
def test_interruption_waits_until_an_import_is_over(tmp_path):
    (tmp_path / "half_made.py").write_text(
        "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nsum(range(10**5))\n", encoding="utf-8"
    )
    program = (
        "import sys, time; from keguan.cli.interruption import heed_interruptions\n"
        f"heed_interruptions(); sys.path.insert(0, {str(tmp_path)!r})\n"
        "import half_made; print('whole')\n"
        "try: time.sleep(30)\nexcept KeyboardInterrupt: print('interrupted')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["whole", "interrupted"], done.stderr


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for other processes")
@pytest.mark.parametrize("delay", [0.3, 0.7, 1.1, 1.5])
def test_interruption_ends_with_130_whenever_it_comes(tmp_path, delay):
    """Late ones may find the command finished; no moment may end in a crash, a traceback or another code."""
    command = [sys.executable, "-m", "keguan", "demo", "--out", str(tmp_path / "demo")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(delay)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode in (0, 130), told
    assert "Traceback" not in told and "KG900" not in told


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for other processes")
def test_interrupted_run_leaves_no_result_behind(tmp_path):
    command = [sys.executable, "-m", "keguan", "demo", "--out", str(tmp_path / "demo")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not (tmp_path / "demo" / "orders.txt.gz").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert "Traceback" not in told
    assert not (tmp_path / "demo" / "run").exists()


@pytest.mark.skipif(os.name == "nt", reason="pipes close differently on Windows")
def test_reader_may_leave_early():
    command = f"{sys.executable} -m keguan measures --json | head -c 10"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0
    assert done.stderr == ""


@pytest.mark.slow
def test_no_colours_and_no_escape_codes_in_a_pipe(tmp_path):
    (tmp_path / "orders.csv").write_text("customer_id,ordered_at,amount\na,2026-01-01,5\n", encoding="utf-8")
    done = keguan("inspect", str(tmp_path / "orders.csv"), "--lang", "zh-Hans")
    assert done.returncode == 0
    assert "\x1b" not in done.stdout + done.stderr


def test_tables_stay_aligned_with_chinese(typed, shop):
    from rich.cells import cell_len

    said = typed("inspect", shop / "orders.csv", "--lang", "zh-Hans")
    lines = said.out.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("来源"))
    rule = cell_len(lines[start + 1])
    assert all(cell_len(line) == rule for line in lines[start : start + 5])


@pytest.mark.parametrize("language", ["zh_CN.UTF-8", "zh_TW.UTF-8", "en_US.UTF-8", "C"])
def test_language_follows_the_system(language):
    word = {"zh_CN.UTF-8": "用法", "zh_TW.UTF-8": "引數"}.get(language, "Usage")
    done = keguan("explain", "--help", env={"LC_ALL": language})
    assert word in done.stdout


def test_old_terminal_gets_other_characters_and_no_crash():
    done = keguan("schemes", "--lang", "zh-Hans", env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"})
    assert done.returncode == 0


def test_start_and_import_load_nothing_heavy():
    code = f"import sys, keguan; print([m for m in {HEAVY!r} if m in sys.modules], len(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("[] ")
    code = (
        "import sys\nfrom keguan.cli.running import run\n"
        f"run(['--help'])\nprint([m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize(("wish", "found"), [({}, "1"), ({"OPENBLAS_NUM_THREADS": "3"}, "3")])
def test_products_of_numbers_keep_to_one_thread_unless_the_user_wishes_otherwise(wish, found):
    code = (
        "import atexit, os\nfrom keguan.cli import main\n"
        "atexit.register(lambda: print(os.environ['OPENBLAS_NUM_THREADS']))\nmain(['--version'])"
    )
    given = {k: v for k, v in os.environ.items() if k != "OPENBLAS_NUM_THREADS"} | wish
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=given)
    assert done.stdout.splitlines()[-1] == found


def test_commands_are_those_of_today():
    group = build("en")
    assert tuple(group.commands) == NAMES
    assert not set(LATER) & set(NAMES)


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["", *NAMES])
def test_help_is_complete_in_every_language(typed, lang, name):
    said = typed("--lang", lang, *filter(None, [name]), "--help")
    assert said.code == 0
    command = build(lang).commands[name] if name else build(lang)
    for parameter in command.params:
        assert parameter.help
        assert parameter.opts[0] in said.out or parameter.metavar in said.out
    if name:
        assert {"--lang", "--quiet", "--json"} <= {o for p in command.params for o in p.opts}


def test_every_flag_named_in_a_text_exists():
    known = {o for c in build("en").commands.values() for p in c.params for o in p.opts} | {"--help"}
    named = {flag for area in areas() for flag in re.findall(r"--[a-z][a-z-]+", json.dumps(entries(area)))}
    assert named <= known


def test_exit_codes_are_those_of_the_interface():
    assert (running.WRONG_INPUT, running.USAGE, running.INTERNAL, running.INTERRUPTED) == (1, 2, 70, 130)


def test_every_command_has_its_own_file():
    folder = Path(schemes.__file__).parent
    assert {p.stem for p in folder.glob("*.py")} == {"__init__", *(n.replace("-", "_") for n in NAMES)}
