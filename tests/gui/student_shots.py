"""The pictures of the student window: which there are, and how to draw them with the program itself.

`python tests/gui/student_shots.py --out DIR [--theme light|dark|contrast] [--size WxH] [PAGE…]`
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = (
    "find", "find-empty", "find-file", "find-managed", "find-problem", "join", "join-problem", "held", "waiting",
    "waiting-ready", "waiting-changed", "waiting-code", "waiting-alone", "submitted-alone",
    "waiting-sealed", "waiting-packages", "waiting-no-packages", "begin", "work",
    "work-packages", "work-changed", "work-edited",
    "work-error", "work-picture", "work-above", "work-offline", "work-danger", "work-long", "checked",
    "crowded", "crowded-submit",
    "figure", "turtle", "game", "corrected",
    "running", "paused", "locked", "conditions", "crashed",
    "warning", "messages", "notes", "instructions",
    "attachment", "attachment-text", "versions", "versions-moved", "find-replace",
    "shortcuts", "preflight", "farewell", "submit",
    "submitted", "submitted-offline", "reading", "ended", "ended-offline",
)  # fmt: skip
DOCUMENTED = (
    "find", "waiting", "work", "running", "work-offline", "messages", "submit", "submitted", "versions", "turtle",
    "corrected",
)  # fmt: skip
"""The pages whose pictures the documentation shows."""
TIMEOUT_S = 60


def draw(page: str, out: Path, theme: str = "light", size: str = "1280x800") -> Path:
    """Draw one page in a process of its own and return the file."""
    file = out / f"student-{page}-{theme}.png"
    command = [sys.executable, "-m", "student_app.main", "--screenshot", str(file), "--page", page]
    subprocess.run(
        [*command, "--theme", theme, "--size", size], cwd=ROOT, check=True, timeout=TIMEOUT_S,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"}, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    return file


def main() -> None:
    """Draw the pages that were asked for, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--theme", choices=["light", "dark", "contrast"], default="light")
    parser.add_argument("--size", default="1280x800")
    parser.add_argument("pages", nargs="*", default=[])
    wanted = parser.parse_args()
    wanted.out.mkdir(parents=True, exist_ok=True)
    for page in wanted.pages or PAGES:
        print(draw(page, wanted.out, wanted.theme, wanted.size))


if __name__ == "__main__":
    main()
