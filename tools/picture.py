"""Takes the picture of the demo's report for the README with Chromium (`make picture`)."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from keguan.cli.running import run

HOME = Path(__file__).resolve().parent.parent
IMAGES = HOME / "docs" / "images"
PICTURES = {"zh-Hans": "report.png", "en": "report-en.png"}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
FLAGS += ["--disable-component-update", "--disable-sync"]
LIMIT = 300_000


def main() -> int:
    """Run the demo in each language, open its report, keep what the first screen shows."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("Chromium is missing; on Debian: apt-get install chromium fonts-noto-cjk")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as player:
        window = player.chromium.launch(executable_path=browser, args=FLAGS)
        for lang, name in PICTURES.items():
            run(["demo", "--out", f"{folder}/{lang}", "--lang", lang, "--json"])
            page = window.new_page(viewport={"width": 1280, "height": 1000}, color_scheme="light")
            page.goto(Path(folder, lang, "report.html").as_uri())
            page.screenshot(path=IMAGES / name)
        window.close()
    sizes = {name: (IMAGES / name).stat().st_size for name in PICTURES.values()}
    print(sizes, file=sys.stderr)
    return 0 if max(sizes.values()) <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
