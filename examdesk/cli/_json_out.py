"""JSON for other programs: where standard output can't carry a letter, JSON's own escape does, and nothing is lost."""

import re
import sys

_OTHERS = re.compile(r"[^\x00-\x7f]")


def write_json(text: str) -> None:
    """Write JSON and a line end; `text` has no escapes that its letters don't need."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        text = escaped(text)
    sys.stdout.write(text + "\n")


def escaped(json: str) -> str:
    """Return JSON in ASCII: letters beyond it stand in strings only, where each may be written by its number."""
    return _OTHERS.sub(lambda found: _by_number(found.group()), json)


def _by_number(letter: str) -> str:
    data = letter.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{data[at]:02x}{data[at + 1]:02x}" for at in range(0, len(data), 2))
