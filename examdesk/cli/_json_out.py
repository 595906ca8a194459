"""JSON for other programs: where standard output can't carry a letter, JSON's own escape does, and nothing is lost."""

import argparse
import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import msgspec

INDENT = 2
_OTHERS = re.compile(r"[^\x00-\x7f]")


def add_json_argument(parser: argparse.ArgumentParser) -> None:
    """Add `--json`."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def write_json(value: object, *, indent: int = 0, order: Literal["deterministic"] | None = None) -> None:
    """Write a value and a line end: on one line, or laid out with `indent`; `order` sorts the keys of mappings."""
    text = _encoded(value, order)
    if indent:
        text = msgspec.json.format(text, indent=indent)
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        text = escaped(text)
    sys.stdout.write(text + "\n")


def _encoded(value: object, order: Literal["deterministic"] | None) -> str:
    try:
        return msgspec.json.encode(value, order=order).decode()
    except UnicodeEncodeError:  # the name of a file that is no text
        return json.dumps(msgspec.to_builtins(value), separators=(",", ":"))


def as_data(files: Iterable[Path]) -> list[dict[str, object]]:
    """Return files that were written, for other programs."""
    return [{"path": str(file), "bytes": file.stat().st_size} for file in files]


def escaped(text: str) -> str:
    """Return JSON in ASCII: letters beyond it stand in strings only, where each may be written by its number."""
    return _OTHERS.sub(lambda found: _by_number(found.group()), text)


def _by_number(letter: str) -> str:
    data = letter.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{data[at]:02x}{data[at + 1]:02x}" for at in range(0, len(data), 2))
