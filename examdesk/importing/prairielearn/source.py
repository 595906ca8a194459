"""PrairieLearn's JSON files: read without trust, and field by field, so that none is lost from sight."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from examdesk.importing.prairielearn.report import Report
from shared.problems import InputProblem

MAX_JSON_BYTES = 4 * 1024 * 1024
_MAX_DEPTH = 60
Pairs = list[tuple[str, Any]]


def read_json(data: bytes, called: str, report: Report) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        InputProblem: it is none; the sentence names line and column.
    """
    if len(data) > MAX_JSON_BYTES:
        raise InputProblem(f"{called} has {len(data):,} bytes; at most {MAX_JSON_BYTES:,} are read.")
    try:
        read = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_keep_first(called, report))
    except UnicodeDecodeError as error:
        raise InputProblem(f"{called} is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from error
    except json.JSONDecodeError as error:
        raise InputProblem(
            f"{called} is not valid JSON at line {error.lineno}, column {error.colno}: {error.msg}. Correct it there; "
            "nothing was imported."
        ) from error
    except (RecursionError, ValueError) as error:
        raise InputProblem(f"{called} can't be read: it nests far too deep or has a number without end.") from error
    if not isinstance(read, dict):
        raise InputProblem(f"{called} holds no object: it has to begin with {{ and name fields.")
    if _depth(read) > _MAX_DEPTH:
        raise InputProblem(f"{called} nests more than {_MAX_DEPTH} levels deep; nothing was imported.")
    return _clean(read)  # type: ignore[no-any-return]


def _keep_first(called: str, report: Report) -> Callable[[Pairs], dict[str, Any]]:
    def keep(pairs: Pairs) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        for key, value in pairs:
            if key in kept:
                report.left_whole(
                    called, _text(key), "It is given twice in one object; the first one was taken.", value
                )
            kept.setdefault(key, value)
        return kept

    return keep


def _depth(value: Any) -> int:
    """How deep it nests, without recursion."""
    level, depth = [value], 0
    while level and depth <= _MAX_DEPTH:
        depth += 1
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
    return depth


def _clean(value: Any) -> Any:
    """The same without what is no text (lone surrogates) and no number (NaN, infinities)."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return {_text(key): _clean(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_clean(each) for each in value]
    if isinstance(value, float) and not -1e300 < value < 1e300:
        return str(value)
    return value


def _text(value: str) -> str:
    return value.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


class Fields:
    """One JSON object, taken field by field; `finish` names what nobody took.

    Attributes:
        path: what stands before a field's name in reports, such as `zones[1].`.
    """

    def __init__(self, raw: Mapping[str, Any], file: str, path: str, report: Report) -> None:
        self.file = file
        self.path = path
        self.report = report
        self._raw = dict(raw)

    def __contains__(self, key: str) -> bool:
        return self._raw.get(key) is not None

    def is_null(self, key: str) -> bool:
        """Whether the field is there and says null."""
        return key in self._raw and self._raw[key] is None

    def name(self, key: str) -> str:
        """A field as reports call it."""
        return f"{self.path}{key}"

    def raw(self, key: str) -> Any:
        """Take a field as it is; the caller answers for it."""
        return self._raw.pop(key, None)

    def left(self, key: str, reason: str, value: Any = None) -> None:
        """Name a field that was taken and is not mapped, or not in full."""
        self.report.left(self.file, self.name(key), reason, value)

    def took(self, key: str, to: str) -> None:
        """Name what a field became."""
        self.report.took(self.file, self.name(key), to)

    def text(self, key: str, to: str, limit: int) -> str:
        """Take a text; empty if it is none."""
        value = self.raw(key)
        if value is None:
            return ""
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not value.strip():
            self.left(key, "It is not a text with something in it.", value)
            return ""
        line = " ".join(value.split())
        if len(line) > limit:
            self.left(key, f"It has {len(line)} characters; the first {limit} were taken.", value)
        self.took(key, to)
        return line[:limit].strip()

    def flag(self, key: str, to: str) -> bool | None:
        """Take true or false; None where it is not there or neither."""
        value = self.raw(key)
        if value is None:
            return None
        if not isinstance(value, bool):
            self.left(key, "It is neither true nor false.", value)
            return None
        self.took(key, to)
        return value

    def whole(self, key: str, to: str, low: int, high: int) -> int | None:
        """Take a whole number within limits; None where it is not there or can't be taken."""
        value = self.raw(key)
        if value is None:
            return None
        number = int(value) if isinstance(value, float) and value.is_integer() else value
        if type(number) is not int or not low <= number <= high:
            self.left(key, f"It is not a whole number from {low} to {high}.", value)
            return None
        self.took(key, to)
        return number

    def number(self, key: str, to: str, high: float) -> float | None:
        """Take a number from 0 on; None where it is not there or can't be taken."""
        value = self.raw(key)
        if value is None:
            return None
        if not is_number(value) or not 0 <= value <= high:
            self.left(key, f"It is not a number from 0 to {high:g}.", value)
            return None
        self.took(key, to)
        return float(value)

    def objects(self, key: str) -> list[tuple[str, "Fields"]]:
        """Take a list of objects, each with its place; what is no object is named."""
        value = self.raw(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.left(key, "It is not a list.", value)
            return []
        found = []
        for position, each in enumerate(value, 1):
            place = f"{key}[{position}]"
            if isinstance(each, dict):
                found.append((place, Fields(each, self.file, f"{self.name(place)}.", self.report)))
            else:
                self.left(place, "It is not an object with named fields.", each)
        return found

    def object(self, key: str) -> "Fields | None":
        """Take an object; None where there is none."""
        value = self.raw(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.left(key, "It is not an object with named fields.", value)
            return None
        return Fields(value, self.file, f"{self.name(key)}.", self.report)

    def texts(self, key: str, to: str, most: int = 10_000) -> list[str] | None:
        """Take a list of texts; None where there is none."""
        value = self.raw(key)
        if value is None:
            return None
        if not isinstance(value, list):
            self.left(key, "It is not a list of texts.", value)
            return None
        good = [each.strip() for each in value if isinstance(each, str) and 0 < len(each.strip()) <= 200]
        for position, each in enumerate(value, 1):
            if not isinstance(each, str) or not 0 < len(each.strip()) <= 200:
                self.left(f"{key}[{position}]", "It is not a text of 1 to 200 characters.", each)
        if len(good) > most:
            self.left(key, f"It has {len(good)} entries; the first {most} were taken.")
        self.took(key, to)
        return good[:most]

    def comment(self, *keys: str) -> list[str]:
        """Take what people wrote for themselves, as lines for a comment in exam.toml."""
        lines = []
        for key in keys:
            value = self.raw(key)
            if value is None or value == "":
                continue
            said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            lines += [f"{key}: {line}" for line in said.splitlines() if line.strip()]
            self.took(key, "a comment in exam.toml")
        return lines

    def finish(self, reasons: Mapping[str, str]) -> None:
        """Name everything that is still there, with its reason."""
        for key, value in self._raw.items():
            reason = reasons.get(key, "ExamDesk does not know this field.")
            self.report.left_whole(self.file, self.name(key), reason, _named(value))
        self._raw.clear()


def _named(value: Any) -> Any:
    return "null" if value is None else value


def is_number(value: Any) -> bool:
    """Whether it is a number and neither true nor false."""
    return isinstance(value, int | float) and not isinstance(value, bool)
