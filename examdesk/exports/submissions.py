"""`submissions/<student>/<question>/<file>`: the files as they were handed in, or as they stood where nobody did."""

import re
from hashlib import sha256
from pathlib import Path

from examdesk.exports.gathering import Gathered, Gathering
from examdesk.exports.tables import defused, write_table
from examdesk.exports.times import Zone
from examdesk.exports.writing import Effort, file_name, plain

FOLDER = "submissions"
MANIFEST = "_manifest.csv"
COLUMNS = (
    *("student", "name", "section", "question", "file", "path", "bytes", "sha256", "state", "time", "by"),
    *("receipt_code", "as_signed"),
)


def write_submissions(gathering: Gathering, folder: Path, zone: Zone, effort: Effort) -> list[Path]:
    """Write the files and their manifest; return the manifest first.

    `state` is `handed in` or `last saved`; `as_signed` says whether a file is the one whose hash the student's desk
    signed at the hand-in.
    """
    target = folder / FOLDER
    target.mkdir()
    paths, rows = [], []
    for one in gathering.sessions:
        effort.step(1, "writing the submissions")
        for path, row in _files(one, target, zone):
            paths.append(path)
            rows.append(row)
    return [write_table(target / MANIFEST, COLUMNS, rows), *paths]


def _files(one: Gathered, target: Path, zone: Zone) -> list[tuple[Path, tuple[object, ...]]]:
    handed = one.handed
    texts = one.facts.texts() if handed is None else handed.texts
    home, found = file_name(one.student), []
    taken: tuple[set[str], set[str]] = set(), set()
    for file, text in sorted(texts.items()):
        question, _, name = file.partition("/")
        place = _place(home, question, name, *taken)
        data = text.encode("utf-8", "surrogatepass")
        path = target / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        digest = sha256(data).hexdigest()
        who = (defused(one.student), defused(one.name), defused(one.section))
        if handed is None:
            state: tuple[object, ...] = ("last saved", zone.iso(one.last_ms), "", "", "")
        else:
            signed = "yes" if handed.stated.get(file) == digest else "no"
            state = ("handed in", zone.iso(handed.at_ms), handed.why, one.receipt_code, signed)
        found.append((path, (*who, defused(question), defused(name), place, len(data), digest, *state)))
    return found


def _place(home: str, question: str, name: str, files: set[str], folders: set[str]) -> str:
    """Return where a file goes: its own name where every system takes it and nothing else is there or above it."""
    parts = [_part(part) for part in (question, *name.split("/")) if part]
    place = "/".join((home, *parts))
    if place.casefold() in files | folders or not files.isdisjoint(_above(place)):
        place = f"{home}/{_hashed(f'{question}/{name}')}"
    files.add(place.casefold())
    folders.update(_above(place))
    return place


def _above(place: str) -> set[str]:
    parts = place.casefold().split("/")
    return {"/".join(parts[:count]) for count in range(1, len(parts))}


def _part(part: str) -> str:
    return part if plain(part) else _hashed(part)


def _hashed(part: str) -> str:
    """Return a safe name that keeps the suffix, by which programs know what a file is."""
    stem, dot, suffix = part.rpartition(".")
    if not dot or not stem or not re.fullmatch(r"[A-Za-z0-9]{1,8}", suffix):
        return file_name(f"{part}\0")
    return f"{file_name(f'{stem}{chr(0)}{suffix}')}.{suffix.lower()}"
