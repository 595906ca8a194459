"""Made-up students: names of many languages and lengths, ids, sections, seats."""

import hashlib
from pathlib import Path

_NAMES = (Path(__file__).parent / "names.txt").read_text(encoding="utf-8")
FIRST, LAST = (part.strip().splitlines() for part in _NAMES.split("\n\n"))


def drawn(subject: str, choices: int) -> int:
    """Return a number below `choices`, the same for the same subject in every run."""
    return int.from_bytes(hashlib.sha256(subject.encode()).digest()[:6], "big") % choices


def student_name(number: int) -> str:
    """Return the name of student `number`; names repeat only in large classes."""
    first = FIRST[number % len(FIRST)]
    last = LAST[(number * 7 + number // len(FIRST) * 5 + 3) % len(LAST)] if number % 9 else LAST[number % len(LAST)]
    return f"{first} {last}"


def student_id(number: int) -> str:
    """Return the id of student `number`."""
    return f"s{4000 + number * 37 % 6000:04}"


def session_id(number: int) -> str:
    """Return the session's id in hexadecimal."""
    return hashlib.sha256(f"session {number}".encode()).hexdigest()[:32]


def section_of(number: int, sections: int) -> str:
    """Return the section of student `number`."""
    return "ABCDEFGH"[number % sections]
