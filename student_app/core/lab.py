"""What IT staff preset on a managed PC, in one TOML file; a mistake in it is said, and never stops the desk.

[hub]
address = "192.168.1.5"          # host[:port], join code or join link; or a list of them
fingerprint = "9f86d081…"        # SHA-256 of the hub's certificate, 64 hexadecimal digits

[desk]
room = "B 204"                   # of several exams, the one of this room is chosen
seat = "{room}-{number}"         # {host}: the PC's name, {number}: the number that it ends in, {room}: the line above
journal = "D:/ExamDesk"          # where work is kept; ~ and environment variables are filled in
theme = "light"                  # light, dark or contrast, until the student chooses
"""

import os
import re
import sys
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
from platformdirs import site_config_path

from shared.discovery.joining import MAX_ADDRESSES, Address, Destination, make_link, parse_destination
from shared.exam.positions import line_at, lines_of
from shared.problems import InputProblem
from shared.text import safe_text

NAME: Final = "student.toml"
VARIABLE: Final = "EXAMDESK_CONFIG"
THEMES: Final = ("light", "dark", "contrast")
_MAX_BYTES: Final = 64 * 1024
_MAX_TEXT: Final = 200
_FINGERPRINT: Final = 32
MAX_SEAT: Final = 60
"""Characters of a seat's name: as many as the field of the window takes."""
_WORDS: Final = ("host", "number", "room")
_BRACES: Final = re.compile(r"\{(\w+)\}")
_NUMBER: Final = re.compile(r"\d+(?=\D*$)")


class Lab(msgspec.Struct, frozen=True, kw_only=True):
    """What is preset; empty or None where nothing is. `mistakes` are sentences for whoever looks after the PC."""

    source: Path | None = None
    addresses: tuple[Address, ...] = ()
    fingerprint: bytes | None = None
    room: str = ""
    seat: str = ""
    journal: Path | None = None
    theme: str = ""
    mistakes: tuple[str, ...] = ()

    @property
    def destination(self) -> Destination | None:
        """Where to look for the exam, None where that is not preset."""
        return Destination(self.addresses, fingerprint=self.fingerprint) if self.addresses else None

    @property
    def link(self) -> str:
        """The preset address as a join link, empty where there is none."""
        destination = self.destination
        return "" if destination is None else make_link(destination)


def usual_places() -> tuple[Path, ...]:
    """Return where the file is looked for on this system, the first that exists counts."""
    found = [site_config_path("examdesk", appauthor=False) / NAME]
    if sys.platform not in {"win32", "darwin"}:
        found.append(Path("/etc/examdesk") / NAME)
    return tuple(found)


def find_lab(named: Path | None, environment: Mapping[str, str], host: str) -> Lab:
    """Return what the file says that is named on the command line, in the environment, or lies in a usual place."""
    asked = named or (Path(environment[VARIABLE]) if environment.get(VARIABLE) else None)
    if asked is not None:
        return read_lab(asked, host)
    for place in usual_places():
        if place.is_file():
            return read_lab(place, host)
    return Lab()


