"""`examdesk-instructor`: the window for staff."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

THEMES = ("system", "light", "dark", "contrast")
DEFAULT_SIZE = "1280x800"


def parser() -> argparse.ArgumentParser:
    """Return what the program takes."""
    made = argparse.ArgumentParser(prog="examdesk-instructor", description="ExamDesk for staff.", allow_abbrev=False)
    made.add_argument("--data", type=Path, metavar="DIR", help="records of the exam; a hub that serves them is found")
    made.add_argument("--exam", type=Path, metavar="PATH", help="exam folder or .exam file to open")
    made.add_argument("--hub-file", type=Path, metavar="FILE", help="connect to the hub that wrote this hub.json")
    made.add_argument("--name", default="", help="who sits here, for the audit log")
    made.add_argument("--theme", choices=THEMES, help="look; by default as last chosen")
    made.add_argument("--size", default=DEFAULT_SIZE, metavar="WxH", help="size of the picture (default: 1280x800)")
    made.add_argument("--screenshot", type=Path, metavar="FILE", help="render a page into a PNG file and end")
    made.add_argument("--page", default="", metavar="NAME", help="page to render (live), or to open the window on")
    made.add_argument("--rows", type=int, default=24, metavar="N", help="students of the sample class (0 to 1000)")
    return made


def read_size(text: str) -> tuple[int, int]:
    """Return width and height of `1280x800`; raises ValueError."""
    width, _, height = text.lower().partition("x")
    size = int(width), int(height)
    if not (320 <= size[0] <= 8192 and 240 <= size[1] <= 8192):
        raise ValueError(text)
    return size


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    arguments = parser()
    args = arguments.parse_args(argv)
    try:
        size = read_size(args.size)
    except ValueError:
        arguments.error(f"--size is written WIDTHxHEIGHT, such as {DEFAULT_SIZE}, not {args.size}")
    if args.screenshot is not None and "QT_QPA_PLATFORM" not in os.environ:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    try:
        from instructor_app.run import run  # noqa: PLC0415 - help and errors need no window
    except ImportError as error:
        sys.stderr.write(
            f"examdesk-instructor: {error.name or 'a part of the window'} can't be loaded ({error}). "
            "Install ExamDesk with its part for staff: pip install 'examdesk[instructor]'.\n"
        )
        return 2
    return run(args, size)


if __name__ == "__main__":
    sys.exit(main())