def read_lab(path: Path, host: str) -> Lab:
    """Return what a file says; what can't be used in it is left out, with a sentence of where and why."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            return Lab(source=path, mistakes=(f"{path} is far too large for a settings file; it was left out.",))
        text = path.read_text("utf-8-sig")
    except OSError as error:
        return Lab(source=path, mistakes=(f"{path} can't be read ({error.strerror}); nothing is preset.",))
    except UnicodeDecodeError:
        return Lab(source=path, mistakes=(f"{path} isn't UTF-8 text; nothing is preset.",))
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Lab(source=path, mistakes=(f"{path}: {error}. Nothing is preset.",))
    return _Reader(path, text, host).read(tables)


class _Reader:
    """Takes one field after the other."""

    def __init__(self, path: Path, text: str, host: str) -> None:
        self._path = path
        self._lines = lines_of(text)
        self._host = host
        self._mistakes: list[str] = []
        self._fields: dict[tuple[str, str], Callable[[Any], dict[str, Any]]] = {
            ("hub", "address"): self._address,
            ("hub", "fingerprint"): self._fingerprint,
            ("desk", "room"): lambda value: {"room": _text(value)},
            ("desk", "seat"): lambda value: {"seat": _seat(value)},
            ("desk", "journal"): _journal,
            ("desk", "theme"): _theme,
        }

    def read(self, tables: dict[str, Any]) -> Lab:
        found: dict[str, Any] = {}
        for table, fields in tables.items():
            if not isinstance(fields, dict):
                self._mistake((table,), "stands outside of [hub] and [desk]")
                continue
            for name, value in fields.items():
                found |= self._field(table, name, value)
        if "seat" in found:
            found["seat"] = self._filled_in(found["seat"], found.get("room", ""))
        return Lab(source=self._path, mistakes=tuple(self._mistakes), **found)

    def _field(self, table: str, name: str, value: Any) -> dict[str, Any]:
        take = self._fields.get((table, name))
        if take is None:
            known = ", ".join(".".join(field) for field in self._fields)
            self._mistake((table, name), f"is no setting. There are: {known}")
            return {}
        try:
            return take(value)
        except InputProblem as problem:
            self._mistake((table, name), problem.sentence.rstrip("."))
            return {}

    def _filled_in(self, seat: str, room: str) -> str:
        """Return a seat's name with the words in braces filled in."""
        number = _NUMBER.search(self._host)
        words = {"host": self._host, "number": number[0] if number is not None else self._host, "room": room}
        return _BRACES.sub(lambda found: words[found[1]], seat)[:MAX_SEAT].strip(" -/")

    def _mistake(self, place: tuple[str, ...], what: str) -> None:
        line = line_at(self._lines, place)
        self._mistakes.append(f"{self._path}, line {line or 1}, {'.'.join(place)}: {what}. It was left out.")

    @staticmethod
    def _address(value: Any) -> dict[str, Any]:
        texts = value if isinstance(value, list) else [value]
        found = [parse_destination(_text(each)) for each in texts]
        addresses = tuple(dict.fromkeys(one for each in found for one in each.addresses))
        if not addresses:
            raise InputProblem("needs an address")
        if len(addresses) > MAX_ADDRESSES:
            raise InputProblem(f"has {len(addresses)} addresses, at most {MAX_ADDRESSES} are tried")
        pinned = next((each.fingerprint for each in found if each.fingerprint is not None), None)
        return {"addresses": addresses} | ({} if pinned is None else {"fingerprint": pinned})

    @staticmethod
    def _fingerprint(value: Any) -> dict[str, Any]:
        plain = _text(value).replace(":", "").replace(" ", "")
        try:
            digest = bytes.fromhex(plain)
        except ValueError:
            digest = b""
        if len(digest) != _FINGERPRINT:
            raise InputProblem(f"needs 64 hexadecimal digits, as the hub shows them, and has {len(plain)}")
        return {"fingerprint": digest}


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise InputProblem("has to be a text in quotes")
    if len(value) > _MAX_TEXT * 10 or safe_text(value) != value:
        raise InputProblem("is too long, or no text that can be written")
    return value.strip()


def _seat(value: Any) -> str:
    text = _text(value)
    unknown = next((word for word in _BRACES.findall(text) if word not in _WORDS), None)
    if unknown is not None:
        raise InputProblem(f"has {{{unknown}}}, and only {{host}}, {{number}} and {{room}} are filled in")
    return text


def _journal(value: Any) -> dict[str, Any]:
    place = Path(os.path.expandvars(_text(value))).expanduser()
    if not place.is_absolute():
        raise InputProblem("has to be a whole path, such as D:/ExamDesk or /var/lib/examdesk")
    try:
        place.mkdir(parents=True, exist_ok=True)
        writable = os.access(place, os.W_OK)
    except OSError:
        writable = False
    if not writable:
        raise InputProblem(f"{place} can't be written to by this user, so work is kept in the usual place")
    return {"journal": place}


def _theme(value: Any) -> dict[str, Any]:
    if value not in THEMES:
        raise InputProblem(f"is one of {', '.join(THEMES)}")
    return {"theme": str(value)}
